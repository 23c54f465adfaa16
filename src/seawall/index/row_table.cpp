#include "seawall/index/detail/row_table.h"

#include <algorithm>
#include <bit>

#include "seawall/index/detail/files.h"
#include "seawall/index/detail/try.h"
#include "seawall/index/detail/verify_queue.h"

namespace seawall::index_detail {
namespace {

constexpr std::size_t kWriterChains = 2;
constexpr std::uint32_t kFlatRowsMax = 1 << 14;  ///< Up to here scanning beats 272 look-ups (measured).

constexpr std::size_t whole_lines(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

std::size_t hash_of(EntryId id) { return checksum(std::as_bytes(std::span(&id, 1))); }

std::size_t hash_of(const IndexEntry& entry) {
  static_assert(sizeof(IndexEntry) == sizeof(Fingerprint256) + sizeof(EntryId));
  return checksum(std::as_bytes(std::span(&entry, 1)));
}

}  // namespace

Result<std::shared_ptr<RowTable>> RowTable::create(std::size_t capacity, std::size_t tables) {
  std::shared_ptr<RowTable> table(new RowTable);
  table->tables_ = tables;
  // A small table has fewer heads than chunk values; values then share chains, which the full check sorts
  // out.
  table->buckets_ = std::min(kBuckets, std::bit_ceil(std::max<std::size_t>(64, 2 * capacity)));
  const std::size_t chains = tables + kWriterChains;
  const std::size_t codes = 0, ids = codes + whole_lines(capacity * sizeof(Fingerprint256));
  const std::size_t heads = ids + whole_lines(capacity * sizeof(EntryId));
  const std::size_t filled = heads + chains * table->buckets_ * sizeof(std::uint32_t);
  const std::size_t links = filled + tables * table->buckets_ / 8;
  SEAWALL_TRY(table->buffer_, PageBuffer::allocate(links + chains * capacity * sizeof(std::uint32_t),
                                                   PageBuffer::Pages::kAsTouched));
  table->codes_ = table->buffer_.values<Fingerprint256>(codes, capacity);
  table->ids_ = table->buffer_.values<EntryId>(ids, capacity);
  table->heads_ = table->buffer_.values<std::uint32_t>(heads, chains * table->buckets_);
  table->filled_ = table->buffer_.values<std::uint64_t>(filled, tables * table->buckets_ / 64);
  table->links_ = table->buffer_.values<std::uint32_t>(links, chains * capacity);
  return table;
}

void RowTable::link(std::size_t chain, std::size_t value, std::uint32_t row) {
  std::uint32_t& head = heads_[chain * buckets_ + value % buckets_];
  links_[chain * capacity() + row] = head;  // Only this writer changes heads, so a plain read is enough.
  std::atomic_ref(head).store(row + 1, std::memory_order_release);
}

void RowTable::append(const IndexEntry& entry) {
  const std::uint32_t row = size_++;
  codes_[row] = entry.fingerprint;
  ids_[row] = entry.id;
  for (std::size_t t = 0; t < tables_; ++t) {
    const std::size_t value = chunk_of(entry.fingerprint, t) % buckets_;
    link(t, value, row);
    std::uint64_t& word = filled_[(t * buckets_ + value) / 64];
    std::atomic_ref(word).store(word | std::uint64_t{1} << (value % 64), std::memory_order_release);
  }
  link(tables_, hash_of(entry.id), row);
  link(tables_ + 1, hash_of(entry), row);
}

bool RowTable::search_chains(const LiveRows& live, const Kernels& kernels, const Fingerprint256& query,
                             const SearchMode& mode, std::vector<RowHit>& hits) const {
  const RadiusPlan plan = plan_for(mode.radius_bits);
  const std::size_t steps_max =
      live.visible / 8 + 16;  // A step costs about as much as scanning eight rows...
  const std::size_t before = hits.size();
  std::size_t steps = 0;
  for (std::size_t t = 0; t < plan.tables; ++t) {
    const unsigned value = chunk_of(query, t);
    const std::uint64_t* const filled = filled_.data() + t * buckets_ / 64;
    for (int bits = 0; bits <= plan.key_bits_max; ++bits) {
      for (const std::uint16_t difference : RadiusPlan::values_at(bits)) {
        const std::size_t bucket = (value ^ difference) % buckets_;
        auto& word = const_cast<std::uint64_t&>(filled[bucket / 64]);
        if (((std::atomic_ref(word).load(std::memory_order_acquire) >> (bucket % 64)) & 1) == 0) continue;
        auto& head = const_cast<std::uint32_t&>(heads_[t * buckets_ + bucket]);
        std::uint32_t row = std::atomic_ref(head).load(std::memory_order_acquire);
        for (; row != 0; row = links_[t * capacity() + row - 1]) {
          if (++steps > steps_max) return false;  // ...so that the worst case is a little over the scan.
          if (row > live.visible) continue;
          const int distance = kernels.distance(codes_[row - 1], query);
          if (distance > mode.radius_bits || !live.alive(row - 1)) continue;
          hits.push_back({row - 1, distance});
          if (mode.any_hit) return true;
        }
      }
    }
  }
  std::sort(hits.begin() + static_cast<std::ptrdiff_t>(before), hits.end());
  hits.erase(std::unique(hits.begin() + static_cast<std::ptrdiff_t>(before), hits.end()), hits.end());
  return true;
}

void RowTable::search(const LiveRows& live, const Kernels& kernels, const Fingerprint256& query,
                      const SearchMode& mode, std::vector<RowHit>& hits) const {
  const std::size_t before = hits.size();
  const bool chains_help = live.visible > kFlatRowsMax && !mode.force_flat &&
                           (tables_ == kChunks ? mode.radius_bits < 32 : mode.radius_bits == 0);
  if (chains_help && search_chains(live, kernels, query, mode, hits)) return;
  hits.resize(before);
  flat_scan(codes_, live, kernels, query, mode, hits);
}

void RowTable::search_touched(std::span<const Touched> touched, const LiveRows& live, const Kernels& kernels,
                              const Fingerprint256& query, const SearchMode& mode,
                              std::vector<RowHit>& hits) const {
  const std::size_t before = hits.size();
  std::size_t steps_left = live.visible / 8 + 16;  // As search_chains().
  for (const Touched& one : touched) {
    auto& head = const_cast<std::uint32_t&>(heads_[one.table * buckets_ + one.value % buckets_]);
    std::uint32_t row = std::atomic_ref(head).load(std::memory_order_acquire);
    for (; row != 0; row = links_[one.table * capacity() + row - 1]) {
      if (steps_left-- == 0) {
        hits.resize(before);
        return search(live, kernels, query, mode, hits);
      }
      if (row > live.visible) continue;
      const int distance = kernels.distance(codes_[row - 1], query);
      if (distance <= mode.radius_bits && live.alive(row - 1)) hits.push_back({row - 1, distance});
    }
  }
  std::sort(hits.begin() + static_cast<std::ptrdiff_t>(before), hits.end());
  hits.erase(std::unique(hits.begin() + static_cast<std::ptrdiff_t>(before), hits.end()), hits.end());
}

std::vector<std::uint32_t> RowTable::rows_of(EntryId id, const LiveRows& live) const {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = heads_[tables_ * buckets_ + hash_of(id) % buckets_]; row != 0;
       row = links_[tables_ * capacity() + row - 1]) {
    if (ids_[row - 1] == id && live.alive(row - 1)) rows.push_back(row - 1);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

bool RowTable::contains(const IndexEntry& entry, const LiveRows& live) const {
  const std::size_t chain = tables_ + 1;
  for (std::uint32_t row = heads_[chain * buckets_ + hash_of(entry) % buckets_]; row != 0;
       row = links_[chain * capacity() + row - 1]) {
    if (ids_[row - 1] == entry.id && codes_[row - 1] == entry.fingerprint && live.alive(row - 1)) return true;
  }
  return false;
}

}  // namespace seawall::index_detail
