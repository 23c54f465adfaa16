#include "seawall/retention/duties.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

using Kind = RetainedKind;
using Event = RetentionEventKind;
using Force = DutyForce;
using Term = DutyTerm;

constexpr std::array<std::string_view, kRetainedKinds> kKindNames{
    "report-reference", "report-content", "user-data", "observation", "request", "order", "log-record"};
constexpr std::array<std::string_view, kRetentionEventKinds> kEventNames{
    "created",           "reported-us",        "reported-uk",
    "destruction-asked", "preservation-asked", "foreign-preservation-asked",
    "epoc-pr",           "epoc-pr-extended",   "hold-set",
    "hold-lifted"};
constexpr std::array<std::string_view, 5> kForceNames{"hold", "law-keep", "law-erase", "house-erase",
                                                      "house-keep"};

constexpr std::uint32_t bits(auto... kinds) {
  return ((std::uint32_t{1} << static_cast<unsigned>(kinds)) | ...);
}
constexpr std::uint32_t kAll = (std::uint32_t{1} << kRetainedKinds) - 1;
constexpr std::uint32_t kReported = bits(Kind::kReportContent, Kind::kUserData);
constexpr std::uint32_t kPapers = bits(Kind::kRequest, Kind::kOrder, Kind::kLogRecord);

constexpr std::string_view kUkSource = "UK Online Safety Act 2023 s.66, SI 2026/268";
constexpr std::string_view kInspectors = "what inspectors ask for: papers in one place for 3 to 5 years";

constexpr std::array kDuties{
    Duty{"hold", Force::kHold, Event::kHoldSet, Term::kUntilLifted, 0, 0, kAll,
         "erase nothing until the hold is lifted", "a court, an authority, or an order"},
    Duty{"us-preserve", Force::kLawKeep, Event::kReportedUs, Term::kFixed, 1, 0, kReported,
         "keep for 1 year after the report", "18 USC 2258A(h)"},
    Duty{"us-destroy", Force::kLawErase, Event::kDestructionAsked, Term::kFixed, 0, 0, kReported,
         "destroy for good once law enforcement asks", "18 USC 2258B(c)"},
    Duty{"uk-reference", Force::kLawKeep, Event::kReportedUk, Term::kFixed, 5, 0,
         bits(Kind::kReportReference), "keep the report's reference for 5 years", kUkSource},
    Duty{"uk-content", Force::kLawKeep, Event::kReportedUk, Term::kFixed, 1, 0, bits(Kind::kReportContent),
         "keep what was reported, and why, for 1 year", kUkSource},
    Duty{"uk-user-data", Force::kLawKeep, Event::kReportedUk, Term::kFixed, 1, 0, bits(Kind::kUserData),
         "keep two weeks of user data for 1 year", kUkSource},
    Duty{"budapest-16", Force::kLawKeep, Event::kPreservationAsked, Term::kAtMost, 0, 90, kReported,
         "preserve as long as the authority says, 90 days at most", "Budapest Convention Art. 16"},
    Duty{"budapest-29", Force::kLawKeep, Event::kForeignPreservationAsked, Term::kAtLeast, 0, 60, kReported,
         "preserve for the other country, 60 days at least", "Budapest Convention Art. 29"},
    Duty{"epoc-pr", Force::kLawKeep, Event::kEpocPr, Term::kFixed, 0, 60, kReported,
         "preserve for 60 days after the order was received", "EU e-Evidence, EPOC-PR"},
    Duty{"epoc-pr-extension", Force::kLawKeep, Event::kEpocPrExtended, Term::kFixed, 0, 30, kReported,
         "preserve for 30 more days", "EU e-Evidence, EPOC-PR extension"},
    Duty{"papers", Force::kLawKeep, Event::kCreated, Term::kFixed, 3, 0, kPapers,
         "keep for 3 years, so that overseers can look", kInspectors},
    Duty{"papers-limit", Force::kHouseErase, Event::kCreated, Term::kFixed, 5, 0, kPapers,
         "erase after 5 years", kInspectors},
    Duty{"house-limit", Force::kHouseErase, Event::kCreated, Term::kLimitDays, 0, 0, kAll,
         "erase after the days that this installation has set", "whoever runs the installation"},
    Duty{"house-keep", Force::kHouseKeep, Event::kCreated, Term::kKeepDays, 0, 0, kAll,
         "keep for the days that this installation would like", "whoever runs the installation"},
};

