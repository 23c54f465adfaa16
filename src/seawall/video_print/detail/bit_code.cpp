#include "seawall/video_print/detail/bit_code.h"

#include <bit>

#include "seawall/base/function_ref.h"

namespace seawall::video_print_detail {
namespace {

void each_gap(const Fingerprint256& change, FunctionRef<void(unsigned)> visit) {
  unsigned next = 0;
  for (unsigned word = 0; word < 4; ++word) {
    for (std::uint64_t left = change.words[word]; left != 0; left &= left - 1) {
      const unsigned bit = word * 64 + static_cast<unsigned>(std::countr_zero(left));
      visit(bit - next);
      next = bit + 1;
    }
  }
}

class BitWriter {
 public:
  explicit BitWriter(std::vector<std::byte>& out) : out_(out) {}
  void put(bool bit) {
    if (used_ == 8) {
      out_.push_back(std::byte{0});
      used_ = 0;
    }
    if (bit) out_.back() |= std::byte{1} << used_;
    ++used_;
  }

 private:
  std::vector<std::byte>& out_;
  int used_ = 8;
};

class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  bool get(bool& bit) {
    if (at_ / 8 >= bytes_.size()) return false;
    bit = (bytes_[at_ / 8] >> (at_ % 8) & std::byte{1}) != std::byte{0};
    ++at_;
    return true;
  }
  /// Passes over the filling, which must be zeros.
  bool finish(std::size_t& bytes) {
    for (bool bit = false; at_ % 8 != 0;) {
      if (!get(bit) || bit) return false;
    }
    bytes = at_ / 8;
    return true;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

bool read_gap(BitReader& reader, int shift, unsigned& gap) {
  bool bit = true;
  unsigned quotient = 0;
  for (;; ++quotient) {
    if (quotient > 256 || !reader.get(bit)) return false;
    if (!bit) break;
  }
  unsigned low = 0;
  for (int i = 0; i < shift; ++i) {
    if (!reader.get(bit)) return false;
    low |= static_cast<unsigned>(bit) << i;
  }
  gap = (quotient << shift) | low;
  return true;
}

}  // namespace

CodeSize smallest_code(const Fingerprint256& change) {
  CodeSize best;
  for (int shift = 0; shift <= kShiftMax; ++shift) {
    std::size_t bits = 0;
    each_gap(change, [&](unsigned gap) { bits += (gap >> shift) + 1 + static_cast<unsigned>(shift); });
    const std::size_t bytes = (bits + 7) / 8;
    if (shift == 0 || bytes < best.bytes) best = {shift, bytes};
  }
  return best;
}

void append_code(std::vector<std::byte>& out, const Fingerprint256& change, int shift) {
  BitWriter writer(out);
  each_gap(change, [&](unsigned gap) {
    for (unsigned i = 0; i < gap >> shift; ++i) writer.put(true);
    writer.put(false);
    for (int i = 0; i < shift; ++i) writer.put((gap >> i & 1) != 0);
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
