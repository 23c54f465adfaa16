#include "seawall/index/detail/front_lines.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "seawall/index/detail/segment.h"
#include "seawall/index/detail/try.h"

namespace seawall::index_detail {

static_assert(FrontLines::kRowsMax <= PackedRow::kRowsMaxWithThird);

Result<std::unique_ptr<FrontLines>> FrontLines::allocate() {
  std::unique_ptr<FrontLines> front(new FrontLines);
  constexpr std::size_t kCount = kChunks * kBuckets;
  SEAWALL_TRY(front->buffer_, PageBuffer::allocate(2 * kCount * sizeof(Line)));
  front->lines_ = front->buffer_.values<Line>(0, kCount);
  front->thirds_ = front->buffer_.values<Line>(kCount * sizeof(Line), kCount);
  return front;
}

Result<std::unique_ptr<FrontLines>> FrontLines::create(const Segment& segment, const std::stop_token& stop) {
  SEAWALL_TRY(auto front, allocate());
  SEAWALL_TRY(RowPartition partition, RowPartition::create(segment.rows()));
  for (std::size_t table = 0; table < kChunks; ++table) {
    if (stop.stop_requested()) return fail(Code::kUnavailable, "stopped");
    partition.order(segment.codes(), table, true);
    for (std::size_t part = 0; part < RowPartition::kParts; ++part) {
      front->fill_part(table, part, partition.part(part));
    }
  }
  return front;
}

void FrontLines::fill_part(std::size_t table, std::size_t part, std::span<const PackedRow> rows) {
  const std::size_t first = table * kBuckets + part * RowPartition::kPartBuckets;
  const auto lines = lines_.subspan(first, RowPartition::kPartBuckets);
  const auto thirds = thirds_.subspan(first, RowPartition::kPartBuckets);
  std::array<std::uint32_t, RowPartition::kPartBuckets> held{};
  for (const PackedRow& row : rows) {
    const std::uint32_t lane = held[row.low()]++;
    if (lane >= kFrontLanes) continue;
    lines[row.low()].lanes[lane] = row.next();
    thirds[row.low()].lanes[lane] = row.third();
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    const bool more = held[i] > kFrontLanes;
    lines[i].lanes[kFrontLanes] =
        static_cast<std::uint16_t>(more ? kFrontLanes | kFrontMore : std::size_t{held[i]});
  }
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
      Line& third = thirds_[static_cast<std::size_t>(lines[t] - lines_.data())];
      std::atomic_ref(third.lanes[held]).store(chunk_of(code, (t + 2) % kChunks), std::memory_order_relaxed);
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
