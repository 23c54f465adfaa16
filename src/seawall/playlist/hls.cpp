#include "seawall/playlist/hls.h"

#include <algorithm>
#include <charconv>

#include "seawall/playlist/detail/hls_media_reader.h"
#include "seawall/playlist/detail/hls_words.h"

namespace seawall {
namespace {

constexpr std::string_view kFirstLine = "#EXTM3U";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class Kind : std::uint8_t { kUnknown, kMultivariant, kMedia };

/// What a tag says of the kind of its playlist.
Kind kind_of(std::string_view tag) {
  constexpr std::array kMultivariant{"EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF", "EXT-X-MEDIA",
                                     "EXT-X-SESSION-DATA", "EXT-X-SESSION-KEY"};
  constexpr std::array kMedia{"EXTINF",        "EXT-X-TARGETDURATION",         "EXT-X-MEDIA-SEQUENCE",
                              "EXT-X-ENDLIST", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-PLAYLIST-TYPE",
                              "EXT-X-MAP",     "EXT-X-I-FRAMES-ONLY"};
  if (std::ranges::find(kMultivariant, tag) != kMultivariant.end()) return Kind::kMultivariant;
  if (std::ranges::find(kMedia, tag) != kMedia.end()) return Kind::kMedia;
  return Kind::kUnknown;
}

struct Line {
  std::string_view tag, value;  // Of a line that begins with "#EXT".
  std::string_view uri;         // Of one that is neither a tag nor a comment.
};

/// Cuts the next line off; blanks around it and comments become nothing.
Line next_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  std::string_view text = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (text.ends_with('\r')) text.remove_suffix(1);
  text = trimmed(text);
  if (text.starts_with("#EXT")) {
    const auto colon = std::min(text.find(':'), text.size());
    return {
        .tag = text.substr(1, colon - 1), .value = text.substr(std::min(colon + 1, text.size())), .uri = {}};
  }
  if (text.starts_with('#')) return {};
  return {.tag = {}, .value = {}, .uri = text};
}

Result<Kind> kind_of_playlist(std::string_view text) {
  Kind kind = Kind::kUnknown;
  while (!text.empty()) {
    const Kind said = kind_of(next_line(text).tag);
    if (said == Kind::kUnknown) continue;
    if (kind != Kind::kUnknown && said != kind) {
      return fail(Code::kInvalidInput, "a playlist that is a multivariant and a media playlist at once");
    }
    kind = said;
  }
  if (kind == Kind::kUnknown) return fail(Code::kInvalidInput, "a playlist that names nothing");
  return kind;
}

/// The value of `name` in the query of `uri`, as it stands there.
std::optional<std::string_view> query_value(std::string_view uri, std::string_view name) {
  const auto mark = uri.find('?');
  if (mark == std::string_view::npos) return std::nullopt;
  std::string_view query = uri.substr(mark + 1);
  query = query.substr(0, query.find('#'));
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return pair.substr(std::min(equals + 1, pair.size()));
  }
  return std::nullopt;
}

/// EXT-X-DEFINE.
Result<void> define(HlsVariables& variables, std::string_view value, std::string_view base_uri,
                    const HlsOptions& options) {
  SEAWALL_TRY(const auto attributes, HlsAttributes::from_text(value, nullptr));
  if (attributes.has("NAME")) return variables.set(attributes.get("NAME"), attributes.get("VALUE"));
  if (attributes.has("IMPORT")) {
    const auto at = std::ranges::find(options.variables, attributes.get("IMPORT"),
                                      [](const auto& v) -> std::string_view { return v.first; });
    if (at == options.variables.end()) {
      return fail(Code::kInvalidInput, "imports a variable that the multivariant playlist does not define");
    }
    return variables.set(at->first, at->second);
  }
  const std::string_view name = attributes.get("QUERYPARAM");
  const auto found = query_value(base_uri, name);
  if (!found) return fail(Code::kInvalidInput, "takes a variable from the query that is not in it");
  return variables.set(name, *found);
}

void read_resolution(std::string_view text, HlsVariant& variant) {
  const auto cross = text.find_first_of("xX");
  if (cross == std::string_view::npos) return;
  const auto width = hls_number(text.substr(0, cross));
  const auto height = hls_number(text.substr(cross + 1));
  if (!width || !height || *width > 65'535 || *height > 65'535) return;
  variant.width_px = static_cast<int>(*width);
  variant.height_px = static_cast<int>(*height);
}

