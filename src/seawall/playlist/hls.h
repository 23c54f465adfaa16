#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"
#include "seawall/playlist/byte_range.h"

namespace seawall {

enum class HlsKeyMethod : std::uint8_t {
  kAes128,     ///< Whole segments, AES-128-CBC with PKCS #7 padding.
  kSampleAes,  ///< SAMPLE-AES, SAMPLE-AES-CTR: named, never decrypted.
  kOther,      ///< A method that RFC 8216 does not know.
};

/// EXT-X-KEY other than METHOD=NONE. Source: RFC 8216 section 4.3.2.4.
struct HlsKey {
  HlsKeyMethod method = HlsKeyMethod::kOther;
  std::string uri;  ///< As written; empty: none.
  std::optional<std::array<std::byte, 16>> iv;
  std::string key_format = "identity";
};

/// EXT-X-MAP: what must stand before a segment to be read. Source: section 4.3.2.5.
struct HlsMap {
  std::string uri;  ///< As written.
  std::optional<ByteRange> range;
  std::shared_ptr<const HlsKey> key;  ///< Null: in the clear. AES-128 needs its iv.
};

struct HlsSegment {
  std::string uri;                        ///< As written, variables filled in: resolve_uri() from base_uri.
  std::chrono::microseconds duration{0};  ///< 0 to a day.
  std::optional<ByteRange> range;         ///< None: the whole resource.
  std::uint64_t sequence = 0;             ///< Media sequence number, below 2^62.
  std::uint64_t discontinuity_sequence = 0;
  bool discontinuity = false;  ///< EXT-X-DISCONTINUITY stands directly before it.
  bool gap = false;            ///< EXT-X-GAP: it is not there, and must not be asked for.
  /// EXT-X-PROGRAM-DATE-TIME, or counted on from an earlier segment's by durations; never across a
  /// discontinuity.
  std::optional<Time> program_time;
  std::shared_ptr<const HlsKey> key;  ///< Null: in the clear. With several formats, "identity" before others.
  std::shared_ptr<const HlsMap> map;  ///< Null: none.

  /// The IV of AES-128: the key's, or the sequence number, big-endian. Section 5.2.
  [[nodiscard]] std::array<std::byte, 16> iv() const;
};

enum class HlsPlaylistType : std::uint8_t { kLive, kEvent, kVod };

/// Source: RFC 8216 section 4.3.3; draft-pantos-hls-rfc8216bis section 4.4.3.
struct HlsMediaPlaylist {
  std::string base_uri;
  /// EXT-X-TARGETDURATION, 1 s to an hour. Where it is missing: the longest segment, rounded up.
  std::chrono::seconds target_duration{0};
  std::uint64_t media_sequence = 0;  ///< Of the first that the playlist names, kept or not.
  std::uint64_t segments_named = 0;  ///< In the playlist, EXT-X-SKIP included.
  std::vector<HlsSegment> segments;  ///< The newest, at most HlsOptions::segments_kept_max.
  HlsPlaylistType type = HlsPlaylistType::kLive;
  bool ended = false;  ///< EXT-X-ENDLIST.
  bool i_frames_only = false;
  bool low_latency = false;  ///< It names EXT-X-PARTs; they are passed over for the segments they become.
};

/// EXT-X-STREAM-INF or EXT-X-I-FRAME-STREAM-INF. Section 4.3.4.
struct HlsVariant {
  std::string uri;                      ///< As written.
  std::uint64_t bandwidth = 0;          ///< Peak bits/s; 0: not stated.
  std::uint64_t average_bandwidth = 0;  ///< 0: not stated.
  int width_px = 0;                     ///< 0: not stated; at most 65535.
  int height_px = 0;                    ///< As width_px.
  double frame_rate = 0;                ///< 0: not stated.
  std::string codecs;                   ///< RFC 6381, or empty.
  std::string audio_group, video_group;
};

/// EXT-X-MEDIA.
struct HlsRendition {
  std::string type;  ///< "AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS".
  std::string group_id, name, language;
  std::string uri;  ///< Empty: it is inside the variant itself.
  bool is_default = false;
};

struct HlsMultivariantPlaylist {
  std::string base_uri;
  std::vector<HlsVariant> variants;          ///< In the playlist's order; at most kHlsVariantsMax.
  std::vector<HlsVariant> i_frame_variants;  ///< As above.
  std::vector<HlsRendition> renditions;      ///< As above.
  std::vector<std::pair<std::string, std::string>> variables;  ///< For EXT-X-DEFINE:IMPORT of its playlists.
};

using HlsPlaylist = std::variant<HlsMultivariantPlaylist, HlsMediaPlaylist>;

inline constexpr std::size_t kHlsTextBytesMax = 8 << 20;
inline constexpr std::size_t kHlsLineBytesMax = 16 * 1024;
inline constexpr std::size_t kHlsVariantsMax = 512;
inline constexpr std::size_t kHlsVariablesMax = 64;
inline constexpr std::size_t kHlsAttributesMax = 64;

struct HlsOptions {
  std::size_t segments_kept_max = 1024;  ///< The newest are kept, older ones only counted.
  std::vector<std::pair<std::string, std::string>> variables = {};  ///< What EXT-X-DEFINE:IMPORT may name.
};

/// Whether `text` says of itself that it is a playlist: "#EXTM3U", perhaps after a byte order mark.
[[nodiscard]] bool is_hls(std::string_view text);

/// Reads a playlist that came from `base_uri`. Tags that are not known are passed over; so is what is wrong
/// in a tag that is not needed to find the segments, as players do: a stream that plays must not escape by a
/// slip. Variables (EXT-X-DEFINE: NAME, IMPORT, QUERYPARAM) are filled in. Memory: a small multiple of what
/// is kept. Errors: kInvalidInput names the line and never its text (not a playlist, both kinds in one,
/// numbers out of range, an undefined variable, a range without a start); kLimitExceeded.
Result<HlsPlaylist> hls_from_text(std::string_view text, std::string_view base_uri,
                                  const HlsOptions& options = {});

}  // namespace seawall
