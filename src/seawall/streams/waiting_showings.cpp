#include "seawall/streams/waiting_showings.h"

#include <algorithm>
#include <limits>

namespace seawall {
namespace {

template <class T>
std::size_t bytes_of(const std::vector<T>& values) {
  return values.size() * sizeof(T);
}

}  // namespace

std::size_t WaitingShowing::bytes() const {
  std::size_t bytes = sizeof *this + alert.clip.segment.why.size() + bytes_of(alert.clip.segment.pairs) +
                      bytes_of(alert.frames) + bytes_of(alert.pieces) + bytes_of(beside);
  for (const std::string& label : alert.labels) bytes += sizeof label + label.size();
  return bytes;
}

void WaitingShowings::put(WaitingShowing showing) {
  const Key key(showing.alert.stream, showing.alert.clip.clip);
  const std::scoped_lock lock(mutex_);
  const auto before = showings_.find(key);
  if (before != showings_.end()) {
    const Time last_shown = std::max(before->second.last_shown, showing.last_shown);
    before->second.last_shown = last_shown;
    if (before->second.alert.clip.segment.tier > showing.alert.clip.segment.tier) return;
    showing.last_shown = last_shown;
    erase(before);
  }
  bytes_ += showing.bytes();
  showings_.emplace(key, std::move(showing));
  make_room(key.first);
}

void WaitingShowings::make_room(WatchId stream) {
  const auto first = showings_.lower_bound({stream, ClipId{0}});
  const auto last = showings_.upper_bound({stream, ClipId{std::numeric_limits<std::uint32_t>::max()}});
  if (static_cast<std::size_t>(std::distance(first, last)) > limits_.of_stream) {
    forget_longest_ago(first, last);
  }
  while (!showings_.empty() && (showings_.size() > limits_.showings || bytes_ > limits_.bytes)) {
    forget_longest_ago(showings_.begin(), showings_.end());
  }
}

void WaitingShowings::forget_longest_ago(Showings::iterator first, Showings::iterator last) {
  erase(std::min_element(
      first, last, [](const auto& a, const auto& b) { return a.second.last_shown < b.second.last_shown; }));
  ++forgotten_;
}

WaitingShowings::Showings::iterator WaitingShowings::erase(Showings::iterator at) {
  bytes_ -= at->second.bytes();
  return showings_.erase(at);
}

std::optional<WaitingShowing> WaitingShowings::take(Key key) {
  const std::scoped_lock lock(mutex_);
  const auto at = showings_.find(key);
  if (at == showings_.end()) return std::nullopt;
  bytes_ -= at->second.bytes();
  WaitingShowing showing = std::move(at->second);
  showings_.erase(at);
  return showing;
}

std::optional<ClipForce> WaitingShowings::told_as(Key key) const {
  const std::scoped_lock lock(mutex_);
  const auto at = showings_.find(key);
  if (at == showings_.end()) return std::nullopt;
  return at->second.showing_told_as;
}

void WaitingShowings::settle(Key key, ClipTier tier) {
  const std::scoped_lock lock(mutex_);
  const auto at = showings_.find(key);
  if (at != showings_.end() && at->second.alert.clip.segment.tier <= tier) erase(at);
}

void WaitingShowings::on_showing(const WatchShowing& showing) {
  const std::scoped_lock lock(mutex_);
  if (showings_.empty()) return;
  for (const ClipId clip : showing.clips) {
    const auto at = showings_.find({showing.stream, clip});
    if (at != showings_.end()) at->second.last_shown = std::max(at->second.last_shown, showing.at);
  }
}

void WaitingShowings::forget_before(Time time) {
  const std::scoped_lock lock(mutex_);
  for (auto at = showings_.begin(); at != showings_.end();) {
    at = at->second.last_shown < time ? erase(at) : std::next(at);
  }
}

std::vector<WaitingShowings::Key> WaitingShowings::keys() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Key> keys;
  keys.reserve(showings_.size());
  for (const auto& [key, showing] : showings_) keys.push_back(key);
  return keys;
}

std::size_t WaitingShowings::size() const {
  const std::scoped_lock lock(mutex_);
  return showings_.size();
}

std::size_t WaitingShowings::bytes() const {
  const std::scoped_lock lock(mutex_);
  return bytes_;
}

std::uint64_t WaitingShowings::forgotten() const {
  const std::scoped_lock lock(mutex_);
  return forgotten_;
}

}  // namespace seawall
