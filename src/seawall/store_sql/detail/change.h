#pragma once

#include <memory>
#include <vector>

#include "seawall/store/store.h"
#include "seawall/store_sql/detail/pool.h"
#include "seawall/store_sql/detail/reader.h"

namespace seawall::store_sql_detail {

/// The feed items of one transaction that holds the list lock: gives each the next version and chain.
/// Threads: one. Lifetime: the transaction.
class FeedWriter {
 public:
  static Result<FeedWriter> begin(SqlConnection& connection, Reader& reader);
  /// The next item; written by flush(). Gives its version.
  std::uint64_t add(FeedItem::Kind kind, std::uint64_t subject, const Sha256& digest, const Authorship& by,
                    ReleaseState state = ReleaseState::kLoading);
  Result<void> flush();
  [[nodiscard]] const ListVersion& version() const { return version_; }
  [[nodiscard]] std::uint64_t next_version() const { return version_.number + 1; }

 private:
  FeedWriter(SqlConnection& connection, const ListVersion& version)
      : connection_(&connection), version_(version) {}
  SqlConnection* connection_;
  ListVersion version_;
  std::vector<FeedItem> unsaved_;
};

/// Changes entries of sealed releases, with their history and feed items.
/// Threads: one. Lifetime: a transaction that holds the list lock.
class EntryWriter {
 public:
  EntryWriter(SqlConnection& connection, Reader& reader, FeedWriter& feed)
      : connection_(connection), reader_(reader), feed_(feed) {}

  Result<void> set_entry(const Entry& entry, std::string_view what, const Authorship& by);
  /// Carries out what waits in a release.
  Result<void> apply_pending(ReleaseId release, const Authorship& by);

 private:
  struct Edit {
    StoredEntry before;
    StoredEntry after;
    std::string_view what;
  };
  Result<std::optional<Edit>> edit_of(const PendingChange& change, const StoredEntry& stored);
  /// `edits`: of different entries.
  Result<void> write(std::span<Edit> edits, const Authorship& by);
  Result<void> count_states(std::span<const Edit> edits);

  SqlConnection& connection_;
  Reader& reader_;
  FeedWriter& feed_;
};

Result<std::unique_ptr<StoreView>> begin_view(Pool& pool);
Result<std::unique_ptr<StoreChange>> begin_change(Pool& pool);

/// A number that no release has had.
Result<std::int64_t> take_release_id(SqlConnection& connection);

/// Adds to the number of a release's entries in a state of their own, 0: in none.
Result<void> add_state_count(SqlConnection& connection, ReleaseId release, std::int64_t state,
                             std::int64_t difference);
/// Tells those who wait for changes, when the transaction commits.
Result<void> notify_change(SqlConnection& connection);

}  // namespace seawall::store_sql_detail
