#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "seawall/durable_file/byte_io.h"
#include "seawall/video_print/dense_print.h"
#include "seawall/video_print/detail/bit_code.h"

namespace seawall {
namespace {

using durable::ByteReader;
using durable::Bytes;
using video_print_detail::append_code;
using video_print_detail::read_code;
using video_print_detail::smallest_code;

constexpr std::array<char, 8> kMagic = {'S', 'E', 'A', 'W', 'V', 'P', 'R', 'T'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 8 + 4 * 4;
constexpr std::size_t kChecksumBytes = 8;

// The first byte of a hash: bits 0-2 the shift of its code, and:
constexpr unsigned kWhole = 8;         // The hash follows whole: 32 bytes, no code.
constexpr unsigned kSameQuality = 16;  // The quality is that of the hash before, of the same label.
constexpr unsigned kNoHold = 32;       // hold_ms is 0 and not there.

struct Header {
  std::uint32_t version = kVersion;
  std::uint32_t labels = 0;
  std::uint32_t duration_ms = 0;
  std::uint32_t hashes = 0;
};

/// What hashes of one label are coded against.
struct Before {
  Fingerprint256 bits;
  std::int8_t quality = 100;
};

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

/// One hash; false when it is not as put_hash() writes it.
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

Result<void> check(const DensePrint& print) {
  const auto order = [](const HeldHash& hash) { return std::pair(hash.start_ms, hash.label); };
  if (print.labels.empty() || print.labels.size() > DensePrint::kLabelsMax)
    return fail(Code::kLimitExceeded, "a video fingerprint has 1 to 64 labels");
  if (std::ranges::any_of(print.labels,
                          [](const auto& label) { return label.size() > DensePrint::kLabelBytesMax; }))
    return fail(Code::kLimitExceeded, "a label of a video fingerprint has at most 200 bytes");
  if (print.hashes.size() > DensePrint::kHashesMax)
    return fail(Code::kLimitExceeded, "a video fingerprint has at most 4,194,304 hashes");
  if (!std::ranges::is_sorted(print.hashes, {}, order))
    return fail(Code::kInvalidInput, "the hashes of a video fingerprint must be in order of time");
  for (const HeldHash& hash : print.hashes) {
    if (hash.label >= print.labels.size() || !quality_is_valid(hash.quality) ||
        hash.start_ms > print.duration_ms || hash.hold_ms > print.duration_ms - hash.start_ms)
      return fail(Code::kInvalidInput,
                  "a hash of the video fingerprint has a label, quality or time that "
                  "cannot be");
  }
  if (print.duration_ms > DensePrint::kTimeMaxMs)
    return fail(Code::kLimitExceeded, "a video fingerprint covers at most 24 days");
  return {};
}

tl::unexpected<Error> damaged() { return fail(Code::kCorrupt, "the video fingerprint is damaged"); }

Result<std::vector<std::string>> get_labels(ByteReader& reader, std::uint32_t count) {
  std::vector<std::string> labels(count);
  for (std::string& label : labels) {
    std::uint8_t size = 0;
    if (!reader.get(size) || reader.left().size() < size) return damaged();
    label.assign(reinterpret_cast<const char*>(reader.left().data()), size);
    reader = ByteReader(reader.left().subspan(size));
  }
  return labels;
}

Result<Header> get_header(Bytes file) {
  ByteReader reader(file);
  std::array<char, 8> magic{};
  Header header;
  if (!reader.get(magic) || magic != kMagic || !reader.get(header))
    return fail(Code::kInvalidInput, "not a video fingerprint of Seawall");
  if (header.version != kVersion)
    return fail(Code::kUnsupported, "the video fingerprint is of a version that this build does not read");
  if (header.labels == 0 || header.labels > DensePrint::kLabelsMax ||
      header.hashes > DensePrint::kHashesMax || file.size() > DensePrint::kBytesMax)
    return fail(Code::kLimitExceeded, "the video fingerprint is over the limits of this build");
  return header;
}

}  // namespace

Result<std::vector<std::byte>> write_dense_print(const DensePrint& print) {
  SEAWALL_CHECK(check(print));
  std::vector<std::byte> out;
  put(out, kMagic);
  put(out, Header{kVersion, static_cast<std::uint32_t>(print.labels.size()), print.duration_ms,
                  static_cast<std::uint32_t>(print.hashes.size())});
  for (const std::string& label : print.labels) {
    out.push_back(static_cast<std::byte>(label.size()));
    const auto bytes = std::as_bytes(std::span(label));
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  std::vector<Before> before(print.labels.size());
  std::uint32_t at_ms = 0;
  for (const HeldHash& hash : print.hashes) {
    put_hash(out, hash, hash.start_ms - at_ms, before.size() > 1, before[hash.label]);
    at_ms = hash.start_ms;
  }
  put(out, durable::checksum(out));
  return out;
}

Result<DensePrint> read_dense_print(std::span<const std::byte> file) {
  SEAWALL_TRY(const Header header, get_header(file));
  if (file.size() < kHeaderBytes + kChecksumBytes) return damaged();
  const Bytes content = file.first(file.size() - kChecksumBytes);
  std::uint64_t checksum = 0;
  if (!ByteReader(file.last(kChecksumBytes)).get(checksum) || checksum != durable::checksum(content))
    return damaged();
  ByteReader reader(content.subspan(kHeaderBytes));
  DensePrint print;
  SEAWALL_TRY(print.labels, get_labels(reader, header.labels));
  print.duration_ms = header.duration_ms;
  if (header.hashes > reader.left().size() / 3) return damaged();  // Each takes three bytes or more.
  print.hashes.reserve(header.hashes);
  std::vector<Before> before(header.labels);
  std::uint32_t at_ms = 0;
  for (std::uint32_t i = 0; i < header.hashes; ++i) {
    HeldHash hash;
    if (!get_hash(reader, before, at_ms, hash)) return damaged();
    print.hashes.push_back(hash);
  }
  if (!reader.left().empty() || !check(print)) return damaged();
  return print;
}

}  // namespace seawall
