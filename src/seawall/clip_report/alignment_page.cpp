#include "seawall/clip_report/alignment_page.h"

#include <cstdio>

#include "seawall/report/html_page.h"
#include "seawall/report/html_text.h"
#include "seawall/report/media_time.h"

namespace seawall {
namespace {

std::string badge(ClipTier tier) {
  const std::string colour = tier == ClipTier::kNone ? "allow" : "block";
  const std::string words = tier == ClipTier::kNone ? "no match" : std::string(name_of(tier));
  return "<span class=\"badge " + colour + "\">" + words + "</span> ";
}

std::string speed_text(const ClipSegment& segment) {
  if (!segment.speed_is_known) return "not known: one moment only";
  char text[32];
  (void)std::snprintf(text, sizeof text, "%.3f", segment.speed);
  return text;
}

std::string segments_section(const ClipMatch& match) {
  std::string out = html_section_begin("parts", "Parts");
  if (match.segments.empty()) out += "<p>No part of the one was found in the other.</p>\n";
  for (const ClipSegment& segment : match.segments) {
    out += html_two_columns(
        std::string(name_of(segment.tier)), "What", "Value",
        {{"In the video", media_time(segment.query_begin_ms) + " to " + media_time(segment.query_end_ms)},
         {"In the listed one",
          media_time(segment.reference_begin_ms) + " to " + media_time(segment.reference_end_ms)},
         {"Speed", speed_text(segment)},
         {"Distinct frames", std::to_string(segment.distinct_frames)},
         {"Why", segment.why}});
  }
  return out + html_section_end();
}

}  // namespace

Result<void> write_alignment_page(const ClipMatch& match, const AlignmentSubject& subject, TextSink sink) {
  SEAWALL_CHECK(
      sink(html_page_begin("Video beside a listed one", subject.query_name + " and " + subject.reference_name,
                           badge(match.tier) + html_escaped(media_time(subject.query_duration_ms) + " and " +
                                                            media_time(subject.reference_duration_ms)))));
  SEAWALL_CHECK(sink(html_section_begin("alignment", "How one runs along the other") +
                     "<div class=\"wide\">" + alignment_svg(match, subject) + "</div>\n" +
                     html_section_end()));
  SEAWALL_CHECK(sink(segments_section(match)));
  return sink(
      html_page_end("A match says that frames of the two are near each other: a reason to look, not a "
                    "finding about a person."));
}

}  // namespace seawall
