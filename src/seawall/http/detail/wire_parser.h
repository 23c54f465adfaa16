#pragma once

#include <string_view>

#include "seawall/http/request.h"

namespace seawall {

/// Boost.Beast's second opinion on a whole `head`. False: Beast refuses it, or frames the body otherwise than
/// `read`, which read_http_head() made of the same bytes. Hides Beast, so that only its source is compiled
/// with it.
[[nodiscard]] bool beast_agrees(std::string_view head, const HttpHead& read);

}  // namespace seawall
