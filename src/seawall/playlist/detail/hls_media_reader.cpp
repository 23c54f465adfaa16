#include "seawall/playlist/detail/hls_media_reader.h"

#include <algorithm>
#include <iterator>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::size_t kKeyFormatsMax = 16;

tl::unexpected<Error> bad(std::string_view what) { return fail(Code::kInvalidInput, std::string(what)); }

HlsKeyMethod method_of(std::string_view text) {
  if (text == "AES-128") return HlsKeyMethod::kAes128;
  if (text.starts_with("SAMPLE-AES")) return HlsKeyMethod::kSampleAes;
  return HlsKeyMethod::kOther;
}

}  // namespace

HlsMediaReader::HlsMediaReader(std::string_view base_uri, const HlsVariables& variables, std::size_t kept_max)
    : variables_(variables), kept_max_(kept_max) {
  playlist_.base_uri = base_uri;
}

const std::vector<HlsMediaReader::Tag>& HlsMediaReader::tags() {
  using Self = HlsMediaReader;
  static const std::vector<Tag> all{
      {"EXTINF", &Self::take_duration},
      {"EXT-X-TARGETDURATION", &Self::take_target_duration},
      {"EXT-X-MEDIA-SEQUENCE", &Self::take_media_sequence},
      {"EXT-X-DISCONTINUITY-SEQUENCE", &Self::take_discontinuity_sequence},
      {"EXT-X-DISCONTINUITY", &Self::take_discontinuity},
      {"EXT-X-BYTERANGE", &Self::take_range},
      {"EXT-X-KEY", &Self::take_key},
      {"EXT-X-MAP", &Self::take_map},
      {"EXT-X-PROGRAM-DATE-TIME", &Self::take_time},
      {"EXT-X-GAP", &Self::take_gap},
      {"EXT-X-PLAYLIST-TYPE", &Self::take_type},
      {"EXT-X-ENDLIST", &Self::take_end},
      {"EXT-X-I-FRAMES-ONLY", &Self::take_i_frames_only},
      {"EXT-X-SKIP", &Self::take_skip},
      {"EXT-X-PART", &Self::take_part},
  };
  return all;
}

Result<void> HlsMediaReader::take_tag(std::string_view name, std::string_view value) {
  const auto at = std::ranges::find(tags(), name, &Tag::name);
  return at == tags().end() ? Result<void>() : (this->*at->take)(value);
}

Result<void> HlsMediaReader::take_target_duration(std::string_view value) {
  const auto read = hls_duration(value);
  if (!read) return bad("EXT-X-TARGETDURATION is not a number of seconds");
  playlist_.target_duration =
      std::clamp(std::chrono::ceil<seconds>(*read), seconds(1), seconds(std::chrono::hours(1)));
  return {};
}

Result<void> HlsMediaReader::take_media_sequence(std::string_view value) {
  const auto read = hls_number(value);
  if (!read || *read > kHlsNumberMax / 2) return bad("EXT-X-MEDIA-SEQUENCE is not a number below 2^61");
  if (has_begun()) return bad("EXT-X-MEDIA-SEQUENCE stands behind a segment");
  playlist_.media_sequence = *read;
  return {};
}

Result<void> HlsMediaReader::take_discontinuity_sequence(std::string_view value) {
  const auto read = hls_number(value);
  // Behind a segment it may not stand, and changes nothing: it only numbers what is marked anyhow.
  if (read && *read <= kHlsNumberMax / 2 && !has_begun()) discontinuity_sequence_ = *read;
  return {};
}

Result<void> HlsMediaReader::take_discontinuity(std::string_view) {
  discontinuity_ = true;
  return {};
}

Result<void> HlsMediaReader::take_duration(std::string_view value) {
  duration_ = hls_duration(trimmed(value.substr(0, value.find(','))));
  if (!duration_) return bad("EXTINF is not 0 to 86400 seconds");
  return {};
}

Result<void> HlsMediaReader::take_range(std::string_view value) {
  range_ = hls_range(trimmed(value));
  if (!range_) return bad("EXT-X-BYTERANGE is not <length>[@<start>]");
  return {};
}

Result<void> HlsMediaReader::take_key(std::string_view value) {
  SEAWALL_TRY(const auto attributes, HlsAttributes::from_text(value, &variables_));
  if (attributes.get("METHOD").empty()) return bad("EXT-X-KEY has no METHOD");
  if (attributes.get("METHOD") == "NONE") {
    keys_.clear();
    return {};
  }
  HlsKey key{
      .method = method_of(attributes.get("METHOD")), .uri = std::string(attributes.get("URI")), .iv = {}};
  if (attributes.has("KEYFORMAT")) key.key_format = attributes.get("KEYFORMAT");
  if (attributes.has("IV")) {
    key.iv = hls_iv(attributes.get("IV"));
    if (!key.iv) return bad("the IV of an EXT-X-KEY is not 0x and 32 hex digits");
  }
  std::erase_if(keys_, [&key](const auto& old) { return old->key_format == key.key_format; });
  if (keys_.size() == kKeyFormatsMax)
    return fail(Code::kLimitExceeded, "more than 16 formats of keys at once");
  keys_.push_back(std::make_shared<const HlsKey>(std::move(key)));
  return {};
}