HlsVariant variant_of(const HlsAttributes& attributes) {
  HlsVariant variant;
  variant.bandwidth = hls_number(attributes.get("BANDWIDTH")).value_or(0);
  variant.average_bandwidth = hls_number(attributes.get("AVERAGE-BANDWIDTH")).value_or(0);
  read_resolution(attributes.get("RESOLUTION"), variant);
  if (const auto rate = hls_duration(attributes.get("FRAME-RATE"))) {
    variant.frame_rate = std::chrono::duration<double>(*rate).count();
  }
  variant.codecs = attributes.get("CODECS");
  variant.audio_group = attributes.get("AUDIO");
  variant.video_group = attributes.get("VIDEO");
  return variant;
}

/// Takes a multivariant playlist tag by tag.
class MultivariantReader {
 public:
  MultivariantReader(std::string_view base_uri, const HlsVariables& variables) : variables_(variables) {
    playlist_.base_uri = base_uri;
  }

  Result<void> take_tag(std::string_view name, std::string_view value) {
    const bool variant = name == "EXT-X-STREAM-INF";
    if (!variant && name != "EXT-X-I-FRAME-STREAM-INF" && name != "EXT-X-MEDIA") return {};
    if (++taken_ > kHlsVariantsMax)
      return fail(Code::kLimitExceeded, "more than 512 variants and renditions");
    SEAWALL_TRY(const auto attributes, HlsAttributes::from_text(value, &variables_));
    if (variant) {
      next_ = variant_of(attributes);
    } else if (name == "EXT-X-MEDIA") {
      playlist_.renditions.push_back({.type = std::string(attributes.get("TYPE")),
                                      .group_id = std::string(attributes.get("GROUP-ID")),
                                      .name = std::string(attributes.get("NAME")),
                                      .language = std::string(attributes.get("LANGUAGE")),
                                      .uri = std::string(attributes.get("URI")),
                                      .is_default = attributes.get("DEFAULT") == "YES"});
    } else if (attributes.has("URI")) {
      playlist_.i_frame_variants.push_back(variant_of(attributes));
      playlist_.i_frame_variants.back().uri = attributes.get("URI");
    }
    return {};
  }

  Result<void> take_uri(std::string_view text) {
    if (!next_) return {};
    SEAWALL_TRY(next_->uri, variables_.filled(text));
    playlist_.variants.push_back(*std::move(next_));
    next_.reset();
    return {};
  }

  Result<HlsMultivariantPlaylist> finish() {
    playlist_.variables = variables_.all();
    return std::move(playlist_);
  }

 private:
  const HlsVariables& variables_;
  HlsMultivariantPlaylist playlist_;
  std::optional<HlsVariant> next_;
  std::size_t taken_ = 0;
};

template <class Reader>
Result<HlsPlaylist> read(std::string_view text, Reader reader, HlsVariables& variables,
                         std::string_view base_uri, const HlsOptions& options) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t before = text.size();
    const Line line = next_line(text);
    Result<void> taken;
    if (before - text.size() > kHlsLineBytesMax) {
      taken = fail(Code::kLimitExceeded, "it has more than 16 KiB");
    } else if (line.tag == "EXT-X-DEFINE") {
      taken = define(variables, line.value, base_uri, options);
    } else if (!line.tag.empty()) {
      taken = reader.take_tag(line.tag, line.value);
    } else if (!line.uri.empty()) {
      taken = reader.take_uri(line.uri);
    }
    if (!taken) return tl::unexpected(std::move(taken).error().within("line " + std::to_string(number)));
  }
  SEAWALL_TRY(HlsPlaylist playlist, reader.finish());
  return playlist;
}

}  // namespace

std::array<std::byte, 16> HlsSegment::iv() const {
  if (key && key->iv) return *key->iv;
  std::array<std::byte, 16> iv{};
  for (std::size_t i = 0; i < 8; ++i) iv[15 - i] = static_cast<std::byte>(sequence >> (8 * i));
  return iv;
}

bool is_hls(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (!text.starts_with(kFirstLine)) return false;
  text.remove_prefix(kFirstLine.size());
  return text.empty() || text.front() == '\n' || text.front() == '\r' || text.front() == ' ';
}

Result<HlsPlaylist> hls_from_text(std::string_view text, std::string_view base_uri,
                                  const HlsOptions& options) {
  if (text.size() > kHlsTextBytesMax) return fail(Code::kLimitExceeded, "a playlist of more than 8 MiB");
  if (!is_hls(text)) return fail(Code::kInvalidInput, "not a playlist: it does not begin with #EXTM3U");
  if (text.find('\0') != std::string_view::npos)
    return fail(Code::kInvalidInput, "a playlist with zero bytes");
  SEAWALL_TRY(const Kind kind, kind_of_playlist(text));
  HlsVariables variables;
  if (kind == Kind::kMultivariant) {
    return read(text, MultivariantReader(base_uri, variables), variables, base_uri, options);
  }
  return read(text, HlsMediaReader(base_uri, variables, options.segments_kept_max), variables, base_uri,
              options);
}

}  // namespace seawall
