#include "seawall/store/service_records.h"

namespace seawall {

std::string_view name_of(JobState state) {
  switch (state) {
    case JobState::kPending:
      return "pending";
    case JobState::kDone:
      return "done";
    case JobState::kFailed:
      return "failed";
  }
  return {};
}

std::string_view name_of(WebhookState state) {
  switch (state) {
    case WebhookState::kNone:
      return {};
    case WebhookState::kWaiting:
      return "waiting";
    case WebhookState::kDelivered:
      return "delivered";
    case WebhookState::kHeld:
      return "held";
  }
  return {};
}

}  // namespace seawall
