#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/model/bank_action.h"
#include "seawall/model/classification.h"
#include "seawall/model/list_ids.h"
#include "seawall/model/signal.h"

namespace seawall {

/// A fingerprint that lists carry as bytes. Those of videos are looked up (is_video_signal()); all others
/// Seawall carries for others and never computes or matches: "photodna" (144 bytes), "netclean", "ssvh",
/// "videntifier".
struct CarriedSignal {
  static constexpr std::size_t kTypeBytesMax = 32;
  static constexpr std::size_t kBytesMax = 512 * 1024;  ///< Of every type but those below.
  static constexpr std::size_t kDensePrintBytesMax = std::size_t{32} << 20;  ///< Five moving hours and more.
  static constexpr std::size_t kVpdqBytesMax = std::size_t{16} << 20;
  static constexpr std::size_t kTmkBytesMax = std::size_t{2} << 20;
  /// Of all that an entry carries.
  static constexpr std::size_t kAllBytesMax = std::size_t{48} << 20;

  /// A Seawall dense print (docs/formats/video-print.md).
  static constexpr std::string_view kDensePrint = "seawall-video";
  static constexpr std::string_view kVpdq = "vpdq";  ///< Its text or JSON, as others write it.
  static constexpr std::string_view kTmk = "tmk";    ///< A .tmk file (TMK+PDQF).

  std::string type;   ///< Lower-case letters, digits, '-' and '_'.
  std::string bytes;  ///< Raw, not text.
  friend bool operator==(const CarriedSignal&, const CarriedSignal&) = default;
};

/// How many bytes a carried signal of that type may have.
[[nodiscard]] constexpr std::size_t carried_bytes_max(std::string_view type) {
  if (type == CarriedSignal::kDensePrint) return CarriedSignal::kDensePrintBytesMax;
  if (type == CarriedSignal::kVpdq) return CarriedSignal::kVpdqBytesMax;
  return type == CarriedSignal::kTmk ? CarriedSignal::kTmkBytesMax : CarriedSignal::kBytesMax;
}
/// Whether videos are looked up in signals of that type.
[[nodiscard]] constexpr bool is_video_signal(std::string_view type) {
  return type == CarriedSignal::kDensePrint || type == CarriedSignal::kVpdq || type == CarriedSignal::kTmk;
}

struct EntrySignals {
  std::vector<ListedPdq> pdq;
  std::optional<Md5> md5;
  std::optional<Sha1> sha1;
  std::optional<Sha256> sha256;
  std::vector<CarriedSignal> carried;

  [[nodiscard]] bool empty() const { return pdq.empty() && !md5 && !sha1 && !sha256 && carried.empty(); }
  /// Whether any of them is a video's.
  [[nodiscard]] bool has_video() const {
    return std::any_of(carried.begin(), carried.end(),
                       [](const CarriedSignal& one) { return is_video_signal(one.type); });
  }
  friend bool operator==(const EntrySignals&, const EntrySignals&) = default;
};

/// What a body says of one piece of content: all of an entry that an exchange carries.
struct EntryContent {
  static constexpr std::size_t kPdqMax = 256;
  static constexpr std::size_t kCarriedMax = 64;
  static constexpr std::size_t kTagsMax = 64;
  static constexpr std::size_t kTextBytesMax = 1024;  ///< Of a tag, a series, an attribute's name.
  static constexpr std::size_t kAttributesMax = 256;
  static constexpr std::size_t kAttributeBytesMax = 64 * 1024;  ///< Names and values together.

  EntrySignals signals;
  std::optional<Classification> classification;
  std::string series;
  std::vector<std::string> tags;   ///< Sorted, no repeats.
  std::string media_type;          ///< "image/jpeg", "image", "video", or empty: unknown.
  std::uint64_t size_bytes = 0;    ///< 0: unknown.
  std::optional<Time> decided_at;  ///< By the body that listed it.
  /// What has no place above, in the source's own names, sorted by name: kept, so that an export to the same
  /// format loses nothing.
  std::vector<std::pair<std::string, std::string>> attributes;
  friend bool operator==(const EntryContent&, const EntryContent&) = default;
};

enum class EntryState : std::uint8_t {
  kProposed = 1,     ///< Somebody wants it listed; nothing matches it.
  kStaged = 2,       ///< Matches silently: counted, never enforced.
  kActive = 3,       ///< Enforced.
  kQuarantined = 4,  ///< Held back by a guard or the flood breaker until people decide; matches silently.
  kWithdrawn = 5,    ///< Off the list; kept for its history.
};
/// "proposed", "staged", "active", "quarantined", "withdrawn".
[[nodiscard]] std::string_view name_of(EntryState state);
/// Errors: kInvalidInput.
Result<EntryState> entry_state_from_text(std::string_view text);

/// One piece of content in a bank, as it is at some list version.
struct Entry {
  static constexpr std::size_t kKeyBytesMax = 256;
  static constexpr std::size_t kReasonBytesMax = 1024;

  EntryId id{};
  BankId bank{};
  SourceId source{};
  std::string key;  ///< The source's own name for it, unique in (bank, source); 1 to 256 bytes of UTF-8.
  EntryContent content;
  EntryState state = EntryState::kProposed;
  std::string state_reason;          ///< Why it is not as its release is; else empty.
  std::optional<int> radius_bits;    ///< Else the bank's.
  std::optional<BankAction> action;  ///< Else the bank's.
  std::optional<Time> review_at;
  std::optional<Time> expires_at;  ///< From then on treated as withdrawn.
  std::uint64_t version = 0;       ///< The list version that made it as it is.
  friend bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace seawall
