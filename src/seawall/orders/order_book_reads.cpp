#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/orders/detail/by_roster.h"
#include "seawall/orders/detail/rows.h"
#include "seawall/orders/order_book.h"

namespace seawall {
namespace {

constexpr std::size_t kPageMax = 1000;
constexpr std::size_t kCasesMax = 1024;
constexpr const char* kLastOfOrder = "SELECT max(number) FROM statements WHERE order_id = ?1";

std::int64_t page(std::size_t limit) {
  return static_cast<std::int64_t>(std::clamp<std::size_t>(limit, 1, kPageMax));
}

}  // namespace

Result<std::vector<std::string>> OrderBook::texts(std::string_view sql, std::optional<std::string_view> of) {
  SEAWALL_TRY(Statement each, database_.prepare(sql));
  if (of) each.bind(1, *of);
  std::vector<std::string> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.emplace_back(each.text(0));
  }
}

Result<const Roster*> OrderBook::current_roster() {
  SEAWALL_TRY(const std::int64_t kept, order_rows::one_number(prepared_, "SELECT count(*) FROM roster", {}));
  if (static_cast<std::size_t>(kept) == roster_.statements().size()) return &roster_;
  SEAWALL_TRY(Roster read, read_roster());
  if (!read.continues(roster_)) return fail(Code::kCorrupt, "the order book's roster is another than before");
  roster_ = std::move(read);
  return &roster_;
}

Result<Roster> OrderBook::read_roster() {
  SEAWALL_TRY(const auto all, texts("SELECT text FROM roster ORDER BY number", std::nullopt));
  Roster read;
  for (const std::string& text : all) {
    SEAWALL_TRY(const auto statement, order_rows::statement_from(text));
    if (!read.apply(statement)) return fail(Code::kCorrupt, "the order book's roster fails its own checks");
  }
  if (!read.empty()) {
    SEAWALL_CHECK(check_is_pinned(read.statements().front()));
  }
  return read;
}

Result<void> OrderBook::check_is_pinned(const SignedStatement& first) const {
  if (!options_.roster || first.id() == *options_.roster) return {};
  return fail(Code::kCorrupt, "the order book's roster is not the one that is asked for: it begins with " +
                                  to_hex(first.id()));
}

/// A change of the roster may be signed for a time before a statement that was taken meanwhile, so it is
/// asked whether the roster was ever so that this could be taken then.
Result<void> OrderBook::check_kept(const SignedStatement& statement, const OrderCase& after, Time received) {
  const auto is_good = [&](const Roster& roster) {
    return roster.check_signatures(statement, received) && check_people(roster, statement, after, received);
  };
  SEAWALL_TRY(const Roster* now, current_roster());
  bool good = statement.is_complete() && is_good(*now);
  Roster then;
  for (std::size_t i = 0; statement.is_complete() && !good && i + 1 < now->statements().size(); ++i) {
    SEAWALL_CHECK(then.apply(now->statements()[i]));
    good = is_good(then);
  }
  if (good) return {};
  return fail(Code::kCorrupt,
              "the order book holds a statement that the people of its roster have not signed");
}

Result<const OrderCase*> OrderBook::current_case(std::string_view id) {
  SEAWALL_TRY(const std::int64_t last, order_rows::one_number(prepared_, kLastOfOrder, id));
  if (last == 0) return nullptr;
  const auto cached = cases_.find(id);
  if (cached != cases_.end() && cached->second.last == last) return &cached->second.order;
  SEAWALL_TRY(OrderCase order, read_case(id));
  if (cases_.size() >= kCasesMax) cases_.clear();
  return &cases_.insert_or_assign(std::string(id), CachedCase{last, std::move(order)}).first->second.order;
}

Result<OrderCase> OrderBook::read_case(std::string_view id) {
  SEAWALL_TRY(Statement each,
              database_.prepare("SELECT text, received FROM statements WHERE order_id = ?1 ORDER BY number"));
  each.bind(1, id);
  std::optional<OrderCase> order;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    SEAWALL_TRY(const auto statement, order_rows::statement_from(each.text(0)));
    const Time received = order_rows::time_of(each.integer(1));
    auto taken = Result<void>();
    if (order) {
      taken = order->apply(statement, received);
    } else if (auto begun = OrderCase::begin(statement, received)) {
      order = *std::move(begun);
    }
    if (!order || !taken || order->id() != id)
      return fail(Code::kCorrupt, "the order book holds an order that fails its own rules");
    SEAWALL_CHECK(check_kept(statement, *order, received));
  }
  if (!order) return fail(Code::kNotFound, "there is no order " + std::string(id));
  return *std::move(order);
}

