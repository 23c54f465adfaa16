#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace seawall::stream_srt_detail {

/// Of `ready`, which rises, at most `most`: those above `last` first, then from the beginning. Who gives the
/// last one served gives every one its turn, however many are always ready.
template <typename T>
std::vector<T> in_turn(const std::vector<T>& ready, const T& last, std::size_t most) {
  std::vector<T> served(ready.size());
  std::ranges::rotate_copy(ready, std::ranges::upper_bound(ready, last), served.begin());
  served.resize(std::min(served.size(), most));
  return served;
}

}  // namespace seawall::stream_srt_detail
