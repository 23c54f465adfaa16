#include "seawall/store/requests.h"

namespace seawall {

std::string_view name_of(RequestState state) {
  switch (state) {
    case RequestState::kOpen:
      return "open";
    case RequestState::kDone:
      return "done";
    case RequestState::kDropped:
      return "dropped";
  }
  return "open";
}

}  // namespace seawall
