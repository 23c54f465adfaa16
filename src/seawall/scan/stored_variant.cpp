#include "seawall/scan/detail/stored_variant.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

namespace seawall::scan_detail {
namespace {

constexpr std::string_view kClip = "clip ";
constexpr std::size_t kTierBytesMax = 31;
constexpr std::int64_t kTimeMax = std::int64_t{1} << 53;
constexpr std::int64_t kSpeedMax = 1'000'000'000'000;  // Millionths.
constexpr std::int64_t kFramesMax = 1'000'000;

tl::unexpected<Error> damaged() {
  return fail(Code::kCorrupt, "the scan journal holds a bad part of a video; begin anew with --restart");
}

/// Takes what stands before `end`, and `end`, off the front; false when there is no `end`.
bool take(std::string_view& text, char end, std::string_view& word) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return false;
  word = text.substr(0, at);
  text.remove_prefix(at + 1);
  return true;
}

bool take(std::string_view& text, char end, std::int64_t& value) {
  std::string_view word;
  if (!take(text, end, word)) return false;
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && stop == word.data() + word.size();
}

bool is_between(std::int64_t value, std::int64_t least, std::int64_t most) {
  return value >= least && value <= most;
}

}  // namespace

std::string stored_variant(const RecordedMatch& match) {
  if (!match.clip) return match.variant;
  const ClipSpan& clip = *match.clip;
  std::string text(kClip);
  text += clip.tier;
  for (const std::int64_t value :
       {clip.begin_ms, clip.end_ms, clip.listed_begin_ms, clip.listed_end_ms,
        static_cast<std::int64_t>(std::llround(clip.speed * 1e6)), static_cast<std::int64_t>(clip.frames)}) {
    text += ' ' + std::to_string(value);
  }
  return text + ';' + match.variant;
}

Result<void> read_variant(std::string_view stored, RecordedMatch& match) {
  if (!stored.starts_with(kClip)) {
    match.variant = stored;
    return {};
  }
  std::string_view left = stored.substr(kClip.size());
  std::string_view tier;
  std::array<std::int64_t, 6> values{};
  if (!take(left, ' ', tier) || tier.empty() || tier.size() > kTierBytesMax) return damaged();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!take(left, i + 1 < values.size() ? ' ' : ';', values[i])) return damaged();
    if (i < 4 && !is_between(values[i], -kTimeMax, kTimeMax)) return damaged();
  }
  if (!is_between(values[4], 0, kSpeedMax) || !is_between(values[5], 0, kFramesMax)) return damaged();
  match.clip = ClipSpan{std::string(tier),
                        values[0],
                        values[1],
                        values[2],
                        values[3],
                        static_cast<double>(values[4]) / 1e6,
                        static_cast<int>(values[5])};
  match.variant = left;
  return {};
}

}  // namespace seawall::scan_detail
