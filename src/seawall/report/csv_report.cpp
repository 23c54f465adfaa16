#include "seawall/report/csv_report.h"

#include <initializer_list>

#include "seawall/base/codes.h"
#include "seawall/base/hex.h"
#include "seawall/json/text.h"
#include "seawall/report/detail/sink_buffer.h"
#include "seawall/report/json_report.h"

namespace seawall {
namespace {

constexpr std::string_view kHeader =
    "path,size,type,width,height,frames,truncated,pdq,pdq_quality,md5,sha1,sha256,verdict,bank,entry,signal,"
    "distance,variant,error_code,error_message\r\n";

std::string file_columns(const FileRecord& record, std::string_view root) {
  const bool picture = record.width_px > 0;
  const auto number_of_picture = [&](int value) { return picture ? std::to_string(value) : std::string(); };
  std::string row = csv_field(path_to_utf8(joined_path(root, record.path)));
  for (const std::string& field :
       {std::to_string(record.size_bytes), record.type, number_of_picture(record.width_px),
        number_of_picture(record.height_px), number_of_picture(record.frame_count),
        std::string(record.truncated ? "1" : ""), record.pdq ? to_text(record.pdq->bits) : std::string(),
        record.pdq ? std::to_string(record.pdq->quality) : std::string(),
        record.digests ? to_hex(record.digests->md5) : std::string(),
        record.digests ? to_hex(record.digests->sha1) : std::string(),
        record.digests ? to_hex(record.digests->sha256) : std::string()}) {
    row += ',';
    row += csv_field(field);
  }
  return row;
}

std::string match_columns(const RecordedMatch& match) {
  std::string row;
  for (const std::string& field :
       {std::string(name_of(match.verdict)), match.bank, match.entry, std::string(signal_name(match)),
        std::to_string(match.distance_bits),
        match.clip ? words_of(*match.clip) + ", " + match.variant : match.variant}) {
    row += ',';
    row += csv_field(field);
  }
  return row + ",,";
}

std::string error_columns(const Error& error) {
  return ",,,,,,," + csv_field(meaning_of(error.code).name) + "," + csv_field(error.message);
}

void write_record(report_detail::SinkBuffer& out, const FileRecord& record, std::string_view root) {
  const std::string columns = file_columns(record, root);
  for (const RecordedMatch& match : record.matches) out << columns << match_columns(match) << "\r\n";
  if (record.error) out << columns << error_columns(*record.error) << "\r\n";
  if (record.matches.empty() && !record.error) out << columns << ",allow,,,,,,,\r\n";
}

}  // namespace

std::string csv_field(std::string_view text) {
  std::string safe;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) safe = "'";
  safe += text;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

Result<void> write_csv_report(std::string_view root, const RecordSource& records, RecordFilter filter,
                              TextSink sink) {
  report_detail::SinkBuffer out(sink);
  out << kHeader;
  const auto read = records.each(filter, [&](const FileRecord& record) {
    write_record(out, record, root);
    return out.ok();
  });
  if (!read) return tl::unexpected(read.error());
  return out.finish();
}

}  // namespace seawall
