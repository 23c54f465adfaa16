#include "seawall/clip_match/clip_match.h"

namespace seawall {

std::string_view name_of(ClipTier tier) {
  switch (tier) {
    case ClipTier::kNone:
      return "none";
    case ClipTier::kSingleFrame:
      return "single-frame";
    case ClipTier::kTwoAligned:
      return "two-aligned";
    case ClipTier::kThreeAligned:
      return "three-aligned";
  }
  return "unknown";
}

}  // namespace seawall
