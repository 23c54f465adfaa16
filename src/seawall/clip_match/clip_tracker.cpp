#include "seawall/clip_match/clip_tracker.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "seawall/clip_match/detail/ask.h"

namespace seawall {

ClipTracker::ClipTracker(const ClipIndex& index, const ClipTrackerOptions& options, ClipScope scope)
    : index_(index), options_(options), scope_(std::move(scope)) {}

Result<std::vector<ClipAlert>> ClipTracker::add(std::span<const TimedHash> frame) {
  std::vector<ClipAlert> alerts;
  if (frame.empty()) return alerts;
  if (frame.size() > kHashesAFrameMax)
    return fail(Code::kLimitExceeded, "a frame of a stream has at most 512 hashes");
  const std::int64_t time_us = frame[0].time_us;
  if (std::ranges::any_of(frame, [&](const TimedHash& hash) { return hash.time_us != time_us; }))
    return fail(Code::kInvalidInput, "the hashes of a frame must have one time");
  SEAWALL_TRY(Asked asked, ask(frame));

  ++frames_;
  if (!hashes_.empty() && time_us < hashes_.back().time_us) {
    ++restarts_;
    told_.clear();
    drop_front(hashes_.size());
  }
  forget_before(time_us / 1000 - options_.window_ms);
  const auto first = static_cast<std::uint32_t>(hashes_.size());
  hashes_.insert(hashes_.end(), frame.begin(), frame.end());
  usable_.insert(usable_.end(), asked.usable.begin(), asked.usable.end());
  for (ClipHit& hit : asked.hits) hit.query_hash += first;
  hits_.insert(hits_.end(), asked.hits.begin(), asked.hits.end());
  return take_hits(asked.hits, false);
}

Result<std::vector<ClipAlert>> ClipTracker::add_late(std::span<const TimedHash> frames) {
  if (frames.size() > options_.hashes_max)
    return fail(Code::kLimitExceeded, "late frames of a stream have too many hashes");
  if (!std::ranges::is_sorted(frames, {}, &TimedHash::time_us))
    return fail(Code::kInvalidInput, "the times of late frames must rise");
  const std::vector<TimedHash> fresh = fresh_of(frames);
  last_hits_ = last_open_hits_ = 0;
  last_shown_.clear();
  if (fresh.empty()) return std::vector<ClipAlert>{};
  SEAWALL_TRY(Asked asked, ask(fresh));
  const std::size_t all = hashes_.size() + fresh.size();
  if (all > options_.hashes_max) drop_front(std::min(all - options_.hashes_max, hashes_.size()));
  return take_hits(merge(fresh, std::move(asked)), true);
}

Result<ClipTracker::Asked> ClipTracker::ask(std::span<const TimedHash> hashes) {
  Asked asked;
  SEAWALL_TRY(asked.usable, clip_detail::usable_hashes(index_, scope_, hashes, left_out_));
  left_out_.benign_ms.clear();
  SEAWALL_TRY(asked.hits, index_.hits(hashes, clip_detail::asked_hashes(hashes, asked.usable, 0), scope_));
  std::ranges::sort(asked.hits, {}, [](const ClipHit& hit) {
    return std::tuple(hit.query_hash, hit.distance_bits, hit.clip);
  });
  return asked;
}

/// `hits`: of the frames taken just now; they are in hits_ already.
std::vector<ClipAlert> ClipTracker::take_hits(const std::vector<ClipHit>& hits, bool again) {
  if (hits_.size() > options_.hits_max)
    hits_.erase(hits_.begin(), hits_.end() - static_cast<std::ptrdiff_t>(options_.hits_max));
  const std::int64_t now_us = hashes_.back().time_us;
  last_shown_ = going_on(hits, now_us / 1000);
  std::vector<ClipAlert> alerts = align(hits, again);
  last_hits_ = hits.size();
  last_open_hits_ = static_cast<std::size_t>(
      std::ranges::count_if(hits, [&](const ClipHit& hit) { return !is_settled(hit.clip, now_us); }));
  return alerts;
}

bool ClipTracker::has_frame(std::int64_t time_us) const {
  return std::ranges::binary_search(hashes_, time_us, {}, &TimedHash::time_us);
}

std::vector<TimedHash> ClipTracker::fresh_of(std::span<const TimedHash> frames) const {
  std::vector<TimedHash> fresh;
  const std::int64_t first_us =
      hashes_.empty() ? INT64_MIN : hashes_.back().time_us - options_.window_ms * 1000;
  std::ranges::copy_if(frames, std::back_inserter(fresh), [&](const TimedHash& hash) {
    return hash.time_us >= first_us && !has_frame(hash.time_us);
  });
  return fresh;
}

/// Returns the hits where they are now. Of one time there are hashes on one side only.
std::vector<ClipHit> ClipTracker::merge(const std::vector<TimedHash>& fresh, Asked asked) {
  std::vector<TimedHash> all;
  std::vector<bool> usable;
  std::vector<std::uint32_t> place_known, place_fresh;
  while (place_known.size() < hashes_.size() || place_fresh.size() < fresh.size()) {
    const std::size_t known = place_known.size(), late = place_fresh.size();
    const bool is_late =
        late < fresh.size() && (known == hashes_.size() || fresh[late].time_us < hashes_[known].time_us);
    (is_late ? place_fresh : place_known).push_back(static_cast<std::uint32_t>(all.size()));
    all.push_back(is_late ? fresh[late] : hashes_[known]);
    usable.push_back(is_late ? asked.usable[late] : usable_[known]);
  }
  for (ClipHit& hit : hits_) hit.query_hash = place_known[hit.query_hash];
  for (ClipHit& hit : asked.hits) {
    hit.query_hash = place_fresh[hit.query_hash];
    hits_.push_back(hit);
  }
  std::ranges::stable_sort(hits_, {}, &ClipHit::query_hash);
  for (std::size_t i = 0; i < fresh.size(); ++i)
    frames_ += i == 0 || fresh[i].time_us != fresh[i - 1].time_us ? 1U : 0U;
  hashes_ = std::move(all);
  usable_ = std::move(usable);
  return std::move(asked.hits);
}

/// When the clip was hit last.
std::optional<std::int64_t> ClipTracker::hit_ms(const std::vector<ClipHit>& hits, ClipId clip) const {
  std::optional<std::int64_t> latest;
  for (const ClipHit& hit : hits) {
    if (hit.clip == clip)
      latest = std::max(latest.value_or(INT64_MIN), hashes_[hit.query_hash].time_us / 1000);
  }
  return latest;
}

/// Looks at the clips that were hit of late, and says what is to be told. `hits`: of the frames taken last.
/// `again`: whether those are aligned again that were just now.
std::vector<ClipAlert> ClipTracker::align(const std::vector<ClipHit>& hits, bool again) {
  std::vector<ClipAlert> alerts;
  const std::int64_t now_ms = hashes_.back().time_us / 1000;
  std::vector<ClipId> clips = clips_hit_since(now_ms - index_.options().rules.link_gap_ms);
  std::erase_if(clips, [&](ClipId clip) { return !must_align(clip, now_ms, hit_ms(hits, clip), again); });
  // Those that were looked at just now, or have nothing more to tell, have left their place to the rest.
  if (clips.size() > options_.clips_a_frame_max) clips.resize(options_.clips_a_frame_max);
  if (clips.empty()) return alerts;
  clip_detail::Query query = clip_detail::query_of(hashes_, usable_);
  clip_detail::mark_common(hits_, index_.options().rules, query);
  std::set<std::uint32_t> common;
  for (const ClipHit& hit : hits) {
    if (query.frames[query.frame_of[hit.query_hash]].common) common.insert(query.frame_of[hit.query_hash]);
  }
  left_out_.common += common.size();
  for (const ClipId id : clips) {
    auto listed = index_.find(id);
    if (!listed) continue;
    const clip_detail::ClipReader clip(std::move(listed), index_, scope_);
    std::vector<ClipHit> own;
    std::ranges::copy_if(hits_, std::back_inserter(own), [&](const ClipHit& hit) { return hit.clip == id; });
    tell(clip_detail::match_of(id, clip_detail::align_hits(index_, query, clip, own, true)), now_ms, alerts);
  }
  std::ranges::stable_sort(alerts, {}, [](const ClipAlert& alert) {
    return std::pair(-static_cast<int>(alert.segment.tier), alert.clip);
  });
  return alerts;
}

std::vector<ClipId> ClipTracker::going_on(std::span<const ClipHit> hits, std::int64_t now_ms) const {
  const std::int64_t gap_ms = index_.options().rules.link_gap_ms;
  std::vector<ClipId> clips;
  if (told_.empty()) return clips;
  for (const ClipHit& hit : hits) {
    const auto told = told_.find(hit.clip);
    if (told == told_.end() || told->second.tier == ClipTier::kNone) continue;
    if (now_ms - told->second.last_ms <= gap_ms) clips.push_back(hit.clip);
  }
  std::ranges::sort(clips);
  clips.erase(std::unique(clips.begin(), clips.end()), clips.end());
  return clips;
}

std::vector<ClipId> ClipTracker::clips_hit_since(std::int64_t time_ms) const {
  std::map<ClipId, std::size_t> hits_of;
  for (auto hit = hits_.rbegin(); hit != hits_.rend(); ++hit) {
    if (hashes_[hit->query_hash].time_us / 1000 < time_ms) break;
    ++hits_of[hit->clip];
  }
  std::vector<std::pair<std::size_t, ClipId>> order;
  for (const auto& [clip, hits] : hits_of) order.emplace_back(hits, clip);
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<ClipId> clips;
  for (const auto& [hits, clip] : order) clips.push_back(clip);
  return clips;
}

/// A showing that was told at the highest tier goes on while it is hit; others are looked at again now and
/// then.
bool ClipTracker::must_align(ClipId clip, std::int64_t now_ms, std::optional<std::int64_t> hit_ms,
                             bool again) {
  const auto told = told_.find(clip);
  if (told == told_.end()) return true;
  Told& showing = told->second;
  if (!is_settled(showing, now_ms)) {
    return (again && hit_ms) || now_ms - showing.aligned_ms >= options_.align_again_ms;
  }
  if (hit_ms) showing.last_ms = std::max(showing.last_ms, *hit_ms);
  return false;
}

bool ClipTracker::is_settled(ClipId clip, std::int64_t time_us) const {
  const auto told = told_.find(clip);
  return told != told_.end() && is_settled(told->second, time_us / 1000);
}

bool ClipTracker::is_settled(const Told& showing, std::int64_t now_ms) const {
  return showing.tier == ClipTier::kThreeAligned &&
         now_ms - showing.last_ms <= index_.options().rules.link_gap_ms;
}

void ClipTracker::tell(ClipMatch match, std::int64_t now_ms, std::vector<ClipAlert>& alerts) {
  const std::int64_t gap_ms = index_.options().rules.link_gap_ms;
  Told& told = told_[match.clip];
  told.aligned_ms = now_ms;
  for (ClipSegment& segment : match.segments) {
    if (segment.tier == ClipTier::kNone) continue;
    const bool same_showing = told.tier != ClipTier::kNone && segment.query_begin_ms <= told.last_ms + gap_ms;
    const ClipTier before = same_showing ? told.tier : ClipTier::kNone;
    told.tier = std::max(before, segment.tier);
    told.last_ms = same_showing ? std::max(told.last_ms, segment.query_end_ms) : segment.query_end_ms;
    if (segment.tier > before) alerts.push_back({match.clip, std::move(segment), same_showing});
  }
  forget_told();
}

void ClipTracker::forget_told() {
  while (told_.size() > options_.clips_told_max) {
    told_.erase(std::ranges::min_element(
        told_, {}, [](const auto& row) { return std::max(row.second.last_ms, row.second.aligned_ms); }));
  }
}

void ClipTracker::forget_before(std::int64_t time_ms) {
  std::size_t stale = 0;
  while (stale < hashes_.size() && hashes_[stale].time_us / 1000 < time_ms) ++stale;
  const std::size_t over = hashes_.size() > options_.hashes_max ? hashes_.size() - options_.hashes_max : 0;
  // In steps of a quarter, so that moving the rest costs little a frame.
  if (std::max(stale, over) > hashes_.size() / 4) drop_front(std::max(stale, over));
}

void ClipTracker::drop_front(std::size_t hashes) {
  const auto count = static_cast<std::ptrdiff_t>(hashes);
  hashes_.erase(hashes_.begin(), hashes_.begin() + count);
  usable_.erase(usable_.begin(), usable_.begin() + count);
  std::erase_if(hits_, [&](const ClipHit& hit) { return hit.query_hash < hashes; });
  for (ClipHit& hit : hits_) hit.query_hash -= static_cast<std::uint32_t>(hashes);
}

std::size_t ClipTracker::state_bytes() const {
  constexpr std::size_t kMapNode = 64;
  return sizeof *this + hashes_.capacity() * sizeof(TimedHash) + usable_.capacity() / 8 +
         hits_.capacity() * sizeof(ClipHit) + told_.size() * kMapNode;
}

}  // namespace seawall
