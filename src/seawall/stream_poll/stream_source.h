#pragma once

#include <chrono>

#include "seawall/base/result.h"
#include "seawall/stream_poll/live_segment.h"

namespace seawall {

/// Port: where a StreamSource's segments and events go. Called on the source's thread, in each stream's
/// order; must not block, and must not call the source.
class PollSink {
 public:
  virtual ~PollSink() = default;
  virtual void on_segment(LiveSegment segment) = 0;
  virtual void on_event(const StreamEvent& event) = 0;
  /// False: no segment of this stream is to be fetched now. Those that wait for too long meanwhile are told
  /// as a gap (kLagging, kSlidOut); asked again within 50 ms. Sources that are pushed to cannot wait: what
  /// comes all the same is the sink's to leave out.
  virtual bool has_room(StreamId /*stream*/) { return true; }
  /// True: all pictures are wanted for now, not key pictures alone. Asked where a source has the choice
  /// (RTMP); one that has not gives what it has.
  virtual bool wants_all(StreamId /*stream*/) { return false; }
};

/// Port: follows many live streams of one family of protocols from one thread: nothing waits but step(), and
/// that for at most what it is told to. What it finds goes to the PollSink that it was made with.
/// Guarantees: each stream's segments in order; what is lost is told; reconnects by itself, with back-off,
/// until the stream says that it is over or has failed for as long as the limits say. Threads: one, but
/// wake().
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  /// Begins to follow a stream with the next step(). Errors: kInvalidInput (not an address of this family),
  /// kLimitExceeded (too many streams). The message never holds the address.
  virtual Result<StreamId> add(StreamSettings settings) = 0;
  /// Ends it without an event. False: there is none of that id, or it has ended by itself.
  virtual bool remove(StreamId stream) = 0;
  virtual void step(std::chrono::milliseconds at_most) = 0;
  /// Has the step() of now, or the next one, return. Threads: any.
  virtual void wake() = 0;
};

}  // namespace seawall
