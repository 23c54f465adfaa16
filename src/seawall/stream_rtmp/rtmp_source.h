#pragma once

#include <chrono>
#include <memory>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/net/reach.h"
#include "seawall/stream_poll/stream_source.h"

namespace seawall {

struct RtmpLimits {
  std::size_t streams_max = 4'096;
  std::chrono::milliseconds resolve_deadline{10'000};
  std::chrono::milliseconds connect_deadline{5'000};
  std::chrono::milliseconds play_deadline{
      15'000};  ///< From the connection to the server's word that it plays.
  std::chrono::milliseconds idle_deadline{30'000};  ///< Without a byte, then the connection is made anew.
  std::chrono::milliseconds stalled_least{6'000};   ///< Without a picture.
  std::chrono::milliseconds back_off_first{1'000};
  std::chrono::milliseconds back_off_most{30'000};
  std::chrono::milliseconds give_up_after{std::chrono::hours(1)};  ///< Of failing without an end.
};

/// Plays many RTMP streams from one thread, each over a connection of its own: RtmpSession and FlvCutter.
///
/// Nothing is decoded here: pieces go to the sink as FLV, key pictures at once. Whatever ends a connection,
/// it is made anew, with back-off; the first piece after that is a discontinuity. Names are looked up on two
/// threads of their own, and each address that they give is asked of `reach` when it is connected to.
/// Threads: as StreamSource. Lifetime: borrows all but the limits; the threads that look up names may end a
/// little later. Memory: a stream at most 9 MB (FlvCutter, RtmpChunkReader), some 0.1 MB and its last key
/// picture and what followed in practice. Events: kStarted, kStalled, kResumed, kRestarted (a connection
/// after the first that played), kGap (kTooLarge), kFailing, kFailed; never kEnded: RTMP does not say so.
class RtmpSource final : public StreamSource {
 public:
  /// Errors: kUnavailable (the system has no more descriptors).
  static Result<std::unique_ptr<RtmpSource>> open(const Clock& clock, RandomSource& random, PollSink& sink,
                                                  Reach reach, const RtmpLimits& limits = {});
  ~RtmpSource() override;

  Result<StreamId> add(StreamSettings settings) override;
  bool remove(StreamId stream) override;
  void step(std::chrono::milliseconds at_most) override;
  void wake() override;

 private:
  struct Parts;
  explicit RtmpSource(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace seawall
