#include "seawall/orders/order_book.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "seawall/base/hex.h"
#include "seawall/base/unique_fd.h"
#include "seawall/orders/detail/by_roster.h"
#include "seawall/orders/detail/rows.h"

namespace seawall {
namespace {

using order_rows::exists;
using order_rows::ms_of;
using order_rows::time_of;

constexpr std::string_view kSchema = R"(
CREATE TABLE book (one INTEGER PRIMARY KEY CHECK (one = 1), seen INTEGER NOT NULL) STRICT;
INSERT INTO book VALUES (1, 0);
CREATE TABLE roster (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE orders (
  id TEXT PRIMARY KEY, previous TEXT NOT NULL, granted INTEGER NOT NULL DEFAULT 0,
  used INTEGER NOT NULL DEFAULT 0, confirm_by INTEGER, opening_due INTEGER, grant_log INTEGER) STRICT;
CREATE UNIQUE INDEX orders_renewed ON orders (previous) WHERE granted = 1 AND previous <> '';
CREATE INDEX orders_to_confirm ON orders (confirm_by) WHERE confirm_by IS NOT NULL;
CREATE INDEX orders_to_open ON orders (opening_due) WHERE opening_due IS NOT NULL;
CREATE TABLE statements (
  number INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
  received INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX statements_of_order ON statements (order_id, number);
CREATE TABLE drafts (id TEXT PRIMARY KEY, received INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
CREATE TABLE uses (number INTEGER PRIMARY KEY, order_id TEXT NOT NULL) STRICT;
CREATE INDEX uses_of_order ON uses (order_id, number);
PRAGMA user_version = 1;
)";
// Beside the version's: older programs leave it alone.
constexpr std::string_view kDemands =
    "CREATE TABLE IF NOT EXISTS demands (id TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;";
/// `counted`: records of an order that are durably counted, used or not yet; `ahead`: what the log is told if
/// it is not known how many were used; `boot`: of the machine when that was last made sure of.
constexpr std::string_view kCountedAhead = R"(
ALTER TABLE orders ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN ahead_for TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN ahead TEXT NOT NULL DEFAULT '';
ALTER TABLE book ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE book ADD COLUMN flushes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX orders_ahead ON orders (id) WHERE counted > used;
PRAGMA user_version = 2;
)";
constexpr std::int64_t kVersion = 2;

Result<void> make_private(const std::filesystem::path& folder, const std::filesystem::path& file) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(Code::kUnavailable, folder.string() + ": " + std::strerror(errno));
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd || ::fchmod(fd.get(), 0600) != 0)
    return fail(Code::kUnavailable, file.string() + ": " + std::strerror(errno));
  return {};
}

Result<void> make_schema(Database& database) {
  SEAWALL_CHECK(LogOutbox(database).make_table());
  SEAWALL_TRY(auto transaction, Transaction::begin(database));
  SEAWALL_CHECK(database.run(kDemands));
  SEAWALL_TRY(const std::int64_t found, order_rows::one_number(database, "PRAGMA user_version", {}));
  if (found == kVersion) return transaction.commit();
  if (found > kVersion || found < 0)
    return fail(Code::kInvalidInput, "the order book is of a newer Seawall: upgrade this one");
  SEAWALL_CHECK(database.run((found == 0 ? std::string(kSchema) : "") + std::string(kCountedAhead)));
  return transaction.commit();
}

LogKind log_kind_of(OrderStep step) {
  if (step == OrderStep::kOpening) return LogKind::kOrderOpening;
  return step == OrderStep::kExtension ? LogKind::kOrderExtension : LogKind::kOrder;
}

std::string_view without_line_end(std::string_view text) { return text.substr(0, text.size() - 1); }

}  // namespace

Result<Sha256> roster_id_from(std::string_view text) {
  Sha256 id{};
  if (from_hex(text, id)) return id;
  return fail(Code::kInvalidInput,
              "a roster is named by 64 hex digits, as `seawall roster show` prints them");
}

Result<std::unique_ptr<OrderBook>> OrderBook::open(const std::filesystem::path& folder, const Clock& clock,
                                                   const OrderBookOptions& options) {
  const std::filesystem::path file = folder / "book.db";
  SEAWALL_CHECK(make_private(folder, file));
  SEAWALL_TRY(Database database, Database::open(file, {.create = true}));
  SEAWALL_CHECK(make_schema(database));
  std::unique_ptr<OrderBook> book(new OrderBook(std::move(database), clock, options));
  if (options.roster) {
    SEAWALL_CHECK(book->roster());
  }
  SEAWALL_CHECK(book->settle_what_was_lost());
  return book;
}

