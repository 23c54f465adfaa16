#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "seawall/store/store.h"
#include "seawall/store_sql/detail/list_rows.h"
#include "seawall/store_sql/detail/stored_entry.h"

namespace seawall::store_sql_detail {

inline constexpr std::size_t kPageMax = 10'000;

/// Every question of StoreView, asked over a connection inside a transaction: the one place that reads
/// lists, for views, changes and loads alike. Releases that are loading do not exist for it.
/// Threads: as its connection. Lifetime: within one transaction. Cost: an entry 2 to 4 us on SQLite.
class Reader {
 public:
  explicit Reader(SqlConnection& connection) : connection_(connection) {}

  Result<ListVersion> version();
  Result<std::vector<ListBank>> banks();
  Result<std::optional<ListBank>> bank(BankId id);
  Result<std::optional<ListBank>> bank_named(std::string_view tenant, std::string_view name);
  Result<std::vector<Source>> sources();
  Result<std::optional<Source>> source(SourceId id);
  Result<std::optional<Source>> source_named(std::string_view name);

  Result<std::optional<Release>> release(ReleaseId id);
  Result<std::vector<Release>> releases(ReleaseId after, std::size_t limit);
  Result<std::vector<Release>> open_releases(ReleaseId after, std::size_t limit);
  Result<std::vector<PendingChange>> pending(ReleaseId release, EntryId after, std::size_t limit);
  Result<std::vector<Refusal>> refusals(ReleaseId release, std::uint64_t offset, std::size_t limit);

  Result<std::vector<Entry>> entries(std::span<const EntryId> ids);
  Result<std::vector<Entry>> entries_of_release(ReleaseId release, EntryId after, std::size_t limit);
  Result<std::vector<Entry>> entries_of_bank(BankId bank, EntryId after, std::size_t limit);
  Result<std::vector<std::optional<KnownKey>>> known_keys(BankId bank, SourceId source,
                                                          std::span<const std::string> keys);
  Result<std::uint64_t> count(BankId bank, EntryState state);
  Result<std::vector<VideoEntry>> video_entries(EntryId after, EntryId last, std::size_t limit);

  Result<std::vector<EntryChange>> history(EntryId entry);
  Result<std::vector<Entry>> entries_at(BankId bank, std::uint64_t version, EntryId after, std::size_t limit);
  Result<std::vector<FeedItem>> feed(std::uint64_t after, std::size_t limit);

  /// For writers: the row itself, loading or not. Errors: kNotFound.
  Result<ReleaseRow> release_row(ReleaseId id);
  /// In order of id; of sealed releases alone.
  Result<std::vector<StoredEntry>> stored_entries(std::span<const EntryId> ids);
  /// None: unknown or loading. Kept for the life of the reader.
  Result<const ReleaseHead*> head(ReleaseId id);
  /// The rows with id in (after, last], in order; whatever their releases are. At most `limit`, and of videos
  /// no more than StoreView::kPageBytesMax: only an empty page is the end.
  Result<std::vector<StoredEntry>> stored_page(EntryId after, EntryId last, std::size_t limit);
  /// Of entries with id in (after, last] that have changed after `version`: what they were then, encoded.
  Result<std::map<std::int64_t, std::string>> pasts(EntryId after, EntryId last, std::uint64_t version);
  /// The entry as it stood at that version; none when its release was not yet sealed.
  Result<std::optional<Entry>> entry_at(EntryId entry, std::uint64_t version);
  /// After a change of the release.
  void forget_head(ReleaseId id) { heads_.erase(id); }

 private:
  /// Entries with id in (after, last].
  struct Span {
    EntryId after{};
    EntryId last{};
  };
  Result<std::vector<Authorship>> approvals(ReleaseId id);
  Result<bool> has_videos();
  /// The last id for whose videos there is room, at least one's; takes them off it.
  Result<EntryId> page_end(Span span, std::size_t limit, std::uint64_t& room);
  Result<std::int64_t> pending_end(ReleaseId release, EntryId after, std::size_t limit);
  /// Entries with id in (after, last], as their release now is.
  /// `room`: bytes that videos may take still; false: there was none for all up to `last`.
  Result<bool> append_entries(std::vector<Entry>& out, const ReleaseHead& head, Span span, std::size_t limit,
                              std::uint64_t& room);
  Result<std::vector<StoredEntry>> rows_of(Span span, std::size_t limit);
  Result<std::vector<std::pair<ReleaseId, ReleaseHead>>> heads_of_bank(BankId bank, EntryId after);
  Result<bool> has_keys(std::int64_t scope);
  Result<void> find_keys(std::int64_t scope, std::span<const std::string> keys,
                         std::span<std::optional<KnownKey>> found);

  Result<void> check_past(std::uint64_t version_then);
  Result<std::optional<ReleaseHead>> head_at(ReleaseId id, const ReleaseHead& now, std::uint64_t version);
  Result<bool> append_entries_at(std::vector<Entry>& out, const ReleaseHead& then, Span span,
                                 std::uint64_t version, std::size_t limit, std::uint64_t& room);
  Result<std::vector<EntryChange>> release_events(EntryId entry);
  Result<void> append_own_events(EntryId entry, std::vector<EntryChange>& events);

  SqlConnection& connection_;
  std::map<ReleaseId, ReleaseHead> heads_;
  std::optional<bool> has_videos_;  // Asked once: it decides how much is read at once, and nothing else.
};

/// Errors: kInvalidInput unless 1 to kPageMax.
Result<void> check_limit(std::size_t limit);
[[nodiscard]] inline std::int64_t db(EntryId id) {
  // Ids past those that any release can have are after all of them.
  return static_cast<std::int64_t>(std::min(static_cast<std::uint64_t>(id), ~std::uint64_t{0} >> 1));
}
[[nodiscard]] inline std::int64_t db(ReleaseId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] inline std::int64_t db(BankId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] inline std::int64_t db(SourceId id) { return static_cast<std::int64_t>(id); }
/// The first and last id that entries of a release can have.
[[nodiscard]] inline EntryId first_entry(ReleaseId id) { return entry_id(id, 0); }
[[nodiscard]] inline EntryId last_entry(ReleaseId id) { return entry_id(id, 0xFFFFFFFFU); }

}  // namespace seawall::store_sql_detail
