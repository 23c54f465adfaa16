#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// What an entry of the log tells of: the closed list.
enum class LogKind : std::uint8_t {
  kListChange,
  kApproval,
  kRelease,
  kObservationLookup,
  kDisclosure,
  kExport,
  kRoleChange,
  kKeyChange,
  kOrder,
  kOrderOpening,
  kOrderExtension,
  kRetention,
  kDestruction,
  kError,
  kRecommendation,
  kCanary,
  kLimit,
  kLogStart,
  kDraw,        ///< The frame of a random draw; with `ref`, what was drawn of it.
  kDrawAnswer,  ///< What whoever keeps the log adds to the draw of `ref`, once that stands in the log.
};
[[nodiscard]] std::span<const LogKind> all_log_kinds();
[[nodiscard]] std::string_view name_of(LogKind kind);  ///< "list-change"
[[nodiscard]] std::optional<LogKind> log_kind_named(std::string_view name);

/// One entry of the log: when, what kind, how many, and a commitment to a record that stays outside. Public,
/// and with nothing personal in it.
struct LogEntry {
  Time at{};  ///< Whole seconds, kTimeMin..kTimeMax.
  LogKind kind = LogKind::kLogStart;
  Sha256 commitment{};
  std::uint64_t count = 1;                ///< How many things it stands for, 1..kLogCountMax.
  std::optional<std::uint64_t> ref = {};  ///< The place in the log of the entry that it continues or closes.
  std::optional<Time> due = {};           ///< Whole seconds: when what it promises is due.
  friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

inline constexpr std::size_t kLogEntryBytesMax = 4096;
inline constexpr std::uint64_t kLogCountMax = (std::uint64_t{1} << 53) - 1;

/// Its one text, canonical JSON without a line end:
/// {"at":"2026-11-22T23:00:00Z","c":"<base64>","k":"order","n":1,"v":1}, with "due" and "ref" where they are
/// set. Times lose what is below a second.
[[nodiscard]] std::string to_text(const LogEntry& entry);
/// Reads what to_text() writes and nothing else. Errors: kInvalidInput, kLimitExceeded (over 4,096 bytes).
Result<LogEntry> log_entry_from_text(std::string_view text);

/// Whether `entry` was made of this record with this salt. In constant time.
[[nodiscard]] bool opens(const LogEntry& entry, std::span<const std::byte> salt, std::string_view record);

}  // namespace seawall
