#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/clip_match/clip_scope.h"
#include "seawall/model/bank_action.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// A listed clip that a stream shows, and where in the stream.
struct ShownClip {
  ClipId clip{};
  std::int64_t begin_ms = 0;
  std::int64_t end_ms = 0;
  int distance_bits = 0;  ///< Of the nearest picture.
};

/// What somebody wants to know of a clip that a stream shows. Borrowed.
struct ClipQuestion {
  ShownClip shown;
  std::string_view tenant;            ///< Only what is of this one.
  std::span<const BankId> banks{};    ///< Only of these; empty: of all.
  std::span<const ShownClip> beside;  ///< What else of harmless banks it showed lately: that may overrule it.
  bool again = false;                 ///< The same was asked before: it is not counted a second time.
};

/// What a match of a listed clip counts for. In rising order.
enum class ClipForce : std::uint8_t {
  kDormant,  ///< Proposed, expired, or of a bank that is off: nothing is noted, but that may change.
  kSilent,   ///< Staged, held back or overruled: it is noted, and nothing comes of it.
  kInForce,
};

/// What a listed clip is to whoever asked, as of now.
struct ClipStanding {
  BankId bank{};
  std::string bank_name;
  EntryId entry{};
  BankAction action = BankAction::kBlock;
  ClipForce force = ClipForce::kInForce;
  bool harmless = false;  ///< Of a harmless bank: nothing is to be noted of it but that.
};

/// Port: which clips concern whom, which entry of which bank a clip of a ClipIndex is, and what a match of it
/// counts for.
class ClipDirectory {
 public:
  virtual ~ClipDirectory() = default;
  /// What of the ClipIndex is for a stream of `tenant` that is watched for these banks (empty: all of them).
  /// Good for as long as this lives.
  [[nodiscard]] virtual ClipScope scope(std::string_view tenant, std::span<const BankId> banks) const = 0;
  /// None: it is not listed any more, or is not for whoever asks. Threads: any. Must not wait for a store.
  /// Errors: kUnavailable, kCorrupt: ask again later.
  [[nodiscard]] virtual Result<std::optional<ClipStanding>> standing(const ClipQuestion& question) const = 0;
  /// Another number whenever standing() may say more of a clip than before. Threads: any; must not wait.
  [[nodiscard]] virtual std::uint64_t version() const = 0;
};

}  // namespace seawall
