#include "seawall/report/record.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "seawall/report/media_time.h"

namespace seawall {
namespace {

constexpr std::array<std::string_view, 3> kVerdictNames = {"allow", "review", "block"};

bool same_error(const std::optional<Error>& a, const std::optional<Error>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || (a->code == b->code && a->message == b->message);
}

}  // namespace

std::string_view name_of(Verdict verdict) { return kVerdictNames[static_cast<std::size_t>(verdict)]; }

Result<Verdict> verdict_from_text(std::string_view text) {
  const auto found = std::ranges::find(kVerdictNames, text);
  if (found == kVerdictNames.end()) return fail(Code::kInvalidInput, "a verdict is allow, review or block");
  return static_cast<Verdict>(found - kVerdictNames.begin());
}

std::string words_of(const ClipSpan& span) {
  char speed[32];
  (void)std::snprintf(speed, sizeof speed, "%.3f", span.speed);
  return media_time(span.begin_ms) + "-" + media_time(span.end_ms) + " shows " +
         media_time(span.listed_begin_ms) + "-" + media_time(span.listed_end_ms) + ", " + span.tier + ", " +
         std::to_string(span.frames) + (span.frames == 1 ? " frame" : " frames") + ", speed " + speed;
}

std::string_view signal_name(const RecordedMatch& match) {
  return match.clip ? "video" : name_of(match.type);
}

Verdict FileRecord::verdict() const {
  Verdict greatest = Verdict::kAllow;
  for (const RecordedMatch& match : matches) greatest = std::max(greatest, match.verdict);
  return greatest;
}

bool operator==(const FileRecord& a, const FileRecord& b) {
  return a.path == b.path && a.size_bytes == b.size_bytes && a.mtime_ns == b.mtime_ns && a.type == b.type &&
         a.width_px == b.width_px && a.height_px == b.height_px && a.frame_count == b.frame_count &&
         a.rescanned == b.rescanned && a.truncated == b.truncated && a.pdq == b.pdq &&
         a.digests == b.digests && a.matches == b.matches && same_error(a.error, b.error);
}

}  // namespace seawall
