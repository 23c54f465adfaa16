#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/model/signal.h"

namespace seawall::video_print_detail {

/// How the bits of a change are coded: the gaps between set bits as Rice codes (unary quotient, `shift` low
/// bits), filled up to whole bytes with zeros, low bits first.
inline constexpr int kShiftMax = 7;

/// The shift that codes `change` in the fewest bytes, and that number.
struct CodeSize {
  int shift = 0;
  std::size_t bytes = 0;
};
[[nodiscard]] CodeSize smallest_code(const Fingerprint256& change);

/// Appends the code of `change`; how many bits it has set must be kept elsewhere.
void append_code(std::vector<std::byte>& out, const Fingerprint256& change, int shift);

/// Reads `set_bits` gaps (0..256) from the front of `bytes` and takes them off. False when the code runs past
/// the end or past bit 255, or its filling is not zero.
[[nodiscard]] bool read_code(std::span<const std::byte>& bytes, int set_bits, int shift,
                             Fingerprint256& change);

}  // namespace seawall::video_print_detail
