#include <algorithm>
#include <array>

#include "seawall/json/json.h"
#include "seawall/review/detail/row.h"

namespace seawall {

using sqlite_bound::bound;
using sqlite_bound::ms_of;
using sqlite_bound::number_of;
using sqlite_bound::run_bound;
using sqlite_bound::time_of;

namespace {

constexpr std::chrono::days kWeek{7};

struct LimitName {
  std::string_view name;
  std::int64_t ExposureLimits::*at;
};
constexpr auto kLimits = std::to_array<LimitName>({{"stills", &ExposureLimits::stills},
                                                   {"stills_high", &ExposureLimits::stills_high},
                                                   {"stills_hour", &ExposureLimits::stills_hour},
                                                   {"reveal_s", &ExposureLimits::reveal_s},
                                                   {"reveal_high_s", &ExposureLimits::reveal_high_s},
                                                   {"reveal_hour_s", &ExposureLimits::reveal_hour_s}});

std::string text_of_limits(const ExposureLimits& limits) {
  Json json;
  for (const LimitName& one : kLimits) json[std::string(one.name)] = limits.*one.at;
  return to_line(json);
}

/// Whatever the text says, never above the floor.
ExposureLimits limits_from(std::string_view text) {
  ExposureLimits limits;
  const auto json = parse_json(text, 4096);
  if (!json || !json->is_object()) return limits;
  for (const LimitName& one : kLimits) {
    const auto found = json->find(std::string(one.name));
    if (found != json->end() && found->is_number_integer()) limits.*one.at = found->get<std::int64_t>();
  }
  return tighter(limits, exposure_floor());
}

template <class... Values>
Result<ExposureLimits> stored_limits(Database& database, std::string_view sql, const Values&... values) {
  SEAWALL_TRY(Statement find, bound(database, sql, values...));
  SEAWALL_TRY(const bool any, find.step());
  return any && !find.is_null(0) ? limits_from(find.text(0)) : exposure_floor();
}

bool within(const ExposureLimits& limits, const ExposureLimits& most) {
  return std::ranges::all_of(
      kLimits, [&](const LimitName& one) { return limits.*one.at >= 0 && limits.*one.at <= most.*one.at; });
}

Result<std::int64_t> count_of(Database& database, std::string_view sql, std::string_view who, Time since) {
  SEAWALL_TRY(const auto count, number_of(database, sql, who, since));
  return count.value_or(0);
}

}  // namespace

Result<ExposureLimits> ReviewBook::limits_of(std::string_view person) {
  SEAWALL_TRY(const ExposureLimits house, stored_limits(database_, "SELECT limits FROM book"));
  SEAWALL_TRY(const ExposureLimits own,
              stored_limits(database_, "SELECT limits FROM own_limits WHERE person = ?1", person));
  return tighter(exposure_floor(), tighter(house, own));
}

Result<MyReview> ReviewBook::mine(const Reviewer& who, Time now) {
  MyReview out;
  SEAWALL_TRY(out.own, stored_limits(database_, "SELECT limits FROM own_limits WHERE person = ?1", who.who));
  SEAWALL_TRY(out.in_force, limits_of(who.who));
  SEAWALL_TRY(const auto exposures, exposures_of(who.who, now));
  out.use = use_of(exposures, now);
  out.free_at = allowed_from(out.in_force, exposures, ReviewSeverity::kHigh, now);
  out.free_low_at = allowed_from(out.in_force, exposures, ReviewSeverity::kLow, now);
  SEAWALL_TRY(out.leases,
              count_of(database_,
                       "SELECT count(DISTINCT cluster) FROM items WHERE lease_by = ?1 AND lease_until > ?2",
                       who.who, now));
  const Time since = now - kWeek;
  constexpr std::string_view kOfGrade =
      "SELECT count(*) FROM grades WHERE person = ?1 AND at > ?2 AND undone IS NULL AND grade = ?3";
  const auto graded = [&](ReviewGrade grade) {
    return number_of(database_, kOfGrade, who.who, since, static_cast<std::int64_t>(grade));
  };
  SEAWALL_TRY(const auto confirmed, graded(ReviewGrade::kConfirmed));
  SEAWALL_TRY(const auto refuted, graded(ReviewGrade::kNotAMatch));
  SEAWALL_TRY(const auto unsure, graded(ReviewGrade::kUnsure));
  out.confirmed_7d = confirmed.value_or(0);
  out.not_a_match_7d = refuted.value_or(0);
  out.unsure_7d = unsure.value_or(0);
  out.decided_7d = out.confirmed_7d + out.not_a_match_7d + out.unsure_7d;
  SEAWALL_TRY(
      out.undone_7d,
      count_of(database_, "SELECT count(*) FROM grades WHERE person = ?1 AND undone > ?2", who.who, since));
  constexpr std::string_view kSamples =
      "SELECT count(*) FROM items WHERE sample = ?2 AND id IN (SELECT item FROM grades WHERE person = ?1 AND "
      "undone IS NULL AND sample_of = 0)";
  SEAWALL_TRY(const auto agreed, number_of(database_, kSamples, who.who, std::int64_t{2}));
  SEAWALL_TRY(const auto differed, number_of(database_, kSamples, who.who, std::int64_t{3}));
  out.samples_agreed = agreed.value_or(0);
  out.samples_differed = differed.value_or(0);
  return out;
}

Reviewed<MyReview> ReviewBook::me(const Reviewer& who) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(MyReview out, mine(who, now));
  return out;
}

