#include <algorithm>
#include <array>

#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/crypto/sha256.h"
#include "seawall/review/detail/row.h"
#include "seawall/review/sampling.h"

namespace seawall {

using review_sql::kItem;
using review_sql::row_at;
using sqlite_bound::bound;
using sqlite_bound::number_of;
using sqlite_bound::run_bound;
using Kind = ReviewRefusal::Kind;

namespace {

template <class T>
std::int64_t word(T value) {
  return static_cast<std::int64_t>(value);
}
template <class T>
std::optional<std::int64_t> maybe_word(const std::optional<T>& value) {
  if (!value) return std::nullopt;
  return word(*value);
}

std::optional<std::string> scheme_of(const std::optional<Classification>& one) {
  if (!one) return std::nullopt;
  return std::string(name_of(one->scheme));
}
std::optional<std::string> value_of(const std::optional<Classification>& one) {
  if (!one) return std::nullopt;
  return one->value;
}

}  // namespace

Reviewed<std::vector<ReviewBook::Row>> ReviewBook::to_grade(const Row& row, const Reviewer& who,
                                                            bool whole_cluster) {
  std::vector<Row> all{row};
  if (!whole_cluster || row.state == ReviewState::kDecided) return all;
  const std::string sql = std::string(kItem) +
                          "WHERE cluster = ?1 AND state = ?2 AND id <> ?3 AND lease_by = ?4 AND NOT EXISTS "
                          "(SELECT 1 FROM grades g WHERE g.item = items.id AND g.person = ?4 AND g.undone IS "
                          "NULL) ORDER BY id";
  SEAWALL_TRY(Statement each, bound(database_, sql, row.cluster, word(row.state), row.id, who.who));
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.push_back(row_at(each));
  }
}

Result<void> ReviewBook::decide(const Row& row, const GradeAsk& ask, ReviewHow how, Time now) {
  SEAWALL_CHECK(run_bound(
      database_,
      "UPDATE items SET state = 4, grade = ?2, how = ?3, scheme = ?4, value = ?5, decided = ?6, "
      "lead = 0 WHERE id = ?1",
      row.id, word(ask.grade), word(how), scheme_of(ask.classification), value_of(ask.classification), now));
  return new_lead(row.cluster);
}

Result<void> ReviewBook::new_lead(std::int64_t cluster) {
  SEAWALL_CHECK(run_bound(database_, "UPDATE items SET lead = 0 WHERE cluster = ?1 AND lead = 1", cluster));
  return run_bound(database_,
                   "UPDATE items SET lead = 1 WHERE id = (SELECT min(id) FROM items WHERE cluster = ?1 AND "
                   "state < 4)",
                   cluster);
}

Result<void> ReviewBook::set_state(std::int64_t item, ReviewState state) {
  return run_bound(database_, "UPDATE items SET state = ?2 WHERE id = ?1", item, word(state));
}

/// What a grade makes of an item that waits. Gives what decided it, if that is so.
Result<std::optional<ReviewHow>> ReviewBook::weigh(const Row& row, const GradeAsk& ask) {
  if (row.state == ReviewState::kDecided) {
    const bool same = ask.grade == row.grade;
    SEAWALL_CHECK(run_bound(database_, "UPDATE items SET sample = ?2 WHERE id = ?1", row.id,
                            word(same ? Row::Sample::kAgreed : Row::Sample::kDiffered)));
    if (same) return std::nullopt;
    SEAWALL_CHECK(run_bound(database_, "DELETE FROM effects WHERE item = ?1 AND quarantine = 0", row.id));
    SEAWALL_CHECK(set_state(row.id, ReviewState::kDisputed));
    SEAWALL_CHECK(new_lead(row.cluster));
    return std::nullopt;
  }
  if (row.state == ReviewState::kDisputed) return ReviewHow::kThird;
  if (row.state == ReviewState::kSecond) {
    SEAWALL_TRY(const auto first,
                number_of(database_,
                          "SELECT grade FROM grades WHERE item = ?1 AND undone IS NULL ORDER "
                          "BY id LIMIT 1",
                          row.id));
    if (first == word(ask.grade) && ask.grade != ReviewGrade::kUnsure) return ReviewHow::kAgreed;
    SEAWALL_CHECK(set_state(row.id, ReviewState::kDisputed));
    return std::nullopt;
  }
  const bool two = ask.second_opinion || ask.grade == ReviewGrade::kUnsure ||
                   word(row.severity) >= options_.second_opinion_from;
  if (!two) return ReviewHow::kPerson;
  SEAWALL_CHECK(set_state(row.id, ReviewState::kSecond));
  return std::nullopt;
}

