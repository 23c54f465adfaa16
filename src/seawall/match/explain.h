#pragma once

#include <string>

#include "seawall/match/signals.h"

namespace seawall {

/// Why two pictures are, or are not, a match.
struct Explanation {
  bool is_match = false;
  bool same_bytes = false;  ///< Equal SHA-256.
  int radius_bits = 0;      ///< As asked, inclusive.
  int quality_query = 0;    ///< Of the whole picture, 0..100.
  int quality_stored = 0;
  int plain_distance_bits = 256;  ///< Between the whole pictures, best pair of frames.
  bool has_best = false;          ///< False when no pair of variants passes the quality gate.
  int best_distance_bits = 256;   ///< Over all variants that pass the gate.
  Variant query_variant;          ///< The pair that is nearest.
  Variant stored_variant;
  int query_frame_index = 0;
  int stored_frame_index = 0;
  std::string words;  ///< One or two sentences for a person.
};

/// Compares every variant of `query` with every variant of `stored`: frames x variants on both sides, about
/// 1 ns a pair. Compute `query` with VariantSide::kQuery and `stored` with kStored. Pure.
[[nodiscard]] Explanation explain(const MediaSignals& query, const MediaSignals& stored,
                                  int radius_bits = kPdqRadiusDefault);

}  // namespace seawall
