#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace seawall::store_sql_detail {

/// Says of most hashes that they were never added: a blocked Bloom filter in layers that grow fourfold as it
/// fills. Guarantees: never denies what was added. Wrong "maybe" for about 1 in 10,000 up to kExactMax
/// hashes, more beyond. Threads: one. Cost: one cache line a layer; 3 bytes a hash, at most 512 MB. Source:
/// Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007, section 2.1.
class KeyFilter {
 public:
  static constexpr std::size_t kFirstLayer = std::size_t{1} << 17;
  static constexpr std::size_t kLayersMax = 6;  ///< 128 K, 512 K, 2 M, 8 M, 32 M, 128 M hashes.
  static constexpr std::size_t kExactMax = 170'000'000;

  [[nodiscard]] bool may_hold(std::uint64_t hash) const;
  void add(std::uint64_t hash);

 private:
  struct alignas(64) Block {
    std::uint64_t words[8] = {};
  };
  struct Layer {
    std::vector<Block> blocks;
    std::size_t room = 0;
  };
  std::vector<Layer> layers_;
};

}  // namespace seawall::store_sql_detail
