#pragma once

#include <cstdint>
#include <functional>

#include "seawall/clip_match/clip_match.h"

namespace seawall {

/// Names what brought benign templates into a ClipIndex. Chosen by the caller.
enum class BenignId : std::uint32_t {};

/// Whom a search of a ClipIndex is for: which clips and which benign templates concern them. All else is as
/// if it were not listed: no limit of a search counts it. Empty functions: all concerns them. The functions
/// are asked anew by each search, from the thread that searches, and must not block; they must be good for as
/// long as what holds the scope.
struct ClipScope {
  std::function<bool(ClipId)> clip;
  std::function<bool(BenignId)> benign;
};

}  // namespace seawall
