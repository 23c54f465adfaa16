#pragma once

#include <cstdint>
#include <memory>

#include "seawall/base/byte_source.h"
#include "seawall/signal_file/signal_record.h"

namespace seawall {

struct SignalReaderOptions {
  bool id_required = true;  ///< Otherwise a row without one is called by its line number.
};

/// Reads signal records from CSV with a header row or from NDJSON, told apart by the first character
/// (docs/formats/signals.md). Bounded memory: one row of at most 1 MiB.
/// Threads: one. Lifetime: the source must outlive it.
class SignalReader {
 public:
  /// Reads the header row of a CSV. Errors: kInvalidInput (empty, not CSV, no id or signal column, a column
  /// twice), kUnavailable.
  static Result<SignalReader> open(ByteSource& source, const SignalReaderOptions& options = {});
  SignalReader(SignalReader&&) noexcept;
  ~SignalReader();

  /// The next record. False at the end. Errors: kInvalidInput or kLimitExceeded for this row alone (the
  /// message begins "line N: "; reading may go on), kUnavailable when the source fails.
  Result<bool> next(SignalRecord& record);
  /// Where the current record begins, from 1.
  [[nodiscard]] std::uint64_t line_number() const;

 private:
  struct Impl;
  explicit SignalReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
