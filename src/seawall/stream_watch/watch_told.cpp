#include "seawall/stream_watch/watch_told.h"

namespace seawall {

WatchPhase phase_after(WatchPhase phase, StreamEvent::Kind kind) {
  switch (kind) {
    case StreamEvent::Kind::kStarted:
    case StreamEvent::Kind::kResumed:
    case StreamEvent::Kind::kRestarted:
    case StreamEvent::Kind::kBlind:
      return WatchPhase::kLive;
    case StreamEvent::Kind::kStalled:
      return WatchPhase::kStalled;
    case StreamEvent::Kind::kFailing:
      return WatchPhase::kFailing;
    case StreamEvent::Kind::kEnded:
    case StreamEvent::Kind::kFailed:
      return WatchPhase::kOver;
    case StreamEvent::Kind::kGap:
      break;
  }
  return phase;
}

std::string_view name_of(WatchPhase phase) {
  switch (phase) {
    case WatchPhase::kWaiting:
      return "waiting";
    case WatchPhase::kLive:
      return "live";
    case WatchPhase::kStalled:
      return "stalled";
    case WatchPhase::kFailing:
      return "failing";
    case WatchPhase::kOver:
      return "over";
  }
  return "over";
}

}  // namespace seawall
