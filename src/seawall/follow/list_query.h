#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/model/entry.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/signal.h"

namespace seawall {

/// What met an entry besides the signals of a query.
enum class MetBy : std::uint8_t {
  kVideo = 1,  ///< A part of the media shows a part of the listed video (clip_match).
  kTmk = 2,    ///< The media as a whole is the listed video, by TMK+PDQF.
};
/// "video", "tmk".
[[nodiscard]] std::string_view name_of(MetBy by);

/// An entry that the media meets by something that is not looked up here. Borrowed.
struct MetEntry {
  EntryId entry{};
  MetBy by = MetBy::kVideo;
  int distance_bits = 0;  ///< Of the nearest frame; 0 for TMK.
  /// Where in the media, all parts together. What a harmless bank knows overrules only what lies within it.
  std::int64_t begin_ms = 0;
  std::int64_t end_ms = 0;
  std::string_view how;  ///< For the reason: "is shown from 0:10.0 to 0:15.0, three-aligned".
};

/// What somebody wants to know of the lists: the signals of one piece of media. Borrowed.
struct ListQuery {
  std::span<const PdqHash> pdq;  ///< Below kPdqQualityMin, or with all bits equal: not looked up.
  /// Which frame each of `pdq` is of; empty: each is one of its own. What a harmless bank knows overrules the
  /// matches of the same frame only: a known frame must not free the others of a file.
  std::span<const int> frames;
  std::optional<Md5> md5;
  std::optional<Sha1> sha1;
  std::optional<Sha256> sha256;
  std::string_view tenant;  ///< Only banks of this one; empty: of all.
  std::span<const BankId>
      banks;  ///< Only these of the listed banks; empty: all. Harmless banks always count.
  std::optional<int> radius_bits;  ///< Narrows the radius of listed entries, never widens it; 0..256.
  std::span<const MetEntry> met;   ///< Judged with the rest; no radius counts for them.
  bool again = false;  ///< The same was asked before: ListFollower::silent_matches() does not count it twice.
};

/// What a match counts for.
enum class Standing : std::uint8_t {
  kEnforced = 1,
  kOverruled = 2,    ///< A harmless bank of the same tenant met the media too.
  kStaged = 3,       ///< Silent: its release is not in force yet.
  kQuarantined = 4,  ///< Silent: held back.
  kExpired = 5,      ///< The entry's date, or its bank's, has come.
  kBankOff = 6,      ///< The bank is switched off.
};
/// "enforced", "overruled", "staged", "quarantined", "expired", "bank_off".
[[nodiscard]] std::string_view name_of(Standing standing);

/// One entry that the media meets, by its nearest signal: a digest before a video, that before a PDQ hash.
struct ListMatch {
  EntryId entry{};
  BankId bank{};
  SourceId source{};
  SignalType type = SignalType::kPdq;
  int distance_bits = 0;        ///< 0 for digests.
  int radius_bits = 0;          ///< The entry's own, else its bank's; inclusive. 0 for digests.
  std::size_t query_index = 0;  ///< Which of ListQuery::pdq met it; 0 for digests and videos.
  Standing standing = Standing::kEnforced;
  BankAction action = BankAction::kAllow;  ///< The entry's own, else its bank's.
  bool harmless = false;                   ///< Of a harmless bank.
  std::optional<MetBy> met_by = {};        ///< It was met by ListQuery::met; `type` says nothing then.
  std::size_t met_index = 0;               ///< Then which of them.
  friend bool operator==(const ListMatch&, const ListMatch&) = default;
};

/// What the lists say of one piece of media.
struct ListVerdict {
  BankAction action = BankAction::kAllow;  ///< The strongest of the enforced matches of listed banks.
  std::vector<ListMatch> matches;    ///< Digests, then videos, then hashes; nearest first, ties by entry.
  std::vector<std::string> reasons;  ///< For people, one a match that counted or overruled; no hash.
  std::uint64_t list_version = 0;    ///< The version asked,
  Sha256 list_chain{};               ///< and its chain: docs/formats/list-version.md.
};

}  // namespace seawall
