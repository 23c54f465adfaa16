#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/byte_source.h"
#include "seawall/base/result.h"
#include "seawall/model/entry.h"

namespace seawall {

/// One record of a foreign list: content that is listed, or a tombstone that takes a key off it.
struct ExchangeRecord {
  std::string key;  ///< The source's own name for it.
  bool withdrawn = false;
  EntryContent content;  ///< Empty when withdrawn.
  friend bool operator==(const ExchangeRecord&, const ExchangeRecord&) = default;
};

/// What one step of reading gave.
struct ExchangeOutcome {
  enum class Kind : std::uint8_t { kRecord, kRefused, kEnd };
  Kind kind = Kind::kEnd;
  std::string place;   ///< Where it stood: "line 12", "record 7"; for people.
  std::string reason;  ///< kRefused: machine-readable, such as "malformed_hash".
  std::string detail;  ///< kRefused: for people; never a hash.
};

/// Reads records one by one in bounded memory, whatever the size of the whole. A record that cannot be used
/// is kRefused and reading goes on; bytes that are not of the format at all are an error: kInvalidInput with
/// the place, kLimitExceeded, kUnsupported (an edition it does not know), kUnavailable (I/O).
/// Threads: one. Lifetime: borrows its ByteSource.
class ExchangeReader {
 public:
  virtual ~ExchangeReader() = default;
  /// `record` is set when the outcome is kRecord.
  virtual Result<ExchangeOutcome> next(ExchangeRecord& record) = 0;
};

/// Port: where bytes go, in order. Errors: kUnavailable, kLimitExceeded (disk full).
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
};

/// Writes records one by one. Threads: one. Lifetime: borrows its ByteSink.
class ExchangeWriter {
 public:
  virtual ~ExchangeWriter() = default;
  /// `losses`: what of the record the format cannot carry is appended, machine-readable ("series", "tags").
  virtual Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) = 0;
  /// The end of the document. Without it what was written is not whole.
  virtual Result<void> finish() = 0;
};

struct ExchangeWriteOptions {
  Time now{};             ///< For formats that carry the time of writing.
  std::string body;       ///< Who exports: an organisation's name, for formats that carry it.
  std::string member_id;  ///< NCMEC: the member's number.
};

/// Port: one format of one body, in one edition. parse(print(x)) = x for all that it can carry.
/// Stateless; threads: any. docs/formats/exchange-*.md has each in detail.
class ExchangeFormat {
 public:
  virtual ~ExchangeFormat() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;         ///< "vics-2.0", "ncmec-v2", ...
  [[nodiscard]] virtual std::string_view description() const = 0;  ///< One line.
  virtual Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source) const = 0;
  virtual Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink,
                                                         const ExchangeWriteOptions& options) const = 0;
};

/// Every format of this build, sorted by name.
[[nodiscard]] std::span<const ExchangeFormat* const> exchange_formats();
/// Errors: kNotFound lists those there are.
Result<const ExchangeFormat*> exchange_format_named(std::string_view name);

}  // namespace seawall
