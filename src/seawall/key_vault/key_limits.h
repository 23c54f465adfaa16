#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/json/json.h"

namespace seawall {

/// How much leaves a vault at most, whoever asks. Changed by two custodians, never by a server.
struct VaultLimits {
  std::uint64_t person_hour = 20;           ///< Records' keys for one person, in any 3,600 s.
  std::uint64_t person_day = 60;            ///< In any 24 hours.
  std::uint64_t person_cases_day = 5;       ///< Different cases, in any 24 hours.
  std::uint64_t total_hour = 100;           ///< For everybody together: if many people's keys are stolen.
  std::uint64_t export_records = 20;        ///< In one export.
  std::uint64_t refusals_hour = 50;         ///< A person who is refused more often is frozen.
  std::uint64_t unsettled_max = 200;        ///< Entries that the log has not shown to hold.
  std::uint64_t unsettled_age_s = 15 * 60;  ///< And how old the oldest may be.
  std::uint64_t made_hour = 100'000;        ///< New keys of records, for one tenant in an hour of the clock.
  std::uint64_t cases_hour = 1'000;         ///< Of them, in new cases.
  std::uint64_t keep_days = 1'825;          ///< Records of what was done, and alarms; kKeepDaysMin or more.
  friend bool operator==(const VaultLimits&, const VaultLimits&) = default;
};
inline constexpr std::uint64_t kKeepDaysMin = 1'095;  ///< Three years: overseers ask for them.
/// {"export-records":20,...}: one member each.
[[nodiscard]] Json to_json(const VaultLimits& limits);
/// Each 1..1,000,000; all must be there and nothing else, and no limit below the one within it. Errors:
/// kInvalidInput.
Result<VaultLimits> vault_limits_from(const Json& json);

/// Why a vault refuses: the closed list.
enum class KeyRefusal : std::uint8_t {
  kSignature,  ///< Not signed by those who have to, or not by people of the roster.
  kStale,      ///< Signed too long ago, or ahead.
  kReplayed,   ///< Handed in before.
  kFrozen,     ///< The person's access is frozen.
  kLogBehind,  ///< The log does not keep up: nothing leaves until it does.
  kPersonHour,
  kPersonDay,
  kPersonCases,
  kTotalHour,
  kExportMax,
  kNoKey,    ///< The case has no key here: it never had, or was destroyed.
  kWrapped,  ///< What was brought is not this record's key.
  kOrder,    ///< The order's gate refuses; OrderRefusal says why.
  kScope,    ///< The order reaches by what the vault cannot hold a demand against.
};
inline constexpr std::size_t kKeyRefusals = 14;
[[nodiscard]] std::string_view name_of(KeyRefusal refusal);    ///< "person-hour"
[[nodiscard]] std::string_view advice_on(KeyRefusal refusal);  ///< One sentence.

/// What was given out before, as far as the limits ask.
struct GivenOut {
  std::uint64_t person_hour = 0;
  std::uint64_t person_day = 0;
  std::uint64_t other_cases_day = 0;  ///< Of the person, without the case that is asked for now.
  std::uint64_t total_hour = 0;
};
/// Whether `wanted` more records of one case may go out. nullopt: yes.
[[nodiscard]] std::optional<KeyRefusal> refusal_by(const VaultLimits& limits, const GivenOut& before,
                                                   std::uint64_t wanted);

}  // namespace seawall
