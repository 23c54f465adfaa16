#include "seawall/review/detail/row.h"

namespace seawall {

using review_sql::kItem;
using review_sql::row_at;
using sqlite_bound::bound;
using sqlite_bound::number_of;
using sqlite_bound::time_of;

namespace {

constexpr std::string_view kMine =
    "EXISTS (SELECT 1 FROM grades g WHERE g.item = items.id AND g.person = ?3 AND g.undone IS NULL)";
constexpr std::string_view kFilters =
    " AND (?4 = 0 OR severity = ?4) AND (?5 = '' OR bank = ?5) "
    "AND (?6 = 0 OR (lease_by = ?3 AND lease_until > ?7)) ";

/// What the queue of that name holds for one person, in its order.
std::string queue_sql(std::string_view state) {
  const std::string mine(kMine), filters(kFilters);
  std::string sql(kItem);
  sql += "WHERE tenant = ?1 AND ";
  if (state == "decided") {
    return sql + "(?2 = 0 OR id < ?2) AND state = 4 AND (sample <> 1 OR " + mine + ")" + filters +
           "ORDER BY id DESC LIMIT ?8";
  }
  sql += "id > ?2 AND ";
  if (state == "waiting") return sql + "state IN (2, 3) AND " + mine + filters + "ORDER BY id LIMIT ?8";
  return sql + "((state < 4 AND lead = 1) OR (state = 4 AND sample = 1)) AND NOT " + mine + filters +
         "ORDER BY id LIMIT ?8";
}

/// The last thing that a person said of an item, if nobody has spoken since.
struct LastWord {
  bool any = false, mine = false;
  ReviewGrade grade{};
  Time at{};
};

Result<LastWord> last_word(Database& database, std::int64_t item, std::string_view person) {
  SEAWALL_TRY(Statement find, bound(database,
                                    "SELECT person, grade, at FROM grades WHERE item = ?1 AND undone IS NULL "
                                    "ORDER BY id DESC LIMIT 1",
                                    item));
  SEAWALL_TRY(const bool any, find.step());
  if (!any) return LastWord{};
  return LastWord{true, find.text(0) == person, static_cast<ReviewGrade>(find.integer(1)),
                  time_of(find.integer(2))};
}

Result<std::optional<ReviewGrade>> own_grade(Database& database, std::int64_t item, std::string_view person) {
  SEAWALL_TRY(const auto grade,
              number_of(database,
                        "SELECT grade FROM grades WHERE item = ?1 AND person = ?2 AND undone "
                        "IS NULL ORDER BY id DESC LIMIT 1",
                        item, person));
  if (!grade) return std::nullopt;
  return static_cast<ReviewGrade>(*grade);
}

Result<std::vector<ReviewStillView>> stills_of(Database& database, std::int64_t item) {
  SEAWALL_TRY(
      Statement each,
      bound(database, "SELECT n, width, height, frame, at_ms FROM stills WHERE item = ?1 ORDER BY n", item));
  std::vector<ReviewStillView> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.push_back({static_cast<int>(each.integer(0)), static_cast<int>(each.integer(1)),
                   static_cast<int>(each.integer(2)), static_cast<int>(each.integer(3)), each.integer(4)});
  }
}

}  // namespace

Reviewed<ReviewView> ReviewBook::view(const Row& row, const Reviewer& who, Time now) {
  ReviewView out;
  out.id = row.id;
  out.severity = row.severity;
  out.video = row.video;
  out.entry = row.entry;
  out.bank = row.bank;
  out.facts = row.facts;
  out.cluster = row.cluster;
  out.cluster_distance_bits = row.distance_bits;
  out.seen = row.seen;
  out.first_seen = row.first_seen;
  out.last_seen = row.last_seen;
  SEAWALL_TRY(
      const auto open,
      number_of(database_, "SELECT count(*) FROM items WHERE cluster = ?1 AND state < 4", row.cluster));
  out.cluster_open = open.value_or(0);
  SEAWALL_TRY(out.stills, stills_of(database_, row.id));
  out.stills_erased = row.had_stills && out.stills.empty();
  if (!row.lease_by.empty() && row.lease_until > now) {
    out.lease_until = row.lease_until;
    out.lease_mine = row.lease_by == who.who;
  }
  SEAWALL_TRY(const auto own, own_grade(database_, row.id, who.who));
  const bool blind = row.sample == Row::Sample::kWaits && !own;
  const bool decided = row.state == ReviewState::kDecided && !blind;
  out.shown_state = decided ? "decided" : own ? "waiting" : "open";
  out.grade = own;
  if (decided) {
    out.grade = row.grade;
    out.classification = row.classification;
    out.how = row.how;
    out.decided = row.decided;
  }
  SEAWALL_TRY(const LastWord last, last_word(database_, row.id, who.who));
  if (last.any && last.mine && last.at + options_.undo > now) out.undo_until = last.at + options_.undo;
  return out;
}

Reviewed<ReviewPage> ReviewBook::items(const Reviewer& who, const ReviewQuery& query) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, advance());
  const std::int64_t severity = query.severity ? static_cast<std::int64_t>(*query.severity) : 0;
  SEAWALL_TRY(Statement each, bound(database_, queue_sql(query.state), who.tenant, query.after, who.who,
                                    severity, query.bank, std::int64_t{query.mine}, now, query.limit + 1));
  ReviewPage page;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return page;
    if (static_cast<std::int64_t>(page.items.size()) == query.limit) {
      page.next = page.items.back().id;
      return page;
    }
    SEAWALL_TRY(ReviewView one, view(row_at(each), who, now));
    page.items.push_back(std::move(one));
  }
}

Reviewed<ReviewView> ReviewBook::item(const Reviewer& who, std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const Row found, row(who.tenant, id));
  return view(found, who, now);
}

Reviewed<std::vector<CustodyRow>> ReviewBook::custody(std::string_view tenant, std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Row found, row(tenant, id));
  SEAWALL_TRY(Statement each,
              bound(database_,
                    "SELECT n, person, at, rendered, shown_ms, revealed_ms FROM exposures WHERE "
                    "item = ?1 ORDER BY id",
                    found.id));
  std::vector<CustodyRow> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.push_back({static_cast<int>(each.integer(0)), std::string(each.text(1)), time_of(each.integer(2)),
                   each.integer(3) != 0, each.integer(4), each.integer(5)});
  }
}

}  // namespace seawall
