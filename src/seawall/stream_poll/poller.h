#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/net/async_fetcher.h"
#include "seawall/stream_poll/live_segment.h"
#include "seawall/stream_poll/stream_source.h"

namespace seawall {

class StreamFollower;

/// Follows many live streams, HLS and DASH, from one thread: nothing here waits but step(), and that for at
/// most what it is told to. Which addresses may be reached is for the fetcher to decide
/// (CurlOptions::public_only). Guarantees: of each stream, segments in order, each once between two restarts;
/// whatever is not given is told as a gap with its cause; memory within PollLimits. Threads: one, but wake().
/// Lifetime: borrows all it is given. Cost: a request a refresh and a segment; see docs/live-playlists.md.
/// Source: RFC 8216, ISO/IEC 23009-1.
class Poller final : public StreamSource {
 public:
  Poller(AsyncFetcher& fetcher, const Clock& clock, RandomSource& random, PollSink& sink,
         PollLimits limits = {});
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller() override;

  /// Begins to follow a stream with the next step(). Errors: kInvalidInput (no http or https address);
  /// kLimitExceeded (streams_max). The message never holds the address.
  Result<StreamId> add(StreamSettings settings) override;
  /// Ends it without an event. False: there is none of that id, or it has ended by itself.
  bool remove(StreamId stream) override;

  /// Does what is due; with nothing due waits for the first answer, the first thing that becomes due, a
  /// wake() of the fetcher, or for `at_most`.
  void step(std::chrono::milliseconds at_most) override;
  void wake() override { fetcher_.wake(); }
  /// When step() has something to do without an answer; none: there is no stream.
  [[nodiscard]] std::optional<Time> next_due() const;

  [[nodiscard]] std::size_t streams() const { return streams_.size(); }
  struct Counts {
    std::uint64_t requests = 0, failed_requests = 0, segments = 0, segments_lost = 0, bytes = 0;
    std::size_t stalled = 0, failing = 0, segments_waiting = 0;  ///< Of now.
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Followed {
    std::unique_ptr<StreamFollower> follower;
    std::optional<Time> due;
    std::set<std::uint32_t> asks;  // Under way.
  };

  void advance(StreamId id, Followed& followed, Time now);
  void take(FetchDone done, Time now);
  void reschedule(StreamId id, Followed& followed, std::optional<Time> due);
  void hand_over(Followed& followed);
  void forget(StreamId id);

  AsyncFetcher& fetcher_;
  const Clock& clock_;
  RandomSource& random_;
  PollSink& sink_;
  PollLimits limits_;
  std::map<StreamId, Followed> streams_;
  std::set<std::pair<Time, StreamId>> schedule_;
  std::uint32_t last_id_ = 0;
  Time last_now_{};
  std::size_t under_way_ = 0;
  Counts counts_;
};

}  // namespace seawall
