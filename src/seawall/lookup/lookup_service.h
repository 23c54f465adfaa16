#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/flood_watch/flood_watch.h"
#include "seawall/follow/list_follower.h"
#include "seawall/lookup/list_keeper.h"
#include "seawall/lookup/lookup.h"
#include "seawall/match/signals.h"
#include "seawall/observation/observation_log.h"
#include "seawall/watch/observing_matcher.h"

namespace seawall {

/// Looks media and signals up in the lists: what a service, a mail filter or an event handler asks.
///
/// Guarantees: with a log of observations, what is asked about is durable in it before it is answered, and
/// answered by lists at least as new as those of that moment: so whoever later searches the log for an entry
/// either finds it there or it was named in the answer (docs/observations.md). Media is read where it lies,
/// and nothing of it is kept. What fails is in the answer (`failed`), and `on_error` says what the verdict is
/// then. Threads: any number at once; a caller blocks for its decode, for the log, and for the lists at most
/// `fresh_within`. No queue of its own: whoever calls bounds how many call. Lifetime: borrows all its parts.
class LookupService {
 public:
  static constexpr std::size_t kItemsMax = 10'000;  ///< Of one batch.

  struct Parts {
    ListFollower& lists;
    ListKeeper& keeper;
    MediaDecoder& decoder;
    const Clock& clock;
    ObservationLog* log = nullptr;        ///< None: nothing is observed.
    FloodWatch* flood = nullptr;          ///< None: floods are not noticed.
    const VideoLooker* videos = nullptr;  ///< None: videos are looked up by their digests alone.
    ListKeeper* clips_keeper = nullptr;   ///< Of the listed videos; with one of the others.
    const ListClips* clips = nullptr;     ///< None: TMK signals that are asked about meet nothing.
  };
  struct Options {
    std::chrono::milliseconds fresh_within = std::chrono::milliseconds(2'000);
    /// Lists that were last known to be the newest longer ago fail each look-up: `on_error` then decides, and
    /// matches stand. Likewise lists that were never read up to their end.
    std::chrono::milliseconds lists_age_max = std::chrono::minutes(5);
    /// Something was looked up for `tenant`, with this answer. Called from the thread that looked; must not
    /// block.
    std::function<void(const std::string& tenant, const LookupAnswer&)> answered = nullptr;
    /// An entry floods. Called from the thread that met it; must not block.
    std::function<void(EntryId, const FloodTrip&)> flooded = [](EntryId, const FloodTrip&) {};
    /// Where it is set: has matches counted on another thread, so that a look-up waits for no database.
    /// False: not taken on, and they are counted at once.
    std::function<bool(std::function<void()>)> count_later = nullptr;
    /// Something failed inside (a log, a store, a flood that could not be acted on), in its own words: for an
    /// operator, never for a caller. Answers go on. Called once a call that it concerns; likewise.
    std::function<void(const Error&)> problem = [](const Error&) {};
  };
  LookupService(const Parts& parts, Options options) : parts_(parts), options_(std::move(options)) {}

  /// The signals of a media file, as listed content has them (`side` kStored) or as a query. Nothing is
  /// looked up or observed. Errors: the decoder's; those that are not about the file in fixed words.
  Result<MediaSignals> signals(std::span<const std::byte> file, const SignalOptions& options);

  /// Looks a media file up by its hashes in every variant and its digests; a video by the clips that it shows
  /// and its digests, where videos are listed and the options ask for it. A file of neither kind, or music,
  /// is looked up by its digests alone; that is no failure, but a picture or video of a kind not read is
  /// one, and so is a video that was looked at in part. Of a video its digests are observed.
  /// `item`: its name and place; its signals are not used. Errors: kInvalidInput (an option or the name
  /// outside its limits); everything else is in the answer.
  Result<LookupAnswer> look_up(std::span<const std::byte> file, const AskedItem& item,
                               const LookupOptions& options);

  /// Looks signals up, 1 to kItemsMax items, all at one list version; the answers come in order. Errors: as
  /// above; kLimitExceeded (over AskedSignals::kPdqOfBatchMax hashes).
  Result<std::vector<LookupAnswer>> look_up(std::span<const AskedItem> items, const LookupOptions& options);

  /// Removes what has expired from the log of observations: for a timer, once an hour. Blocks for it;
  /// look-ups go on. Errors: the log's, for an operator.
  Result<void> tidy();
  /// Keeps what the flood watch has counted; call it at the end.
  Result<void> finish();

 private:
  struct Work;
  void look_at_video(Work& work, std::span<const std::byte> file, std::string_view type,
                     const LookupOptions& options);
  void compare_tmk(Work& work, const LookupOptions& options);
  void search(std::span<Work> work, const LookupOptions& options);
  void observe(std::span<Work> work, const LookupOptions& options);
  void count(MetEntries& met, const LookupOptions& options);
  void count_now(MetEntries& met, std::string_view caller);
  [[nodiscard]] Result<void> check_age() const;
  Error inner_error(const Error& error);
  Error decoder_error(Error error);

  Parts parts_;
  Options options_;
};

}  // namespace seawall
