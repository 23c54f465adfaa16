#include "seawall/store/alerts.h"

namespace seawall {

std::string_view name_of(AlertState state) {
  switch (state) {
    case AlertState::kTold:
      return "told";
    case AlertState::kOpen:
      return "open";
    case AlertState::kAccepted:
      return "accepted";
    case AlertState::kClosed:
      return "closed";
  }
  return "open";
}

}  // namespace seawall
