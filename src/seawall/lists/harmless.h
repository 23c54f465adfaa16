#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/index/live_index.h"
#include "seawall/lists/guards.h"
#include "seawall/store/store.h"

namespace seawall {

/// The harmless (negative) banks of one tenant, as they were when loaded, in memory: asked by imports whether
/// an entry would match them.
/// Threads: any for check(). Cost: about 250 bytes a fingerprint; loading reads those banks whole.
class HarmlessLists {
 public:
  static constexpr std::size_t kFingerprintsMax = 2'000'000;

  /// Active entries of active banks of kind kHarmless, neither expired at `now`. Errors: kLimitExceeded above
  /// kFingerprintsMax; the store's.
  static Result<HarmlessLists> load(StoreView& view, std::string_view tenant, Time now);

  [[nodiscard]] bool empty() const { return pdq_->size() == 0 && digests_.empty(); }

  /// findings[i] becomes kQuarantine (kHarmless) where contents[i] has a digest of a harmless entry, or a
  /// matchable PDQ hash within its radius (the entry's own, else its bank's; inclusive). Findings that refuse
  /// already stay. Sizes are equal; null contents are passed over.
  Result<void> check(std::span<const EntryContent* const> contents, std::span<GuardFinding> findings) const;

 private:
  using Digest = std::array<std::byte, 33>;  // The type, then the digest, then zeros.

  HarmlessLists() : pdq_(LiveIndex::in_memory()) {}
  Result<void> add_bank(StoreView& view, const ListBank& bank, Time now);
  Result<void> add(const Entry& entry, int radius_bits, std::vector<IndexEntry>& rows);
  [[nodiscard]] bool has_digest(const EntrySignals& signals) const;

  std::unique_ptr<LiveIndex> pdq_;  // Ids are places in radius_bits_, plus one.
  std::vector<int> radius_bits_;
  int radius_bits_max_ = 0;
  std::vector<Digest> digests_;  // Sorted.
};

}  // namespace seawall
