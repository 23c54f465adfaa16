#include "seawall/clip_match/detail/query_frames.h"

#include <utility>

namespace seawall::clip_detail {

Query query_of(std::span<const TimedHash> hashes, std::vector<bool> usable) {
  Query query{hashes, std::move(usable), {}, {}};
  query.frame_of.reserve(hashes.size());
  for (std::uint32_t i = 0; i < hashes.size(); ++i) {
    if (i == 0 || hashes[i].time_us != hashes[i - 1].time_us)
      query.frames.push_back({hashes[i].time_us, i, i, false});
    query.frames.back().last = i + 1;
    query.frame_of.push_back(static_cast<std::uint32_t>(query.frames.size() - 1));
  }
  return query;
}

}  // namespace seawall::clip_detail
