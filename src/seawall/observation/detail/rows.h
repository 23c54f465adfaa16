#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/observation/observation.h"

namespace seawall::observation_detail {

/// Values that only some rows have.
template <class T>
struct Sparse {
  std::vector<T> values;
  std::vector<std::uint32_t> rows;  ///< Of each value; ascending.

  void push(std::uint32_t row, const T& value) {
    values.push_back(value);
    rows.push_back(row);
  }
  /// Null where the row has none.
  [[nodiscard]] const T* find(std::uint32_t row) const {
    if (row < rows.size() && rows[row] == row) return &values[row];  // No gap before it.
    const auto at = std::lower_bound(rows.begin(), rows.end(), row);
    if (at == rows.end() || *at != row) return nullptr;
    return &values[static_cast<std::size_t>(at - rows.begin())];
  }
  void append(const Sparse& other, std::uint32_t first_row) {
    values.insert(values.end(), other.values.begin(), other.values.end());
    for (const std::uint32_t row : other.rows) rows.push_back(first_row + row);
  }
};

/// Observations in memory, column by column; tenants by number.
struct Rows {
  std::vector<std::uint32_t> tenants;
  std::vector<std::int64_t> times_ms;
  std::vector<std::uint32_t> place_ends;  ///< In `places`.
  std::string places;
  Sparse<Fingerprint256> codes;
  std::vector<std::uint8_t> quality;  ///< Of each code.
  Sparse<Md5> md5;
  Sparse<Sha1> sha1;
  Sparse<Sha256> sha256;

  [[nodiscard]] std::size_t size() const { return tenants.size(); }
  [[nodiscard]] std::string_view place(std::uint32_t row) const {
    const std::uint32_t begin = row == 0 ? 0 : place_ends[row - 1];
    return std::string_view(places).substr(begin, place_ends[row] - begin);
  }
  /// Everything but the tenant's name.
  [[nodiscard]] Observation observation(std::uint32_t row) const;

  void push(std::uint32_t tenant, const Observation& observation);
  void append(const Rows& other);
  /// The rows numbered `order`, in that order.
  [[nodiscard]] Rows select(std::span<const std::uint32_t> order) const;
  /// By tenant, then time, then as they came.
  [[nodiscard]] std::vector<std::uint32_t> sorted_order() const;
};

}  // namespace seawall::observation_detail
