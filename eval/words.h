#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace seawall::eval {

/// As printf, at most 511 characters.
template <class... Args>
std::string format(const char* pattern, Args... args) {
  std::array<char, 512> text;
  std::snprintf(text.data(), text.size(), pattern, args...);
  return text.data();
}

/// 0 of no trials.
inline double percent(int hits, int trials) { return trials == 0 ? 0 : 100.0 * hits / trials; }

}  // namespace seawall::eval
