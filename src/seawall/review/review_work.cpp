#include <algorithm>

#include "seawall/review/detail/row.h"

namespace seawall {

using sqlite_bound::bound;
using sqlite_bound::ms_of;
using sqlite_bound::number_of;
using sqlite_bound::run_bound;
using sqlite_bound::time_of;
using Kind = ReviewRefusal::Kind;

Reviewed<ReviewView> ReviewBook::claim(const Reviewer& who, std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const Row wanted, row(who.tenant, id));
  SEAWALL_TRY(const auto spoken, opinions_of(id, who.who));
  if (spoken != 0) return no_review(wanted.waits() ? Kind::kOwnOpinion : Kind::kDecided);
  if (!wanted.waits()) return no_review(Kind::kDecided);
  if (!wanted.lease_by.empty() && wanted.lease_until > now && wanted.lease_by != who.who)
    return no_review(Kind::kLeased);
  SEAWALL_TRY(const auto held, number_of(database_,
                                         "SELECT count(DISTINCT cluster) FROM items WHERE lease_by = ?1 AND "
                                         "lease_until > ?2 AND cluster <> ?3",
                                         who.who, now, wanted.cluster));
  if (held.value_or(0) >= kLeasesMax) return no_review(Kind::kTooManyLeases);
  SEAWALL_CHECK(
      run_bound(database_,
                "UPDATE items SET lease_by = ?2, lease_until = ?3 WHERE (id = ?1 OR (cluster = ?4 AND "
                "state = ?5 AND state < 4)) AND (lease_by IS NULL OR lease_by = ?2 OR lease_until <= ?6)",
                id, who.who, now + kLease, wanted.cluster, static_cast<std::int64_t>(wanted.state), now));
  SEAWALL_TRY(const Row claimed, row(who.tenant, id));
  SEAWALL_TRY(ReviewView out, view(claimed, who, now));
  SEAWALL_CHECK(transaction.commit());
  return out;
}

Reviewed<void> ReviewBook::must_hold(const Row& row, const Reviewer& who, Time now) {
  if (row.lease_by == who.who && row.lease_until > now) return {};
  return no_review(row.lease_by.empty() || row.lease_until <= now ? Kind::kNotLeased : Kind::kLeased);
}

Reviewed<ReviewView> ReviewBook::release(const Reviewer& who, std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const Row held, row(who.tenant, id));
  SEAWALL_CHECK(must_hold(held, who, now));
  SEAWALL_CHECK(
      run_bound(database_,
                "UPDATE items SET lease_by = NULL, lease_until = NULL WHERE (id = ?1 OR cluster = ?2) "
                "AND lease_by = ?3",
                id, held.cluster, who.who));
  SEAWALL_TRY(const Row freed, row(who.tenant, id));
  SEAWALL_TRY(ReviewView out, view(freed, who, now));
  SEAWALL_CHECK(transaction.commit());
  return out;
}

Result<std::vector<Exposure>> ReviewBook::exposures_of(std::string_view person, Time now) {
  SEAWALL_TRY(Statement each,
              bound(database_,
                    "SELECT at, severity, told, revealed_ms FROM exposures WHERE person = ?1 AND "
                    "at > ?2 ORDER BY at",
                    person, Time(now - std::chrono::hours(24))));
  std::vector<Exposure> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    const bool told = each.integer(2) != 0;
    all.push_back({time_of(each.integer(0)), static_cast<ReviewSeverity>(each.integer(1)),
                   told ? each.integer(3) : kUntoldMs});
  }
}

Result<void> ReviewBook::charge(const Row& row, const Reviewer& who, int still, Time now) {
  SEAWALL_CHECK(run_bound(
      database_,
      "INSERT INTO exposures (item, n, tenant, person, severity, at, told, rendered, shown_ms, "
      "revealed_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0, 0)",
      row.id, std::int64_t{still}, row.tenant, who.who, static_cast<std::int64_t>(row.severity), now));
  return tell(now, {"exposure",
                    {{"by", std::string(who.who)},
                     {"item", review_item_name(row.id)},
                     {"severity", std::string(name_of(row.severity))},
                     {"still", std::to_string(still)},
                     {"tenant", row.tenant}}});
}

Reviewed<StillShown> ReviewBook::show(const Reviewer& who, std::int64_t id, int still) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const Row held, row(who.tenant, id));
  if (!held.waits()) return no_review(Kind::kDecided);
  SEAWALL_CHECK(must_hold(held, who, now));
  SEAWALL_TRY(StillPicture picture, opened(held, still));
  SEAWALL_TRY(const auto given,
              number_of(database_,
                        "SELECT max(at) FROM exposures WHERE item = ?1 AND n = ?2 AND person = "
                        "?3",
                        id, std::int64_t{still}, who.who));
  SEAWALL_TRY(const ExposureLimits limits, limits_of(who.who));
  SEAWALL_TRY(auto exposures, exposures_of(who.who, now));
  const bool again = given && time_of(*given) + kLease > now;  // A page that was loaded again.
  if (!again) {
    if (!allows(limits, use_of(exposures, now), held.severity)) {
      ReviewRefusal refusal(Kind::kBudget);
      refusal.free_at = allowed_from(limits, exposures, held.severity, now);
      if (refusal.free_at)
        refusal.retry_after = std::chrono::ceil<std::chrono::seconds>(*refusal.free_at - now);
      return tl::unexpected(std::move(refusal));
    }
    SEAWALL_CHECK(charge(held, who, still, now));
  }
  SEAWALL_CHECK(transaction.commit());
  return StillShown{std::move(picture), reveal_left_ms(limits, use_of(exposures, now), held.severity)};
}

Reviewed<ExposureUse> ReviewBook::viewed(const Reviewer& who, std::int64_t id, const ReviewViewing& viewing) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const Row seen, row(who.tenant, id));
  SEAWALL_TRY(Statement find,
              bound(database_,
                    "SELECT id, at, rendered, shown_ms, revealed_ms FROM exposures WHERE item = "
                    "?1 AND n = ?2 AND person = ?3 ORDER BY id DESC LIMIT 1",
                    seen.id, std::int64_t{viewing.still}, who.who));
  SEAWALL_TRY(const bool any, find.step());
  if (!any) return no_review(Kind::kNoSuchStill);
  // No page can have shown it for longer than it has had it.
  const std::int64_t most = ms_of(now) - find.integer(1);
  const std::int64_t shown = std::min(most, find.integer(3) + viewing.shown_ms);
  const std::int64_t revealed = std::min(most, find.integer(4) + viewing.revealed_ms);
  const std::int64_t rendered = std::max<std::int64_t>(find.integer(2), viewing.rendered ? 1 : 0);
  const std::int64_t exposure = find.integer(0);
  find.reset();
  SEAWALL_CHECK(
      run_bound(database_,
                "UPDATE exposures SET told = 1, rendered = ?2, shown_ms = ?3, revealed_ms = ?4 WHERE "
                "id = ?1",
                exposure, rendered, shown, revealed));
  SEAWALL_TRY(const auto exposures, exposures_of(who.who, now));
  SEAWALL_CHECK(transaction.commit());
  return use_of(exposures, now);
}

}  // namespace seawall
