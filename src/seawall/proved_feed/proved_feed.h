#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/feed_store/published_feed.h"
#include "seawall/tlog_publish/published_log.h"

namespace seawall {

/// The feed that shows no change unless the published log is proved to hold it, by keys of the reader's own:
/// whatever the database says.
///
/// Guarantees: an item is given only if the log's published head (its signature, its witnesses) holds the
/// record of a version of the lists with its chain, and the chain of SHA-256 leads from the item there. So
/// one proof covers a batch: the chain fixes each change before it. What is not proved yet (the database is
/// ahead of a mirror, no head is published, nothing was ever published) is not shown; what is proved to be
/// otherwise is told, and not shown either. A proof holds for ever: the log only grows. What rows of banks
/// and entries say stays the database's word. Threads: any. Lifetime: borrows both stores. Cost: two queries
/// more a read; a proof, about ten files, a batch; a head's signatures are verified once. Where records of
/// old versions are erased (docs/retention.md) the feed behind them is read once to the next proved version.
class ProvedFeed final : public PublishedFeed {
 public:
  /// What the database claims and the log does not show.
  struct Standing {
    std::uint64_t unproved = 0;  ///< Versions that the database calls published; 1 at least where is_false.
    bool is_false = false;       ///< Not merely missing: the log, or the chain, shows otherwise.
  };
  /// Called, by whoever reads, when something is found false, and with none once that is over.
  using Tell = std::function<void(const std::optional<Error>&)>;

  /// `log`: the folder of the log or of a mirror. Errors: those of the folder.
  static Result<std::unique_ptr<ProvedFeed>> open(Store& store, LogRecordStore& records,
                                                  const std::filesystem::path& log, LogTrust trust,
                                                  Tell tell);
  ProvedFeed(Store& store, LogRecordStore& records, PublishedLog log, LogTrust trust, Tell tell)
      : PublishedFeed(store, records),
        log_(std::move(log)),
        trust_(std::move(trust)),
        tell_(std::move(tell)) {}

  /// Errors: also kCorrupt (the store's changes are not those that the log holds).
  Result<std::vector<FeedItem>> read(std::uint64_t after, std::size_t limit) override;
  /// Never none: before a log has published anything, 0.
  Result<std::optional<std::uint64_t>> shown() override;
  /// As the last reading found it. Does not block.
  [[nodiscard]] Standing standing() const { return {unproved_, is_false_}; }

 private:
  static constexpr std::size_t kKnownMax = 65'536;

  // All with mutex_ held.
  Result<void> advance(std::uint64_t claimed);
  Result<std::uint64_t> reached(std::uint64_t claimed);
  Result<Sha256> prove(std::uint64_t version);
  Result<void> check(std::uint64_t after, std::span<const FeedItem> items, std::size_t limit);
  Result<void> walk(const ListVersion& from, std::size_t stride);
  void remember(const ListVersion& version);
  void note();

  PublishedLog log_;
  const LogTrust trust_;
  const Tell tell_;
  std::mutex mutex_;                       // Guards what follows up to told_.
  ListVersion proved_;                     ///< The newest.
  std::map<std::uint64_t, Sha256> known_;  ///< Chains of versions that were proved.
  std::uint64_t claimed_ = 0;              ///< Published, as the database says.
  std::optional<Error> claim_, altered_;   ///< What is wrong with that; with the items that were read.
  std::string told_;                       ///< Empty: nothing.
  std::atomic<std::uint64_t> unproved_ = 0;
  std::atomic<bool> is_false_ = false;
};

}  // namespace seawall
