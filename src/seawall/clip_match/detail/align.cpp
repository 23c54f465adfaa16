#include "seawall/clip_match/detail/align.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "seawall/clip_match/detail/along_line.h"
#include "seawall/clip_match/detail/tiers.h"

namespace seawall::clip_detail {
namespace {

constexpr std::size_t kSegmentsMax = 64;
constexpr std::size_t kRoundsMax = 128;
constexpr std::size_t kInsufficientMax = 4;
constexpr std::size_t kLoneSeedsMax = 16;
constexpr std::size_t kLabelPairsMax = 4;
constexpr std::int64_t kLoneReachMs = 8000;  ///< Around a lone seed, whose speed must be guessed.
constexpr int kLoneSpeeds = 21;              ///< Guesses, evenly over the logarithm of the rules' speeds.
constexpr int kPolishRounds = 2;
constexpr std::int64_t kNoReach = std::numeric_limits<std::int64_t>::max();

class Aligner {
 public:
  Aligner(const Query& query, const ClipReader& clip, std::vector<Seed> seeds, bool seeds_are_all,
          const ClipRules& rules)
      : query_(query),
        clip_(clip),
        rules_(rules),
        seeds_are_all_(seeds_are_all),
        seeds_(thinned(std::move(seeds))),
        off_(seeds_.size(), false),
        along_(query, clip, rules) {}

  AlignResult run() {
    std::size_t round = 0;
    for (; round < kRoundsMax && result_.segments.size() < kSegmentsMax; ++round) {
      const std::vector<std::size_t> chain = heaviest_chain(seeds_, off_, rules_);
      if (chain.empty() || is_hopeless(chain)) return std::move(result_);
      take_up(chain);
    }
    result_.truncated = true;
    return std::move(result_);
  }

 private:
  /// Whether neither this chain nor any lighter one can reach a tier.
  bool is_hopeless(const std::vector<std::size_t>& chain) {
    int weight = 0;
    for (const std::size_t i : chain) weight += weight_of(seeds_[i], rules_);
    if (seeds_are_all_) return weight < 3 && !result_.insufficient.empty();
    return chain.size() == 1 && weight < 3 && ++lone_seeds_ > kLoneSeedsMax;
  }

  void take_up(const std::vector<std::size_t>& chain) {
    ClipSegment segment = segment_of(chain);
    // What is left of the chain beside the line may be a segment of its own.
    std::vector<bool> met(query_.frames.size(), false);
    for (const AlignedPair& pair : segment.pairs) met[query_.frame_of[pair.query_hash]] = true;
    const auto drop = [&](std::size_t i) {
      const bool fresh = !off_[i] && met[seeds_[i].frame];
      if (fresh) off_[i] = true;
      return fresh;
    };
    bool any = false;
    if (segment.tier == ClipTier::kNone) {
      for (const std::size_t i : chain) any = drop(i) || any;
      if (!segment.pairs.empty() && result_.insufficient.size() < kInsufficientMax)
        result_.insufficient.push_back(std::move(segment));
    } else {
      for (std::size_t i = 0; i < seeds_.size(); ++i) any = drop(i) || any;
      for (const AlignedPair& pair : segment.pairs) along_.take(query_.frame_of[pair.query_hash]);
      result_.segments.push_back(std::move(segment));
    }
    if (any) return;
    for (const std::size_t i : chain) off_[i] = true;
  }

  std::vector<FitPoint> points_of(const std::vector<std::size_t>& chain) const {
    std::vector<FitPoint> points;
    for (const std::size_t i : chain) {
      const Seed& seed = seeds_[i];
      points.push_back({time_of(seed.query_hash), static_cast<double>(seed.low_ms),
                        static_cast<double>(seed.high_ms), static_cast<double>(weight_of(seed, rules_))});
    }
    return points;
  }
  std::vector<FitPoint> points_of(const std::vector<AlignedPair>& pairs) const {
    std::vector<FitPoint> points;
    for (const AlignedPair& pair : pairs) {
      const HeldHash& held = clip_.hash(pair.reference_hash);
      points.push_back({time_of(pair.query_hash), static_cast<double>(held.start_ms),
                        static_cast<double>(held.end_ms()), 1});
    }
    return points;
  }
  [[nodiscard]] double time_of(std::uint32_t query_hash) const {
    return static_cast<double>(query_.hashes[query_hash].time_us) / 1000;
  }