Result<bool> ReviewBook::grade_one(const Row& row, const Reviewer& who, const GradeAsk& ask,
                                   std::int64_t action, Time now) {
  const bool sample_check = row.state == ReviewState::kDecided;
  SEAWALL_CHECK(run_bound(database_,
                          "INSERT INTO grades (action, item, person, grade, why, at, sample_of, old_state, "
                          "old_grade, old_scheme, "
                          "old_value, old_how, old_decided, old_sample) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
                          "?8, ?9, ?10, ?11, ?12, "
                          "?13, ?14)",
                          action, row.id, who.who, word(ask.grade), ask.why, now, std::int64_t{sample_check},
                          word(row.state), maybe_word(row.grade), scheme_of(row.classification),
                          value_of(row.classification), maybe_word(row.how), row.decided, word(row.sample)));
  SEAWALL_TRY(const auto how, weigh(row, ask));
  if (how) {
    SEAWALL_CHECK(decide(row, ask, *how, now));
    SEAWALL_CHECK(put_feedback(row, who, ask, action, now));
  }
  SEAWALL_CHECK(run_bound(database_,
                          "UPDATE items SET lease_by = NULL, lease_until = NULL, settled = ?2 WHERE id = ?1",
                          row.id, now));
  SEAWALL_CHECK(tell(now, {"decision",
                           {{"by", std::string(who.who)},
                            {"entry", row.entry},
                            {"grade", std::string(name_of(ask.grade))},
                            {"item", review_item_name(row.id)},
                            {"tenant", row.tenant}}}));
  return how == ReviewHow::kPerson;
}

Result<void> ReviewBook::put_feedback(const Row& row, const Reviewer& who, const GradeAsk& ask,
                                      std::int64_t action, Time now) {
  if (ask.grade == ReviewGrade::kUnsure) return {};
  return put_effect(row, who, {action, false, ask.grade == ReviewGrade::kConfirmed, ask.why},
                    now + options_.undo);
}

Result<void> ReviewBook::put_effect(const Row& row, const Reviewer& who, const EffectWish& wish,
                                    Time not_before) {
  return run_bound(
      database_,
      "INSERT INTO effects (action, item, tenant, entry, signal, person, why, quarantine, confirmed, "
      "not_before) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
      wish.action, row.id, row.tenant, row.entry, row.signal, who.who, wish.why,
      std::int64_t{wish.quarantine}, std::int64_t{wish.confirmed}, not_before);
}

Result<bool> ReviewBook::sampled(std::int64_t item, Time now) {
  if (options_.sample_permille == 0) return false;
  const std::int64_t day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  SEAWALL_TRY(Statement find, bound(database_, "SELECT seed FROM seeds WHERE day = ?1", day));
  SEAWALL_TRY(const bool any, find.step());
  SampleSeed seed{};
  if (any && find.blob(0).size() == seed.size()) {
    std::ranges::copy(find.blob(0), seed.begin());
  } else {
    SEAWALL_CHECK(fill_with_random_bytes(seed));
    SEAWALL_CHECK(run_bound(database_, "INSERT OR REPLACE INTO seeds VALUES (?1, ?2)", day, std::span(seed)));
    // The log has the seed's commitment before it has chosen anything.
    SEAWALL_CHECK(tell(now, {"sampling",
                             {{"day", std::to_string(day)},
                              {"permille", std::to_string(options_.sample_permille)},
                              {"seed", to_hex(seed)}}}));
  }
  return is_sampled(seed, review_item_name(item), options_.sample_permille);
}

