#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "seawall/report/html_report.h"
#include "seawall/report/record.h"

namespace seawall {

/// One picture of a group of near-duplicates.
struct SimilarMember {
  std::size_t group = 0;          ///< From 1.
  std::size_t group_size = 0;     ///< Pictures in it.
  std::size_t place = 0;          ///< From 1; the first represents the group.
  int distance_bits = 0;          ///< To the first.
  std::size_t same_bytes_as = 0;  ///< Place of an earlier member with equal SHA-256; 0: none.
  FileRecord record;
};

/// Port: groups, one member after the other, read as they are asked for.
class SimilarSource {
 public:
  virtual ~SimilarSource() = default;
  /// `visit` returns false to stop.
  virtual Result<void> each(FunctionRef<bool(const SimilarMember&)> visit) const = 0;
};

struct SimilarSummary {
  std::string root;
  std::vector<std::pair<std::string, std::string>> settings;
  std::uint64_t files = 0;
  std::uint64_t pictures = 0;
  std::uint64_t flat_pictures = 0;  ///< Of too low quality to compare; in no group.
  std::uint64_t errors = 0;
  std::uint64_t groups = 0;
  std::uint64_t grouped_pictures = 0;
  std::uint64_t same_bytes_pictures = 0;  ///< Copies, byte for byte, of another member of their group.
  std::uint64_t same_bytes_bytes = 0;     ///< What those copies take.
};

/// One member as a JSON object on one line, without a line end; docs/formats/scan.md.
[[nodiscard]] std::string to_json_line(const SimilarMember& member, std::string_view root);
/// {"summary": {...}} on one line.
[[nodiscard]] std::string to_json_line(const SimilarSummary& summary);

/// {"summary": ..., "members": [...]}, a member a line. Streams.
Result<void> write_similar_json(const SimilarSummary& summary, const SimilarSource& groups, TextSink sink);
/// One row a member. Streams.
Result<void> write_similar_csv(std::string_view root, const SimilarSource& groups, TextSink sink);
/// As write_html_report: the first groups_max groups, members_max members of each.
struct SimilarHtmlOptions {
  std::size_t groups_max = 200;
  std::size_t members_max = 20;
  ThumbnailSource* thumbnails = nullptr;
};
Result<void> write_similar_html(const SimilarSummary& summary, const SimilarSource& groups,
                                const SimilarHtmlOptions& options, TextSink sink);

}  // namespace seawall
