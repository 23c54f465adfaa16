#include "seawall/observation/detail/tenants.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "seawall/observation/observation.h"

namespace seawall::observation_detail {
namespace {

std::int64_t cutoff_of(const TenantSetting& setting, std::int64_t now_ms) {
  const std::int64_t kept_from = setting.retention_ms == 0 ? 0 : now_ms - setting.retention_ms;
  return std::max({std::int64_t{0}, setting.dropped_before_ms, kept_from});
}

}  // namespace

void Tenants::reset(const std::vector<TenantSetting>& settings) {
  const std::unique_lock lock(mutex_);
  for (std::size_t id = 0; id < settings.size(); ++id) {
    if (id == settings_.size()) {
      settings_.push_back(settings[id]);
      ids_.emplace(settings_.back().name, static_cast<std::uint32_t>(id));
    }
    settings_[id].retention_ms = settings[id].retention_ms;
    settings_[id].dropped_before_ms = settings[id].dropped_before_ms;
  }
}

std::optional<std::uint32_t> Tenants::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto at = ids_.find(name);
  if (at == ids_.end()) return std::nullopt;
  return at->second;
}

std::size_t Tenants::count() const {
  const std::shared_lock lock(mutex_);
  return settings_.size();
}

std::vector<TenantSetting> Tenants::all() const {
  const std::shared_lock lock(mutex_);
  return {settings_.begin(), settings_.end()};
}

std::string_view Tenants::name(std::uint32_t id) const {
  const std::shared_lock lock(mutex_);
  return settings_[id].name;
}

std::int64_t Tenants::cutoff_ms(std::uint32_t id, std::int64_t now_ms) const {
  const std::shared_lock lock(mutex_);
  return cutoff_of(settings_[id], now_ms);
}

std::pair<std::int64_t, std::int64_t> Tenants::cutoff_range_ms(std::int64_t now_ms) const {
  const std::shared_lock lock(mutex_);
  std::pair<std::int64_t, std::int64_t> range{0, settings_.empty() ? 0 : Observation::kTimeMsMax};
  for (const TenantSetting& setting : settings_) {
    range.first = std::max(range.first, cutoff_of(setting, now_ms));
    range.second = std::min(range.second, cutoff_of(setting, now_ms));
  }
  return range;
}

}  // namespace seawall::observation_detail
