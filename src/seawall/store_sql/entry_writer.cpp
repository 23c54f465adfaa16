#include <algorithm>
#include <map>
#include <utility>

#include "seawall/store/canonical.h"
#include "seawall/store/content_check.h"
#include "seawall/store/list_version.h"
#include "seawall/store_sql/detail/change.h"
#include "seawall/store_sql/detail/video_rows.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kPendingPage = 1000;

std::int64_t state_number(const StoredEntry& stored) {
  return stored.own_state ? static_cast<std::int64_t>(*stored.own_state) : 0;
}

EntryId id_of(const StoredEntry& stored) { return EntryId{static_cast<std::uint64_t>(stored.id)}; }

/// Leaves as many changes as their entries, as they are now, fit into memory at once.
Result<void> cut_to_size(Reader& reader, std::vector<PendingChange>& page) {
  const EntryId before{static_cast<std::uint64_t>(page.front().entry) - 1};
  SEAWALL_TRY(const auto videos, reader.video_entries(before, page.back().entry, kPendingPage));
  std::uint64_t bytes = 0;
  for (const VideoEntry& video : videos) {
    const bool changes = std::ranges::find(page, video.entry, &PendingChange::entry) != page.end();
    if (changes) bytes += video.content_bytes;
    if (bytes < StoreView::kPageBytesMax) continue;
    std::erase_if(page, [&](const PendingChange& change) { return change.entry > video.entry; });
    return {};
  }
  return {};
}

}  // namespace

Result<FeedWriter> FeedWriter::begin(SqlConnection& connection, Reader& reader) {
  SEAWALL_TRY(const ListVersion version, reader.version());
  return FeedWriter(connection, version);
}

std::uint64_t FeedWriter::add(FeedItem::Kind kind, std::uint64_t subject, const Sha256& digest,
                              const Authorship& by, ReleaseState state) {
  FeedItem item{{next_version(), {}}, kind, subject, state, digest, by};
  item.version.chain = next_chain(version_.chain, item);
  version_ = item.version;
  unsaved_.push_back(std::move(item));
  return version_.number;
}

Result<void> FeedWriter::flush() {
  if (unsaved_.empty()) return {};
  SEAWALL_TRY(auto bulk, connection_->bulk("feed_items", kFeedColumns));
  for (const FeedItem& item : unsaved_) SEAWALL_CHECK(add_feed_item(*bulk, item));
  SEAWALL_CHECK(bulk->finish());
  unsaved_.clear();
  SEAWALL_TRY(SqlStatement * state,
              connection_->statement("UPDATE list_state SET version = $1, chain = $2 WHERE one = 1"));
  state->bind(1, static_cast<std::int64_t>(version_.number));
  SEAWALL_CHECK(state->bind(2, std::span<const std::byte>(version_.chain)).run());
  return {};
}

Result<void> add_state_count(SqlConnection& connection, ReleaseId release, std::int64_t state,
                             std::int64_t difference) {
  SEAWALL_TRY(SqlStatement * count,
              connection.statement("INSERT INTO state_counts (release, state, entries) VALUES ($1, $2, $3) "
                                   "ON CONFLICT (release, state) DO UPDATE "
                                   "SET entries = state_counts.entries + excluded.entries"));
  SEAWALL_CHECK(count->bind(1, db(release)).bind(2, state).bind(3, difference).run());
  return {};
}

Result<void> EntryWriter::count_states(std::span<const Edit> edits) {
  std::map<std::pair<ReleaseId, std::int64_t>, std::int64_t> differences;
  for (const Edit& edit : edits) {
    --differences[{release_of(id_of(edit.before)), state_number(edit.before)}];
    ++differences[{release_of(id_of(edit.after)), state_number(edit.after)}];
  }
  for (const auto& [where, difference] : differences) {
    if (difference == 0) continue;
    SEAWALL_CHECK(add_state_count(connection_, where.first, where.second, difference));
  }
  return {};
}

