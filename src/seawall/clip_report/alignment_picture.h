#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "seawall/clip_match/clip_match.h"
#include "seawall/report/media_time.h"

namespace seawall {

/// What an alignment's picture and table say besides the match itself. Names may be anything: they are
/// escaped.
struct AlignmentSubject {
  std::string query_name;      ///< "upload.mp4".
  std::string reference_name;  ///< Of the listed clip.
  std::int64_t query_duration_ms = 0;
  std::int64_t reference_duration_ms = 0;
  std::vector<std::string> query_labels;      ///< HashTrack::labels.
  std::vector<std::string> reference_labels;  ///< DensePrint::labels.
};

struct AlignmentPictureOptions {
  int width_px = 760;
  int height_px = 480;
  std::size_t points_max =
      2000;  ///< Over all segments; of more, every n-th is drawn and the picture says so.
};

/// How the query runs along the listed clip: query time on x, reference time on y, each aligned frame a point
/// whose shape and colour say how near it is (disc, diamond, triangle; a cross for what never counts), each
/// segment a line whose stroke says its tier. A whole <svg> element for an HTML page: no script, no style
/// sheet, no link, all text escaped, with title and description for screen readers; at most about 150 bytes a
/// point.
[[nodiscard]] std::string alignment_svg(const ClipMatch& match, const AlignmentSubject& subject,
                                        const AlignmentPictureOptions& options = {});

/// The same in words, for a terminal and for those who cannot see the picture: each segment with both ranges,
/// speed, tier and why, then its frames (up to `rows_max` a segment, evenly chosen). Plain text in lines of
/// at most about 120 characters; control characters of names are escaped.
[[nodiscard]] std::string alignment_table(const ClipMatch& match, const AlignmentSubject& subject,
                                          std::size_t rows_max = 20);

}  // namespace seawall
