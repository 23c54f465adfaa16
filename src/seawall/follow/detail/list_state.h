#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "seawall/follow/detail/sorted_table.h"
#include "seawall/model/entry.h"
#include "seawall/model/feed_item.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/release.h"

namespace seawall::follow_detail {

/// What an entry's id leads to.
struct ReleaseRow {
  std::uint64_t id = 0;
  std::uint64_t entries = 0;  ///< Places 0 to entries - 1.
  BankId bank{};
  SourceId source{};
  ReleaseState state = ReleaseState::kRejected;
  [[nodiscard]] bool empty() const { return state == ReleaseState::kRejected; }
  friend bool operator==(const ReleaseRow&, const ReleaseRow&) = default;
};

/// What one entry has of its own. 24 bytes.
struct OverrideRow {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int16_t kNoRadius = -1;
  static constexpr std::uint8_t kNoAction = 255;

  std::uint64_t id = 0;
  std::int64_t expires_ms = kNever;
  std::int16_t radius_bits = kNoRadius;
  std::uint8_t action = kNoAction;  ///< A BankAction.
  std::uint8_t state = 0;           ///< An EntryState; 0: that of its release.
  [[nodiscard]] bool empty() const {
    return expires_ms == kNever && radius_bits == kNoRadius && action == kNoAction && state == 0;
  }
  friend bool operator==(const OverrideRow&, const OverrideRow&) = default;
};
static_assert(sizeof(OverrideRow) == 24);

/// What `entry` has of its own beside a release in `state`, both of one view.
[[nodiscard]] OverrideRow override_of(const Entry& entry, ReleaseState state);

/// The lists as a follower knows them at one version, without signals. Immutable once published.
struct ListState {
  ListVersion version;
  std::vector<ListBank> banks;  ///< By id.
  std::vector<Source> sources;  ///< By id.
  SortedTable<ReleaseRow> releases;
  SortedTable<OverrideRow> overrides;
  std::array<std::uint32_t, 257> own_radii{};  ///< How many overrides have each radius.
  int radius_bits_max = 0;                     ///< Of all banks and overrides.

  [[nodiscard]] const ListBank* bank(BankId id) const;
  void set_bank(const ListBank& bank);
  void set_source(const Source& source);
  /// `rows`: ascending ids.
  void set_overrides(std::span<const OverrideRow> rows);
  void find_radius_max();
};

}  // namespace seawall::follow_detail
