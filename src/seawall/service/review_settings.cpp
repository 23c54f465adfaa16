#include "seawall/service/review_settings.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

constexpr std::array<std::string_view, 4> kSecondOpinions{"all", "medium", "high", "asked"};

Result<void> read_number(TomlTable& table, std::string_view name, std::int64_t least, std::int64_t most,
                         std::int64_t& out) {
  SEAWALL_TRY(const auto value, table.number(name, least, most));
  out = value.value_or(out);
  return {};
}

Result<void> read_times(TomlTable& table, ReviewOptions& out) {
  std::int64_t days = 30, decided_days = 365, minutes = 10;
  SEAWALL_CHECK(read_number(table, "keep_days", 1, 90, days));
  SEAWALL_CHECK(read_number(table, "keep_decided_days", 1, 3'650, decided_days));
  SEAWALL_CHECK(read_number(table, "undo_minutes", 0, 10, minutes));
  out.keep = std::chrono::hours(24 * days);
  out.keep_decided = std::chrono::hours(24 * decided_days);
  out.undo = std::chrono::minutes(minutes);
  return {};
}

}  // namespace

Result<ReviewSettings> review_settings_from(TomlTable& table) {
  ReviewSettings out;
  SEAWALL_TRY(const auto keep, table.boolean("keep"));
  out.keep = keep.value_or(out.keep);
  auto stills = static_cast<std::int64_t>(out.stills_max);
  SEAWALL_CHECK(read_number(table, "stills", 0, NewReviewItem::kStillsMax, stills));
  out.stills_max = static_cast<std::size_t>(stills);
  SEAWALL_CHECK(read_number(table, "items_max", 1, 1'000'000, out.queue.items_max));
  SEAWALL_CHECK(
      read_number(table, "stills_bytes_max", 1 << 20, std::int64_t{1} << 40, out.queue.stills_bytes_max));
  SEAWALL_CHECK(read_number(table, "sample_permille", 0, 1'000, out.queue.sample_permille));
  SEAWALL_CHECK(read_times(table, out.queue));
  SEAWALL_TRY(const auto second, table.text("second_opinion"));
  if (second) {
    const auto found = std::ranges::find(kSecondOpinions, std::string_view(*second));
    if (found == kSecondOpinions.end())
      return table.wrong("second_opinion", "write \"asked\", \"high\", \"medium\" or \"all\"");
    out.queue.second_opinion_from = found - kSecondOpinions.begin() + 1;
  }
  SEAWALL_CHECK(table.finish());
  return out;
}

}  // namespace seawall