Reviewed<MyReview> ReviewBook::limit_myself(const Reviewer& who, const ExposureLimits& limits) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const ExposureLimits house, stored_limits(database_, "SELECT limits FROM book"));
  if (!within(limits, house)) return no_review(ReviewRefusal::Kind::kLooser);
  SEAWALL_CHECK(run_bound(database_, "INSERT OR REPLACE INTO own_limits VALUES (?1, ?2)", who.who,
                          text_of_limits(limits)));
  SEAWALL_TRY(MyReview out, mine(who, now));
  return out;
}

Reviewed<ExposureLimits> ReviewBook::house_limits() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const ExposureLimits house, stored_limits(database_, "SELECT limits FROM book"));
  return house;
}

Reviewed<ExposureLimits> ReviewBook::set_house_limits(const Reviewer& who, const ExposureLimits& limits,
                                                      std::string_view why) {
  const std::scoped_lock lock(mutex_);
  if (!within(limits, exposure_floor())) return no_review(ReviewRefusal::Kind::kLooser);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  const std::string text = text_of_limits(limits);
  SEAWALL_CHECK(run_bound(database_, "UPDATE book SET limits = ?1", text));
  SEAWALL_CHECK(
      tell(now, {"limits", {{"by", std::string(who.who)}, {"limits", text}, {"why", std::string(why)}}}));
  SEAWALL_CHECK(transaction.commit());
  return limits;
}

Result<std::vector<ReviewTotals::Row>> ReviewBook::totals_by_severity(std::string_view tenant, Time now) {
  std::vector<ReviewTotals::Row> rows;
  for (const auto severity : {ReviewSeverity::kHigh, ReviewSeverity::kMedium, ReviewSeverity::kLow}) {
    const auto word = static_cast<std::int64_t>(severity);
    SEAWALL_TRY(
        Statement find,
        bound(database_,
              "SELECT count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state IN (2, 3) OR "
              "(state = 4 AND sample = 1)), count(*) FILTER (WHERE state = 4 AND decided > ?3), "
              "min(first_seen) FILTER (WHERE state < 4) FROM items WHERE tenant = ?1 AND severity = ?2",
              tenant, word, Time(now - kWeek)));
    SEAWALL_TRY([[maybe_unused]] const bool any, find.step());
    ReviewTotals::Row& row = rows.emplace_back(
        ReviewTotals::Row{severity, find.integer(0), find.integer(1), find.integer(2), std::nullopt});
    if (!find.is_null(3)) row.oldest = time_of(find.integer(3));
  }
  return rows;
}

Reviewed<ReviewTotals> ReviewBook::totals(std::string_view tenant) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, advance());
  ReviewTotals out;
  SEAWALL_TRY(out.by_severity, totals_by_severity(tenant, now));
  SEAWALL_TRY(const auto bytes, number_of(database_, "SELECT sum(length(sealed)) FROM stills"));
  out.stills_bytes = bytes.value_or(0);
  out.not_kept = not_kept_;
  const Time since = now - kWeek;
  SEAWALL_TRY(
      Statement work,
      bound(database_,
            "SELECT count(DISTINCT person), count(*) FILTER (WHERE undone IS NULL), count(undone) FROM "
            "grades WHERE at > ?2 AND item IN (SELECT id FROM items WHERE tenant = ?1)",
            tenant, since));
  SEAWALL_TRY([[maybe_unused]] const bool any, work.step());
  if (work.integer(0) < ReviewTotals::kPeopleLeast) return out;
  SEAWALL_TRY(Statement seen,
              bound(database_,
                    "SELECT count(*), sum(revealed_ms) / 1000 FROM exposures WHERE tenant = ?1 "
                    "AND at > ?2",
                    tenant, since));
  SEAWALL_TRY([[maybe_unused]] const bool row, seen.step());
  SEAWALL_TRY(Statement samples,
              bound(database_,
                    "SELECT count(*) FILTER (WHERE sample = 2), count(*) FILTER (WHERE sample "
                    "= 3) FROM items WHERE tenant = ?1",
                    tenant));
  SEAWALL_TRY([[maybe_unused]] const bool one, samples.step());
  out.work = ReviewTotals::Work{work.integer(0), work.integer(1),    seen.integer(0),   seen.integer(1),
                                work.integer(2), samples.integer(0), samples.integer(1)};
  return out;
}

Result<ReviewCounts> ReviewBook::counts() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(Statement find,
              bound(database_, "SELECT count(*), min(first_seen) FROM items WHERE state < 4"));
  SEAWALL_TRY([[maybe_unused]] const bool any, find.step());
  ReviewCounts out{find.integer(0), 0, not_kept_};
  if (!find.is_null(1)) out.oldest_s = std::max<std::int64_t>(0, ms_of(now) - find.integer(1)) / 1000;
  return out;
}

}  // namespace seawall
