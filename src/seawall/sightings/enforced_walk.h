#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_set>
#include <vector>

#include "seawall/sightings/sighting.h"
#include "seawall/store/store.h"

namespace seawall {

/// How far a walk over the changes of the lists has come.
struct WalkPosition {
  std::uint64_t version = 0;       ///< All changes up to it are done.
  EntryId within{};                ///< Of the change after it: entries up to this one are done.
  std::uint64_t bank_version = 0;  ///< The bank's when the walk through all of it began; else 0.
  friend bool operator==(const WalkPosition&, const WalkPosition&) = default;
};

/// A bank as the walk last saw it.
struct SeenBank {
  bool active = false;  ///< And a listed one.
  int radius_bits = 0;
  std::optional<Time> expires_at;
  friend bool operator==(const SeenBank&, const SeenBank&) = default;
};
using SeenBanks = std::map<BankId, SeenBank>;
[[nodiscard]] SeenBanks seen_banks(std::span<const ListBank> banks);

/// Goes over the changes of the lists and hands out the entries that they put in force, page by page.
///
/// Guarantees: an entry that matchers enforce is handed out at least once after each change that put it in
/// force (its release activated, its content or settings changed, its quarantine ended) or widened what meets
/// it (its bank switched on, its bank's radius raised), as it is when it is read. Changes that put nothing in
/// force (tags, review dates, narrower radii) hand out nothing. Where it stands are two values that the
/// caller may keep and go on from, in another process too. Threads: one.
class EnforcedWalk {
 public:
  static constexpr std::size_t kItemsMax = 10'000;     ///< Changes of one next(),
  static constexpr std::size_t kLookedAtMax = 50'000;  ///< and entries looked at.

  EnforcedWalk(const WalkPosition& position, SeenBanks banks)
      : position_(position), banks_(std::move(banks)) {}

  struct Batch {
    std::vector<SoughtEntry> entries;  ///< Each id once; none where nothing was put in force.
    bool up_to_date = false;           ///< Nothing comes after it.
  };
  /// What comes next, at most `limit` (from 1) entries. Errors: the view's; then the walk may be anywhere:
  /// go on from a copy.
  Result<Batch> next(StoreView& view, std::size_t limit, Time now);

  [[nodiscard]] const WalkPosition& position() const { return position_; }
  [[nodiscard]] const SeenBanks& banks() const { return banks_; }

 private:
  struct Work;
  /// Whether the change is done; false when the batch is full first.
  Result<bool> take(Work& work, const FeedItem& item);
  Result<bool> take_entry(Work& work, const FeedItem& item);
  Result<bool> take_release(Work& work, const FeedItem& item);
  Result<bool> take_bank(Work& work, const FeedItem& item);

  WalkPosition position_;
  SeenBanks banks_;
};

}  // namespace seawall
