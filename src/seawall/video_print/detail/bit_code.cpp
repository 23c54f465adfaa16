#include "seawall/video_print/detail/bit_code.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace seawall::video_print_detail {
namespace {

template <class Visit>
void each_gap(const Fingerprint256& change, Visit visit) {
  unsigned next = 0;
  for (unsigned word = 0; word < 4; ++word) {
    for (std::uint64_t left = change.words[word]; left != 0; left &= left - 1) {
      const unsigned bit = word * 64 + static_cast<unsigned>(std::countr_zero(left));
      visit(bit - next);
      next = bit + 1;
    }
  }
}

/// Takes bits, low ones first, and fills the last byte with zeros.
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::byte>& out) : out_(out) {}
  ~BitWriter() {
    if (used_ > 0) out_.push_back(static_cast<std::byte>(bits_));
  }
  BitWriter(const BitWriter&) = delete;
  BitWriter& operator=(const BitWriter&) = delete;

  /// `count`: 0 to 56.
  void put(std::uint64_t bits, unsigned count) {
    bits_ |= bits << used_;
    for (used_ += count; used_ >= 8; used_ -= 8, bits_ >>= 8) out_.push_back(static_cast<std::byte>(bits_));
  }
  void put_ones(unsigned count) {
    for (; count > 32; count -= 32) put(0xffffffff, 32);
    put((std::uint64_t{1} << count) - 1, count);
  }

 private:
  std::vector<std::byte>& out_;
  std::uint64_t bits_ = 0;
  unsigned used_ = 0;  // Under 8 between calls.
};

class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// How many ones come before the next zero, and passes over it. False past the end or above `most`.
  bool get_ones(unsigned most, unsigned& ones) {
    ones = 0;
    for (;;) {
      const auto run = static_cast<unsigned>(std::countr_one(window()));
      ones += std::min(run, kWindowBits);
      if (ones > most) return false;
      if (run < kWindowBits) return skip(run + 1);
      if (!skip(kWindowBits)) return false;
    }
  }
  bool get(unsigned count, unsigned& bits) {
    bits = static_cast<unsigned>(window() & ((std::uint64_t{1} << count) - 1));
    return skip(count);
  }
  /// Passes over the filling, which must be zeros.
  bool finish(std::size_t& bytes) {
    unsigned filling = 0;
    if (at_ % 8 != 0 && (!get(static_cast<unsigned>(8 - at_ % 8), filling) || filling != 0)) return false;
    bytes = at_ / 8;
    return true;
  }

 private:
  static constexpr unsigned kWindowBits = 57;  // In any place within a byte.

  /// The next bits, low ones first; zeros past the end.
  [[nodiscard]] std::uint64_t window() const {
    std::uint64_t bits = 0;
    const std::size_t from = std::min(at_ / 8, bytes_.size());
    std::memcpy(&bits, bytes_.data() + from, std::min(sizeof bits, bytes_.size() - from));
    return bits >> (at_ % 8);
  }
  bool skip(unsigned count) {
    at_ += count;
    return at_ <= bytes_.size() * 8;
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

bool read_gap(BitReader& reader, int shift, unsigned& gap) {
  unsigned quotient = 0;
  unsigned low = 0;
  if (!reader.get_ones(256, quotient) || !reader.get(static_cast<unsigned>(shift), low)) return false;
  gap = (quotient << shift) | low;
  return true;
}

}  // namespace

CodeSize smallest_code(const Fingerprint256& change) {
  std::array<std::size_t, kShiftMax + 1> bits{};
  each_gap(change, [&](unsigned gap) {
    for (unsigned shift = 0; shift <= kShiftMax; ++shift) bits[shift] += (gap >> shift) + 1 + shift;
  });
  CodeSize best{0, (bits[0] + 7) / 8};
  for (int shift = 1; shift <= kShiftMax; ++shift) {
    const std::size_t bytes = (bits[static_cast<std::size_t>(shift)] + 7) / 8;
    if (bytes < best.bytes) best = {shift, bytes};
  }
  return best;
}

void append_code(std::vector<std::byte>& out, const Fingerprint256& change, int shift) {
  BitWriter writer(out);
  const auto low = static_cast<unsigned>(shift);
  each_gap(change, [&](unsigned gap) {
    writer.put_ones(gap >> low);
    // A zero, then the low bits.
    writer.put(std::uint64_t{gap & ((1U << low) - 1)} << 1, low + 1);
  });
}

bool read_code(std::span<const std::byte>& bytes, int set_bits, int shift, Fingerprint256& change) {
  BitReader reader(bytes);
  change = {};
  unsigned next = 0;
  for (int i = 0; i < set_bits; ++i) {
    unsigned gap = 0;
    if (!read_gap(reader, shift, gap) || next + gap > 255) return false;
    const unsigned bit = next + gap;
    change.words[bit / 64] |= std::uint64_t{1} << (bit % 64);
    next = bit + 1;
  }
  std::size_t used = 0;
  if (!reader.finish(used)) return false;
  bytes = bytes.subspan(used);
  return true;
}

}  // namespace seawall::video_print_detail
