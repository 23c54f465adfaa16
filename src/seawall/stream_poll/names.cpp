#include "seawall/stream_poll/live_segment.h"

namespace seawall {

std::string_view name_of(GapCause cause) {
  switch (cause) {
    case GapCause::kSlidOut:
      return "slid_out";
    case GapCause::kLagging:
      return "lagging";
    case GapCause::kNotServed:
      return "not_served";
    case GapCause::kTooLarge:
      return "too_large";
    case GapCause::kEncrypted:
      return "encrypted";
    case GapCause::kNoKey:
      return "no_key";
    case GapCause::kUndecryptable:
      return "undecryptable";
    case GapCause::kMarked:
      return "marked";
  }
  return "slid_out";
}

std::string_view name_of(StreamEvent::Kind kind) {
  switch (kind) {
    case StreamEvent::Kind::kStarted:
      return "started";
    case StreamEvent::Kind::kStalled:
      return "stalled";
    case StreamEvent::Kind::kResumed:
      return "resumed";
    case StreamEvent::Kind::kRestarted:
      return "restarted";
    case StreamEvent::Kind::kGap:
      return "gap";
    case StreamEvent::Kind::kBlind:
      return "blind";
    case StreamEvent::Kind::kFailing:
      return "failing";
    case StreamEvent::Kind::kEnded:
      return "ended";
    case StreamEvent::Kind::kFailed:
      return "failed";
  }
  return "failed";
}

}  // namespace seawall
