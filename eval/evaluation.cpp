#include "evaluation.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

#include "generate.h"
#include "parallel.h"
#include "seawall/index/live_index.h"
#include "seawall/match/matcher.h"

namespace seawall::eval {
namespace {

constexpr int kCopyRadius = 64;

FrameSignals signals(const Picture& picture, VariantSide side) {
  return frame_signals_of(picture.view(), VariantProfile::kThorough, side);
}

FrameSignals restricted(const FrameSignals& all, VariantProfile profile) {
  FrameSignals some = all;
  std::erase_if(some.variants,
                [profile](const VariantHash& hash) { return !is_in_profile(hash.variant, profile); });
  return some;
}

struct Nearest {
  std::array<int, kProfiles.size()> distance_bits = {257, 257, 257};
  VariantKind kind = VariantKind::kOriginal;
};

/// The nearest pair of each profile; both sides use the same one.
Nearest nearest_of(const FrameSignals& query, const FrameSignals& stored) {
  Nearest nearest;
  for (const VariantHash& a : query.variants) {
    for (const VariantHash& b : stored.variants) {
      const int distance_bits = hamming_distance(a.hash.bits, b.hash.bits);
      if (distance_bits < nearest.distance_bits.back()) nearest.kind = a.variant.kind;
      for (std::size_t p = 0; p < kProfiles.size(); ++p) {
        if (distance_bits >= nearest.distance_bits[p]) continue;
        if (!is_in_profile(a.variant, kProfiles[p]) || !is_in_profile(b.variant, kProfiles[p])) continue;
        nearest.distance_bits[p] = distance_bits;
      }
    }
  }
  return nearest;
}

void count(const Nearest& nearest, EditResult& result) {
  ++result.trials;
  for (std::size_t p = 0; p < kProfiles.size(); ++p) {
    for (std::size_t r = 0; r < kRadii.size(); ++r) {
      result.hits[p][r] += nearest.distance_bits[p] <= kRadii[r] ? 1 : 0;
    }
  }
  if (nearest.distance_bits.back() <= kRadii.front()) {
    ++result.nearest_kinds[static_cast<std::size_t>(nearest.kind)];
  }
}

/// Every picture of the family in one index, as the profile stores it; ids from 1.
std::unique_ptr<LiveIndex> listed(const std::vector<FrameSignals>& stored, VariantProfile profile) {
  auto index = LiveIndex::in_memory();
  std::vector<IndexEntry> entries;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    for (const VariantHash& hash : stored[i].variants) {
      if (is_in_profile(hash.variant, profile)) entries.push_back({hash.hash.bits, EntryId{i + 1}});
    }
  }
  if (!index->apply({.add = entries, .remove = {}, .position = 1})) std::abort();
  return index;
}

void count_pairs(const std::vector<FrameSignals>& queries, const std::vector<FrameSignals>& stored,
                 unsigned threads, FalseResult& result) {
  for (std::size_t p = 0; p < kProfiles.size(); ++p) {
    const std::unique_ptr<LiveIndex> index = listed(stored, kProfiles[p]);
    const Matcher matcher(*index);
    std::array<std::atomic<int>, kRadii.size()> matched{};
    in_parallel(queries.size(), threads, [&](std::size_t i) {
      const auto matches =
          matcher.match(restricted(queries[i], kProfiles[p]), {.radius_bits = kRadii.back()});
      if (!matches) std::abort();
      for (const Match& match : *matches) {
        if (match.entry == EntryId{i + 1}) continue;
        for (std::size_t r = 0; r < kRadii.size(); ++r)
          matched[r] += match.distance_bits <= kRadii[r] ? 1 : 0;
      }
    });
    for (std::size_t r = 0; r < kRadii.size(); ++r) result.pairs_matched[p][r] = matched[r];
  }
}

}  // namespace

bool is_in_profile(const Variant& variant, VariantProfile profile) {
  switch (profile) {
    case VariantProfile::kNone:
      return variant == Variant{};
    case VariantProfile::kDefault:
      return !variant.negative &&
             (variant.kind == VariantKind::kOriginal || variant.kind == VariantKind::kTrim);
    case VariantProfile::kThorough:
      return true;
  }
  return false;
}

