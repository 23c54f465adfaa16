#pragma once

#include <string>
#include <string_view>

#include "seawall/exchange/detail/own_fields.h"
#include "seawall/json/object_reader.h"

namespace seawall::exchange_detail {

/// Appends the record as one JSON object without a line end; what it does not have is left out. Loses only
/// carried signals past CarriedSignal::kAllBytesMax.
void append_record_json(std::string& out, const ExchangeRecord& record, Losses& losses);

/// Reads such objects, and those of docs/formats/signals.md. Threads: one.
class OwnJsonReader {
 public:
  /// `line` is followed by JsonObjectReader::kPaddingBytes of anything.
  ExchangeOutcome read(std::string_view line, ExchangeRecord& record, std::string place);

 private:
  void set(RecordDraft& draft, const JsonMember& member);
  void set_items(RecordDraft& draft, OwnField field);

  JsonObjectReader objects_;
  std::string path_;
};

}  // namespace seawall::exchange_detail
