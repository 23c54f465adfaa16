#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "seawall/exchange/exchange_format.h"
#include "seawall/model/entry.h"

namespace seawall {

enum class GuardVerdict : std::uint8_t { kTake, kQuarantine, kRefuse };

/// What a guard says of one record of an import. `reason` lives for ever; `detail` is for people and never
/// holds a hash.
struct GuardFinding {
  GuardVerdict verdict = GuardVerdict::kTake;
  std::string_view reason;
  std::string detail;
};

namespace guard_reason {
inline constexpr std::string_view kEmptyFileHash = "empty_file_hash";
inline constexpr std::string_view kZeroDigest = "zero_digest";
inline constexpr std::string_view kLowQuality = "low_quality";
inline constexpr std::string_view kFlat = "flat";
inline constexpr std::string_view kUnbalancedBits = "unbalanced_bits";
inline constexpr std::string_view kHarmless = "matches_harmless_bank";
inline constexpr std::string_view kDuplicate = "duplicate";
inline constexpr std::string_view kNoSignals = "no_signals";
inline constexpr std::string_view kMalformed = "malformed_entry";
inline constexpr std::string_view kUnreadableVideo = "unreadable_video";
}  // namespace guard_reason

/// One row of the table in docs/lists.md.
struct GuardReason {
  std::string_view name;
  GuardVerdict verdict;
  std::string_view words;
};
[[nodiscard]] std::span<const GuardReason> guard_reasons();
/// As Markdown; a test compares the page with it.
[[nodiscard]] std::string guard_table();

/// Whether matchers look for this hash: quality unknown or at least kPdqQualityMin, and not all bits equal.
/// What is not matched stays in its entry, so that an export loses nothing.
[[nodiscard]] bool is_matchable(const ListedPdq& hash);

/// Signals of videos in it that are not in a form that is read here, so that nothing would ever meet them.
[[nodiscard]] std::size_t unreadable_videos(const EntrySignals& signals);

/// A hash of a picture has close to 128 bits set, by construction (PDQ cuts at the median). Outside
/// 128 +- this, inclusive, with its quality unknown, an entry is quarantined.
inline constexpr int kBitsFromBalanceMax = 48;

/// Everything about a record that needs no look at lists: limits, empty-file and zero digests, flat and
/// low-quality hashes. A tombstone needs its key alone. Pure.
[[nodiscard]] GuardFinding check_record(const ExchangeRecord& record);

}  // namespace seawall
