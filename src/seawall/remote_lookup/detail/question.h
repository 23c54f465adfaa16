#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/match/signals.h"

namespace seawall::remote_lookup {

/// Where a hash that was asked about came from.
struct HashOrigin {
  std::string variant;
  int frame = 0;
};

/// One item of a request: a JSON object, and the origins of its hashes in their order.
struct QuestionItem {
  std::string json;
  std::vector<HashOrigin> origins;
};

/// The hashes of one item, as the contract limits them (docs/openapi.yaml, Signals), and of one request.
inline constexpr std::size_t kItemHashesMax = 256;
inline constexpr std::size_t kRequestHashesMax = 32'768;

/// One file's signals as items: the first has the digests, the hashes of all variants follow, 256 an item.
/// Errors: kLimitExceeded for more than kRequestHashesMax hashes.
Result<std::vector<QuestionItem>> question_of(const MediaSignals& signals);

/// The body of POST /v1/match.
[[nodiscard]] std::string body_of(const std::vector<const QuestionItem*>& items, const int* radius_bits);

}  // namespace seawall::remote_lookup