Reviewed<GradeDone> ReviewBook::grade(const Reviewer& who, std::int64_t id, const GradeAsk& ask) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const Row lead, row(who.tenant, id));
  SEAWALL_TRY(const auto spoken, opinions_of(id, who.who));
  if (spoken != 0) return no_review(lead.waits() ? Kind::kOwnOpinion : Kind::kDecided);
  if (!lead.waits()) return no_review(Kind::kDecided);
  SEAWALL_CHECK(must_hold(lead, who, now));
  SEAWALL_TRY(const auto rows, to_grade(lead, who, ask.whole_cluster));
  SEAWALL_TRY(const auto last, number_of(database_, "SELECT max(action) FROM grades"));
  const std::int64_t action = last.value_or(0) + 1;
  GradeDone done;
  for (const Row& one : rows) {
    SEAWALL_TRY(const bool by_one, grade_one(one, who, ask, action, now));
    done.graded.push_back(one.id);
    if (!by_one || one.id != id) continue;
    SEAWALL_TRY(const bool chosen, sampled(id, now));
    if (chosen) SEAWALL_CHECK(run_bound(database_, "UPDATE items SET sample = 1 WHERE id = ?1", id));
  }
  if (ask.quarantine && ask.grade == ReviewGrade::kNotAMatch)
    SEAWALL_CHECK(put_effect(lead, who, {action, true, false, ask.why}, now));
  std::int64_t erased = 0;
  if (options_.undo.count() == 0) {
    SEAWALL_TRY(erased, erase_due(now));
  } else {
    done.undo_until = now + options_.undo;
  }
  SEAWALL_CHECK(transaction.commit());
  if (erased != 0) SEAWALL_CHECK(empty_journal());
  return done;
}

Result<void> ReviewBook::restore(std::int64_t grade_id, std::int64_t item) {
  return run_bound(
      database_,
      "UPDATE items SET (state, grade, scheme, value, how, decided, sample) = (SELECT old_state, "
      "old_grade, old_scheme, old_value, old_how, old_decided, old_sample FROM grades WHERE id = ?1) "
      "WHERE id = ?2",
      grade_id, item);
}

Reviewed<GradeDone> ReviewBook::undo(const Reviewer& who, std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const Row asked, row(who.tenant, id));
  SEAWALL_TRY(const auto action,
              number_of(database_,
                        "SELECT action FROM grades WHERE item = ?1 AND person = ?2 AND undone "
                        "IS NULL AND at > ?3 ORDER BY id DESC LIMIT 1",
                        id, who.who, Time(now - options_.undo)));
  if (!action) return no_review(Kind::kCannotUndo);
  SEAWALL_TRY(Statement each,
              bound(database_,
                    "SELECT g.id, g.item, (SELECT max(id) FROM grades l WHERE l.item = g.item AND "
                    "l.undone IS NULL) FROM grades g WHERE g.action = ?1",
                    *action));
  GradeDone done;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    if (each.integer(0) != each.integer(2)) return no_review(Kind::kCannotUndo);
    SEAWALL_CHECK(restore(each.integer(0), each.integer(1)));
    done.graded.push_back(each.integer(1));
  }
  SEAWALL_CHECK(run_bound(database_, "UPDATE grades SET undone = ?2 WHERE action = ?1", *action, now));
  SEAWALL_CHECK(run_bound(database_, "DELETE FROM effects WHERE action = ?1 AND quarantine = 0", *action));
  for (const std::int64_t item : done.graded) {
    // Theirs again, unless somebody has begun to look meanwhile.
    SEAWALL_CHECK(
        run_bound(database_,
                  "UPDATE items SET lease_by = ?2, lease_until = ?3 WHERE id = ?1 AND (lease_by IS NULL OR "
                  "lease_by = ?2 OR lease_until <= ?4)",
                  item, who.who, Time(now + kLease), now));
  }
  SEAWALL_CHECK(new_lead(asked.cluster));
  SEAWALL_CHECK(
      tell(now, {"undo",
                 {{"by", std::string(who.who)}, {"item", review_item_name(id)}, {"tenant", asked.tenant}},
                 static_cast<std::int64_t>(done.graded.size())}));
  SEAWALL_CHECK(transaction.commit());
  return done;
}

}  // namespace seawall
