#include "seawall/review/detail/row.h"

namespace seawall {

using sqlite_bound::bound;
using sqlite_bound::run_bound;

namespace {

constexpr std::chrono::hours kSightings{48};  // Idempotency-Keys are known for 24.
constexpr std::chrono::days kSeeds{400};
constexpr std::int64_t kBatch = 500;

}  // namespace

Result<std::int64_t> ReviewBook::erase_due(Time now) {
  // Decided, and nobody may undo it or is still to see it; or too old for anybody to see.
  constexpr std::string_view kDue =
      "SELECT id FROM items WHERE key IS NOT NULL AND ((state = 4 AND sample <> 1 AND settled <= ?1) OR "
      "last_seen <= ?2) LIMIT ?3";
  SEAWALL_TRY(Statement each,
              bound(database_, kDue, Time(now - options_.undo), Time(now - options_.keep), kBatch));
  std::vector<std::int64_t> due;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    due.push_back(each.integer(0));
  }
  each.reset();
  for (const std::int64_t id : due) {
    SEAWALL_CHECK(run_bound(database_, "DELETE FROM stills WHERE item = ?1", id));
    SEAWALL_CHECK(run_bound(database_, "UPDATE items SET key = NULL WHERE id = ?1", id));
  }
  return static_cast<std::int64_t>(due.size());
}

Result<void> ReviewBook::empty_journal() {
  // Another process that reads the file just now keeps it from being emptied: the next time does it.
  return database_.run("PRAGMA wal_checkpoint(TRUNCATE);");
}

Result<void> ReviewBook::expire(Time now) {
  const Time before = now - options_.keep;
  SEAWALL_CHECK(
      run_bound(database_,
                "UPDATE items SET state = 4, how = 5, decided = ?1, settled = ?1, lead = 0, lease_by = "
                "NULL, sample = 0 WHERE state < 4 AND last_seen <= ?2",
                now, before));
  SEAWALL_CHECK(
      run_bound(database_, "UPDATE items SET sample = 0 WHERE sample = 1 AND last_seen <= ?1", before));
  const Time gone = now - options_.keep_decided;
  SEAWALL_CHECK(
      run_bound(database_,
                "DELETE FROM items WHERE id IN (SELECT id FROM items WHERE state = 4 AND key IS NULL "
                "AND sample <> 1 AND settled <= ?1 AND last_seen <= ?1 LIMIT ?2)",
                gone, kBatch));
  SEAWALL_CHECK(run_bound(database_, "DELETE FROM grades WHERE at <= ?1", gone));
  SEAWALL_CHECK(run_bound(database_, "DELETE FROM exposures WHERE at <= ?1", gone));
  SEAWALL_CHECK(run_bound(database_, "DELETE FROM sightings WHERE at <= ?1", Time(now - kSightings)));
  const std::int64_t day = std::chrono::floor<std::chrono::days>(now - kSeeds).time_since_epoch().count();
  return run_bound(database_, "DELETE FROM seeds WHERE day < ?1", day);
}

Result<void> ReviewBook::tidy() {
  const std::scoped_lock lock(mutex_);
  std::int64_t erased = 0, all = 0;
  do {
    SEAWALL_TRY(auto transaction, Transaction::begin(database_));
    SEAWALL_TRY(const Time now, advance());
    if (all == 0) SEAWALL_CHECK(expire(now));
    SEAWALL_TRY(erased, erase_due(now));
    SEAWALL_CHECK(transaction.commit());
    all += erased;
  } while (erased == kBatch);
  if (all != 0) return empty_journal();
  return {};
}

Result<std::vector<ReviewEffect>> ReviewBook::effects_due(std::size_t max) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(Statement each,
              bound(database_,
                    "SELECT id, item, tenant, entry, signal, person, why, quarantine, confirmed "
                    "FROM effects WHERE not_before <= ?1 ORDER BY id LIMIT ?2",
                    now, static_cast<std::int64_t>(max)));
  std::vector<ReviewEffect> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.push_back({each.integer(0), review_item_name(each.integer(1)), std::string(each.text(2)),
                   std::string(each.text(3)), std::string(each.text(4)), std::string(each.text(5)),
                   std::string(each.text(6)), each.integer(7) != 0, each.integer(8) != 0});
  }
}

Result<void> ReviewBook::effect_done(std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  return run_bound(database_, "DELETE FROM effects WHERE id = ?1", id);
}

}  // namespace seawall
