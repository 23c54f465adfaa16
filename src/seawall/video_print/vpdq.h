#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/signal.h"
#include "seawall/video_print/timed_hash.h"

namespace seawall {

/// One frame of a vPDQ signal (Meta, ThreatExchange vpdq/).
struct VpdqFeature {
  int frame_number = 0;      ///< Position of the frame in the decoded video; -1: the form does not carry it.
  int quality = 0;           ///< 0..100.
  Fingerprint256 bits;       ///< PDQ.
  std::int64_t time_us = 0;  ///< Presentation time as the signal states it: vPDQ's own is from 0.
  friend bool operator==(const VpdqFeature&, const VpdqFeature&) = default;
};

inline constexpr std::size_t kVpdqFeaturesMax = std::size_t{1} << 22;  ///< 38 hours at 30 frames a second.
inline constexpr std::size_t kVpdqBytesMax = std::size_t{1} << 29;

/// Reads the text form of Meta's C++ program: a line `frame,quality,hash,time` for each frame, time in
/// seconds. Fields after the fourth are ignored and a '\r' at the end is taken off, as there; what it would
/// read by prefix ("12x") or not at all (an empty line, an empty file) is refused. Errors: kInvalidInput
/// names the line; kLimitExceeded.
Result<std::vector<VpdqFeature>> read_vpdq_text(std::string_view text);
/// The text form, byte for byte as the C++ program writes it: three decimals, a line end after each line.
[[nodiscard]] std::string write_vpdq_text(std::span<const VpdqFeature> features);

/// Reads the signal text of Meta's Python library (python-threatexchange, and so HMA): a JSON array of
/// "hash,quality,time" strings. That library writes times with three significant digits ("1.23e+02"), so
/// those from 100 s on are rounded to 1 s or worse. The empty text is an empty array, as there. Errors:
/// kInvalidInput names the element; kLimitExceeded.
Result<std::vector<VpdqFeature>> read_vpdq_json(std::string_view text);
/// The JSON form on one line, with three decimals: the Python library reads it, and loses less by it.
[[nodiscard]] std::string write_vpdq_json(std::span<const VpdqFeature> features);

/// Either form, told apart by its first character that is not white space: '[' or nothing is JSON.
Result<std::vector<VpdqFeature>> read_vpdq(std::string_view text);

/// As a track of one label, in order of time. Features keep their quality; none is dropped.
[[nodiscard]] HashTrack track_of(std::span<const VpdqFeature> features);
/// The hashes of label 0, numbered from 0 in order.
[[nodiscard]] std::vector<VpdqFeature> vpdq_of(const HashTrack& track);

/// Whose rule vpdq_compare() follows where Meta's two programs differ.
enum class VpdqDialect : std::uint8_t {
  kPython,  ///< Distance <= distance_bits; of equal hashes only the first counts, whatever its quality.
  kCpp,     ///< Distance < distance_bits; every frame counts.
};

struct VpdqRule {
  VpdqDialect dialect = VpdqDialect::kPython;
  int distance_bits = kPdqRadiusDefault;
  int quality_min = kPdqQualityMin;  ///< Frames under it are dropped on both sides first.
  double query_percent_min = 80;     ///< Inclusive; the Python library's default.
  double reference_percent_min = 0;  ///< Inclusive; likewise.
};

struct VpdqComparison {
  std::size_t query_frames = 0;  ///< That count, after dropping.
  std::size_t reference_frames = 0;
  std::size_t query_matched = 0;      ///< Query frames with some reference frame within the distance.
  std::size_t reference_matched = 0;  ///< The other way round.
  double query_percent = 0;           ///< 0 when there are no frames.
  double reference_percent = 0;
  bool is_match = false;  ///< Never when either side has no frames (the Python library divides by zero).
};

/// vPDQ's own match rule. It knows no order and no time. Cost: query x reference distances, about 10 ns each.
[[nodiscard]] VpdqComparison vpdq_compare(std::span<const VpdqFeature> query,
                                          std::span<const VpdqFeature> reference, const VpdqRule& rule = {});

}  // namespace seawall
