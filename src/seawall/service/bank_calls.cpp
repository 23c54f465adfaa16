#include "seawall/service/bank_calls.h"

#include <algorithm>
#include <array>

#include "seawall/api/list_asks.h"
#include "seawall/api/list_json.h"
#include "seawall/base/hex.h"
#include "seawall/service/entry_search.h"
#include "seawall/service/list_answers.h"
#include "seawall/service/match_calls.h"

namespace seawall {
namespace {

/// Entries read at once: each may be large.
constexpr std::size_t kEntriesAtOnce = 100;
constexpr std::size_t kLookedAtOnce = 1'000;  // Where most are passed over.
constexpr std::size_t kMediaBytesMax = std::size_t{256} << 20;
constexpr std::array kEntryStates{EntryState::kProposed, EntryState::kStaged, EntryState::kActive,
                                  EntryState::kQuarantined, EntryState::kWithdrawn};

/// A key that is bound to banks makes and names none but those.
Called<void> check_may_name(const Identity& who, const std::string& name) {
  if (who.banks.empty() || std::ranges::find(who.banks, name) != who.banks.end()) return {};
  return refuse(ProblemKind::kForbidden,
                "This key is bound to certain banks, and that name is none of them.");
}

Called<void> check_all_of(ListScope& scope, std::span<const EntryId> ids, BankId bank) {
  for (std::size_t at = 0; at < ids.size(); at += kEntriesAtOnce) {
    const auto part = ids.subspan(at, std::min(kEntriesAtOnce, ids.size() - at));
    SEAWALL_TRY(const auto found, scope.view().entries(part));
    const bool all = found.size() == part.size() &&
                     std::ranges::all_of(found, [&](const Entry& entry) { return entry.bank == bank; });
    if (!all) return refuse(ProblemKind::kNotFound, "Not all of these entries are in this bank.");
  }
  return {};
}

}  // namespace

void BankCalls::serve(ServedOperations& operations) {
  serve_list(operations, Operation::kBanks, false, [this](Call& call) { return banks(call); });
  serve_list(operations, Operation::kCreateBank, true, [this](Call& call) { return create(call); });
  serve_list(operations, Operation::kBank, false, [this](Call& call) { return bank(call); });
  serve_list(operations, Operation::kAlterBank, true, [this](Call& call) { return alter(call); });
  serve_list(operations, Operation::kBankEntries, false, [this](Call& call) { return entries(call); });
  ServedOperation propose_it;
  propose_it.json_bytes_max = kListBodyBytesMax;
  propose_it.media_bytes_max = kMediaBytesMax;
  propose_it.media_lane = media_lane_of;
  propose_it.begin = [](Call& call) -> std::variant<Lane, CallResult> {
    return call.media_type() == "application/json" ? Lane::kStore : media_lane_of(call);
  };
  propose_it.run = [this](Call& call) {
    return call.media_type() == "application/json" ? propose(call) : propose_media(call);
  };
  operations.serve(Operation::kProposeEntry, std::move(propose_it));
  serve_list(operations, Operation::kWithdrawEntries, true, [this](Call& call) { return withdraw(call); });
}

Called<ListBank> BankCalls::bank_of(const Call& call) {
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  return scope.bank(call.captured.at(0));
}

CallResult BankCalls::banks(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_TRY(auto banks, scope.view().banks());
  SEAWALL_TRY(const ListVersion version, scope.view().version());
  std::erase_if(banks, [&](const ListBank& bank) { return !scope.sees(bank); });
  std::ranges::sort(banks, {}, &ListBank::name);
  Json json;
  json["banks"] = Json::array();
  for (const ListBank& bank : banks) json["banks"].push_back(bank_json(bank, bank.name));
  json["list_version"] = {{"number", version.number}, {"chain", to_hex(version.chain)}};
  return json_result(200, json);
}

CallResult BankCalls::create(const Call& call) {
  SEAWALL_TRY(NewBankAsk ask, body_as(call, &new_bank_from_json));
  SEAWALL_CHECK(check_may_name(call.who(), ask.bank.name));
  ask.bank.tenant = call.tenant();
  SEAWALL_CHECK(parts_.lists.make_bank(ask.bank, actor_of(call, std::move(ask.why))));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_TRY(const ListBank bank, scope.bank(ask.bank.name));
  return json_result(201, bank_json(bank, bank.name));
}

CallResult BankCalls::bank(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_TRY(const ListBank bank, scope.bank(call.captured.at(0)));
  Json json = bank_json(bank, bank.name);
  for (const EntryState state : kEntryStates) {
    SEAWALL_TRY(json["entries"][std::string(name_of(state))], scope.view().count(bank.id, state));
  }
  return json_result(200, json);
}

CallResult BankCalls::alter(const Call& call) {
  SEAWALL_TRY(BankChangesAsk ask, body_as(call, &bank_changes_from_json));
  SEAWALL_TRY(ListBank bank, bank_of(call));
  if (bank.version != ask.version) {
    return refuse(ProblemKind::kStale, "The bank has changed since version " + std::to_string(ask.version) +
                                           " was read: it is at " + std::to_string(bank.version) +
                                           " now. Read it again.");
  }
  if (ask.name) SEAWALL_CHECK(check_may_name(call.who(), *ask.name));
  ask.apply(bank);
  if (bank.kind == BankKind::kHarmless && !bank.two_person) {
    return refuse_at("/two_person", "a harmless bank overrules others, so it always needs two persons");
  }
  SEAWALL_TRY(const ChangeOutcome outcome, parts_.lists.alter_bank(bank, actor_of(call, std::move(ask.why))));
  return outcome_result(outcome);
}

CallResult BankCalls::found(ListScope& scope, BankId bank, const EntrySearch& search, EntryId after,
                            std::size_t limit) {
  PageWriter page("entries", limit);
  for (std::size_t looked_at = 0; looked_at < EntrySearch::kLookedAtMax; looked_at += kLookedAtOnce) {
    SEAWALL_TRY(const auto some, search.by_key() ? search.find(scope, bank, after)
                                                 : Called<std::vector<Entry>>(scope.view().entries_of_bank(
                                                       bank, after, kLookedAtOnce)));
    for (const Entry& entry : some) {
      if (page.full()) return page.finish(to_text(after));
      after = entry.id;
      if (!search.takes(entry)) continue;
      SEAWALL_TRY(const Json row, json_of(scope, entry));
      page.add(row);
    }
    if (some.empty() || search.by_key()) return page.finish("");
  }
  return page.finish(to_text(after));
}

CallResult BankCalls::entries(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(EntrySearch search, EntrySearch::from(query));
  SEAWALL_TRY(const PageAsk ask, page_from(query));
  const auto from = ask.after.empty() ? std::optional(EntryId{}) : entry_from_name(ask.after);
  if (!from) return wrong_after();
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_TRY(const ListBank bank, scope.bank(call.captured.at(0)));
  if (search.narrows()) {
    SEAWALL_CHECK(search.resolve(scope));
    return found(scope, bank.id, search, *from, ask.limit);
  }
  PageWriter page("entries", ask.limit);
  for (EntryId after = *from;;) {
    const std::size_t wanted = std::min(kEntriesAtOnce, page.left());
    // One more than is shown: whether a page follows.
    SEAWALL_TRY(const auto found, scope.view().entries_of_bank(bank.id, after, wanted + 1));
    if (found.empty()) return page.finish("");
    if (page.full()) return page.finish(to_text(after));
    for (std::size_t i = 0; i < found.size() && i < wanted; ++i) {
      SEAWALL_TRY(const Json row, json_of(scope, found[i]));
      page.add(row);
      after = found[i].id;
      if (page.full() && i + 1 < found.size()) return page.finish(to_text(after));
    }
  }
}

CallResult BankCalls::propose(const Call& call) {
  SEAWALL_TRY(NewEntryAsk ask, body_as(call, &new_entry_from_json));
  SEAWALL_TRY(const ListBank bank, bank_of(call));
  const EntryProposal proposal{bank.id, std::move(ask.key), std::move(ask.content)};
  SEAWALL_TRY(const Release release, parts_.lists.propose(proposal, actor_of(call, std::move(ask.why))));
  return release_result(parts_, call, release.id, 201);
}

CallResult BankCalls::withdraw(const Call& call) {
  SEAWALL_TRY(WithdrawalAsk ask, body_as(call, &withdrawal_from_json));
  {
    SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
    SEAWALL_TRY(const ListBank bank, scope.bank(call.captured.at(0)));
    SEAWALL_CHECK(check_all_of(scope, ask.entries, bank.id));
  }
  SEAWALL_TRY(const Release release, parts_.lists.withdraw(ask.entries, actor_of(call, std::move(ask.why))));
  return release_result(parts_, call, release.id, 201);
}

}  // namespace seawall
