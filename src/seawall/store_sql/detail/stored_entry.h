#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/entry.h"
#include "seawall/model/release.h"
#include "seawall/sql/connection.h"

namespace seawall::store_sql_detail {

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
inline std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What a release lends its entries.
struct ReleaseHead {
  BankId bank{};
  SourceId source{};
  ReleaseState state = ReleaseState::kLoading;
  std::uint64_t state_version = 0;
};

/// An entry as its row has it: what it says itself, and what it leaves to its release.
struct StoredEntry {
  std::int64_t id = 0;
  std::string key;
  std::string content;  ///< Canonical.
  std::optional<EntryState> own_state;
  std::string reason;
  std::optional<int> radius;
  std::optional<BankAction> action;
  std::optional<Time> review_at;
  std::optional<Time> expires_at;
  std::uint64_t own_version = 0;  ///< 0: as its release brought it.
};

/// Errors: kCorrupt.
Result<Entry> entry_from(const StoredEntry& stored, const ReleaseHead& release);
/// `entry` as a row, following its release where it says nothing else.
[[nodiscard]] StoredEntry stored_from(const Entry& entry, const ReleaseHead& release);

/// Columns of `entries`, in the order that the functions below use.
inline constexpr std::string_view kEntryColumns =
    "id, key, content, state, reason, radius, action, review_at, expires_at, version";
/// Errors: kCorrupt.
Result<StoredEntry> stored_entry_of(const SqlStatement& row);
Result<void> add_stored_entry(SqlBulk& bulk, const StoredEntry& stored);

/// What entry_changes keeps of an entry as it was: all but id and key. Format: docs/formats/list-version.md.
[[nodiscard]] std::string encode_past(const StoredEntry& stored);
/// Sets all but id and key. Whatever this reads, encode_past() writes byte for byte. Errors: kCorrupt.
Result<void> decode_past(std::string_view bytes, StoredEntry& stored);

}  // namespace seawall::store_sql_detail
