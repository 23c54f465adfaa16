#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/model/signal.h"

namespace seawall {

/// One line of a signal file: a name with the signals of one piece of content. docs/formats/signals.md.
struct SignalRecord {
  static constexpr std::size_t kIdBytesMax = 256;
  static constexpr std::size_t kPdqMax = 256;
  static constexpr std::size_t kAttributesMax = 64;
  static constexpr std::size_t kAttributeBytesMax = 16 * 1024;  ///< Names and values together.

  std::string id;
  std::vector<ListedPdq> pdq;
  std::optional<Md5> md5;
  std::optional<Sha1> sha1;
  std::optional<Sha256> sha256;
  std::vector<std::pair<std::string, std::string>> attributes;  ///< Whatever else stood there, in order.

  [[nodiscard]] bool has_signal() const { return !pdq.empty() || md5 || sha1 || sha256; }
  void clear();
  friend bool operator==(const SignalRecord&, const SignalRecord&) = default;
};

/// An id is 1 to 256 bytes of UTF-8. Errors: kInvalidInput.
Result<void> check_id(std::string_view id);

/// Appends the record as one JSON object and a line end; members without a value are left out.
void append_record_ndjson(std::string& out, const SignalRecord& record);
/// Appends the record as a CSV row: the signal columns, then those of `attributes`.
void append_record_csv(std::string& out, const SignalRecord& record,
                       const std::vector<std::string>& attributes);
/// The header row for append_record_csv.
void append_csv_header(std::string& out, const std::vector<std::string>& attributes);

}  // namespace seawall
