#include "seawall/index/detail/front_lines.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "seawall/index/detail/segment.h"
#include "seawall/index/detail/try.h"

namespace seawall::index_detail {

Result<std::unique_ptr<FrontLines>> FrontLines::create(const Segment& segment) {
  std::unique_ptr<FrontLines> front(new FrontLines);
  constexpr std::size_t kCount = kChunks * kBuckets;
  SEAWALL_TRY(front->buffer_, PageBuffer::allocate(kCount * sizeof(Line)));
  front->lines_ = front->buffer_.values<Line>(0, kCount);
  for (std::size_t table = 0; table < kChunks; ++table) {
    const DirectoryEntry* const directory = segment.directory(table);
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      const std::size_t rows = directory[bucket + 1].row - directory[bucket].row;
      if (rows == 0) continue;
      Line& line = front->lines_[table * kBuckets + bucket];
      line = segment.lines()[directory[bucket].line];
      const std::size_t held = std::min(rows, kFrontLanes);
      line.lanes[kFrontLanes] = static_cast<std::uint16_t>(held | (rows > kFrontLanes ? kFrontMore : 0U));
    }
  }
  return front;
}

void FrontLines::mark(const Fingerprint256& code) {
  std::array<Line*, kChunks> lines{};
  for (std::size_t t = 0; t < kChunks; ++t) {
    lines[t] = &lines_[t * kBuckets + bucket_of(chunk_of(code, t))];
    __builtin_prefetch(lines[t], 1);
  }
  for (std::size_t t = 0; t < kChunks; ++t) {
    const std::atomic_ref last(lines[t]->lanes[kFrontLanes]);
    unsigned state = last.load(std::memory_order_relaxed);  // Only this thread changes it.
    const unsigned held = state & 0xffU;
    if (held < kFrontLanes) {
      std::atomic_ref(lines[t]->lanes[held])
          .store(chunk_of(code, (t + 1) % kChunks), std::memory_order_relaxed);
      ++state;
    } else {
      state |= kFrontMore | kFrontMarked;
    }
    last.store(static_cast<std::uint16_t>(state), std::memory_order_release);
  }
}

}  // namespace seawall::index_detail
