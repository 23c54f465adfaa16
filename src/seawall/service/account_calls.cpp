#include "seawall/service/account_calls.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "seawall/api/access_asks.h"
#include "seawall/api/list_json.h"
#include "seawall/lists/two_person.h"
#include "seawall/service/list_answers.h"
#include "seawall/service/list_scope.h"

namespace seawall {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{8} << 10;
constexpr std::size_t kAtOnce = 500;
constexpr std::size_t kReadMax = 20'000;  // For one page: others' are among them, which a page leaves out.

const AccessGrant* grant_of(const AccessAccount& account, const std::string& tenant) {
  const auto found = std::ranges::find(account.grants, tenant, &AccessGrant::tenant);
  return found == account.grants.end() ? nullptr : &*found;
}

/// Roles in other tenants are told as a number: a tenant knows nothing of others.
Json json_of(const AccessAccount& account, const std::string& tenant) {
  Json json;
  json["account"] = account.name;
  json["active"] = account.active;
  json["second_factor"] = !account.totp.empty();
  json["recovery_codes"] = account.recoveries;
  json["roles"] = Json::array();
  const AccessGrant* const grant = grant_of(account, tenant);
  for (const Role role : all_roles()) {
    if (grant != nullptr && grant->roles.has(role)) json["roles"].push_back(name_of(role));
  }
  json["elsewhere"] = account.grants.size() > (grant == nullptr ? 0U : 1U);
  json["created"] = authorship_json(account.created);
  return json;
}

CallProblem problem_of(const Error& error) {
  CallProblem problem(error);
  if (error.code == Code::kLimitExceeded) problem.kind = ProblemKind::kConflict;
  return problem;
}

Called<void> done(const Result<void>& result) {
  if (result) return {};
  return tl::unexpected(problem_of(result.error()));
}

/// What a person may not do to themselves.
Called<void> check_own(const Call& call, const AccessAccount& account, const AlterAccountAsk& ask) {
  if (account_key(call.who().who) != account.name_key) return {};
  const bool loses_role = ask.roles && !ask.roles->has(Role::kAdministrator);
  const bool disabled = ask.active && !*ask.active;
  if (!loses_role && !disabled) return {};
  return refuse(ProblemKind::kConflict, "Another administrator does that for you.");
}

void serve(ServedOperations& operations, Operation operation, Lane lane, bool takes_body,
           std::function<CallResult(Call&)> run) {
  ServedOperation served;
  served.lane = lane;
  served.json_bytes_max = takes_body ? kBodyBytesMax : 0;
  served.secret_json = takes_body;
  served.run = std::move(run);
  operations.serve(operation, std::move(served));
}

}  // namespace

void AccountCalls::serve(ServedOperations& operations) {
  seawall::serve(operations, Operation::kAccounts, Lane::kStore, false,
                 [this](Call& call) { return list(call); });
  seawall::serve(operations, Operation::kCreateAccount, Lane::kSignIn, true,
                 [this](Call& call) { return create(call); });
  seawall::serve(operations, Operation::kAlterAccount, Lane::kStore, true,
                 [this](Call& call) { return alter(call); });
  seawall::serve(operations, Operation::kAccessChanges, Lane::kStore, false,
                 [this](Call& call) { return changes(call); });
}

CallResult AccountCalls::list(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const PageAsk ask, page_from(query));
  PageWriter page("accounts", ask.limit);
  std::string after = ask.after;
  for (std::size_t read = 0; read < kReadMax; read += kAtOnce) {
    SEAWALL_TRY(const auto some, store_.accounts(after, kAtOnce));
    for (const AccessAccount& account : some) {
      if (page.full()) return page.finish(after);
      after = account.name_key;
      if (grant_of(account, call.tenant()) != nullptr) page.add(json_of(account, call.tenant()));
    }
    if (some.size() < kAtOnce) return page.finish("");
  }
  return page.finish(after);
}

