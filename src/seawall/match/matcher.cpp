#include "seawall/match/matcher.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace seawall {
namespace {

bool is_digest(const Match& match) { return match.type != SignalType::kPdq; }

/// Keeps one match an entry: a digest before a hash, then the nearest, then the first found.
class BestByEntry {
 public:
  void offer(const Match& match) {
    const auto [place, is_new] = matches_.try_emplace(match.entry, match);
    if (is_new) return;
    const Match& held = place->second;
    if (!is_digest(held) && match.distance_bits < held.distance_bits) place->second = match;
  }

  std::vector<Match> sorted() const {
    std::vector<Match> matches;
    matches.reserve(matches_.size());
    for (const auto& [entry, match] : matches_) matches.push_back(match);
    std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
      return std::tuple(!is_digest(a), a.distance_bits, a.entry) <
             std::tuple(!is_digest(b), b.distance_bits, b.entry);
    });
    return matches;
  }

 private:
  std::unordered_map<EntryId, Match> matches_;
};

Result<void> offer_digests(const FileDigests& digests, const DigestLookup& lookup, BestByEntry& best) {
  const auto offer_type = [&](SignalType type, std::span<const std::byte> digest) -> Result<void> {
    std::vector<EntryId> entries;
    if (auto found = lookup.find(type, digest, entries); !found) return found;
    for (const EntryId entry : entries) {
      Match match;
      match.entry = entry;
      match.type = type;
      best.offer(match);
    }
    return {};
  };
  if (auto done = offer_type(SignalType::kSha256, digests.sha256); !done) return done;
  if (auto done = offer_type(SignalType::kSha1, digests.sha1); !done) return done;
  return offer_type(SignalType::kMd5, digests.md5);
}

Result<void> offer_frame(const LiveIndex& index, const FrameSignals& frame, int radius_bits,
                         BestByEntry& best) {
  std::vector<Fingerprint256> queries;
  queries.reserve(frame.variants.size());
  for (const VariantHash& variant : frame.variants) {
    if (variant.hash.quality >= kPdqQualityMin) queries.push_back(variant.hash.bits);
  }
  std::vector<const VariantHash*> origins;
  for (const VariantHash& variant : frame.variants) {
    if (variant.hash.quality >= kPdqQualityMin) origins.push_back(&variant);
  }
  // The index visits in any order: collect first, so that ties always go to the earliest variant.
  std::vector<std::vector<Neighbour>> answers(queries.size());
  const QueryOptions options{.radius_bits = radius_bits};
  auto searched =
      index.within_batch(queries, options, [&](std::size_t query, std::span<const Neighbour> neighbours) {
        answers[query].assign(neighbours.begin(), neighbours.end());
      });
  if (!searched) return searched;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    for (const Neighbour& neighbour : answers[i]) {
      best.offer({neighbour.id, SignalType::kPdq, neighbour.distance_bits, frame.index, origins[i]->variant,
                  origins[i]->hash});
    }
  }
  return {};
}

Result<void> check_radius(int radius_bits) {
  if (radius_bits >= 0 && radius_bits <= 256) return {};
  return fail(Code::kInvalidInput, "a radius is 0 to 256 bits, not " + std::to_string(radius_bits));
}

}  // namespace

Result<std::vector<Match>> Matcher::match(const MediaSignals& query, const MatchOptions& options) const {
  if (auto checked = check_radius(options.radius_bits); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  BestByEntry best;
  if (digests_ != nullptr) {
    auto found = offer_digests(query.digests, *digests_, best);
    if (!found) return tl::unexpected(std::move(found).error().within("digests"));
  }
  for (const FrameSignals& frame : query.frames) {
    auto searched = offer_frame(pdq_, frame, options.radius_bits, best);
    if (!searched) return tl::unexpected(std::move(searched).error().within("match"));
  }
  return best.sorted();
}

Result<std::vector<Match>> Matcher::match(const FrameSignals& query, const MatchOptions& options) const {
  if (auto checked = check_radius(options.radius_bits); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  BestByEntry best;
  auto searched = offer_frame(pdq_, query, options.radius_bits, best);
  if (!searched) return tl::unexpected(std::move(searched).error().within("match"));
  return best.sorted();
}

}  // namespace seawall