std::vector<EditResult> measure_recall(const std::vector<Picture>& pictures,
                                       const EvaluationOptions& options) {
  std::vector<EditResult> results;
  for (const Edit& edit : all_edits()) {
    if (edit.name.find(options.only) == std::string_view::npos) continue;
    results.emplace_back().edit = &edit;
  }
  std::vector<std::vector<Nearest>> nearest(pictures.size(), std::vector<Nearest>(results.size()));
  std::atomic<std::size_t> done = 0;
  in_parallel(pictures.size(), options.threads, [&](std::size_t i) {
    const FrameSignals stored = signals(pictures[i], VariantSide::kStored);
    for (std::size_t e = 0; e < results.size(); ++e) {
      EditContext context{Random(1000003 * i + e), &pictures[(i + 1) % pictures.size()]};
      const Picture edited = results[e].edit->apply(pictures[i], context);
      nearest[i][e] = nearest_of(signals(edited, VariantSide::kQuery), stored);
    }
    std::fprintf(stderr, "\r%zu of %zu pictures", ++done, pictures.size());
  });
  std::fprintf(stderr, "\r                        \r");
  for (const auto& of_picture : nearest) {
    for (std::size_t e = 0; e < results.size(); ++e) count(of_picture[e], results[e]);
  }
  return results;
}

FalseResult measure_false_matches(const std::string& family, const std::vector<Picture>& pictures,
                                  const EvaluationOptions& options) {
  FalseResult result;
  result.family = family;
  result.pictures = static_cast<int>(pictures.size());
  std::vector<FrameSignals> queries(pictures.size());
  std::vector<FrameSignals> stored(pictures.size());
  in_parallel(pictures.size(), options.threads, [&](std::size_t i) {
    queries[i] = signals(pictures[i], VariantSide::kQuery);
    stored[i] = signals(pictures[i], VariantSide::kStored);
  });
  for (const FrameSignals& one : stored) result.usable += one.pdq.quality >= kPdqQualityMin ? 1 : 0;
  result.pairs = static_cast<std::int64_t>(pictures.size()) * static_cast<std::int64_t>(pictures.size() - 1);
  count_pairs(queries, stored, options.threads, result);
  return result;
}

std::vector<FalseResult> measure_hard_negatives(int per_family, const EvaluationOptions& options) {
  struct Family {
    const char* name;
    Picture (*make)(std::uint64_t);
  };
  constexpr std::array kFamilies = {Family{"text slides of one template", text_slide},
                                    Family{"title cards", title_card},
                                    Family{"chat screens", chat_screen},
                                    Family{"document pages", document_page},
                                    Family{"flat pictures", flat},
                                    Family{"gradients", gradient}};
  std::vector<FalseResult> results;
  for (const Family& family : kFamilies) {
    std::vector<Picture> pictures;
    for (int i = 0; i < per_family; ++i) pictures.push_back(family.make(static_cast<std::uint64_t>(i)));
    results.push_back(measure_false_matches(family.name, pictures, options));
  }
  return results;
}

std::vector<Picture> distinct(std::vector<Picture> pictures, int& too_plain, int& copies) {
  std::vector<Picture> kept;
  std::vector<FrameSignals> known;
  for (Picture& picture : pictures) {
    const FrameSignals query =
        frame_signals_of(picture.view(), VariantProfile::kDefault, VariantSide::kQuery);
    if (query.pdq.quality < kPdqQualityMin) {
      ++too_plain;
      continue;
    }
    const bool is_copy = std::any_of(known.begin(), known.end(), [&](const FrameSignals& other) {
      return nearest_of(query, other).distance_bits.back() <= kCopyRadius;
    });
    if (is_copy) {
      ++copies;
      continue;
    }
    known.push_back(frame_signals_of(picture.view(), VariantProfile::kDefault, VariantSide::kStored));
    kept.push_back(std::move(picture));
  }
  return kept;
}

}  // namespace seawall::eval
