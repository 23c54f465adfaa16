#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/playlist/detail/hls_words.h"
#include "seawall/playlist/hls.h"

namespace seawall {

/// Takes a media playlist tag by tag. Threads: one. Lifetime: borrows the variables.
class HlsMediaReader {
 public:
  HlsMediaReader(std::string_view base_uri, const HlsVariables& variables, std::size_t segments_kept_max);

  /// `name` without '#', `value` what stands behind the ':'. Errors: as hls_from_text(), without the line.
  Result<void> take_tag(std::string_view name, std::string_view value);
  Result<void> take_uri(std::string_view text);
  Result<HlsMediaPlaylist> finish();

 private:
  using Taker = Result<void> (HlsMediaReader::*)(std::string_view);
  struct Tag {
    std::string_view name;
    Taker take;
  };
  static const std::vector<Tag>& tags();

  Result<void> take_target_duration(std::string_view value);
  Result<void> take_media_sequence(std::string_view value);
  Result<void> take_discontinuity_sequence(std::string_view value);
  Result<void> take_discontinuity(std::string_view value);
  Result<void> take_duration(std::string_view value);
  Result<void> take_range(std::string_view value);
  Result<void> take_key(std::string_view value);
  Result<void> take_map(std::string_view value);
  Result<void> take_time(std::string_view value);
  Result<void> take_gap(std::string_view value);
  Result<void> take_type(std::string_view value);
  Result<void> take_end(std::string_view value);
  Result<void> take_i_frames_only(std::string_view value);
  Result<void> take_skip(std::string_view value);
  Result<void> take_part(std::string_view value);

  Result<void> place_range(HlsSegment& segment);
  void place_time(HlsSegment& segment);
  [[nodiscard]] std::shared_ptr<const HlsKey> key_in_force() const;
  [[nodiscard]] bool has_begun() const { return playlist_.segments_named > 0; }

  const HlsVariables& variables_;
  std::size_t kept_max_;
  HlsMediaPlaylist playlist_;
  std::deque<HlsSegment> segments_;
  std::uint64_t discontinuity_sequence_ = 0;
  std::vector<std::shared_ptr<const HlsKey>> keys_;  // One per format.
  std::shared_ptr<const HlsMap> map_;
  std::chrono::microseconds longest_{0};
  // Of the segment that comes next.
  std::optional<std::chrono::microseconds> duration_;
  std::optional<HlsRangeText> range_;
  std::optional<Time> time_;
  bool discontinuity_ = false;
  bool gap_ = false;
  // Of the segment before.
  std::string last_uri_;
  std::optional<std::uint64_t> last_end_;
  std::optional<std::chrono::sys_time<std::chrono::microseconds>> next_time_;
};

}  // namespace seawall
