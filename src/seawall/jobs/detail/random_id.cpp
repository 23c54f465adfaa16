#include "seawall/jobs/detail/random_id.h"

#include <array>
#include <span>

#include "seawall/crypto/random_bytes.h"

namespace seawall::jobs_detail {

Result<std::string> random_id(std::string_view prefix) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<std::byte, 26> bytes{};
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  std::string id(prefix);
  for (const std::byte byte : bytes) id += kAlphabet[static_cast<std::size_t>(byte) % kAlphabet.size()];
  return id;
}

}  // namespace seawall::jobs_detail
