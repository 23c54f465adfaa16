#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "seawall/observation/detail/manifest.h"

namespace seawall::observation_detail {

/// The tenants by number, and from when on each one's observations count. Threads: any. Names stay where they
/// are while the table lives.
class Tenants {
 public:
  void reset(const std::vector<TenantSetting>& settings);
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::vector<TenantSetting> all() const;
  /// id below count().
  [[nodiscard]] std::string_view name(std::uint32_t id) const;
  /// Observations before this are expired.
  [[nodiscard]] std::int64_t cutoff_ms(std::uint32_t id, std::int64_t now_ms) const;
  /// The latest, and the earliest, of all cutoffs.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> cutoff_range_ms(std::int64_t now_ms) const;

 private:
  mutable std::shared_mutex mutex_;  // Guards all.
  std::deque<TenantSetting> settings_;
  std::unordered_map<std::string_view, std::uint32_t> ids_;  // Views of settings_' names.
};

}  // namespace seawall::observation_detail
