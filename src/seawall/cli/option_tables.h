#pragma once

#include <array>
#include <cstddef>

#include "seawall/cli/command.h"

namespace seawall::cli {

/// The options of several tables, in order: what many commands share stands in one of them.
template <std::size_t... kCounts>
constexpr auto joined(const std::array<OptionSpec, kCounts>&... tables) {
  std::array<OptionSpec, (kCounts + ...)> all{};
  std::size_t next = 0;
  const auto take = [&](const auto& table) {
    for (const OptionSpec& one : table) all[next++] = one;
  };
  (take(tables), ...);
  return all;
}

}  // namespace seawall::cli
