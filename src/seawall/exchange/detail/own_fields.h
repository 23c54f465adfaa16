#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/exchange/detail/record_draft.h"
#include "seawall/exchange/detail/writing.h"

namespace seawall::exchange_detail {

/// The members of a record in Seawall's own formats (csv, ndjson, seawall): docs/formats/exchange-ndjson.md.
enum class OwnField : std::uint8_t {
  kId,
  kPath,
  kWithdrawn,
  kPdq,
  kQuality,
  kMd5,
  kSha1,
  kSha256,
  kPhotoDna,
  kCarried,
  kClassification,
  kSeries,
  kTags,
  kMediaType,
  kSizeBytes,
  kDecidedAt,
  kAttributes,
  kError,
  kUnknown,
};

/// By its name, blanks around it dropped, in either case. kUnknown: an attribute of that name.
[[nodiscard]] OwnField own_field_of(std::string_view name);
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::string lower(std::string_view text);

/// Sets a field from one piece of text. Empty text changes nothing. Several hashes, qualities and carried
/// signals are parted by blanks, tags by '|' with '\' before a '|' or '\' of their own. kPath must be kept by
/// the caller until the end; kAttributes and kError are refused or left to the caller.
void set_own_text(RecordDraft& draft, OwnField field, std::string_view name, std::string_view text);

/// The same texts, for cells of a row.
[[nodiscard]] std::string pdq_cell(const EntrySignals& signals);
[[nodiscard]] std::string quality_cell(const EntrySignals& signals);
[[nodiscard]] std::string carried_cell(const EntrySignals& signals, Losses& losses);
[[nodiscard]] std::string tags_cell(const EntryContent& content);
[[nodiscard]] std::string classification_cell(const EntryContent& content);

/// Reads attributes from a JSON object of texts (`json` need not be followed by padding).
void set_attributes_json(RecordDraft& draft, std::string_view json);
void append_attributes_json(std::string& out, const EntryContent& content);

}  // namespace seawall::exchange_detail