std::shared_ptr<const HlsKey> HlsMediaReader::key_in_force() const {
  const auto identity = std::ranges::find(keys_, "identity", [](const auto& k) { return k->key_format; });
  if (identity != keys_.end()) return *identity;
  return keys_.empty() ? nullptr : keys_.front();
}

Result<void> HlsMediaReader::take_map(std::string_view value) {
  SEAWALL_TRY(const auto attributes, HlsAttributes::from_text(value, &variables_));
  HlsMap map{.uri = std::string(attributes.get("URI")), .range = {}, .key = key_in_force()};
  if (map.uri.empty()) return bad("EXT-X-MAP has no URI");
  if (attributes.has("BYTERANGE")) {
    const auto range = hls_range(attributes.get("BYTERANGE"));
    if (!range) return bad("the BYTERANGE of an EXT-X-MAP is not <length>[@<start>]");
    map.range = ByteRange{range->first.value_or(0), range->length};
  }
  map_ = std::make_shared<const HlsMap>(std::move(map));
  return {};
}

Result<void> HlsMediaReader::take_time(std::string_view value) {
  if (const auto read = time_from_text(trimmed(value))) time_ = *read;
  return {};
}

Result<void> HlsMediaReader::take_gap(std::string_view) {
  gap_ = true;
  return {};
}

Result<void> HlsMediaReader::take_type(std::string_view value) {
  if (value == "EVENT") playlist_.type = HlsPlaylistType::kEvent;
  if (value == "VOD") playlist_.type = HlsPlaylistType::kVod;
  return {};
}

Result<void> HlsMediaReader::take_end(std::string_view) {
  playlist_.ended = true;
  return {};
}

Result<void> HlsMediaReader::take_i_frames_only(std::string_view) {
  playlist_.i_frames_only = true;
  return {};
}

Result<void> HlsMediaReader::take_skip(std::string_view value) {
  SEAWALL_TRY(const auto attributes, HlsAttributes::from_text(value, &variables_));
  const auto count = hls_number(attributes.get("SKIPPED-SEGMENTS"));
  if (!count || *count > kHlsNumberMax / 4 || has_begun())
    return bad("EXT-X-SKIP without a count, or too late");
  playlist_.segments_named = *count;
  return {};
}

Result<void> HlsMediaReader::take_part(std::string_view) {
  playlist_.low_latency = true;
  return {};
}

Result<void> HlsMediaReader::place_range(HlsSegment& segment) {
  if (!range_) {
    last_end_.reset();
    return {};
  }
  std::uint64_t first = 0;
  if (range_->first) {
    first = *range_->first;
  } else if (last_end_ && last_uri_ == segment.uri) {
    first = *last_end_;
  } else {
    return bad("an EXT-X-BYTERANGE has no start, and there is none before it of the same resource");
  }
  if (first > kHlsNumberMax - range_->length) return bad("an EXT-X-BYTERANGE ends beyond 2^62");
  segment.range = ByteRange{first, range_->length};
  last_end_ = first + range_->length;
  return {};
}

void HlsMediaReader::place_time(HlsSegment& segment) {
  if (time_) {
    next_time_ = *time_;
  } else if (segment.discontinuity) {
    next_time_.reset();
  }
  if (!next_time_) return;
  segment.program_time = std::chrono::floor<std::chrono::milliseconds>(*next_time_);
  *next_time_ += segment.duration;
}

Result<void> HlsMediaReader::take_uri(std::string_view text) {
  if (!duration_) return {};  // A line that belongs to no segment.
  HlsSegment segment;
  SEAWALL_TRY(segment.uri, variables_.filled(text));
  segment.duration = *duration_;
  segment.sequence = playlist_.media_sequence + playlist_.segments_named;
  segment.discontinuity = discontinuity_;
  segment.discontinuity_sequence = discontinuity_sequence_ += discontinuity_ ? 1 : 0;
  segment.gap = gap_;
  segment.key = key_in_force();
  segment.map = map_;
  SEAWALL_CHECK(place_range(segment));
  place_time(segment);
  longest_ = std::max(longest_, segment.duration);
  last_uri_ = segment.uri;
  ++playlist_.segments_named;
  segments_.push_back(std::move(segment));
  if (segments_.size() > kept_max_) segments_.pop_front();
  duration_.reset();
  range_.reset();
  time_.reset();
  discontinuity_ = gap_ = false;
  return {};
}

Result<HlsMediaPlaylist> HlsMediaReader::finish() {
  if (playlist_.target_duration == seconds(0)) {
    playlist_.target_duration =
        std::clamp(std::chrono::ceil<seconds>(longest_), seconds(1), seconds(std::chrono::hours(1)));
  }
  playlist_.segments.assign(std::make_move_iterator(segments_.begin()),
                            std::make_move_iterator(segments_.end()));
  return std::move(playlist_);
}

}  // namespace seawall
