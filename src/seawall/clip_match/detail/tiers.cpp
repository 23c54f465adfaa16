#include "seawall/clip_match/detail/tiers.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace seawall::clip_detail {
namespace {

constexpr std::size_t kCountedMax = 64;
constexpr std::size_t kStartsMax = 64;

/// The pairs under one query label and one reference label: only these can be told from one still picture.
class Group {
 public:
  Group(const Query& query, const ClipReader& clip, const ClipRules& rules)
      : query_(query), clip_(clip), rules_(rules) {}

  void add(const AlignedPair& pair) { pairs_.push_back(&pair); }
  [[nodiscard]] std::size_t size() const { return pairs_.size(); }

  /// How many pairs within `bits` are distinct from each other, taken greedily; from several starts while
  /// that gives fewer than `wanted`.
  [[nodiscard]] std::size_t distinct(int bits, std::size_t wanted) const {
    std::vector<const AlignedPair*> near;
    for (const AlignedPair* pair : pairs_) {
      if (!pair->benign && pair->distance_bits <= bits) near.push_back(pair);
    }
    std::size_t most = 0;
    for (std::size_t start = 0; start < std::min(near.size(), kStartsMax) && most < wanted; ++start)
      most = std::max(most, greedy(near, start, bits));
    return most;
  }

 private:
  [[nodiscard]] bool differ(const AlignedPair& a, const AlignedPair& b, int bits) const {
    const Fingerprint256& reference_a = clip_.hash(a.reference_hash).bits;
    const Fingerprint256& reference_b = clip_.hash(b.reference_hash).bits;
    const Fingerprint256& query_a = query_.hashes[a.query_hash].hash.bits;
    const Fingerprint256& query_b = query_.hashes[b.query_hash].hash.bits;
    return hamming_distance(reference_a, reference_b) > bits &&
           hamming_distance(query_a, reference_b) >= a.distance_bits + rules_.nearer_bits &&
           hamming_distance(query_b, reference_a) >= b.distance_bits + rules_.nearer_bits;
  }
  [[nodiscard]] std::size_t greedy(const std::vector<const AlignedPair*>& near, std::size_t start,
                                   int bits) const {
    std::vector<const AlignedPair*> taken = {near[start]};
    for (const AlignedPair* pair : near) {
      if (taken.size() == kCountedMax) break;
      if (std::ranges::all_of(taken, [&](const AlignedPair* other) { return differ(*pair, *other, bits); }))
        taken.push_back(pair);
    }
    return taken.size();
  }

  const Query& query_;
  const ClipReader& clip_;
  const ClipRules& rules_;
  std::vector<const AlignedPair*> pairs_;
};

struct Verdict {
  ClipTier tier = ClipTier::kNone;
  std::size_t three = 0;  ///< Distinct within three_bits.
  std::size_t two = 0;    ///< Distinct within two_bits.
  std::size_t pairs = 0;

  [[nodiscard]] bool better_than(const Verdict& other) const {
    return std::tuple(tier, three, two, pairs) > std::tuple(other.tier, other.three, other.two, other.pairs);
  }
};

Verdict verdict_of(const Group& group, const ClipRules& rules) {
  Verdict verdict;
  verdict.pairs = group.size();
  verdict.three = group.distinct(rules.three_bits, 3);
  verdict.two = group.distinct(rules.two_bits, 2);
  if (verdict.three >= 3)
    verdict.tier = ClipTier::kThreeAligned;
  else if (verdict.two >= 2)
    verdict.tier = ClipTier::kTwoAligned;
  return verdict;
}

bool makes_single(const AlignedPair& pair, const ClipRules& rules) {
  return pair.distance_bits <= rules.single_bits && !pair.benign && !pair.common;
}

std::string bits_text(int bits) { return std::to_string(bits) + " bits"; }

std::string reason_found(const ClipSegment& segment, const Verdict& verdict, const ClipRules& rules) {
  const std::string of = " of " + std::to_string(segment.pairs.size()) + " aligned frames ";
  if (segment.tier == ClipTier::kThreeAligned)
    return std::to_string(verdict.three) + (verdict.three == kCountedMax ? " or more" : "") + of +
           "are distinct and within " + bits_text(rules.three_bits) + "; 3 are asked for.";
  if (segment.tier == ClipTier::kTwoAligned)
    return std::to_string(verdict.two) + of + "are distinct and within " + bits_text(rules.two_bits) +
           "; 2 are asked for.";
  return "One frame is within " + bits_text(rules.single_bits) +
         ", which is asked of a frame that stands alone.";
}

std::string reason_missing(const ClipSegment& segment, const Verdict& verdict, const ClipRules& rules) {
  int nearest = 256;
  std::size_t benign = 0;
  std::size_t common = 0;
  for (const AlignedPair& pair : segment.pairs) {
    benign += pair.benign ? 1U : 0U;
    common += pair.common ? 1U : 0U;
    if (!pair.benign) nearest = std::min(nearest, pair.distance_bits);
  }
  if (benign == segment.pairs.size())
    return "All " + std::to_string(benign) +
           " aligned frames are near a benign template, which never counts.";
  std::string text = std::to_string(segment.pairs.size()) + " aligned frame" +
                     (segment.pairs.size() == 1 ? "" : "s") + ", the nearest at " + bits_text(nearest) +
                     ": " + std::to_string(verdict.three) + " distinct within " +
                     std::to_string(rules.three_bits) + " (3 are asked for), " + std::to_string(verdict.two) +
                     " within " + std::to_string(rules.two_bits) + " (2)";
  if (nearest > rules.single_bits) text += ", none within " + std::to_string(rules.single_bits) + " (1)";
  if (benign > 0) text += "; " + std::to_string(benign) + " near a benign template do not count";
  if (common > 0)
    text += "; " + std::to_string(common) + " show what many listed clips show and cannot stand alone";
  return text + ".";
}

}  // namespace

void judge(ClipSegment& segment, const Query& query, const ClipReader& clip, const ClipRules& rules) {
  std::map<std::pair<std::uint16_t, std::uint8_t>, Group> groups;
  for (const AlignedPair& pair : segment.pairs)
    groups.try_emplace({pair.query_label, pair.reference_label}, query, clip, rules).first->second.add(pair);
  Verdict best;
  bool any = false;
  for (const auto& [labels, group] : groups) {
    const Verdict verdict = verdict_of(group, rules);
    if (any && !verdict.better_than(best)) continue;
    any = true;
    best = verdict;
    segment.query_label = labels.first;
    segment.reference_label = labels.second;
  }
  segment.tier = best.tier;
  segment.distinct_frames = static_cast<int>(best.three);
  if (segment.tier == ClipTier::kNone) {
    const auto single =
        std::ranges::find_if(segment.pairs, [&](const AlignedPair& p) { return makes_single(p, rules); });
    if (single != segment.pairs.end()) {
      segment.tier = ClipTier::kSingleFrame;
      segment.query_label = single->query_label;
      segment.reference_label = single->reference_label;
    }
  }
  segment.why = segment.tier == ClipTier::kNone ? reason_missing(segment, best, rules)
                                                : reason_found(segment, best, rules);
}

}  // namespace seawall::clip_detail
