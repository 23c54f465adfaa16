#include "seawall/video_print/vpdq.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <set>

#include "seawall/json/json.h"

namespace seawall {
namespace {

constexpr double kSecondsMax = 1e9;

tl::unexpected<Error> bad(std::string_view unit, std::size_t number, std::string_view what) {
  return fail(Code::kInvalidInput,
              "vPDQ " + std::string(unit) + " " + std::to_string(number) + ": " + std::string(what));
}

bool read_integer(std::string_view text, int low, int high, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= low && value <= high;
}

bool read_seconds(std::string_view text, std::int64_t& time_us) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  if (!std::isfinite(seconds) || std::abs(seconds) > kSecondsMax) return false;
  time_us = std::llround(seconds * 1e6);
  return true;
}

void append_seconds(std::string& out, std::int64_t time_us) {
  std::array<char, 48> text;
  const int size = std::snprintf(text.data(), text.size(), "%.3f", static_cast<double>(time_us) / 1e6);
  out.append(text.data(), static_cast<std::size_t>(size));
}

std::string_view take_field(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  const std::string_view field = rest.substr(0, comma);
  rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  return field;
}

/// The fields that both forms have. Null when they are right, else what is wrong.
const char* read_fields(std::string_view hash, std::string_view quality, std::string_view seconds,
                        VpdqFeature& feature) {
  auto bits = fingerprint_from_text(hash);
  if (!bits) return "the hash must have 64 hex digits";
  feature.bits = *bits;
  if (!read_integer(quality, 0, 100, feature.quality)) return "the quality must be 0 to 100";
  if (!read_seconds(seconds, feature.time_us)) return "the time must be seconds";
  return nullptr;
}

std::vector<VpdqFeature> counted(std::span<const VpdqFeature> features, const VpdqRule& rule) {
  std::vector<VpdqFeature> kept;
  std::set<Fingerprint256> seen;
  for (const VpdqFeature& feature : features) {
    if (rule.dialect == VpdqDialect::kPython && !seen.insert(feature.bits).second) continue;
    if (feature.quality >= rule.quality_min) kept.push_back(feature);
  }
  return kept;
}

std::size_t matched(std::span<const VpdqFeature> of, std::span<const VpdqFeature> in, int distance_max) {
  return static_cast<std::size_t>(std::ranges::count_if(of, [&](const VpdqFeature& a) {
    return std::ranges::any_of(
        in, [&](const VpdqFeature& b) { return hamming_distance(a.bits, b.bits) <= distance_max; });
  }));
}

double percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) * 100.0 / static_cast<double>(whole);
}

}  // namespace

Result<std::vector<VpdqFeature>> read_vpdq_text(std::string_view text) {
  if (text.size() > kVpdqBytesMax) return fail(Code::kLimitExceeded, "a vPDQ text has at most 512 MiB");
  if (text.empty()) return fail(Code::kInvalidInput, "the vPDQ text is empty");
  std::vector<VpdqFeature> features;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    if (features.size() == kVpdqFeaturesMax)
      return fail(Code::kLimitExceeded,
                  "a vPDQ signal has at most " + std::to_string(kVpdqFeaturesMax) + " frames");
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (std::ranges::count(line, ',') < 3)
      return bad("line", line_number, "expected frame,quality,hash,time");
    VpdqFeature feature;
    if (!read_integer(take_field(line), 0, INT32_MAX, feature.frame_number))
      return bad("line", line_number, "the frame must be a number");
    const std::string_view quality = take_field(line);
    const std::string_view hash = take_field(line);
    if (const char* wrong = read_fields(hash, quality, take_field(line), feature))
      return bad("line", line_number, wrong);
    features.push_back(feature);
  }
  return features;
}

std::string write_vpdq_text(std::span<const VpdqFeature> features) {
  std::string out;
  for (const VpdqFeature& feature : features) {
    out += std::to_string(std::max(feature.frame_number, 0)) + ',' + std::to_string(feature.quality) + ',' +
           to_text(feature.bits) + ',';
    append_seconds(out, feature.time_us);
    out += '\n';
  }
  return out;
}

Result<std::vector<VpdqFeature>> read_vpdq_json(std::string_view text) {
  std::vector<VpdqFeature> features;
  if (text.empty()) return features;
  SEAWALL_TRY(const Json document, parse_json(text, kVpdqBytesMax));
  if (!document.is_array()) return fail(Code::kInvalidInput, "a vPDQ signal in JSON is an array of strings");
  if (document.size() > kVpdqFeaturesMax)
    return fail(Code::kLimitExceeded,
                "a vPDQ signal has at most " + std::to_string(kVpdqFeaturesMax) + " frames");
  for (const Json& element : document) {
    const std::size_t number = features.size() + 1;
    const auto* value = element.get_ptr<const std::string*>();
    if (value == nullptr || std::ranges::count(*value, ',') != 2)
      return bad("element", number, "expected \"hash,quality,time\"");
    VpdqFeature feature;
    feature.frame_number = -1;
    std::string_view rest = *value;
    const std::string_view hash = take_field(rest);
    const std::string_view quality = take_field(rest);
    if (const char* wrong = read_fields(hash, quality, rest, feature)) return bad("element", number, wrong);
    if (feature.time_us < 0) return bad("element", number, "the time must not be negative");
    features.push_back(feature);
  }
  return features;
}

std::string write_vpdq_json(std::span<const VpdqFeature> features) {
  std::string out = "[";
  for (const VpdqFeature& feature : features) {
    if (out.size() > 1) out += ", ";
    out += '"' + to_text(feature.bits) + ',' + std::to_string(feature.quality) + ',';
    append_seconds(out, std::max<std::int64_t>(feature.time_us, 0));
    out += '"';
  }
  return out + "]";
}

Result<std::vector<VpdqFeature>> read_vpdq(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] == '[')
    return read_vpdq_json(first == std::string_view::npos ? std::string_view{} : text);
  return read_vpdq_text(text);
}

HashTrack track_of(std::span<const VpdqFeature> features) {
  HashTrack track;
  track.hashes.reserve(features.size());
  for (const VpdqFeature& feature : features)
    track.hashes.push_back({feature.time_us, {feature.bits, feature.quality}, 0});
  std::ranges::stable_sort(track.hashes, {}, &TimedHash::time_us);
  return track;
}

std::vector<VpdqFeature> vpdq_of(const HashTrack& track) {
  std::vector<VpdqFeature> features;
  for (const TimedHash& hash : track.hashes) {
    if (hash.label != 0) continue;
    features.push_back({static_cast<int>(features.size()), hash.hash.quality, hash.hash.bits, hash.time_us});
  }
  return features;
}

VpdqComparison vpdq_compare(std::span<const VpdqFeature> query, std::span<const VpdqFeature> reference,
                            const VpdqRule& rule) {
  const std::vector<VpdqFeature> a = counted(query, rule);
  const std::vector<VpdqFeature> b = counted(reference, rule);
  const int distance_max = rule.dialect == VpdqDialect::kCpp ? rule.distance_bits - 1 : rule.distance_bits;
  VpdqComparison result;
  result.query_frames = a.size();
  result.reference_frames = b.size();
  result.query_matched = matched(a, b, distance_max);
  result.reference_matched = matched(b, a, distance_max);
  result.query_percent = percent(result.query_matched, a.size());
  result.reference_percent = percent(result.reference_matched, b.size());
  result.is_match = !a.empty() && !b.empty() && result.query_percent >= rule.query_percent_min &&
                    result.reference_percent >= rule.reference_percent_min;
  return result;
}

}  // namespace seawall