  ClipSegment segment_of(const std::vector<std::size_t>& chain) const {
    const std::vector<FitPoint> points = points_of(chain);
    Line line = fit_line(points, rules_);
    std::map<Labels, int> labels_met;
    std::uint32_t first = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      if (miss_ms(line, points[i]) > static_cast<double>(rules_.tolerance_ms)) continue;
      const Seed& seed = seeds_[chain[i]];
      ++labels_met[{query_.hashes[seed.query_hash].label, clip_.hash(seed.reference_hash).label}];
      first = std::min(first, seed.frame);
      last = std::max(last, seed.frame);
    }
    if (labels_met.empty()) return {};
    const std::vector<Labels> labels = most_frequent(labels_met);
    std::vector<AlignedPair> pairs = first == last && !seeds_are_all_
                                         ? best_guess(line, first, labels)
                                         : along_.pairs(line, first, last, labels, kNoReach);
    pairs = along_.longest_run(pairs, labels);
    for (int round = 0; round < kPolishRounds && pairs.size() > 1; ++round) {
      line = refined(line, points_of(pairs), rules_);
      auto again = along_.pairs(line, query_.frame_of[pairs.front().query_hash],
                                query_.frame_of[pairs.back().query_hash], labels, kNoReach);
      if (again.size() < pairs.size()) break;
      pairs = std::move(again);
    }
    return judged(line, std::move(pairs), labels);
  }

  /// The segment of `pairs`. Each frame is in it under the labels that are nearest, and only frames under the
  /// same ones count together: where those do not suffice, of one pair of labels alone.
  ClipSegment judged(const Line& line, std::vector<AlignedPair> pairs,
                     const std::vector<Labels>& labels) const {
    if (pairs.empty()) return {};
    const std::uint32_t first = query_.frame_of[pairs.front().query_hash];
    const std::uint32_t last = query_.frame_of[pairs.back().query_hash];
    ClipSegment best = described(line, std::move(pairs));
    judge(best, query_, clip_, rules_);
    for (std::size_t i = 0; i < labels.size() && labels.size() > 1; ++i) {
      if (best.tier == ClipTier::kThreeAligned) break;
      const std::vector<Labels> alone = {labels[i]};
      auto under_one = along_.longest_run(along_.pairs(line, first, last, alone, kNoReach), alone);
      if (under_one.empty()) continue;
      ClipSegment segment = described(line, std::move(under_one));
      judge(segment, query_, clip_, rules_);
      if (segment.tier > best.tier) best = std::move(segment);
    }
    return best;
  }

  static std::vector<Labels> most_frequent(const std::map<Labels, int>& labels_met) {
    std::vector<std::pair<int, Labels>> counted;
    for (const auto& [labels, count] : labels_met) counted.emplace_back(-count, labels);
    std::ranges::sort(counted);
    std::vector<Labels> most;
    for (const auto& [count, labels] : counted) {
      if (most.size() < kLabelPairsMax) most.push_back(labels);
    }
    return most;
  }

  /// Tries speeds through one moment; `line` is set to the one that meets most frames, of equal ones to the
  /// one nearest to unchanged.
  std::vector<AlignedPair> best_guess(Line& line, std::uint32_t frame,
                                      const std::vector<Labels>& labels) const {
    const double low = std::log(rules_.speed_min);
    const double high = std::log(rules_.speed_max);
    std::vector<AlignedPair> best;
    Line best_line = line;
    double best_off = std::numeric_limits<double>::infinity();
    const double moment = static_cast<double>(query_.frames[frame].time_us) / 1000;
    for (int i = 0; i < kLoneSpeeds; ++i) {
      const double off = low + (high - low) * i / (kLoneSpeeds - 1);
      const Line guess{moment, line(moment), std::exp(off)};
      auto pairs = along_.pairs(guess, frame, frame, labels, kLoneReachMs);
      if (pairs.size() < best.size() || (pairs.size() == best.size() && std::abs(off) >= best_off)) continue;
      best = std::move(pairs);
      best_line = guess;
      best_off = std::abs(off);
    }
    line = best_line;
    return best;
  }

  [[nodiscard]] ClipSegment described(const Line& line, std::vector<AlignedPair> pairs) const {
    ClipSegment segment;
    if (pairs.empty()) return segment;
    const auto within = [&](std::int64_t ms) { return std::clamp<std::int64_t>(ms, 0, clip_.duration_ms()); };
    for (AlignedPair& pair : pairs) pair.reference_ms = within(std::llround(line(time_of(pair.query_hash))));
    segment.query_begin_ms = pairs.front().query_ms;
    segment.query_end_ms = pairs.back().query_ms;
    segment.reference_begin_ms = pairs.front().reference_ms;
    segment.reference_end_ms = pairs.back().reference_ms;
    segment.speed_is_known = pairs.size() > 1;
    segment.speed = segment.speed_is_known ? line.speed : 1;
    segment.offset_ms = line(0);
    if (!segment.speed_is_known)
      segment.offset_ms = static_cast<double>(pairs[0].reference_ms - pairs[0].query_ms);
    segment.pairs = std::move(pairs);
    return segment;
  }

  const Query& query_;
  const ClipReader& clip_;
  const ClipRules& rules_;
  bool seeds_are_all_;
  std::vector<Seed> seeds_;
  std::vector<bool> off_;
  AlongLine along_;
  std::size_t lone_seeds_ = 0;
  AlignResult result_;
};

}  // namespace

AlignResult align(const Query& query, const ClipReader& clip, std::vector<Seed> seeds, bool seeds_are_all,
                  const ClipRules& rules) {
  return Aligner(query, clip, std::move(seeds), seeds_are_all, rules).run();
}

}  // namespace seawall::clip_detail
