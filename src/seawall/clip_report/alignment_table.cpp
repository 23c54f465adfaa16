#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "seawall/clip_report/alignment_picture.h"
#include "seawall/clip_report/detail/label_text.h"
#include "seawall/report/html_text.h"

namespace seawall {
namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 200> text;
  const int size = std::snprintf(text.data(), text.size(), format, values...);
  return {text.data(), std::min(static_cast<std::size_t>(size), text.size() - 1)};
}

/// Names come from files and lists: no control characters into a terminal.
std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F)
      out += formatted("\\x%02x", static_cast<unsigned>(byte));
    else
      out += c;
  }
  return out;
}

std::string quality_text(int quality) { return quality < 0 ? "-" : std::to_string(quality); }

void append_pair(std::string& out, const AlignedPair& pair, const AlignmentSubject& subject) {
  const std::string labels = clip_detail::label_text(subject.query_labels, pair.query_label) + " / " +
                             clip_detail::label_text(subject.reference_labels, pair.reference_label);
  out += formatted("    %12s  %12s  %4d  %4s %4s  ", media_time(pair.query_ms).c_str(),
                   media_time(pair.reference_ms).c_str(), pair.distance_bits,
                   quality_text(pair.query_quality).c_str(), quality_text(pair.reference_quality).c_str());
  out += printable(labels);
  if (pair.benign) out += "  (benign: does not count)";
  if (pair.common) out += "  (common: does not count alone)";
  out += '\n';
}

void append_segment(std::string& out, const ClipSegment& segment, const AlignmentSubject& subject,
                    std::size_t rows_max) {
  out += std::string(name_of(segment.tier)) + ": " + media_time(segment.query_begin_ms) + " to " +
         media_time(segment.query_end_ms) + " of the query shows " + media_time(segment.reference_begin_ms) +
         " to " + media_time(segment.reference_end_ms) + " of the clip";
  if (segment.speed_is_known) out += formatted(", at %.3f times its speed", segment.speed);
  out += ".\n  " + segment.why + "\n";
  const std::size_t pairs = segment.pairs.size();
  const std::size_t rows = std::min(pairs, rows_max);
  if (rows == 0) return;
  out += "    query time    clip time     bits  quality    seen as / listed as\n";
  for (std::size_t row = 0; row < rows; ++row)
    append_pair(out, segment.pairs[rows == 1 ? 0 : row * (pairs - 1) / (rows - 1)], subject);
  if (rows < pairs)
    out += "    " + std::to_string(rows) + " of " + std::to_string(pairs) + " frames are shown.\n";
}

}  // namespace

namespace clip_detail {

std::string label_text(const std::vector<std::string>& labels, std::size_t label) {
  return label < labels.size() ? labels[label] : "variant " + std::to_string(label);
}

}  // namespace clip_detail

std::string alignment_table(const ClipMatch& match, const AlignmentSubject& subject, std::size_t rows_max) {
  std::string out = "Query " + printable(subject.query_name) + " (" + media_time(subject.query_duration_ms) +
                    ") beside the listed clip " + printable(subject.reference_name) + " (" +
                    media_time(subject.reference_duration_ms) + "): " + std::string(name_of(match.tier)) +
                    "\n";
  if (match.segments.empty()) out += "Nothing was found.\n";
  for (const ClipSegment& segment : match.segments) append_segment(out, segment, subject, rows_max);
  return out;
}

}  // namespace seawall
