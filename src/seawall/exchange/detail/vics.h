#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/exchange/detail/record_draft.h"
#include "seawall/exchange/detail/writing.h"
#include "seawall/json/object_reader.h"

/// What the two editions of VICS share: docs/formats/exchange-vics.md.
namespace seawall::exchange_detail {

enum class VicsModel : std::uint8_t { k1, k2 };

/// Where a document's context puts it.
struct VicsContext {
  VicsModel model = VicsModel::k1;
  std::string edition;  ///< "1.3", or "2.0/UK".
  bool cases = false;   ///< Media lie in cases, not directly under "value".
};

/// Errors: kInvalidInput (no context of VICS), kUnsupported (another version).
Result<VicsContext> vics_context_from_text(std::string_view text);
[[nodiscard]] std::string vics_context_text(const VicsContext& context);
/// What stands before the category's number in a classification of the scheme kOther: "vics-1/",
/// "vics-2.0/UK/".
[[nodiscard]] std::string vics_category_prefix(const VicsContext& context);

/// The key of a record after its first digest: "md5:...", "sha1:...", "sha256:...". Empty without one.
[[nodiscard]] std::string vics_key_by_digest(const EntrySignals& signals);
[[nodiscard]] bool is_vics_flag(std::string_view name);
[[nodiscard]] bool is_whole_number(std::string_view text);
/// The name inside a Series that is an object.
[[nodiscard]] std::string vics_series_name(std::string_view json);

/// Reads one Media. Threads: one.
class VicsMediaReader {
 public:
  /// `json` is followed by JsonObjectReader::kPaddingBytes of anything; `ordinal`: its place among the
  /// document's Media, from 1. Adds to `left_aside` what is not kept.
  ExchangeOutcome read(std::string_view json, const VicsContext& context, std::uint64_t ordinal,
                       ExchangeRecord& record, std::uint64_t& left_aside);

 private:
  void set(RecordDraft& draft, const JsonMember& member);
  void set_series(RecordDraft& draft, const JsonMember& member);
  void set_tags(RecordDraft& draft, const JsonMember& member);
  void set_hashes(RecordDraft& draft, const JsonMember& member);
  void set_other(RecordDraft& draft, const JsonMember& member);
  void name_record(RecordDraft& draft, std::uint64_t ordinal);

  JsonObjectReader objects_;
  std::string media_id_;
  std::string category_;
  std::uint64_t left_aside_ = 0;
};

/// Whether VICS can carry any of the signals.
[[nodiscard]] bool has_vics_signal(const EntrySignals& signals);

/// Appends one Media that has such a signal; `ordinal` as above.
void append_vics_media(std::string& out, const ExchangeRecord& record, const VicsContext& context,
                       std::uint64_t ordinal, Losses& losses);

}  // namespace seawall::exchange_detail
