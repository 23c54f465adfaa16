#include "seawall/stream_rtsp/rtsp_reader.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace seawall {
namespace {

constexpr std::byte kPacketMark{'$'};
constexpr std::size_t kPacketHead = 4;
constexpr std::string_view kVersion = "RTSP/1.0 ";

std::string_view trimmed(std::string_view text) {
  const std::size_t from = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = text.find_last_not_of(" \t\r");
  return end == std::string_view::npos || end < from ? std::string_view() : text.substr(from, end + 1 - from);
}

tl::unexpected<Error> not_rtsp() { return fail(Code::kInvalidInput, "the server does not speak RTSP"); }

Result<void> read_first_line(std::string_view line, RtspMessage& message) {
  if (line.starts_with(kVersion)) {
    const std::string_view number = line.substr(kVersion.size(), 3);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), message.status);
    if (error != std::errc{} || end != number.data() + number.size() || message.status < 100)
      return not_rtsp();
    return {};
  }
  const std::size_t blank = line.find(' ');
  const std::string_view method = line.substr(0, blank);
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  if (blank == std::string_view::npos || method.empty() || method.size() > 32 ||
      !std::ranges::all_of(method, is_letter) || !line.ends_with("RTSP/1.0")) {
    return not_rtsp();
  }
  message.method = method;
  return {};
}

Result<void> read_field(std::string_view line, RtspMessage& message) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return not_rtsp();
  if (message.fields.size() >= RtspReader::kFieldsMax)
    return fail(Code::kLimitExceeded, "an answer of the server has too many fields");
  std::string name(trimmed(line.substr(0, colon)));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  message.fields.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  return {};
}

/// Where the head ends; nothing: it has not come whole. Lines may end with LF alone.
std::optional<std::size_t> end_of_head(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (text.substr(at + 1).starts_with("\r\n")) return at + 3;
    if (text.substr(at + 1).starts_with("\n")) return at + 2;
  }
  return std::nullopt;
}

Result<std::size_t> body_bytes(const RtspMessage& message) {
  const std::string_view text = message.field("content-length");
  std::size_t bytes = 0;
  if (text.empty()) return bytes;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc{} || end != text.data() + text.size()) return not_rtsp();
  if (bytes > RtspReader::kBodyBytesMax)
    return fail(Code::kLimitExceeded, "what the server says of the stream is too long");
  return bytes;
}

}  // namespace

std::string_view RtspMessage::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

Result<std::size_t> RtspReader::take_one(std::span<const std::byte> bytes, OnMessage on_message,
                                         OnPacket on_packet) {
  if (bytes[0] == kPacketMark) {
    if (bytes.size() < kPacketHead) return 0;
    const std::size_t size =
        std::to_integer<std::size_t>(bytes[2]) << 8U | std::to_integer<std::size_t>(bytes[3]);
    if (bytes.size() < kPacketHead + size) return 0;
    SEAWALL_CHECK(on_packet(std::to_integer<unsigned>(bytes[1]), bytes.subspan(kPacketHead, size)));
    return kPacketHead + size;
  }
  if (bytes[0] == std::byte{'\r'} || bytes[0] == std::byte{'\n'}) return 1;  // Between messages.
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto head_end = end_of_head(all.substr(0, kHeadBytesMax));
  if (!head_end) {
    if (all.size() >= kHeadBytesMax) return not_rtsp();
    const std::string_view begin = all.substr(0, kVersion.size());
    const bool may_be = std::ranges::all_of(begin, [](char c) { return c >= ' ' && c < 0x7f; });
    if (!may_be) return not_rtsp();
    return 0;
  }
  RtspMessage message;
  std::string_view head = all.substr(0, *head_end);
  std::size_t line_end = head.find('\n');
  SEAWALL_CHECK(read_first_line(trimmed(head.substr(0, line_end)), message));
  for (head.remove_prefix(line_end + 1); !head.empty(); head.remove_prefix(line_end + 1)) {
    line_end = head.find('\n');
    const std::string_view line = trimmed(head.substr(0, line_end));
    if (!line.empty()) SEAWALL_CHECK(read_field(line, message));
  }
  SEAWALL_TRY(const std::size_t body, body_bytes(message));
  if (all.size() - *head_end < body) return 0;
  message.body = all.substr(*head_end, body);
  SEAWALL_CHECK(on_message(std::move(message)));
  return *head_end + body;
}

Result<void> RtspReader::take(std::span<const std::byte> bytes, OnMessage on_message, OnPacket on_packet) {
  const bool from_kept = !kept_.empty();
  if (from_kept) {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    bytes = kept_;
  }
  std::size_t done = 0;
  while (done < bytes.size()) {
    SEAWALL_TRY(const std::size_t used, take_one(bytes.subspan(done), on_message, on_packet));
    if (used == 0) break;
    done += used;
  }
  if (from_kept) {
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(done));
  } else {
    kept_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(done), bytes.end());
  }
  return {};
}

}  // namespace seawall
