#include "seawall/match/explain.h"

#include <algorithm>

namespace seawall {
namespace {

void compare_frames(const FrameSignals& query, const FrameSignals& stored, Explanation& result) {
  result.plain_distance_bits =
      std::min(result.plain_distance_bits, hamming_distance(query.pdq.bits, stored.pdq.bits));
  for (const VariantHash& a : query.variants) {
    for (const VariantHash& b : stored.variants) {
      const int distance_bits = hamming_distance(a.hash.bits, b.hash.bits);
      if (result.has_best && distance_bits >= result.best_distance_bits) continue;
      result.has_best = true;
      result.best_distance_bits = distance_bits;
      result.query_variant = a.variant;
      result.stored_variant = b.variant;
      result.query_frame_index = query.index;
      result.stored_frame_index = stored.index;
    }
  }
}

int best_quality(const MediaSignals& media) {
  int quality = 0;
  for (const FrameSignals& frame : media.frames) quality = std::max(quality, frame.pdq.quality);
  return quality;
}

std::string bits(int distance_bits) { return std::to_string(distance_bits) + " bits"; }

std::string pair_of(const Explanation& result) {
  const std::string query = result.query_variant.name();
  const std::string stored = result.stored_variant.name();
  if (query == "original" && stored == "original") return "as they are";
  return "as \"" + query + "\" of the query and \"" + stored + "\" of the stored picture";
}

std::string unmatched_words(const Explanation& result) {
  if (!result.has_best) {
    return "No match: a picture is too plain (quality " + std::to_string(result.quality_query) + " and " +
           std::to_string(result.quality_stored) + ", at least " + std::to_string(kPdqQualityMin) +
           " needed), so its hash says nothing.";
  }
  return "No match: the nearest pair, " + pair_of(result) + ", differs in " +
         bits(result.best_distance_bits) + ", more than the radius of " + std::to_string(result.radius_bits) +
         (result.best_distance_bits > 80 ? "; unrelated pictures differ in about 128." : ".");
}

std::string words_of(const Explanation& result) {
  if (result.same_bytes) return "Match: the files are the same, byte for byte.";
  if (!result.is_match) return unmatched_words(result);
  return "Match: the pictures, " + pair_of(result) + ", differ in " + bits(result.best_distance_bits) +
         " of 256, within the radius of " + std::to_string(result.radius_bits) +
         "; as they are they differ in " + bits(result.plain_distance_bits) + ".";
}

}  // namespace

Explanation explain(const MediaSignals& query, const MediaSignals& stored, int radius_bits) {
  Explanation result;
  result.radius_bits = radius_bits;
  result.same_bytes = query.digests.size_bytes > 0 && query.digests == stored.digests;
  result.quality_query = best_quality(query);
  result.quality_stored = best_quality(stored);
  for (const FrameSignals& a : query.frames) {
    for (const FrameSignals& b : stored.frames) compare_frames(a, b, result);
  }
  result.is_match = result.same_bytes || (result.has_best && result.best_distance_bits <= radius_bits);
  result.words = words_of(result);
  return result;
}

}  // namespace seawall
