#include "seawall/key_vault/key_limits.h"

#include <array>

#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::uint64_t kLimitMax = 1'000'000;

struct Row {
  std::string_view name;
  std::uint64_t VaultLimits::*member;
  std::uint64_t min = 1;
};
constexpr std::array<Row, 11> kRows{{{"cases-hour", &VaultLimits::cases_hour},
                                     {"export-records", &VaultLimits::export_records},
                                     {"keep-days", &VaultLimits::keep_days, kKeepDaysMin},
                                     {"made-hour", &VaultLimits::made_hour},
                                     {"person-cases-day", &VaultLimits::person_cases_day},
                                     {"person-day", &VaultLimits::person_day},
                                     {"person-hour", &VaultLimits::person_hour},
                                     {"refusals-hour", &VaultLimits::refusals_hour},
                                     {"total-hour", &VaultLimits::total_hour},
                                     {"unsettled-age-s", &VaultLimits::unsettled_age_s},
                                     {"unsettled-max", &VaultLimits::unsettled_max}}};

struct Words {
  std::string_view name, advice;
};
constexpr std::array<Words, kKeyRefusals> kWords{
    {{"signature", "It is not signed by everybody who has to, or not by people of this vault's roster."},
     {"stale", "It was signed too long ago, or for a time ahead: sign a new one, and see to the clocks."},
     {"replayed", "It was handed in before: sign a new one."},
     {"frozen", "This person's access is frozen. Two custodians can end that."},
     {"log-behind", "The log does not keep up; nothing leaves until it does. See that it runs."},
     {"person-hour", "This person has had as many keys as one may have in an hour."},
     {"person-day", "This person has had as many keys as one may have in a day."},
     {"person-cases", "This person has worked in as many cases as one may in a day."},
     {"total-hour", "As many keys left in this hour as may, for everybody together."},
     {"export-max", "An export holds fewer records than that."},
     {"no-key", "The case has no key here: it never had one, or it was destroyed."},
     {"wrapped", "What was brought is not the sealed key of this record and version."},
     {"order", "The order does not allow it."},
     {"scope",
      "The vault cannot see whether this record is one that the order means: apply for an order that names "
      "the records by id, or the selector case:<id>, without a time."}}};

}  // namespace

Json to_json(const VaultLimits& limits) {
  Json json = Json::object();
  for (const Row& row : kRows) json[std::string(row.name)] = limits.*row.member;
  return json;
}

Result<VaultLimits> vault_limits_from(const Json& json) {
  if (!json.is_object()) return fail(Code::kInvalidInput, "a vault's limits are an object");
  Members members(json);
  VaultLimits limits;
  for (const Row& row : kRows) limits.*row.member = members.number(row.name, row.min, kLimitMax);
  if (limits.person_day < limits.person_hour || limits.total_hour < limits.person_hour)
    members.refuse("an hour's limit of one person is above that of a day or of everybody");
  SEAWALL_CHECK(members.done("a vault's limits"));
  return limits;
}

std::string_view name_of(KeyRefusal refusal) { return kWords[static_cast<std::size_t>(refusal)].name; }
std::string_view advice_on(KeyRefusal refusal) { return kWords[static_cast<std::size_t>(refusal)].advice; }

std::optional<KeyRefusal> refusal_by(const VaultLimits& limits, const GivenOut& before,
                                     std::uint64_t wanted) {
  const auto passes = [wanted](std::uint64_t used, std::uint64_t limit) {
    return used > limit || wanted > limit - used;
  };
  if (passes(before.person_hour, limits.person_hour)) return KeyRefusal::kPersonHour;
  if (passes(before.person_day, limits.person_day)) return KeyRefusal::kPersonDay;
  if (before.other_cases_day >= limits.person_cases_day) return KeyRefusal::kPersonCases;
  if (passes(before.total_hour, limits.total_hour)) return KeyRefusal::kTotalHour;
  return std::nullopt;
}

}  // namespace seawall
