#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/line_reader.h"

namespace seawall {

/// Reads comma-separated values (RFC 4180) row by row in bounded memory; another separator may be named.
/// Lines end in LF or CRLF; a byte order mark at the start and empty lines are passed over; quotes must be
/// closed and stand around whole fields. Guarantees: what append_csv_row wrote comes back byte for byte
/// (fuzz/csv_fuzz.cpp). Threads: one. Cost: memchr for rows without quotes; docs/decisions/csv.md compares
/// libcsv.
class CsvReader {
 public:
  static constexpr std::size_t kFieldsMax = 256;

  /// `lines` must outlive the reader, and be read through it alone from now on.
  /// `separator`: no quote, no line end.
  explicit CsvReader(LineReader& lines, char separator = ',') : lines_(lines), separator_(separator) {}

  /// The fields of the next row; they live until the next call. False at the end.
  /// Errors: kInvalidInput (quotes) and kLimitExceeded (row over the line reader's limit, more than
  /// kFieldsMax fields): that row is passed over and the next call goes on after its first line.
  /// kUnavailable: I/O.
  Result<bool> next(std::vector<std::string_view>& fields);

  /// Number of the line on which the current row begins, from 1.
  [[nodiscard]] std::uint64_t line_number() const { return lines_.line_number(); }

 private:
  LineReader& lines_;
  char separator_;
  bool at_start_ = true;
};

/// Appends one row and its LF. Fields are quoted where reading them back needs it.
void append_csv_row(std::string& out, std::span<const std::string_view> fields, char separator = ',');

}  // namespace seawall