Result<void> OrderBook::wait_for(Disk disk) {
  if (disk == disk_) return {};
  const bool now = disk == Disk::kNow;
  SEAWALL_CHECK(database_.run(now ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"));
  disk_ = disk;
  return {};
}

Result<Transaction> OrderBook::begin(Disk disk) {
  SEAWALL_CHECK(wait_for(disk));
  return Transaction::begin(database_);
}

Result<Time> OrderBook::now() {
  const std::scoped_lock lock(mutex_);
  return book_time();
}

Result<Time> OrderBook::book_time() {
  SEAWALL_TRY(const std::int64_t seen, order_rows::one_number(prepared_, "SELECT seen FROM book", {}));
  return std::max({Time(clock_.now()), time_of(seen), used_at_});
}

Result<Time> OrderBook::advance() {
  SEAWALL_TRY(const Time now, book_time());
  SEAWALL_TRY(const order_rows::Lent put, prepared_.lend("UPDATE book SET seen = ?1 WHERE seen < ?1"));
  SEAWALL_CHECK(put->bind(1, ms_of(now)).run());
  return now;
}

Result<SubmittedStatement> OrderBook::submit(const SignedStatement& statement) {
  if (statement.signatures().empty()) return fail(Code::kInvalidInput, "nobody has signed it yet");
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, begin(Disk::kNow));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const SignedStatement joined, joined_with_draft(statement));
  const bool of_roster = joined.kind() == "roster";
  SEAWALL_TRY(SubmittedStatement done, of_roster ? submit_roster(joined, now) : submit_step(joined, now));
  SEAWALL_CHECK(transaction.commit());
  return done;
}

Result<SubmittedStatement> OrderBook::submit_roster(const SignedStatement& statement, Time now) {
  if (statement.at() > now + kClockSkewMax)
    return fail(Code::kInvalidInput, "it is signed for a time that lies ahead");
  SEAWALL_TRY(const Roster* roster, current_roster());
  SEAWALL_CHECK(roster->check_next(statement));
  SEAWALL_CHECK(check_is_pinned(roster->empty() ? statement : roster->statements().front()));
  SubmittedStatement done{.missing = statement.missing(), .id = to_hex(statement.id())};
  if (!statement.is_complete()) {
    SEAWALL_CHECK(keep_draft(statement, now));
    return done;
  }
  const std::string text = statement.to_text();
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO roster (number, text) VALUES (?1, ?2)"));
  const auto number = static_cast<std::int64_t>(roster->statements().size());
  SEAWALL_CHECK(put.bind(1, number).bind(2, std::string_view(text)).run());
  SEAWALL_CHECK(LogOutbox(database_).add(
      {.kind = LogKind::kRoleChange, .at = now, .record = std::string(without_line_end(text))}));
  SEAWALL_CHECK(drop_draft(statement));
  done.accepted = true;
  return done;
}

Result<SubmittedStatement> OrderBook::submit_step(const SignedStatement& statement, Time now) {
  SEAWALL_TRY(const std::string id, order_id_of(statement));
  SEAWALL_TRY(const Roster* roster, current_roster());
  SEAWALL_CHECK(roster->check_signatures(statement, now));
  SEAWALL_TRY(const OrderCase* before, current_case(id));
  auto after = before != nullptr ? Result<OrderCase>(*before) : OrderCase::begin(statement, now);
  if (!after) return tl::unexpected(std::move(after).error());
  if (before != nullptr) SEAWALL_CHECK(after->apply(statement, now));
  SEAWALL_CHECK(check_people(*roster, statement, *after, now));
  const auto step = *order_step_named(statement.kind());
  if (step == OrderStep::kApplication || step == OrderStep::kOrder) SEAWALL_CHECK(check_renewal(*after, now));
  SubmittedStatement done{.missing = statement.missing(), .id = to_hex(statement.id()), .order = id};
  if (!statement.is_complete()) {
    SEAWALL_CHECK(keep_draft(statement, now));
    return done;
  }
  SEAWALL_CHECK(keep_step(statement, step, *after, now));
  done.accepted = true;
  return done;
}

Result<void> OrderBook::check_renewal(const OrderCase& next, Time now) {
  const OrderDocument& order = next.document();
  if (order.previous.empty()) return {};
  SEAWALL_TRY(const OrderCase* old, current_case(order.previous));
  if (old == nullptr) return fail(Code::kNotFound, "there is no order that it could renew");
  const OrderState state = old->state(now);
  if (state != OrderState::kInForce && state != OrderState::kWaiting)
    return fail(Code::kConflict, "only an order that is in force is renewed: apply for a new one");
  if (old->document().scope.tenant != order.scope.tenant)
    return fail(Code::kInvalidInput, "a renewal is of the same tenant");
  SEAWALL_TRY(const bool renewed,
              exists(database_, "SELECT 1 FROM orders WHERE previous = ?1 AND granted = 1", order.previous));
  if (renewed) return fail(Code::kConflict, "that order was renewed already");
  return {};
}

