#include "seawall/video_print/detail/hash_code.h"

#include "seawall/video_print/detail/bit_code.h"

namespace seawall::video_print_detail {
namespace {

using durable::ByteReader;
using durable::Bytes;

// The first byte of a hash: bits 0-2 the shift of its code, and:
constexpr unsigned kWhole = 8;         // The hash follows whole: 32 bytes, no code.
constexpr unsigned kSameQuality = 16;  // The quality is that of the hash before, of the same label.
constexpr unsigned kNoHold = 32;       // hold_ms is 0 and not there.

Fingerprint256 difference(const Fingerprint256& a, const Fingerprint256& b) {
  Fingerprint256 change;
  for (std::size_t i = 0; i < 4; ++i) change.words[i] = a.words[i] ^ b.words[i];
  return change;
}

int set_bits(const Fingerprint256& bits) { return hamming_distance(bits, {}); }

template <class T>
void put(std::vector<std::byte>& out, const T& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_number(std::vector<std::byte>& out, std::uint32_t value) {
  for (; value >= 128; value >>= 7) out.push_back(static_cast<std::byte>(value | 128));
  out.push_back(static_cast<std::byte>(value));
}

bool get_number(ByteReader& reader, std::uint32_t& value) {
  std::uint64_t sum = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    std::uint8_t byte = 0;
    if (!reader.get(byte)) return false;
    sum |= std::uint64_t{byte & 127U} << shift;
    if (byte >= 128) continue;
    value = static_cast<std::uint32_t>(sum);
    return sum <= 0xffffffff && (byte != 0 || shift == 0);
  }
  return false;
}

bool get_bits(ByteReader& reader, unsigned flags, Before& before) {
  if ((flags & kWhole) != 0) return (flags & 7) == 0 && reader.get(before.bits.words);
  std::uint8_t count = 0;
  if (!reader.get(count)) return false;
  Bytes left = reader.left();
  Fingerprint256 change;
  if (!read_code(left, count, static_cast<int>(flags & 7), change)) return false;
  before.bits = difference(before.bits, change);
  reader = ByteReader(left);
  return true;
}

}  // namespace

bool quality_is_valid(int quality) { return quality >= ListedPdq::kQualityUnknown && quality <= 100; }

void put_hash(std::vector<std::byte>& out, const HeldHash& hash, std::uint32_t since_ms, bool with_label,
              Before& before) {
  const Fingerprint256 change = difference(hash.bits, before.bits);
  const auto code = smallest_code(change);
  const bool whole = code.bytes + 1 >= sizeof(Fingerprint256);
  unsigned flags = whole ? kWhole : static_cast<unsigned>(code.shift);
  if (hash.quality == before.quality) flags |= kSameQuality;
  if (hash.hold_ms == 0) flags |= kNoHold;
  out.push_back(static_cast<std::byte>(flags));
  put_number(out, since_ms);
  if (with_label) put(out, hash.label);
  if (hash.quality != before.quality) put(out, hash.quality);
  if (hash.hold_ms != 0) put_number(out, hash.hold_ms);
  if (whole) {
    put(out, hash.bits.words);
  } else {
    out.push_back(static_cast<std::byte>(set_bits(change)));
    append_code(out, change, code.shift);
  }
  before = {hash.bits, hash.quality};
}

bool get_hash(ByteReader& reader, std::span<Before> before, std::uint32_t& at_ms, HeldHash& hash) {
  std::uint8_t flags = 0;
  std::uint32_t since_ms = 0;
  if (!reader.get(flags) || (flags & 0xc0) != 0 || !get_number(reader, since_ms)) return false;
  hash = {};
  if (before.size() > 1 && !reader.get(hash.label)) return false;
  if (hash.label >= before.size()) return false;
  Before& own = before[hash.label];
  if ((flags & kSameQuality) == 0 && !reader.get(own.quality)) return false;
  if ((flags & kNoHold) == 0 && !get_number(reader, hash.hold_ms)) return false;
  if (!quality_is_valid(own.quality) || !get_bits(reader, flags, own)) return false;
  if (since_ms > DensePrint::kTimeMaxMs - at_ms) return false;
  at_ms += since_ms;
  hash.start_ms = at_ms;
  hash.bits = own.bits;
  hash.quality = own.quality;
  return hash.hold_ms <= DensePrint::kTimeMaxMs - at_ms;
}

}  // namespace seawall::video_print_detail
