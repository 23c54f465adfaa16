#pragma once

#include <string_view>

namespace seawall::cli {

/// The names of all kinds of entries of the log, for help and choices: all_log_kinds(), which
/// cli/log_kind_words_test.cpp holds it against.
inline constexpr std::string_view kLogKindWords =
    "list-change approval release observation-lookup disclosure export role-change key-change order "
    "order-opening order-extension retention destruction error recommendation canary limit log-start draw "
    "draw-answer";

}  // namespace seawall::cli
