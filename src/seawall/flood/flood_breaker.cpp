#include "seawall/flood/flood_breaker.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "seawall/durable_file/byte_io.h"

namespace seawall {
namespace {

using durable::ByteReader;
using durable::ByteWriter;

constexpr std::array<char, 8> kMagic = {'S', 'E', 'A', 'W', 'F', 'L', 'D', '1'};
constexpr std::size_t kLookedAt = 32;
constexpr std::uint32_t kCountMax = std::numeric_limits<std::uint32_t>::max();
constexpr double kMeanMax = 4294967296.0;  // A count's range; its square stays exact enough in a double.

bool valid(const FloodOptions& o) {
  const auto in = [](double value, double low, double high) { return value >= low && value <= high; };
  return o.bucket >= std::chrono::seconds(1) && o.bucket <= std::chrono::hours(24 * 366) &&
         in(o.memory_buckets, 1, 1e6) && in(o.prior_mean, 0, 1e6) && in(o.prior_buckets, 0, 1e6) &&
         in(o.factor, 1, 1e6) && in(o.deviations, 0, 1e6) && o.count_min >= 1 && o.entries_max >= 1 &&
         o.entries_max <= kCountMax;
}

}  // namespace

Result<FloodBreaker> FloodBreaker::make(const FloodOptions& options) {
  if (!valid(options)) return fail(Code::kInvalidInput, "an option of the flood breaker is out of its range");
  return FloodBreaker(options);
}

std::int64_t FloodBreaker::bucket_of(Time time) const {
  const std::int64_t ms = time.time_since_epoch().count(), size = options_.bucket.count();
  return ms / size - (ms % size < 0 ? 1 : 0);
}

FloodBreaker::State FloodBreaker::fresh(EntryId entry, std::int64_t bucket) const {
  // Variance = mean, as of a Poisson stream.
  return {
      entry, bucket, 0, 0, 0, false, options_.prior_mean, options_.prior_mean * (options_.prior_mean + 1)};
}

void FloodBreaker::learn(State& state, double count) const {
  // While there is little history each bucket weighs as much as any, the prior being worth prior_buckets.
  const double weight = 1 / std::min(options_.memory_buckets, options_.prior_buckets + state.closed + 1.0);
  state.mean += weight * (count - state.mean);
  state.square += weight * (count * count - state.square);
  if (state.closed != kCountMax) ++state.closed;
}

/// Closes the present bucket, and the empty ones up to `bucket`.
void FloodBreaker::advance(State& state, std::int64_t bucket) const {
  if (bucket <= state.bucket) return;
  const std::uint32_t count = std::min(state.count, threshold_of(state));
  if (state.begun) learn(state, state.waiting);
  state.begun = true;
  state.waiting = count;
  state.count = 0;
  const std::int64_t empty = bucket - state.bucket - 1;
  state.bucket = bucket;
  if (empty == 0) return;
  learn(state, count);
  state.waiting = 0;
  const double kept =
      std::pow(1 - 1 / std::max(options_.memory_buckets, 2.0), static_cast<double>(empty - 1));
  state.mean *= kept;
  state.square *= kept;
  state.closed = static_cast<std::uint32_t>(std::min<std::int64_t>(state.closed + empty - 1, kCountMax));
}

std::uint32_t FloodBreaker::threshold_of(const State& state) const {
  const double variance = std::max(state.square - state.mean * state.mean, state.mean) + 1;
  const double limit = std::ceil(options_.factor * state.mean + options_.deviations * std::sqrt(variance));
  if (!(limit < double{kCountMax})) return kCountMax;
  return std::max(options_.count_min, static_cast<std::uint32_t>(limit));
}

void FloodBreaker::remove(std::size_t slot) {
  slots_.erase(states_[slot].entry);
  if (slot + 1 != states_.size()) {
    states_[slot] = states_.back();
    slots_[states_[slot].entry] = static_cast<std::uint32_t>(slot);
  }
  states_.pop_back();
}

void FloodBreaker::make_room() {
  if (states_.size() < options_.entries_max) return;
  std::size_t oldest = hand_ % states_.size();
  for (std::size_t i = 1; i < std::min(kLookedAt, states_.size()); ++i) {
    const std::size_t slot = (hand_ + i) % states_.size();
    if (states_[slot].bucket < states_[oldest].bucket) oldest = slot;
  }
  hand_ = (hand_ + kLookedAt) % options_.entries_max;
  remove(oldest);
}

FloodBreaker::State& FloodBreaker::state_of(EntryId entry, std::int64_t bucket) {
  const auto at = slots_.find(entry);
  if (at != slots_.end()) return states_[at->second];
  make_room();
  slots_.emplace(entry, static_cast<std::uint32_t>(states_.size()));
  return states_.emplace_back(fresh(entry, bucket));
}

FloodVerdict FloodBreaker::record(EntryId entry, Time time) {
  const std::int64_t bucket = bucket_of(time);
  State& state = state_of(entry, bucket);
  advance(state, bucket);
  if (state.count != kCountMax) ++state.count;
  return state.count >= threshold_of(state) ? FloodVerdict::kFlood : FloodVerdict::kNormal;
}

std::uint32_t FloodBreaker::threshold(EntryId entry, Time time) const {
  const std::int64_t bucket = bucket_of(time);
  const auto at = slots_.find(entry);
  State state = at == slots_.end() ? fresh(entry, bucket) : states_[at->second];
  advance(state, bucket);
  return threshold_of(state);
}

std::uint32_t FloodBreaker::count(EntryId entry, Time time) const {
  const auto at = slots_.find(entry);
  if (at == slots_.end() || states_[at->second].bucket != bucket_of(time)) return 0;
  return states_[at->second].count;
}

void FloodBreaker::accept(EntryId entry, std::uint32_t count) {
  const auto at = slots_.find(entry);
  if (at == slots_.end()) return;
  State& state = states_[at->second];
  state.mean = std::max<double>(state.mean, std::max(state.count, count));
  state.square = std::max(state.square, state.mean * (state.mean + 1));
}

void FloodBreaker::forget(EntryId entry) {
  const auto at = slots_.find(entry);
  if (at != slots_.end()) remove(at->second);
}

std::vector<std::byte> FloodBreaker::serialise() const {
  ByteWriter out;
  out.put(kMagic);
  out.put(std::uint64_t{states_.size()});
  out.put(std::uint64_t{hand_});
  for (const State& state : states_) {
    out.put(state.entry);
    out.put(state.bucket);
    out.put(state.count);
    out.put(state.waiting);
    out.put(state.closed);
    out.put(std::uint32_t{state.begun});
    out.put(state.mean);
    out.put(state.square);
  }
  out.put(durable::checksum(out.bytes()));
  return std::move(out).take();
}

Result<void> FloodBreaker::restore(std::span<const std::byte> bytes) {
  constexpr std::size_t kHead = 24, kState = 48, kSum = 8;
  const auto corrupt = [] {
    return fail(Code::kCorrupt, "the memory of the flood breaker is damaged; start it anew");
  };
  if (bytes.size() < kHead + kSum) return corrupt();
  std::uint64_t stored = 0, count = 0, hand = 0;
  std::array<char, 8> magic{};
  ByteReader(bytes.last(kSum)).get(stored);
  const auto body = bytes.first(bytes.size() - kSum);
  ByteReader reader(body);
  reader.get(magic);
  reader.get(count);
  reader.get(hand);
  if (durable::checksum(body) != stored || magic != kMagic || reader.left().size() % kState != 0 ||
      reader.left().size() / kState != count) {
    return corrupt();
  }
  if (count > options_.entries_max || hand >= options_.entries_max) {
    return fail(Code::kLimitExceeded, "the flood breaker remembers more entries than entries_max allows");
  }
  FloodBreaker next(options_);
  next.hand_ = hand;
  for (std::uint64_t i = 0; i < count; ++i) {
    State state;
    reader.get(state.entry);
    reader.get(state.bucket);
    reader.get(state.count);
    reader.get(state.waiting);
    reader.get(state.closed);
    std::uint32_t begun = 0;
    reader.get(begun);
    state.begun = begun == 1;
    reader.get(state.mean);
    reader.get(state.square);
    const bool sound = begun <= 1 && state.mean >= 0 && state.mean <= kMeanMax && state.square >= 0 &&
                       state.square <= 2 * kMeanMax * kMeanMax;
    const std::int64_t last = bucket_of(Time::max());
    if (!sound || state.bucket > last || state.bucket < bucket_of(Time::min())) return corrupt();
    if (!next.slots_.emplace(state.entry, static_cast<std::uint32_t>(i)).second) return corrupt();
    next.states_.push_back(state);
  }
  *this = std::move(next);
  return {};
}

}  // namespace seawall
