#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "seawall/durable_file/byte_io.h"
#include "seawall/video_print/dense_print.h"
#include "seawall/video_print/detail/hash_code.h"

namespace seawall {
namespace {

using durable::ByteReader;
using durable::Bytes;
using video_print_detail::Before;
using video_print_detail::get_hash;
using video_print_detail::put_hash;
using video_print_detail::quality_is_valid;

constexpr std::array<char, 8> kMagic = {'S', 'E', 'A', 'W', 'V', 'P', 'R', 'T'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 8 + 4 * 4;
constexpr std::size_t kChecksumBytes = 8;

struct Header {
  std::uint32_t version = kVersion;
  std::uint32_t labels = 0;
  std::uint32_t duration_ms = 0;
  std::uint32_t hashes = 0;
};

template <class T>
void put(std::vector<std::byte>& out, const T& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
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