constexpr std::array kRules{
    ConflictRule{"hold-over-law",
                 Force::kHold,
                 {},
                 RuleEffect::kPutsOff,
                 Force::kLawErase,
                 {},
                 "while a hold stands nothing is erased, even if law asks for it"},
    ConflictRule{"hold-over-limit",
                 Force::kHold,
                 {},
                 RuleEffect::kPutsOff,
                 Force::kHouseErase,
                 {},
                 "while a hold stands nothing is erased, whatever the house's limit"},
    ConflictRule{"destruction-ends-preserving", Force::kLawErase, "us-destroy", RuleEffect::kStrikes,
                 Force::kLawKeep, "us-preserve",
                 "a request for destruction under 2258B(c) ends the year of 2258A(h), and no other duty"},
    ConflictRule{"law-keeps",
                 Force::kLawKeep,
                 {},
                 RuleEffect::kPutsOff,
                 Force::kLawErase,
                 {},
                 "what one law wants kept is not erased because another wants it erased: it waits"},
    ConflictRule{"law-over-limit",
                 Force::kLawKeep,
                 {},
                 RuleEffect::kPutsOff,
                 Force::kHouseErase,
                 {},
                 "what a law wants kept outlives the house's limit"},
    ConflictRule{"law-over-wish",
                 Force::kLawErase,
                 {},
                 RuleEffect::kStrikes,
                 Force::kHouseKeep,
                 {},
                 "a wish of the house keeps nothing that law wants erased"},
    ConflictRule{"limit-over-wish",
                 Force::kHouseErase,
                 {},
                 RuleEffect::kStrikes,
                 Force::kHouseKeep,
                 {},
                 "a wish of the house keeps nothing beyond a limit"},
};

template <typename Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

bool speaks_of(DutyForce force, std::string_view only, const Duty& duty) {
  return force == duty.force && (only.empty() || only == duty.name);
}

}  // namespace

std::string_view name_of(RetainedKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }
std::string_view name_of(RetentionEventKind kind) { return kEventNames[static_cast<std::size_t>(kind)]; }
std::string_view name_of(DutyForce force) { return kForceNames[static_cast<std::size_t>(force)]; }
std::optional<RetainedKind> retained_kind_named(std::string_view name) {
  return named<RetainedKind>(kKindNames, name);
}
std::optional<RetentionEventKind> retention_event_named(std::string_view name) {
  return named<RetentionEventKind>(kEventNames, name);
}

std::span<const Duty> all_duties() { return kDuties; }
std::span<const ConflictRule> all_conflict_rules() { return kRules; }

const ConflictRule* rule_between(const Duty& winner, const Duty& loser) {
  for (const ConflictRule& rule : kRules) {
    if (speaks_of(rule.winner, rule.winner_duty, winner) && speaks_of(rule.loser, rule.loser_duty, loser))
      return &rule;
  }
  return nullptr;
}

Time after(Time time, unsigned years, unsigned days) {
  namespace chrono = std::chrono;
  const auto midnight = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(midnight);
  const chrono::year year = date.year() + chrono::years(static_cast<int>(years));
  // 29 February of a year that has none reads as 1 March.
  const chrono::sys_days moved =
      chrono::sys_days(year / date.month() / 1) + chrono::days(static_cast<unsigned>(date.day()) - 1 + days);
  return Time(moved) + (time - midnight);
}

}  // namespace seawall
