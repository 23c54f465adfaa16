#include "seawall/store/compact_bytes.h"

#include <cstring>
#include <utility>

namespace seawall {
namespace {

constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

}  // namespace

CompactWriter& CompactWriter::number(std::uint64_t value) {
  while (value >= 0x80) {
    out_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out_.push_back(static_cast<char>(value));
  return *this;
}

CompactWriter& CompactWriter::text(std::string_view text) {
  number(text.size());
  out_.append(text);
  return *this;
}

CompactWriter& CompactWriter::raw(std::string_view bytes) {
  out_.append(bytes);
  return *this;
}

CompactWriter& CompactWriter::raw(std::span<const std::byte> bytes) {
  out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return *this;
}

CompactWriter& CompactWriter::time(Time time) { return number(zigzag(time.time_since_epoch().count())); }

CompactWriter& CompactWriter::time(const std::optional<Time>& time) {
  number(time ? 1 : 0);
  return time ? this->time(*time) : *this;
}

std::uint64_t CompactReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !left_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    if (shift == 63 && byte > 1) break;
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) {
      if (byte == 0 && shift > 0) break;
      return value;
    }
  }
  set_bad();
  return 0;
}

std::uint64_t CompactReader::number_up_to(std::uint64_t most) {
  const std::uint64_t value = number();
  if (value <= most) return value;
  set_bad();
  return 0;
}

std::string_view CompactReader::text(std::size_t bytes_max) {
  return raw(static_cast<std::size_t>(number_up_to(bytes_max)));
}

std::string_view CompactReader::raw(std::size_t bytes) {
  if (bytes > left_.size()) {
    set_bad();
    return {};
  }
  const std::string_view taken = left_.substr(0, bytes);
  left_.remove_prefix(bytes);
  return taken;
}

void CompactReader::raw(std::span<std::byte> out) {
  const std::string_view bytes = raw(out.size());
  if (!bad_) std::memcpy(out.data(), bytes.data(), bytes.size());
}

std::string_view CompactReader::rest() { return std::exchange(left_, {}); }

Time CompactReader::time() { return Time(std::chrono::milliseconds(unzigzag(number()))); }

std::optional<Time> CompactReader::maybe_time() {
  if (number_up_to(1) == 0) return std::nullopt;
  return time();
}

}  // namespace seawall
