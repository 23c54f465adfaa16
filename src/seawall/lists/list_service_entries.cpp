#include <algorithm>

#include "seawall/lists/list_service.h"
#include "seawall/store/content_check.h"

namespace seawall {
namespace {

Result<Entry> entry_in(StoreView& view, EntryId id) {
  SEAWALL_TRY(auto found, view.entries(std::span(&id, 1)));
  if (found.empty()) return fail(Code::kNotFound, "there is no such entry");
  return std::move(found.front());
}

std::vector<std::string> sorted_once(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  const auto again = std::ranges::unique(texts);
  texts.erase(again.begin(), again.end());
  return texts;
}

}  // namespace

ListResult<Entry> ListService::change_entry(EntryId id, std::string_view what, const Actor& by,
                                            FunctionRef<Result<void>(StoreView&, Entry&)> alter) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(const auto change, store_.change());
  SEAWALL_TRY(Entry entry, entry_in(*change, id));
  const Entry before = entry;
  SEAWALL_CHECK(alter(*change, entry));
  if (entry == before) return entry;
  SEAWALL_CHECK(change->set_entry(entry, what, stamp(by)));
  SEAWALL_TRY(entry, entry_in(*change, id));
  SEAWALL_CHECK(change->commit());
  return entry;
}

ListResult<Entry> ListService::quarantine(EntryId id, const Actor& by) {
  return change_entry(id, "quarantined", by, [&](StoreView& view, Entry& entry) -> Result<void> {
    if (entry.state == EntryState::kWithdrawn) {
      return fail(Code::kConflict, "the entry is withdrawn: there is nothing to hold back");
    }
    if (entry.state == EntryState::kQuarantined) return {};
    SEAWALL_TRY(const auto bank, view.bank(entry.bank));
    if (bank && bank->kind == BankKind::kHarmless) {
      return fail(
          Code::kConflict,
          "an entry of a harmless bank overrules blocks, so holding it back puts them in force: take it "
          "off with seawall lists withdraw, which another person approves");
    }
    entry.state = EntryState::kQuarantined;
    entry.state_reason = clean_text(by.why, Entry::kReasonBytesMax);
    return {};
  });
}

ListResult<Entry> ListService::set_tags(EntryId id, std::vector<std::string> tags, const Actor& by) {
  tags = sorted_once(std::move(tags));
  return change_entry(id, "tagged", by, [&](StoreView&, Entry& entry) -> Result<void> {
    entry.content.tags = std::move(tags);
    return check_content(entry.content);
  });
}

ListResult<Entry> ListService::set_review(EntryId id, std::optional<Time> review_at, const Actor& by) {
  return change_entry(id, "review_date_set", by, [&](StoreView&, Entry& entry) -> Result<void> {
    entry.review_at = review_at;
    return {};
  });
}

ListResult<ChangeOutcome> ListService::alter_entry(EntryId id, const EntryChanges& changes, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  if (changes.tags || changes.review_at) {
    const auto note = [&](StoreView&, Entry& entry) -> Result<void> {
      if (changes.review_at) entry.review_at = *changes.review_at;
      if (!changes.tags) return {};
      entry.content.tags = sorted_once(*changes.tags);
      return check_content(entry.content);
    };
    SEAWALL_CHECK(change_entry(id, changes.tags ? "tagged" : "review_date_set", by, note));
  }
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(Entry entry, entry_in(*view, id));
  const EntrySettings now{entry.radius_bits, entry.action, entry.expires_at};
  const EntrySettings wanted{changes.radius_bits.value_or(now.radius_bits),
                             changes.action.value_or(now.action),
                             changes.expires_at.value_or(now.expires_at)};
  if (wanted == now) {
    SEAWALL_TRY(const ListVersion version, view->version());
    return ChangeOutcome{true, std::nullopt, 0, version};
  }
  entry.radius_bits = wanted.radius_bits;
  SEAWALL_CHECK(check_entry_settings(entry));
  return ask_or_do(
      entry.bank, WantedEntry{id, entry.version, false, wanted.radius_bits, wanted.action, wanted.expires_at},
      by);
}

ListResult<ChangeOutcome> ListService::end_quarantine(EntryId id, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const Entry entry, entry_in(*view, id));
  if (entry.state != EntryState::kQuarantined) return fail(Code::kConflict, "the entry is not in quarantine");
  return ask_or_do(entry.bank,
                   WantedEntry{id, entry.version, true, entry.radius_bits, entry.action, entry.expires_at},
                   by);
}

ListResult<ChangeOutcome> ListService::set_settings(EntryId id, const EntrySettings& settings,
                                                    const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(Entry entry, entry_in(*view, id));
  const WantedEntry wanted{
      id, entry.version, false, settings.radius_bits, settings.action, settings.expires_at};
  entry.radius_bits = settings.radius_bits;
  SEAWALL_CHECK(check_entry_settings(entry));
  return ask_or_do(entry.bank, wanted, by);
}

}  // namespace seawall
