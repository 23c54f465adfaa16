#pragma once

#include <string_view>

namespace seawall::cli {

/// The project's version; cli_test checks it against the build's.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace seawall::cli
