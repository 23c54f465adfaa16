#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "seawall/report/record.h"
#include "seawall/report/summary.h"

namespace seawall {

/// Port: small blurred pictures for a report, asked for by the reader of it.
class ThumbnailSource {
 public:
  virtual ~ThumbnailSource() = default;
  /// A BMP as blurred_bmp() makes it; empty if the file cannot be read any more. May block for a decode.
  virtual std::optional<std::string> thumbnail_of(const FileRecord& record) = 0;
};

struct HtmlReportOptions {
  std::size_t match_rows_max = 500;  ///< The page says how many it leaves out.
  std::size_t error_rows_max = 100;
  int radius_bits = kPdqRadiusDefault;    ///< The width of the histogram.
  ThumbnailSource* thumbnails = nullptr;  ///< Borrowed; none: the page holds no picture.
};

/// A scan's report as one HTML page that needs nothing else: no request to anywhere, no script, a strict
/// content security policy, light and dark, readable from 360 px width. At most match_rows_max +
/// error_rows_max rows, however many records there are. Errors: the source's and the sink's.
Result<void> write_html_report(const ScanSummary& summary, const RecordSource& records,
                               const HtmlReportOptions& options, TextSink sink);

}  // namespace seawall
