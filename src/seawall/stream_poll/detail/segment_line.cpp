#include "seawall/stream_poll/detail/segment_line.h"

#include <algorithm>
#include <functional>
#include <string>

#include "seawall/playlist/uri.h"

namespace seawall {
namespace {

constexpr std::int64_t kFarSegments = 3;
constexpr std::int64_t kLeapSegments = 10'000;  // More at once is another numbering, not a gap.

/// What stays the same when a segment is listed again: not its address, in which tokens change.
std::size_t identity_of(const ListedSegment& segment) {
  std::string text(file_name_of(segment.uri.empty() ? segment.base_uri : segment.uri));
  text += "|" + std::to_string(segment.duration.count());
  if (segment.range) text += "|" + std::to_string(segment.range->first);
  return std::hash<std::string>{}(text);
}

std::chrono::milliseconds patience(const Listing& listing) {
  return 3 * std::max(listing.target, std::chrono::milliseconds(1'000));
}

}  // namespace

bool SegmentLine::contradicts(const Listing& listing) const {
  if (!listing.exact) return false;  // Measured positions say it by themselves.
  for (const ListedSegment& segment : listing.segments) {
    const auto at = std::ranges::lower_bound(known_, segment.position, {}, &Known::position);
    if (at == known_.end() || at->position != segment.position) continue;
    if (at->identity != identity_of(segment)) return true;
    if (at->program_time && segment.program_time) {
      const auto apart = *segment.program_time - *at->program_time;
      if (std::chrono::abs(apart) > patience(listing)) return true;
    }
  }
  return false;
}

bool SegmentLine::stays_behind(const Listing& listing, Time now) {
  const ListedSegment& newest = listing.segments.back();
  const std::int64_t behind = *next_ - (newest.position + newest.length);
  if (behind <= newest.length / 2) {
    behind_since_.reset();
    far_behind_ = 0;
    return false;
  }
  far_behind_ = behind > kFarSegments * newest.length ? far_behind_ + 1 : 0;
  if (!behind_since_) behind_since_ = now;
  return far_behind_ >= 2 || now - *behind_since_ > patience(listing);
}

void SegmentLine::remember(const Listing& listing, std::size_t first) {
  for (std::size_t i = first; i < listing.segments.size(); ++i) {
    const ListedSegment& segment = listing.segments[i];
    known_.push_back({segment.position, identity_of(segment), segment.program_time});
    if (known_.size() > kRemembered) known_.pop_front();
    next_ = segment.position + segment.length;
  }
  behind_since_.reset();
  far_behind_ = 0;
}

SegmentLine::News SegmentLine::take(const Listing& listing, Time now, std::size_t first_segments) {
  const auto& segments = listing.segments;
  News news{.first = segments.size()};
  if (segments.empty()) return news;
  if (!next_) {
    news.first =
        first_segments == 0 || segments.size() < first_segments ? 0 : segments.size() - first_segments;
    if (first_segments == 0) news.lost = listing.older;
    remember(listing, news.first);
    return news;
  }
  const auto tolerance = [&](const ListedSegment& s) { return listing.exact ? 0 : s.length / 2; };
  const auto is_new = [&](const ListedSegment& s) { return s.position >= *next_ - tolerance(s); };
  news.first = static_cast<std::size_t>(std::ranges::find_if(segments, is_new) - segments.begin());
  const bool leaps =
      listing.exact && news.first < segments.size() && segments[news.first].position - *next_ > kLeapSegments;
  if (contradicts(listing) || stays_behind(listing, now) || leaps) {
    news = {.first = 0, .lost = 0, .restarted = true};
    known_.clear();
    next_.reset();
  } else if (news.first == segments.size()) {
    return news;
  } else if (const auto& first = segments[news.first]; first.position > *next_ + tolerance(first)) {
    news.lost = static_cast<std::uint64_t>((first.position - *next_ + first.length / 2) / first.length);
  }
  remember(listing, news.first);
  return news;
}

}  // namespace seawall
