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

/// What a document says of itself. Whole once next() gave kEnd; before that, what stood there so far.
struct ExchangeDocument {
  /// Paged formats: what to ask the remote for next (a path, a token or a cursor, as the format's page in
  /// docs/formats says); empty: this was the last page. Written by the remote: check it before following it.
  std::string continuation;
  std::string edition;             ///< VICS: "1.3", "2.0/UK", ...; seawall: "1".
  std::string body;                ///< Who issued it, where the format says so.
  std::string bank;                ///< seawall: the issuer's name of the bank.
  std::uint64_t from_version = 0;  ///< seawall: it holds the changes after this version...
  std::uint64_t to_version = 0;    ///< seawall: ...up to this one, inclusive.
  std::string from_chain;          ///< seawall: hex of the issuer's chain at from_version; empty at 0.
  std::string to_chain;            ///< seawall: hex of the issuer's chain at to_version.
  std::optional<Time> newest;      ///< Paged formats: the newest change on the page, where it is said.
  std::uint64_t left_aside = 0;    ///< Signals of kinds that are not carried (NCMEC: behind an address).
};

/// Reads records one by one in bounded memory, whatever the size of the whole. A record that cannot be used
/// is kRefused and reading goes on; bytes that are not of the format at all are an error: kInvalidInput with
/// the place, kLimitExceeded, kUnsupported (an edition it does not know), kUnavailable (I/O). After an error
/// or kEnd every further call gives the same again.
/// Signed formats: records come before their signature can be checked, and kEnd comes only if it is good. So
/// put nothing in force, and nothing where it cannot be taken back, before kEnd.
/// Threads: one. Lifetime: borrows its ByteSource.
class ExchangeReader {
 public:
  virtual ~ExchangeReader() = default;
  /// `record` is set when the outcome is kRecord.
  virtual Result<ExchangeOutcome> next(ExchangeRecord& record) = 0;
  [[nodiscard]] virtual const ExchangeDocument& document() const = 0;
  [[nodiscard]] const std::string& continuation() const { return document().continuation; }
};

struct ExchangeReadOptions {
  std::string public_key_pem;  ///< seawall: the issuer's Ed25519 key; without it nothing is read.
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
  /// `losses`: what of the record the format cannot carry is appended, machine-readable: "series", "tags",
  /// "attributes", "classification", "pdq", "pdq_quality", "md5", "sha1", "sha256", "media_type",
  /// "size_bytes", "decided_at", "key" (written under another one), "photodna" and other carried types;
  /// "withdrawn" and "record": it was not written at all.
  /// Errors: kInvalidInput (a record outside the limits of EntryContent, text that is not UTF-8),
  /// kUnavailable, kLimitExceeded (the sink).
  virtual Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) = 0;
  /// The end of the document. Without it what was written is not whole.
  virtual Result<void> finish() = 0;
};

struct ExchangeWriteOptions {
  Time now{};                   ///< For formats that carry the time of writing.
  std::string body;             ///< Who exports: an organisation's name, for formats that carry it.
  std::string member_id;        ///< NCMEC: the member's number.
  std::string edition;          ///< VICS 2.0: "US", "UK", "Default" or "CUSTOM"; empty: "Default".
  std::string private_key_pem;  ///< seawall: the issuer's Ed25519 key. A secret: read by the caller.
  /// seawall: bank, from_version, to_version, from_chain, to_chain; and for each paged format what
  /// `continuation` says.
  ExchangeDocument document;
};

/// Port: one format of one body, in one edition. parse(print(x)) = x for all that it can carry.
/// Stateless; threads: any. docs/formats/exchange-*.md has each in detail.
class ExchangeFormat {
 public:
  virtual ~ExchangeFormat() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;         ///< "vics-2.0", "ncmec-v2", ...
  [[nodiscard]] virtual std::string_view description() const = 0;  ///< One line.
  virtual Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                         const ExchangeReadOptions& options) const = 0;
  /// With no options.
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source) const { return reader(source, {}); }
  virtual Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink,
                                                         const ExchangeWriteOptions& options) const = 0;
};

/// Every format of this build, sorted by name.
[[nodiscard]] std::span<const ExchangeFormat* const> exchange_formats();
/// Errors: kNotFound lists those there are.
Result<const ExchangeFormat*> exchange_format_named(std::string_view name);

}  // namespace seawall