CallResult AccountCalls::answer(int status, const Call& call, std::string_view name) const {
  SEAWALL_TRY(const auto account, store_.account(account_key(name)));
  if (!account) return refuse(ProblemKind::kNotFound, "There is no such account; see GET /v1/accounts.");
  return json_result(status, json_of(*account, call.tenant()));
}

CallResult AccountCalls::create(const Call& call) {
  SEAWALL_TRY(NewAccountAsk ask, body_as(call, &new_account_from_json));
  const AccessGrant grant{call.tenant(), ask.roles};
  const auto made =
      accounts_.create(ask.account, ask.password, std::span(&grant, 1), actor_of(call, std::move(ask.why)));
  SEAWALL_CHECK(done(made));
  return answer(201, call, ask.account);
}

tl::expected<AccessAccount, CallProblem> AccountCalls::account_in(const Call& call) const {
  SEAWALL_TRY(auto account, store_.account(account_key(call.captured.front())));
  if (account && grant_of(*account, call.tenant()) != nullptr) return *std::move(account);
  return refuse(ProblemKind::kNotFound, "There is no such account; see GET /v1/accounts.");
}

CallResult AccountCalls::alter(const Call& call) {
  SEAWALL_TRY(const AlterAccountAsk ask, body_as(call, &alter_account_from_json));
  SEAWALL_TRY(const AccessAccount account, account_in(call));
  SEAWALL_CHECK(check_own(call, account, ask));
  if (ask.active && account.grants.size() > 1) {
    return refuse(
        ProblemKind::kConflict,
        "It has roles in other tenants too: take its roles here away, or run: seawall accounts disable.");
  }
  const Actor actor = actor_of(call, ask.why);
  if (ask.active && *ask.active != account.active) {
    SEAWALL_CHECK(done(accounts_.set_active(account.name, *ask.active, actor)));
  }
  if (ask.roles) SEAWALL_CHECK(done(accounts_.set_roles(account.name, call.tenant(), *ask.roles, actor)));
  return answer(200, call, account.name);
}

/// Whether it is about a key or an account of that tenant; of an account that has lost its roles there: no
/// more.
Result<bool> AccountCalls::is_of(const AccessChange& change, const std::string& tenant) const {
  const bool of_key = change.deed == AccessDeed::kKeyMade || change.deed == AccessDeed::kKeyRotated ||
                      change.deed == AccessDeed::kKeyRevoked;
  if (of_key) {
    SEAWALL_TRY(const KeyAt at, store_.key(change.subject));
    return at.key && at.key->tenant == tenant;
  }
  SEAWALL_TRY(const auto account, store_.account(account_key(change.subject)));
  return account && grant_of(*account, tenant) != nullptr;
}

CallResult AccountCalls::changes(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const PageAsk ask, page_from(query));
  std::uint64_t after = 0;
  const char* const end = ask.after.data() + ask.after.size();
  const auto number = std::from_chars(ask.after.data(), end, after);
  if (!ask.after.empty() && (number.ec != std::errc{} || number.ptr != end)) return wrong_after();
  PageWriter page("changes", ask.limit);
  std::map<std::string, bool> known;
  for (std::size_t read = 0; read < kReadMax; read += kAtOnce) {
    SEAWALL_TRY(const auto some, store_.access_changes(after, kAtOnce));
    for (const AccessChange& change : some) {
      if (page.full()) return page.finish(std::to_string(after));
      after = change.version;
      const std::string name = std::string(name_of(change.deed)).substr(0, 3) + change.subject;
      if (!known.contains(name)) {
        SEAWALL_TRY(known[name], is_of(change, call.tenant()));
      }
      if (!known[name]) continue;
      Json row;
      row["number"] = change.version;
      row["deed"] = name_of(change.deed);
      row["subject"] = change.subject;
      row["by"] = authorship_json(change.by);
      page.add(row);
    }
    if (some.size() < kAtOnce) return page.finish("");
  }
  return page.finish(std::to_string(after));
}

}  // namespace seawall
