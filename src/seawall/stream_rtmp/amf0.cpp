#include "seawall/stream_rtmp/amf0.h"

#include <algorithm>
#include <bit>

namespace seawall {
namespace {

enum Marker : std::uint8_t {
  kNumber = 0,
  kBoolean = 1,
  kString = 2,
  kObject = 3,
  kNull = 5,
  kUndefined = 6,
  kReference = 7,
  kEcmaArray = 8,
  kObjectEnd = 9,
  kStrictArray = 10,
  kDate = 11,
  kLongString = 12,
};

constexpr int kDepthMax = 8;
constexpr std::size_t kKeptBytesMax = 256;

/// Reads values one after the other; remembers that it could not.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::uint64_t integer(std::size_t bytes) {
    if (rest_.size() < bytes) ok_ = false;
    if (!ok_) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | std::to_integer<std::uint64_t>(rest_[i]);
    rest_ = rest_.subspan(bytes);
    return value;
  }
  double number() { return std::bit_cast<double>(integer(8)); }
  std::string_view text(std::size_t length_bytes) {
    const std::uint64_t size = integer(length_bytes);
    if (size > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const auto* begin = reinterpret_cast<const char*>(rest_.data());
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return {begin, static_cast<std::size_t>(size)};
  }
  void skip(std::size_t bytes) {
    if (bytes > rest_.size()) ok_ = false;
    if (ok_) rest_ = rest_.subspan(bytes);
  }
  void stop() { ok_ = false; }

 private:
  std::span<const std::byte> rest_;
  bool ok_ = true;
};

/// One value of any kind: notes what RtmpCommand wants of it, passes over the rest.
class ValueReader {
 public:
  ValueReader(Reader& reader, RtmpCommand& command) : reader_(reader), command_(command) {}

  void value(int depth, std::string_view key) {
    if (depth > kDepthMax) return reader_.stop();
    const auto marker = static_cast<std::uint8_t>(reader_.integer(1));
    if (!reader_.ok()) return;
    switch (marker) {
      case kNumber: {
        const double number = reader_.number();
        if (depth == 0 && !command_.number && reader_.ok()) command_.number = number;
        return;
      }
      case kBoolean:
        return reader_.skip(1);
      case kString:
        return keep(key, reader_.text(2));
      case kLongString:
        return keep(key, reader_.text(4));
      case kObject:
        return members(depth);
      case kEcmaArray:
        reader_.skip(4);
        return members(depth);
      case kStrictArray:
        return elements(depth);
      case kDate:
        return reader_.skip(10);
      case kReference:
        return reader_.skip(2);
      case kNull:
      case kUndefined:
        return;
      default:
        return reader_.stop();
    }
  }

 private:
  void keep(std::string_view key, std::string_view text) {
    if (!reader_.ok()) return;
    std::string* const to = key == "code" ? &command_.code : key == "level" ? &command_.level : nullptr;
    if (to != nullptr && to->empty()) *to = text.substr(0, kKeptBytesMax);
  }
  void members(int depth) {
    while (reader_.ok() && !reader_.at_end()) {
      const std::string_view key = reader_.text(2);
      if (key.empty()) return reader_.skip(1);  // The end marker.
      value(depth + 1, key);
    }
  }
  void elements(int depth) {
    const std::uint64_t count = reader_.integer(4);
    for (std::uint64_t i = 0; i < count && reader_.ok() && !reader_.at_end(); ++i) value(depth + 1, {});
  }

  Reader& reader_;
  RtmpCommand& command_;
};

}  // namespace

Amf0Writer& Amf0Writer::number(double value) {
  put(kNumber);
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int shift = 56; shift >= 0; shift -= 8) put(static_cast<std::uint8_t>(bits >> shift));
  return *this;
}

Amf0Writer& Amf0Writer::boolean(bool value) {
  put(kBoolean);
  put(value ? 1 : 0);
  return *this;
}

void Amf0Writer::short_text(std::string_view value) {
  value = value.substr(0, 0xffff);
  put(static_cast<std::uint8_t>(value.size() >> 8));
  put(static_cast<std::uint8_t>(value.size()));
  for (const char c : value) put(static_cast<std::uint8_t>(c));
}

Amf0Writer& Amf0Writer::text(std::string_view value) {
  put(kString);
  short_text(value);
  return *this;
}

Amf0Writer& Amf0Writer::texts(std::span<const std::string_view> values) {
  constexpr std::uint8_t kStrictArray = 0x0a;
  put(kStrictArray);
  for (int shift = 24; shift >= 0; shift -= 8) put(static_cast<std::uint8_t>(values.size() >> shift));
  for (const std::string_view value : values) text(value);
  return *this;
}

Amf0Writer& Amf0Writer::null() {
  put(kNull);
  return *this;
}

Amf0Writer& Amf0Writer::begin_object() {
  put(kObject);
  return *this;
}

Amf0Writer& Amf0Writer::key(std::string_view name) {
  short_text(name);
  return *this;
}

Amf0Writer& Amf0Writer::end_object() {
  short_text({});
  put(kObjectEnd);
  return *this;
}

Result<RtmpCommand> read_rtmp_command(std::span<const std::byte> body) {
  Reader reader(body);
  RtmpCommand command;
  const bool begins_with_text = reader.integer(1) == kString;
  const std::string_view name = begins_with_text ? reader.text(2) : std::string_view{};
  if (!begins_with_text || !reader.ok() || name.size() > kKeptBytesMax)
    return fail(Code::kInvalidInput, "an RTMP command without a name");
  command.name = name;
  if (reader.integer(1) != kNumber || !reader.ok())
    return fail(Code::kInvalidInput, "an RTMP command without a number");
  command.transaction = reader.number();
  if (!reader.ok()) return fail(Code::kInvalidInput, "an RTMP command without a number");
  ValueReader values(reader, command);
  while (reader.ok() && !reader.at_end()) values.value(0, {});
  return command;
}

}  // namespace seawall
