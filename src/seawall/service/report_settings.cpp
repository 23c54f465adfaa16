#include "seawall/service/report_settings.h"

#include "seawall/access/rate_limiter.h"
#include "seawall/service/settings.h"

namespace seawall {
namespace {

constexpr std::size_t kHouseBytesMax = 200;

Result<void> read_days(TomlTable& table, std::string_view name, std::chrono::hours& out) {
  SEAWALL_TRY(const auto days, table.number(name, 1, 3'650));
  if (days) out = std::chrono::hours(24 * *days);
  return {};
}

Result<void> read_rate(TomlTable& table, std::string_view name, std::uint32_t& items, std::uint32_t& per_s) {
  SEAWALL_TRY(const auto text, table.text(name));
  if (!text) return {};
  const auto rate = key_rate_from_text(*text);
  if (!rate) return table.wrong(name, rate.error().message);
  items = rate->items;
  per_s = rate->per_s;
  return {};
}

}  // namespace

Result<ReportSettings> report_settings_from(TomlTable& table) {
  ReportSettings out;
  SEAWALL_TRY(auto house, table.text("house"));
  out.house = std::move(house).value_or("");
  if (out.house.size() > kHouseBytesMax) return table.wrong("house", "200 bytes at most");
  SEAWALL_TRY(auto tenant, table.text("tenant"));
  if (tenant) out.tenant = *std::move(tenant);
  SEAWALL_TRY(const auto open, table.number("open_max", 1, 1'000'000));
  out.book.open_max = open.value_or(out.book.open_max);
  SEAWALL_CHECK(read_days(table, "keep_days", out.book.keep));
  SEAWALL_CHECK(read_days(table, "keep_decided_days", out.book.keep_decided));
  SEAWALL_CHECK(read_rate(table, "network_rate", out.network_reports, out.network_per_s));
  SEAWALL_CHECK(read_rate(table, "rate", out.all_reports, out.all_per_s));
  SEAWALL_CHECK(table.finish());
  return out;
}

}  // namespace seawall
