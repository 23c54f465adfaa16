#include <algorithm>

#include "seawall/store_sql/detail/reader.h"

// The past, rebuilt from the present: docs/decisions/0008.
namespace seawall::store_sql_detail {
namespace {

std::string_view word_of(ReleaseState state) {
  switch (state) {
    case ReleaseState::kStaged:
      return "staged";
    case ReleaseState::kActive:
      return "activated";
    case ReleaseState::kRejected:
      return "rejected";
    case ReleaseState::kLoading:
    case ReleaseState::kProposed:
      break;
  }
  return "added";
}

}  // namespace

Result<std::optional<ReleaseHead>> Reader::head_at(ReleaseId id, const ReleaseHead& now,
                                                   std::uint64_t version) {
  SEAWALL_TRY(
      SqlStatement * query,
      connection_.statement("SELECT version, release_state FROM feed_items WHERE kind = 2 AND subject = $1 "
                            "AND version <= $2 ORDER BY version"));
  query->bind(1, db(id)).bind(2, static_cast<std::int64_t>(version));
  std::optional<ReleaseHead> then;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    const auto state = static_cast<ReleaseState>(query->integer(1));
    if (then && then->state == state) continue;  // An approval.
    then = {now.bank, now.source, state, static_cast<std::uint64_t>(query->integer(0))};
  }
  query->reset();
  return then;
}

Result<std::map<std::int64_t, std::string>> Reader::pasts(EntryId after, EntryId last,
                                                          std::uint64_t version) {
  SEAWALL_TRY(
      SqlStatement * query,
      connection_.statement("SELECT c.entry, c.previous FROM entry_changes c WHERE c.entry > $1 AND "
                            "c.entry <= $2 AND c.version = (SELECT MIN(d.version) FROM entry_changes d "
                            "WHERE d.entry = c.entry AND d.version > $3)"));
  query->bind(1, db(after)).bind(2, db(last)).bind(3, static_cast<std::int64_t>(version));
  std::map<std::int64_t, std::string> pasts;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    pasts.emplace(query->integer(0), text_of(query->blob(1)));
  }
  query->reset();
  return pasts;
}

Result<bool> Reader::append_entries_at(std::vector<Entry>& out, const ReleaseHead& then, Span span,
                                       std::uint64_t version, std::size_t limit, std::uint64_t& room) {
  SEAWALL_TRY(const EntryId end, page_end(span, limit, room));
  SEAWALL_TRY(auto page, rows_of({span.after, end}, limit));
  if (page.empty()) return true;
  const EntryId last{static_cast<std::uint64_t>(page.back().id)};
  SEAWALL_TRY(const auto before, pasts(span.after, last, version));
  for (StoredEntry& stored : page) {
    if (const auto past = before.find(stored.id); past != before.end()) {
      SEAWALL_CHECK(decode_past(past->second, stored));
    }
    SEAWALL_TRY(Entry entry, entry_from(stored, then));
    out.push_back(std::move(entry));
  }
  return end == span.last;
}

Result<void> Reader::check_past(std::uint64_t version_then) {
  SEAWALL_TRY(const ListVersion now, version());
  if (version_then <= now.number) return {};
  return fail(Code::kNotFound, "the lists are at version " + std::to_string(now.number) + ", not yet at " +
                                   std::to_string(version_then));
}

Result<std::vector<Entry>> Reader::entries_at(BankId bank, std::uint64_t version, EntryId after,
                                              std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  SEAWALL_CHECK(check_past(version));
  SEAWALL_TRY(const auto releases, heads_of_bank(bank, after));
  std::vector<Entry> out;
  std::uint64_t room = StoreView::kPageBytesMax;
  for (const auto& [id, now] : releases) {
    SEAWALL_TRY(const auto then, head_at(id, now, version));
    if (!then) continue;
    const EntryId before_first{static_cast<std::uint64_t>(first_entry(id)) - 1};
    const Span span{std::max(after, before_first), last_entry(id)};
    SEAWALL_TRY(const bool whole, append_entries_at(out, *then, span, version, limit - out.size(), room));
    if (!whole || room == 0 || out.size() == limit) break;
  }
  return out;
}

Result<std::vector<EntryChange>> Reader::release_events(EntryId entry) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT version, release_state, who, why, at FROM feed_items "
                                    "WHERE kind = 2 AND subject = $1 ORDER BY version"));
  query->bind(1, db(release_of(entry)));
  std::vector<EntryChange> events;
  std::optional<ReleaseState> before;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    const auto state = static_cast<ReleaseState>(query->integer(1));
    if (before == state) continue;  // An approval.
    before = state;
    events.push_back({static_cast<std::uint64_t>(query->integer(0)), authorship_of(*query, 2),
                      std::string(word_of(state)), std::nullopt});
  }
  query->reset();
  return events;
}

Result<void> Reader::append_own_events(EntryId entry, std::vector<EntryChange>& events) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT c.version, c.what, f.who, f.why, f.at FROM entry_changes c "
                                    "JOIN feed_items f ON f.version = c.version WHERE c.entry = $1"));
  query->bind(1, db(entry));
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    events.push_back({static_cast<std::uint64_t>(query->integer(0)), authorship_of(*query, 2),
                      std::string(query->text(1)), std::nullopt});
  }
  query->reset();
  return {};
}

Result<std::optional<Entry>> Reader::entry_at(EntryId id, std::uint64_t version) {
  SEAWALL_TRY(const ReleaseHead* now, head(release_of(id)));
  if (now == nullptr) return std::optional<Entry>();
  SEAWALL_TRY(const auto then, head_at(release_of(id), *now, version));
  if (!then) return std::optional<Entry>();
  const Span span{EntryId{static_cast<std::uint64_t>(id) - 1}, id};
  std::vector<Entry> found;
  std::uint64_t room = StoreView::kPageBytesMax;
  SEAWALL_CHECK(append_entries_at(found, *then, span, version, 1, room));
  if (found.empty()) return std::optional<Entry>();
  return std::optional<Entry>(std::move(found.front()));
}

Result<std::vector<EntryChange>> Reader::history(EntryId entry) {
  const EntryId ids[] = {entry};
  SEAWALL_TRY(const auto now, stored_entries(ids));
  if (now.empty()) return fail(Code::kNotFound, "there is no entry " + std::to_string(db(entry)));
  SEAWALL_TRY(auto events, release_events(entry));
  SEAWALL_CHECK(append_own_events(entry, events));
  std::sort(events.begin(), events.end(),
            [](const EntryChange& a, const EntryChange& b) { return a.version < b.version; });
  for (EntryChange& event : events) {
    SEAWALL_TRY(event.previous, entry_at(entry, event.version - 1));
  }
  return events;
}

}  // namespace seawall::store_sql_detail
