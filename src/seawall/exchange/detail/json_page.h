#pragma once

#include <string>
#include <string_view>

#include "seawall/exchange/detail/reader_base.h"
#include "seawall/exchange/detail/record_draft.h"
#include "seawall/json/object_reader.h"
#include "seawall/json/stream.h"

namespace seawall::exchange_detail {

/// Reads a page that is one JSON object with its records in one array.
class JsonPageReader : public ReaderBase {
 public:
  /// `list_name`: the member that holds the array.
  JsonPageReader(ByteSource& source, std::string_view list_name)
      : stream_(source, kRecordBytesMax), list_name_(list_name) {}

 protected:
  Result<ExchangeOutcome> step(ExchangeRecord& record) final;

  /// Another member of the page, as it stands there; large ones are passed over. Errors end the reading.
  virtual Result<void> on_member(std::string_view name, std::string_view json) = 0;
  /// One record; `json` is followed by JsonObjectReader::kPaddingBytes of anything.
  virtual ExchangeOutcome on_record(std::string_view json, ExchangeRecord& record, std::string place) = 0;
  /// The page was read to its end.
  virtual Result<void> on_end(bool seen_list) = 0;

 private:
  enum class State { kStart, kTop, kList };
  Result<void> step_top(bool& ended);

  JsonStream stream_;
  std::string list_name_;
  State state_ = State::kStart;
  bool seen_list_ = false;
  std::uint64_t ordinal_ = 0;
};

/// A time in whole seconds since 1970. False if it is not one between the years 1 and 9999.
[[nodiscard]] bool time_from_seconds(std::string_view text, Time& time);
/// The same, for writing; `lossy` when the time has thousandths.
[[nodiscard]] std::string seconds_text(Time time, bool& lossy);

}  // namespace seawall::exchange_detail
