#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/signal_file/signal_record.h"

namespace seawall::signal_file_detail {

/// What a column of a CSV or a member of an object means.
enum class Column : std::uint8_t { kId, kPath, kPdq, kQuality, kMd5, kSha1, kSha256, kError, kAttribute };

/// By its lower-case name; anything unknown is an attribute.
[[nodiscard]] Column column_of(std::string_view name);

/// Builds one record from named values, whatever file they come from. Threads: one.
class RecordBuilder {
 public:
  /// Clears `record`.
  explicit RecordBuilder(SignalRecord& record) : record_(record) { record_.clear(); }

  /// Errors: kInvalidInput, kLimitExceeded; the same for every function here.
  Result<void> add_pdq(std::string_view text);
  /// A whole number, or "?" for unknown.
  Result<void> add_quality(std::string_view text);
  /// `text`: a cell; several hashes or qualities are separated by spaces.
  Result<void> set(Column column, std::string_view name, std::string_view text);
  /// Checks the record as a whole. `fallback_id` names a record that brings no id; empty: that is an error.
  Result<void> finish(std::string_view fallback_id);

 private:
  Result<void> add_attribute(std::string_view name, std::string_view value);

  SignalRecord& record_;
  std::string path_;
  std::vector<int> qualities_;
  std::size_t attribute_bytes_ = 0;
};

}  // namespace seawall::signal_file_detail
