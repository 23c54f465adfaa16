#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/clip_match/clip_index.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/feed/feed.h"
#include "seawall/model/entry.h"
#include "seawall/model/feed_item.h"
#include "seawall/store/store.h"
#include "seawall/video_print/tmk.h"

namespace seawall {

/// What a clip of the index is: whose, and of what kind.
struct ListClip {
  EntryId entry{};
  BankId bank{};
  SourceId source{};
  std::string key;                  ///< The source's own name for the entry.
  std::uint32_t duration_ms = 0;    ///< Of the listed video, as its signal says.
  std::vector<std::string> labels;  ///< DensePrint::labels: what AlignedPair::reference_label names.
  bool sampled = false;             ///< Others' vPDQ: found by dense queries only.
};

/// A listed video that a query is by TMK+PDQF.
struct TmkMatch {
  EntryId entry{};
  double level1 = 0;
  double level2 = 0;
};

struct ListClipsStep {
  std::size_t items = 0;     ///< Feed items applied.
  std::uint64_t newest = 0;  ///< The store's version when the feed was read.
  bool up_to_date = false;   ///< That is what is listed now.
  bool all_seen = false;     ///< So, or what is missing may not be taken yet: see Feed::shown().
};

struct ListClipsSizes {
  std::size_t entries = 0;  ///< Entries that carry a video and can be found by it.
  std::size_t clips = 0;    ///< In the index.
  std::size_t sampled = 0;  ///< Of those, others' vPDQ.
  std::size_t hashes = 0;   ///< Of all clips.
  std::size_t tmk = 0;
  std::size_t unusable = 0;   ///< Signals of videos that cannot be read, or have no frame to be found by.
  std::size_t templates = 0;  ///< Hashes of harmless banks' pictures.
  std::size_t templates_left_out = 0;  ///< Entries of harmless banks that are over the limit.
};

/// Who asks: only what is of these banks of this tenant concerns them, and the tenant's harmless banks.
struct ListClipsAsker {
  std::string tenant;         ///< Empty: all.
  std::vector<BankId> banks;  ///< Empty: all.
};

/// The listed videos of the lists' store, in memory, kept up to date from the feed while they are looked up.
///
/// Holds every entry with a signal of a video in a release that is not rejected, but withdrawn ones: also
/// those that are proposed, staged, quarantined, expired, or of a bank that is off. What a match counts for
/// is for ListFollower::match() to say (ListQuery::met), by entry: an entry that was withdrawn a moment ago,
/// or never was in force, stands nowhere there. An entry that has a dense print is
/// not looked up by its vPDQ. The pictures of harmless banks are the benign templates of their tenant's
/// searches (ClipRules::benign_bits) while they are in force: at most 100,000 hashes a tenant.
/// Guarantees: after step() has applied an item, look-ups find what it listed. An entry is replaced when its
/// video changes and keeps its clip when only its settings do. A ClipId is never given to another video.
/// Nothing of a change that is not to be seen yet (Feed::shown()) is taken: what it is of stays as it was.
/// Begins with the entries that carry videos, and reads no others (StoreView::video_entries()).
/// Threads: step() from one, all else from any, held up by step() for the moment in which it takes over what
/// it has read. Lifetime: borrows feed, store and clock. Cost: 30 ms and 6 MB an hour of moving video; a
/// search: docs/video-matching.md.
class ListClips {
 public:
  static constexpr std::size_t kItemsMax = 1'000;  ///< Of one step.
  static constexpr std::size_t kTmkReadMax = 1'000;

  /// Reads nothing yet: the first step() loads all. Errors: those of ClipIndex::make().
  static Result<std::unique_ptr<ListClips>> make(Feed& feed, Store& store, const Clock& clock,
                                                 const ClipIndexOptions& options = {});
  ~ListClips();
  ListClips(const ListClips&) = delete;
  ListClips& operator=(const ListClips&) = delete;

  /// Applies what comes next, at most kItemsMax items, the first time all that is listed; waits up to
  /// `deadline` when there is nothing. Who calls it with 0 until `all_seen` waits in between.
  /// Errors: kUnavailable (also: more than UnseenChanges::kMax changes are not to be seen yet as it begins),
  /// kCorrupt; then it may be tried again.
  Result<ListClipsStep> step(std::chrono::milliseconds deadline);
  /// The list version that it has come to; 0 before the first step.
  [[nodiscard]] std::uint64_t version() const;

  /// To be searched by ClipMatcher and ClipTracker, for a scope(). Lives as long as this.
  [[nodiscard]] const ClipIndex& index() const { return *index_; }
  /// What of the index is for `asker`, as the lists are at each search: what others list never reaches a
  /// limit of their search. Lives as long as this.
  [[nodiscard]] ClipScope scope(ListClipsAsker asker) const;
  /// What a clip is; none: it is not listed any more.
  [[nodiscard]] std::shared_ptr<const ListClip> find(ClipId clip) const;
  /// Whether others' vPDQ is listed: queries must be dense to find it.
  [[nodiscard]] bool has_sampled() const { return sizes().sampled != 0; }
  /// Listed videos that the query is by TmkRule's defaults, best first. A listed print that was
  /// made with other parameters is not met. Level 1 is asked in memory (1 kB and 1 us a
  /// listed print), level 2 of what the store has of those that pass (kTmkReadMax at most, 1 ms and a reading
  /// each). Blocks. Errors: the store's; kLimitExceeded (more pass).
  [[nodiscard]] Result<std::vector<TmkMatch>> tmk_matches(const TmkPrint& query,
                                                          const ListClipsAsker& asker) const;
  [[nodiscard]] ListClipsSizes sizes() const;

 private:
  struct State;
  Result<ListClipsStep> load();
  Result<ListClipsStep> nothing_new();
  Result<ListClipsStep> apply(std::span<const FeedItem> items);
  ListClips(Feed& feed, Store& store, const Clock& clock, std::unique_ptr<ClipIndex> index);

  Feed& feed_;
  Store& store_;
  const Clock& clock_;
  std::unique_ptr<ClipIndex> index_;
  std::unique_ptr<State> state_;
};

}  // namespace seawall
