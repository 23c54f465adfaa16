#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "seawall/base/clock.h"
#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/feed/feed.h"
#include "seawall/follow/list_query.h"
#include "seawall/store/store.h"

namespace seawall {

struct FollowOptions {
  bool durable = true;           ///< Off only for throw-away folders.
  bool background_merge = true;  ///< Off: tests.
};

/// What one step did.
struct FollowStep {
  std::size_t items = 0;     ///< Feed items applied.
  std::uint64_t newest = 0;  ///< The store's version when the feed was read; 0: not asked.
  bool up_to_date = false;   ///< That is where the follower stands now.
  bool all_seen = false;     ///< So, or what is missing may not be taken yet: see Feed::shown().
};

struct FollowSizes {
  std::uint64_t pdq = 0;  ///< Fingerprints in the index; likewise the digests.
  std::uint64_t md5 = 0;
  std::uint64_t sha1 = 0;
  std::uint64_t sha256 = 0;
  std::uint64_t overrides = 0;  ///< Entries that are not as their release and bank have them.
  std::uint64_t releases = 0;
};

/// A matcher's own view of the lists: a folder with indexes that follows the feed and answers queries.
///
/// Guarantees: what a step has applied is found by the next query, without a rebuild. The folder survives
/// kill -9 and power loss at any point: it goes on from its last position and repeats what may have been
/// half done, so nothing is skipped and nothing counts twice. A follower is never behind the version that
/// proof() names; while a step is under way, or when the store has moved on since the feed was read, single
/// answers may show newer state. Items' chain and the digests of releases are checked as they are applied.
/// Releases are held in the indexes from the moment they are sealed, so staging, activating and taking back
/// millions of entries is one item.
/// Threads: step() from one; match(), proof() and sizes() from any number, never blocked by step().
/// Lifetime: borrows the feed, the store and the clock. One folder, one process (kConflict).
/// Cost: docs/follow.md. The widest radius of any bank or entry sets the cost of a query. A release is loaded
/// within one step, so changes that come while a large one is loaded wait for it.
class ListFollower {
 public:
  static constexpr std::size_t kItemsMax = 1'000;  ///< Of one step.

  /// Opens or makes `folder`. Reads nothing from the feed yet: the answers are those of the last position.
  /// Errors: kConflict (another process follows there), kCorrupt (names what to remove), kUnavailable.
  static Result<std::unique_ptr<ListFollower>> open(const std::filesystem::path& folder, Feed& feed,
                                                    Store& store, const Clock& clock,
                                                    const FollowOptions& options = {});
  virtual ~ListFollower() = default;

  /// Applies what comes next, at most kItemsMax items; waits up to `deadline` when there is nothing, and for
  /// a moment when what there is may not be taken yet. Who calls it with 0 until `all_seen` waits in between.
  /// Errors: kCorrupt (the chain or a digest does not hold, or the store is another one: message says so),
  /// kUnavailable (also: the store's readers are behind the feed), kLimitExceeded (disk full). After an error
  /// answers are as before the step or newer, and the step may be tried again.
  virtual Result<FollowStep> step(std::chrono::milliseconds deadline) = 0;

  /// Where it stands: whoever holds the same chain has seen the same changes.
  [[nodiscard]] virtual ListVersion proof() const = 0;
  /// Every entry within its radius, once, but proposed and withdrawn ones; silent ones are counted. A match
  /// of a harmless bank by digest overrules all others of its tenant; one by PDQ those by PDQ: a digest says
  /// that it is the listed file itself; one by video those of videos that lie within its range. Errors: the
  /// indexes' (kCorrupt, kUnavailable).
  [[nodiscard]] virtual Result<ListVerdict> match(const ListQuery& query) const = 0;
  /// As match() for each query, all at one list version: `visit` gets a query's place and its verdict, in
  /// order. A batch costs less than its queries one by one (docs/index.md). Errors: then nothing was visited.
  [[nodiscard]] virtual Result<void> match_batch(
      std::span<const ListQuery> queries, FunctionRef<void(std::size_t, ListVerdict&&)> visit) const = 0;
  /// How often entries of a release were met while it was staged, or while they were quarantined, by this
  /// object since it was opened.
  [[nodiscard]] virtual std::uint64_t silent_matches(ReleaseId release) const = 0;
  [[nodiscard]] virtual FollowSizes sizes() const = 0;
  /// Reads the indexes whole and checks every checksum. Errors: kCorrupt names the file.
  [[nodiscard]] virtual Result<void> verify() const = 0;
};

}  // namespace seawall
