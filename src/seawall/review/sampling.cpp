#include "seawall/review/sampling.h"

#include "seawall/crypto/sha256.h"

namespace seawall {

bool is_sampled(const SampleSeed& seed, std::string_view item, std::int64_t permille) {
  Sha256Hasher hasher;
  hasher.update(std::string_view("seawall/review-sample/v1\n"));
  hasher.update(std::span<const std::byte>(seed));
  hasher.update(item);
  const Sha256 digest = hasher.finish();
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < 4; ++i) first = first << 8 | std::to_integer<std::uint64_t>(digest[i]);
  return first * 1000 < static_cast<std::uint64_t>(permille) << 32;
}

}  // namespace seawall
