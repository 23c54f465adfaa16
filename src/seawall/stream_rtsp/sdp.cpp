#include "seawall/stream_rtsp/sdp.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

#include "seawall/base/base64.h"

namespace seawall {
namespace {

constexpr std::size_t kMediaMax = 64;
constexpr std::size_t kTypesMax = 64;  // Payload types of one medium.
constexpr std::size_t kParametersMax = 32;
constexpr std::size_t kControlBytesMax = 4'096;

struct Format {
  std::string encoding;  // "H264/90000"
  std::string parameters;
};

struct Medium {
  bool video = false;
  std::vector<unsigned> types;
  std::map<unsigned, Format> formats;
  std::string control;
};

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

std::optional<unsigned> number_of(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > 127) return std::nullopt;
  return number;
}

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

Medium medium_of(std::string_view line) {
  Medium medium;
  medium.video = take_word(line) == "video";
  (void)take_word(line);  // Port.
  if (!take_word(line).starts_with("RTP/AVP")) return {};
  while (medium.types.size() < kTypesMax) {
    const auto type = number_of(take_word(line));
    if (!type) break;
    medium.types.push_back(*type);
  }
  return medium;
}

void read_attribute(std::string_view line, Medium& medium) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (name == "control" && value.size() <= kControlBytesMax) medium.control = value;
  if (name != "rtpmap" && name != "fmtp") return;
  const auto type = number_of(take_word(value));
  if (!type || (medium.formats.size() >= kTypesMax && !medium.formats.contains(*type))) return;
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  Format& format = medium.formats[*type];
  (name == "rtpmap" ? format.encoding : format.parameters) = value;
}

/// The value of a parameter of an fmtp line; empty: it is not there.
std::string_view parameter(std::string_view all, std::string_view name) {
  while (!all.empty()) {
    const std::size_t end = std::min(all.find(';'), all.size());
    std::string_view one = all.substr(0, end);
    all.remove_prefix(std::min(end + 1, all.size()));
    one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || !same(one.substr(0, equals), name)) continue;
    one.remove_prefix(equals + 1);
    const std::size_t last = one.find_last_not_of(" \t");
    return one.substr(0, last == std::string_view::npos ? 0 : last + 1);
  }
  return {};
}

/// NAL units in Base64, with commas between. What cannot be read is left out: they come in-band too.
void add_parameters(std::string_view list, SdpVideo& video) {
  while (!list.empty() && video.parameters.size() < kParametersMax) {
    const std::size_t end = std::min(list.find(','), list.size());
    const auto bytes = from_base64(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!bytes || bytes->empty()) continue;
    const auto raw = std::as_bytes(std::span(*bytes));
    video.parameters.emplace_back(raw.begin(), raw.end());
  }
}

bool is_zero(std::string_view text) { return text.empty() || text == "0"; }

/// Nothing: it is of a codec, or in a packing, that is not known.
std::optional<SdpVideo> video_of(const Medium& medium, unsigned type) {
  const auto at = medium.formats.find(type);
  if (at == medium.formats.end()) return std::nullopt;
  const Format& format = at->second;
  SdpVideo video;
  video.payload_type = type;
  if (same(format.encoding, "H264/90000")) {
    const std::string_view mode = parameter(format.parameters, "packetization-mode");
    if (!is_zero(mode) && mode != "1") return std::nullopt;
    add_parameters(parameter(format.parameters, "sprop-parameter-sets"), video);
  } else if (same(format.encoding, "H265/90000")) {
    if (!is_zero(parameter(format.parameters, "sprop-max-don-diff"))) return std::nullopt;
    video.codec = PictureCodec::kHevc;
    for (const std::string_view name : {"sprop-vps", "sprop-sps", "sprop-pps"})
      add_parameters(parameter(format.parameters, name), video);
  } else {
    return std::nullopt;
  }
  video.control = medium.control;
  return video;
}

}  // namespace

Result<SdpVideo> sdp_video_from_text(std::string_view text) {
  if (text.size() > kSdpBytesMax) return fail(Code::kLimitExceeded, "the stream's description is too long");
  Medium whole;
  std::vector<Medium> media;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (line.starts_with("m=")) {
      if (media.size() >= kMediaMax) break;
      media.push_back(medium_of(line.substr(2)));
    } else if (line.starts_with("a=")) {
      read_attribute(line.substr(2), media.empty() ? whole : media.back());
    }
  }
  for (const Medium& medium : media) {
    if (!medium.video) continue;
    for (const unsigned type : medium.types) {
      auto video = video_of(medium, type);
      if (!video) continue;
      video->session_control = whole.control;
      return *std::move(video);
    }
  }
  return fail(Code::kUnsupported, "the server offers no video in H.264 or HEVC that can be followed");
}

}  // namespace seawall