Result<void> OrderBook::keep_step(const SignedStatement& statement, OrderStep step, const OrderCase& after,
                                  Time now) {
  const std::string text = statement.to_text();
  const std::string id = to_hex(statement.id());
  SEAWALL_TRY(
      Statement put,
      database_.prepare("INSERT INTO statements (order_id, id, received, text) VALUES (?1, ?2, ?3, ?4)"));
  put.bind(1, std::string_view(after.id())).bind(2, std::string_view(id)).bind(3, ms_of(now));
  SEAWALL_CHECK(put.bind(4, std::string_view(text)).run());
  LogTelling telling{.kind = log_kind_of(step), .at = now, .record = std::string(without_line_end(text))};
  const bool grants = step == OrderStep::kOrder || step == OrderStep::kUrgent;
  if (grants || step == OrderStep::kExtension) telling.due = after.opening_due();
  SEAWALL_TRY(telling.ref, leaf_of_grant(after.id()));
  SEAWALL_TRY(const std::int64_t told, LogOutbox(database_).add(telling));
  SEAWALL_CHECK(keep_case(after, step, told));
  cases_.erase(after.id());
  return drop_draft(statement);
}

Result<void> OrderBook::keep_case(const OrderCase& order, OrderStep step, std::int64_t told) {
  SEAWALL_TRY(Statement put,
              database_.prepare("INSERT INTO orders (id, previous) VALUES (?1, ?2) ON CONFLICT DO NOTHING"));
  SEAWALL_CHECK(
      put.bind(1, std::string_view(order.id())).bind(2, std::string_view(order.document().previous)).run());
  // ?3 and ?5: NULL leaves the column as it is; a confirm_by of 0 clears it.
  SEAWALL_TRY(
      Statement set,
      database_.prepare("UPDATE orders SET granted = ?2, confirm_by = nullif(coalesce(?3, confirm_by), 0), "
                        "opening_due = ?4, grant_log = coalesce(?5, grant_log) WHERE id = ?1"));
  set.bind(1, std::string_view(order.id())).bind(2, order.is_granted() ? 1 : 0);
  if (step == OrderStep::kUrgent) set.bind(3, ms_of(*order.confirm_by()));
  if (step == OrderStep::kConfirmation) set.bind(3, std::int64_t{0});
  if (const auto due = order.opening_due()) set.bind(4, ms_of(*due));
  if (step == OrderStep::kOrder || step == OrderStep::kUrgent) set.bind(5, told);
  return set.run();
}

Result<SignedStatement> OrderBook::joined_with_draft(const SignedStatement& statement) {
  const std::string id = to_hex(statement.id());
  SEAWALL_TRY(const bool known, exists(database_, "SELECT 1 FROM statements WHERE id = ?1", id));
  if (known) return fail(Code::kConflict, "this statement was taken already");
  SEAWALL_TRY(const auto drafts, texts("SELECT text FROM drafts WHERE id = ?1", id));
  SignedStatement joined = statement;
  for (const std::string& text : drafts) {
    SEAWALL_TRY(const auto draft, order_rows::statement_from(text));
    SEAWALL_CHECK(joined.join(draft));
  }
  return joined;
}

Result<void> OrderBook::keep_draft(const SignedStatement& statement, Time now) {
  const std::string id = to_hex(statement.id());
  const std::string text = statement.to_text();
  SEAWALL_TRY(const std::int64_t waiting,
              order_rows::one_number(database_, "SELECT count(*) FROM drafts", {}));
  if (waiting >= static_cast<std::int64_t>(kDraftsMax))
    return fail(Code::kLimitExceeded, "1,000 statements wait for a signature already");
  SEAWALL_TRY(Statement put,
              database_.prepare("INSERT INTO drafts VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET "
                                "text = excluded.text"));
  return put.bind(1, std::string_view(id)).bind(2, ms_of(now)).bind(3, std::string_view(text)).run();
}

Result<void> OrderBook::drop_draft(const SignedStatement& statement) {
  const std::string id = to_hex(statement.id());
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM drafts WHERE id = ?1"));
  return drop.bind(1, std::string_view(id)).run();
}

Result<std::uint64_t> OrderBook::tidy() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, begin(Disk::kNow));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM drafts WHERE received < ?1"));
  SEAWALL_CHECK(drop.bind(1, ms_of(now - kStatementAgeMax)).run());
  SEAWALL_TRY(const std::uint64_t told, tell_void_orders(now));
  SEAWALL_CHECK(transaction.commit());
  return told;
}

Result<std::uint64_t> OrderBook::tell_void_orders(Time now) {
  SEAWALL_TRY(Statement each, database_.prepare("SELECT id, used FROM orders WHERE confirm_by <= ?1"));
  each.bind(1, ms_of(now));
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    all.emplace_back(each.text(0), static_cast<std::uint64_t>(each.integer(1)));
  }
  SEAWALL_TRY(Statement done, database_.prepare("UPDATE orders SET confirm_by = NULL WHERE id = ?1"));
  std::uint64_t told = 0;
  for (const auto& [id, used] : all) {
    SEAWALL_CHECK(done.bind(1, std::string_view(id)).run());
    if (used == 0) continue;
    LogTelling telling{
        .kind = LogKind::kError, .at = now, .record = order_rows::void_record(id, used), .count = used};
    SEAWALL_TRY(telling.ref, leaf_of_grant(id));
    SEAWALL_CHECK(LogOutbox(database_).add(telling));
    ++told;
  }
  return told;
}

}  // namespace seawall