Result<Roster> OrderBook::roster() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Roster* roster, current_roster());
  return *roster;
}

Result<OrderRecord> OrderBook::order(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const OrderCase* found, current_case(id));
  if (found == nullptr) return fail(Code::kNotFound, "there is no order " + std::string(id));
  OrderRecord record{.order = *found};
  SEAWALL_TRY(const Quota quota, quota_of(id));
  record.used = quota.used;
  SEAWALL_TRY(record.leaf, leaf_of_grant(id));
  return record;
}

Result<std::vector<std::string>> OrderBook::orders(std::string_view after, std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement each, database_.prepare("SELECT id FROM orders WHERE id > ?1 ORDER BY id LIMIT ?2"));
  each.bind(1, after).bind(2, page(limit));
  std::vector<std::string> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.emplace_back(each.text(0));
  }
}

Result<std::vector<SignedStatement>> OrderBook::drafts() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const auto all, texts("SELECT text FROM drafts ORDER BY received, id", std::nullopt));
  std::vector<SignedStatement> drafts;
  for (const std::string& text : all) {
    SEAWALL_TRY(auto draft, order_rows::statement_from(text));
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

Result<std::vector<OrderDue>> OrderBook::due() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, book_time());
  SEAWALL_TRY(Statement each,
              database_.prepare(
                  "SELECT id, 0, confirm_by AS due FROM orders WHERE confirm_by IS NOT NULL UNION ALL "
                  "SELECT id, 1, opening_due FROM orders WHERE opening_due IS NOT NULL ORDER BY due, id"));
  std::vector<OrderDue> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    const Time due = order_rows::time_of(each.integer(2));
    all.push_back({.order = std::string(each.text(0)),
                   .what = each.integer(1) == 0 ? OrderDue::What::kConfirmation : OrderDue::What::kOpening,
                   .due = due,
                   .overdue = due <= now});
  }
}

Result<std::vector<OrderUseRecord>> OrderBook::uses(std::string_view order, std::int64_t after,
                                                    std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement each,
              database_.prepare("SELECT uses.number, record, leaf, entry, salt FROM uses JOIN log_records ON "
                                "id = uses.number WHERE "
                                "order_id = ?1 AND uses.number > ?2 ORDER BY uses.number LIMIT ?3"));
  each.bind(1, order).bind(2, after).bind(3, page(limit));
  std::vector<OrderUseRecord> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    OrderUseRecord& one = all.emplace_back();
    one.number = each.integer(0);
    one.record = each.text(1);
    if (!each.is_null(2)) one.leaf = static_cast<std::uint64_t>(each.integer(2));
    one.entry = each.text(3);
    one.salt.assign(each.blob(4).begin(), each.blob(4).end());
  }
}

Result<LogOpening> OrderBook::grant_opening(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  return opening_of_grant(id);
}

Result<LogOpening> OrderBook::opening_of_grant(std::string_view id) {
  SEAWALL_TRY(const std::int64_t told,
              order_rows::one_number(database_, "SELECT grant_log FROM orders WHERE id = ?1", id));
  if (told == 0) return fail(Code::kNotFound, "no order of that id was granted");
  return LogOutbox(database_).opening(told);
}

Result<std::optional<std::uint64_t>> OrderBook::leaf_of_grant(std::string_view id) {
  const auto opening = opening_of_grant(id);
  if (opening) return opening->leaf;
  if (opening.error().code == Code::kNotFound) return std::nullopt;
  return tl::unexpected(opening.error());
}

Result<OrderScope> OrderBook::scope(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const OrderCase* found, current_case(id));
  if (found == nullptr) return fail(Code::kNotFound, "there is no order " + std::string(id));
  return found->document().scope;
}

Result<std::vector<PendingLogEntry>> OrderBook::pending(std::size_t max) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto all, LogOutbox(database_).pending(max));
  // Nothing goes into the log that a power cut could take out of the book.
  if (!all.empty()) {
    SEAWALL_CHECK(flush(false));
  }
  return all;
}

Result<void> OrderBook::settle(std::span<const std::int64_t> ids, std::uint64_t first_index) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_CHECK(wait_for(Disk::kNow));
  return LogOutbox(database_).settle(ids, first_index);
}

}  // namespace seawall
