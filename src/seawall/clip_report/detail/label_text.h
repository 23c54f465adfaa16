#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace seawall::clip_detail {

/// The label's name, or "variant 7" when there is none.
[[nodiscard]] std::string label_text(const std::vector<std::string>& labels, std::size_t label);

}  // namespace seawall::clip_detail
