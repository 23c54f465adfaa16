#include "seawall/follow/detail/list_state.h"

#include <algorithm>

namespace seawall::follow_detail {
namespace {

template <class Row>
void set_by_id(std::vector<Row>& rows, const Row& row) {
  const auto at =
      std::lower_bound(rows.begin(), rows.end(), row.id, [](const Row& r, auto id) { return r.id < id; });
  if (at != rows.end() && at->id == row.id) {
    *at = row;
  } else {
    rows.insert(at, row);
  }
}

}  // namespace

OverrideRow override_of(const Entry& entry, ReleaseState state) {
  OverrideRow row;
  row.id = static_cast<std::uint64_t>(entry.id);
  if (entry.state != entry_state_in(state) || !entry.state_reason.empty()) {
    row.state = static_cast<std::uint8_t>(entry.state);
  }
  if (entry.radius_bits) row.radius_bits = static_cast<std::int16_t>(*entry.radius_bits);
  if (entry.action) row.action = static_cast<std::uint8_t>(*entry.action);
  if (entry.expires_at) row.expires_ms = entry.expires_at->time_since_epoch().count();
  return row;
}

const ListBank* ListState::bank(BankId id) const {
  const auto at = std::lower_bound(banks.begin(), banks.end(), id,
                                   [](const ListBank& bank, BankId wanted) { return bank.id < wanted; });
  return at == banks.end() || at->id != id ? nullptr : &*at;
}

void ListState::set_bank(const ListBank& bank) { set_by_id(banks, bank); }
void ListState::set_source(const Source& source) { set_by_id(sources, source); }

void ListState::set_overrides(std::span<const OverrideRow> rows) {
  for (const OverrideRow& row : rows) {
    const OverrideRow* const before = overrides.find(row.id);
    if (before != nullptr && before->radius_bits >= 0) {
      --own_radii[static_cast<std::size_t>(before->radius_bits)];
    }
    if (row.radius_bits >= 0) ++own_radii[static_cast<std::size_t>(row.radius_bits)];
  }
  overrides.set_all(rows.data(), rows.size());
}

void ListState::find_radius_max() {
  radius_bits_max = 0;
  for (const ListBank& bank : banks) radius_bits_max = std::max(radius_bits_max, bank.radius_bits);
  for (int radius = 256; radius > radius_bits_max; --radius) {
    if (own_radii[static_cast<std::size_t>(radius)] > 0) radius_bits_max = radius;
  }
}

}  // namespace seawall::follow_detail