Result<void> EntryWriter::write(std::span<Edit> edits, const Authorship& by) {
  if (edits.empty()) return {};
  std::vector<std::int64_t> ids;
  std::vector<VideoEntry> videos;
  SEAWALL_TRY(auto history, connection_.bulk("entry_changes", "entry, version, what, previous"));
  for (Edit& edit : edits) {
    ids.push_back(edit.after.id);
    edit.after.own_version = feed_.next_version();
    SEAWALL_TRY(const ReleaseHead* head, reader_.head(release_of(id_of(edit.after))));
    SEAWALL_TRY(const Entry entry, entry_from(edit.after, *head));
    feed_.add(FeedItem::Kind::kEntry, static_cast<std::uint64_t>(edit.after.id), digest_of(entry), by);
    if (entry.content.signals.has_video()) videos.push_back({entry.id, edit.after.content.size()});
    const std::string past = encode_past(edit.before);
    history->add(edit.after.id).add(static_cast<std::int64_t>(edit.after.own_version));
    SEAWALL_CHECK(history->add(edit.what).add(bytes_of(past)).end_row());
  }
  SEAWALL_CHECK(history->finish());
  SEAWALL_TRY(SqlStatement * remove, connection_.statement("DELETE FROM entries WHERE id {any $1}"));
  SEAWALL_CHECK(remove->bind(1, std::span<const std::int64_t>(ids)).run());
  SEAWALL_TRY(auto rows, connection_.bulk("entries", kEntryColumns));
  for (const Edit& edit : edits) SEAWALL_CHECK(add_stored_entry(*rows, edit.after));
  SEAWALL_CHECK(rows->finish());
  SEAWALL_CHECK(remove_video_entries(connection_, ids));
  SEAWALL_CHECK(add_video_entries(connection_, videos));
  SEAWALL_CHECK(count_states(edits));
  return feed_.flush();
}

Result<void> EntryWriter::set_entry(const Entry& entry, std::string_view what, const Authorship& by) {
  SEAWALL_CHECK(check_content(entry.content));
  SEAWALL_CHECK(check_entry_settings(entry));
  SEAWALL_CHECK(check_refusal_reason(what));
  SEAWALL_CHECK(check_authorship(by));
  const EntryId ids[] = {entry.id};
  SEAWALL_TRY(auto stored, reader_.stored_entries(ids));
  if (stored.empty()) return fail(Code::kNotFound, "there is no entry " + std::to_string(db(entry.id)));
  SEAWALL_TRY(const ReleaseHead* head, reader_.head(release_of(entry.id)));
  StoredEntry& before = stored.front();
  if (std::max(before.own_version, head->state_version) != entry.version) {
    return fail(Code::kConflict, "the entry has changed since it was read: read it again");
  }
  if (head->state == ReleaseState::kRejected && entry.state != EntryState::kWithdrawn) {
    return fail(Code::kConflict, "the entry's release is rejected, so it stays withdrawn");
  }
  StoredEntry after = stored_from(entry, *head);
  after.key = before.key;
  if (head->state == ReleaseState::kRejected) after.own_state = before.own_state;
  Edit edits[] = {{std::move(before), std::move(after), what}};
  return write(edits, by);
}

Result<std::optional<EntryWriter::Edit>> EntryWriter::edit_of(const PendingChange& change,
                                                              const StoredEntry& stored) {
  Edit edit{stored, stored, change.content ? "updated" : "withdrawn"};
  if (change.content) {
    edit.after.content.clear();
    append_canonical(edit.after.content, *change.content);
    return std::optional(std::move(edit));
  }
  SEAWALL_TRY(const ReleaseHead* head, reader_.head(release_of(id_of(stored))));
  if (entry_state_in(head->state, stored.own_state) == EntryState::kWithdrawn) return std::optional<Edit>();
  edit.after.own_state = EntryState::kWithdrawn;
  edit.after.reason.clear();
  return std::optional(std::move(edit));
}

Result<void> EntryWriter::apply_pending(ReleaseId release, const Authorship& by) {
  EntryId after{};
  for (;;) {
    SEAWALL_TRY(auto page, reader_.pending(release, after, kPendingPage));
    if (page.empty()) return {};
    SEAWALL_CHECK(cut_to_size(reader_, page));
    std::vector<EntryId> ids;
    for (const PendingChange& change : page) ids.push_back(change.entry);
    SEAWALL_TRY(const auto stored, reader_.stored_entries(ids));
    if (stored.size() != page.size())
      return fail(Code::kCorrupt, "a change waits for an entry that is not there");
    std::vector<Edit> edits;
    for (std::size_t i = 0; i < page.size(); ++i) {
      SEAWALL_TRY(auto edit, edit_of(page[i], stored[i]));
      if (edit) edits.push_back(*std::move(edit));
    }
    SEAWALL_CHECK(write(edits, by));
    after = page.back().entry;
  }
}

}  // namespace seawall::store_sql_detail
