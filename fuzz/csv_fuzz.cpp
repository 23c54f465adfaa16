// Property: any bytes are read without a crash in bounded steps, and the rows that were read, written and
// read again are equal.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "seawall/csv/csv.h"

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read_rows(std::string_view text, std::size_t piece_bytes, bool& failed) {
  seawall::MemorySource source(text, piece_bytes);
  seawall::LineReader lines(source, 4096);
  seawall::CsvReader reader(lines);
  Rows rows;
  std::vector<std::string_view> fields;
  for (;;) {
    const auto any = reader.next(fields);
    if (!any) {
      failed = true;
      continue;
    }
    if (!*any) return rows;
    rows.emplace_back(fields.begin(), fields.end());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  bool failed = false;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Rows rows = read_rows(text, 1 + data[0], failed);
  std::string written;
  for (const auto& row : rows) {
    seawall::append_csv_row(written, std::vector<std::string_view>(row.begin(), row.end()));
  }
  bool failed_again = false;
  // A row may grow by its quotes; rows near the limit of 4096 are left out of the comparison.
  const Rows again = read_rows(written, 1 + data[0], failed_again);
  if (!failed_again && again != rows) std::abort();
  if (failed_again && written.size() < 4096) std::abort();
  return 0;
}
