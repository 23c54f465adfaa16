#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/stream_watch/stream_hub.h"
#include "seawall/streams/alert_outbox.h"
#include "seawall/streams/alert_recorder.h"

namespace seawall {

/// What became of a wish to have a stream watched.
enum class AttachEnd : std::uint8_t {
  kAttached = 1,
  kThereAlready,     ///< With the same settings: nothing was changed.
  kOtherOfThatName,  ///< With others.
  kTooManyOfTenant,  ///< StreamDesk::Options::tenant_streams_max.
  kFull,             ///< streams_max.
  kOverloaded,       ///< So little is looked at of each stream that one more would not be watched.
};

/// One stream, for its owner. No address.
struct StreamView {
  std::shared_ptr<const AttachedStream> stream;
  WatchState state;
  StreamAlertCount count;
};

/// How much is done, for operators and for who wants to attach more.
struct StreamLoad {
  std::size_t streams = 0;               ///< Of all tenants.
  std::size_t streams_max = 0;           ///< Of one.
  std::chrono::microseconds spacing{0};  ///< As WatchCounts.
  double busy = 0;
  bool admits = true;  ///< Whether one more stream would be taken, of whoever was asked for.
};

/// What a service counts of its streams.
struct StreamDeskCounts {
  WatchCounts watch;
  std::vector<WatchState> states;
  std::uint64_t refused_full = 0;        ///< Wishes refused for streams_max or a tenant's share of it.
  std::uint64_t refused_overloaded = 0;  ///< For the load.
  std::uint64_t alerts_kept = 0;         ///< Since the start.
  std::uint64_t alerts_lost = 0;         ///< That could not be written down.
  std::size_t showings_waiting = 0;      ///< WaitingShowings::size().
  std::uint64_t showings_forgotten = 0;
  std::uint64_t webhooks_handed = 0;
  std::uint64_t webhooks_refused = 0;
  std::uint64_t webhooks_dropped = 0;  ///< StreamStore::dropped_unsent().
  std::uint64_t hooked_ended =
      0;  ///< Streams that a media server told of, and that were never heard of again.
};

/// The live streams that callers of a service have attached: kept, followed, watched, and their alerts
/// written down and told.
///
/// Guarantees: what attach() and detach() acknowledged survives any end of the process, and is followed
/// again by the next; an alert is durable before it can be read or is sent. Streams are of one tenant, and no
/// call gives anything of another's. Work is bounded: streams_max, WatchOptions; admission is refused, never
/// a stream dropped. Addresses are in no answer, error or name. Threads: any; those of StreamHub,
/// StreamWatch, AlertRecorder and AlertOutbox. Lifetime: borrows all parts.
class StreamDesk {
 public:
  static constexpr std::size_t kDetachedMax = 256;
  static constexpr int kAdmitBelow = 4;  ///< Level of LoadGovernor: 32 s between two pictures.
  struct Parts {
    StreamStore& store;
    VideoDecoder& decoder;
    const ClipIndex& clips;
    const ClipDirectory& directory;
    Notices& notices;
    const Clock& clock;
    std::vector<StreamFamily> families;
    std::function<void(const Error&)> trouble;  ///< Of what an operator should know. Any thread.
  };
  struct Options {
    WatchOptions watch = {};
    HubOptions hub = {.again = true};
    AlertRecorder::Options recorder = {};
    AlertOutbox::Options outbox = {};
    std::size_t streams_max = 256;
    std::size_t tenant_streams_max = 256;
    bool fetch_keys = false;  ///< Of encrypted HLS, where the playlist says.
    int nice = 5;             ///< By how much the threads that follow and look, and what they start, yield.
    std::chrono::milliseconds hooked_silent_for{std::chrono::minutes(15)};
    std::chrono::hours alerts_kept{24 * 90};
  };

  /// Follows all that is kept. Errors: those of the store and the sources.
  static Result<std::unique_ptr<StreamDesk>> open(Parts parts, const Options& options);
  ~StreamDesk();
  StreamDesk(const StreamDesk&) = delete;
  StreamDesk& operator=(const StreamDesk&) = delete;

  /// Durable on return. `wanted`: all but its id and time. Errors: kInvalidInput (an address that nobody
  /// follows), those of the store: then it may be there, and asking again says so.
  struct Attached {
    AttachEnd end{};
    StreamView view;  ///< With kAttached and kThereAlready.
  };
  Result<Attached> attach(AttachedStream wanted);
  /// Durable on return. False: there is none. Errors: those of the store; then nothing was changed.
  Result<bool> detach(std::string_view tenant, std::string_view name, WatchEnd end = WatchEnd::kDropped);

  [[nodiscard]] std::optional<StreamView> stream(std::string_view tenant, std::string_view name) const;
  /// By name, those behind `after` that are watched for none but `banks`; empty: all.
  [[nodiscard]] std::vector<StreamView> streams(std::string_view tenant, std::string_view after,
                                                std::size_t limit, std::span<const BankId> banks = {}) const;
  Result<StreamAlertPage> alerts(const StreamAlertAsk& ask) { return parts_.store.alerts(ask); }

  /// For `tenant`; none: for one that has no stream yet.
  [[nodiscard]] StreamLoad load(std::optional<std::string_view> tenant = std::nullopt) const;
  [[nodiscard]] StreamDeskCounts counts() const;
  /// What is to be done now and then: streams of media servers that went silent are detached. Every few
  /// seconds. Errors: those of the store.
  Result<void> step();
  /// Drops alerts that are over. Every hour or so. Errors: those of the store.
  Result<void> tidy();

 private:
  using Place = std::pair<std::string, std::string>;  // Tenant and name.
  struct Row {
    std::shared_ptr<const AttachedStream> stream;
    WatchId watch{};
    std::string trouble;  // Why it is not followed at all.
    StreamAlertCount count;
    Time alive{};  // When it was last seen to be live, as step() saw it.
  };
  StreamDesk(Parts parts, const Options& options);
  Result<void> start();
  Result<void> follow_kept();
  /// Gives its watch's id. Precondition: mutex_ is held.
  Result<WatchId> follow(const std::shared_ptr<const AttachedStream>& stream);
  Result<bool> detach_here(const Place& place, WatchEnd end);
  [[nodiscard]] std::size_t streams_of(std::string_view tenant) const;  // As follow().
  [[nodiscard]] std::optional<AttachEnd> refusal(const AttachedStream& wanted);
  [[nodiscard]] StreamView view_of(const Row& row, const std::map<WatchId, WatchState>& states) const;
  [[nodiscard]] std::map<WatchId, WatchState> states() const;
  void note_kept(const AttachedStream& stream, const StreamAlert& alert);

  Parts parts_;
  const Options options_;
  mutable std::mutex mutex_;  // Guards these, up to the next line. Held while a change is written.
  std::map<Place, Row> rows_;
  std::uint64_t refused_full_ = 0, refused_overloaded_ = 0, hooked_ended_ = 0, alerts_kept_ = 0;

  mutable std::mutex followed_mutex_;  // Guards followed_ and detached_. Taken last.
  std::map<WatchId, std::shared_ptr<const AttachedStream>> followed_;
  std::deque<WatchId> detached_;  // Of those, no longer attached; the oldest are forgotten.

  std::unique_ptr<AlertOutbox> outbox_;
  std::unique_ptr<AlertRecorder> recorder_;
  std::unique_ptr<StreamWatch> watch_;
  std::unique_ptr<StreamHub> hub_;
};

}  // namespace seawall
