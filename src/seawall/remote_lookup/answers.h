#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/report/record.h"

namespace seawall {

/// What a look-up service says of one item. Where `error` stands, matches may stand beside it.
struct LookupItemAnswer {
  /// `frame_index` is the place of the hash among those asked about; `variant` is empty.
  std::vector<RecordedMatch> matches;
  std::optional<Error> error;
};

/// Reads the answer to a batch of `items` items (docs/openapi.yaml, BatchAnswer). Every text in it is
/// another's: at most 200 bytes of each are kept. Errors: kInvalidInput says what is not as it must be.
Result<std::vector<LookupItemAnswer>> lookup_answers_from(std::string_view json, std::size_t items);

/// What a problem document (RFC 9457) says, for an operator: its detail, at most 200 bytes; empty for
/// anything else. `type`: filled with the problem's type.
std::string problem_detail_from(std::string_view json, std::string& type);

}  // namespace seawall
