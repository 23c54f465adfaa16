#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/orders/detail/rows.h"
#include "seawall/orders/order_book.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

std::optional<OrderRefusal> refusal_of(OrderState state) {
  switch (state) {
    case OrderState::kInForce:
      return std::nullopt;
    case OrderState::kWaiting:
      return OrderRefusal::kNotYetValid;
    case OrderState::kExpired:
      return OrderRefusal::kExpired;
    case OrderState::kCancelled:
      return OrderRefusal::kCancelled;
    case OrderState::kVoid:
      return OrderRefusal::kVoid;
    case OrderState::kApplied:
    case OrderState::kReviewed:
    case OrderState::kRefused:
      break;
  }
  return OrderRefusal::kNotGranted;
}

bool reaches_records(const OrderScope& scope, const OrderUse& wanted) {
  if (wanted.records.size() > kOrderUseRecordsMax) return false;
  if (!scope.selector.empty()) return wanted.selector == scope.selector;
  return wanted.selector.empty() && !wanted.records.empty() &&
         std::ranges::all_of(wanted.records,
                             [&](const auto& id) { return std::ranges::binary_search(scope.records, id); });
}

bool reaches_time(const OrderScope& scope, const OrderUse& wanted) {
  return (!scope.from || (wanted.from && *wanted.from >= *scope.from)) &&
         (!scope.until || (wanted.until && *wanted.until <= *scope.until));
}

std::uint64_t counted(const OrderUse& wanted) {
  return std::max<std::uint64_t>({wanted.count, wanted.records.size(), 1});
}

/// The refusal that the order's own words ask for.
std::optional<OrderRefusal> refusal_by(const OrderCase& granted, const OrderUse& wanted, std::uint64_t used) {
  const OrderDocument& order = granted.document();
  if (!std::ranges::binary_search(order.people, wanted.person)) return OrderRefusal::kPerson;
  if (!order.actions.contains(wanted.action)) return OrderRefusal::kAction;
  if (order.scope.tenant != wanted.tenant) return OrderRefusal::kTenant;
  if (!reaches_records(order.scope, wanted) || !reaches_time(order.scope, wanted))
    return OrderRefusal::kRecord;
  const std::uint64_t left = granted.records_max() - std::min(used, granted.records_max());
  return counted(wanted) > left ? std::optional(OrderRefusal::kUsedUp) : std::nullopt;
}

bool is_over(const std::optional<OrderRefusal>& refusal) {
  return refusal == OrderRefusal::kExpired || refusal == OrderRefusal::kVoid;
}

/// Who counts ahead, and for what: another one begins a block of their own.
std::string ahead_for(const OrderUse& wanted) {
  return std::string(name_of(wanted.action)) + " " + wanted.person;
}

/// How many records are counted ahead of `left`: some uses like this one, so that few wait for the disk.
std::uint64_t block_of(const OrderUse& wanted, std::uint64_t left) {
  constexpr std::uint64_t kRecordsMin = 64, kUses = 16;
  return std::min(left, std::max(kRecordsMin, kUses * counted(wanted)));
}

/// Canonical JSON of the statement that granted it.
std::string grant_text(const OrderCase& order) {
  const auto found = std::ranges::find_if(
      order.statements(), [&](const SignedStatement& one) { return one.id() == order.granted_by(); });
  std::string text = found->to_text();
  text.pop_back();
  return text;
}

std::string use_record(const OrderCase& order, const OrderUse& wanted, Time now) {
  Json json;
  json["action"] = name_of(wanted.action);
  json["at"] = second_text(now);
  json["by"] = wanted.person;
  json["count"] = counted(wanted);
  json["grant"] = to_hex(*order.granted_by());
  json["order"] = order.id();
  json["records"] = wanted.records;
  if (!wanted.selector.empty()) json["selector"] = wanted.selector;
  json["tenant"] = wanted.tenant;
  return canonical_json(json).value_or("");
}

}  // namespace

Result<bool> OrderBook::is_in_log(const OrderUse& wanted, const OrderCase& order,
                                  const LogProofCheck& in_log) {
  std::string& opened = cases_.find(order.id())->second.entry;
  OrderEvidence shown = wanted.evidence;
  if (shown.entry.empty() && !opened.empty()) return in_log(opened, shown.proof);
  if (shown.entry.empty()) {
    SEAWALL_TRY(LogOpening own, opening_of_grant(order.id()));
    shown.entry = std::move(own.entry);
    shown.salt = std::move(own.salt);
  }
  const auto entry = log_entry_from_text(shown.entry);
  if (!entry || entry->kind != LogKind::kOrder || !opens(*entry, shown.salt, grant_text(order))) return false;
  opened = shown.entry;
  return in_log(shown.entry, shown.proof);
}

Result<std::optional<OrderRefusal>> OrderBook::refusal_of_use(const OrderUse& wanted, const OrderCase* order,
                                                              const LogProofCheck& in_log, Time now) {
  using Refusal = std::optional<OrderRefusal>;
  if (order == nullptr) return Refusal(OrderRefusal::kUnknown);
  if (const Refusal refusal = refusal_of(order->state(now))) return refusal;
  SEAWALL_TRY(const Roster* roster, current_roster());
  if (roster->row_of(wanted.person, now) == nullptr) return Refusal(OrderRefusal::kPerson);
  SEAWALL_TRY(const Quota quota, quota_of(wanted.order));
  if (const Refusal refusal = refusal_by(*order, wanted, quota.used)) return refusal;
  SEAWALL_TRY(const bool logged, is_in_log(wanted, *order, in_log));
  if (!logged) return Refusal(OrderRefusal::kNotInLog);
  if (!wanted.demand) return Refusal();
  SEAWALL_TRY(const bool before,
              order_rows::exists(database_, "SELECT 1 FROM demands WHERE id = ?1", wanted.demand->id));
  return before ? Refusal(OrderRefusal::kRepeated) : Refusal();
}

Result<std::optional<OrderRefusal>> OrderBook::check(const OrderUse& wanted, const LogProofCheck& in_log) {
  if (wanted.order.empty()) return std::optional(OrderRefusal::kNoneNamed);
  const std::scoped_lock lock(mutex_);
  std::optional<OrderRefusal> refusal;
  {
    SEAWALL_TRY(auto transaction, Transaction::begin_read(database_));
    SEAWALL_TRY(const OrderCase* order, current_case(wanted.order));
    SEAWALL_TRY(const Time now, book_time());
    SEAWALL_TRY(refusal, refusal_of_use(wanted, order, in_log, now));
  }
  if (is_over(refusal)) {
    SEAWALL_CHECK(keep_time());
  }
  return refusal;
}

/// Whoever sets the clock back after this finds the order as it was told.
Result<void> OrderBook::keep_time() {
  SEAWALL_TRY(auto transaction, begin(Disk::kNow));
  SEAWALL_CHECK(advance());
  return transaction.commit();
}

Result<OrderUseAnswer> OrderBook::use(const OrderUse& wanted, const LogProofCheck& in_log) {
  if (wanted.order.empty()) return OrderUseAnswer{.refusal = OrderRefusal::kNoneNamed, .allowed = {}};
  const std::scoped_lock lock(mutex_);
  if (options_.counts_ahead) {
    SEAWALL_TRY(const auto quick, try_use(wanted, in_log, Disk::kLater));
    if (quick) return *quick;
  }
  SEAWALL_TRY(const auto answer, try_use(wanted, in_log, Disk::kNow));
  return *answer;
}

/// Kept for as long as it would be fresh.
Result<void> OrderBook::keep_demand(const OrderDemand& demand, Time now) {
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM demands WHERE until < ?1"));
  SEAWALL_CHECK(drop.bind(1, order_rows::ms_of(now)).run());
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO demands VALUES (?1, ?2)"));
  return put.bind(1, std::string_view(demand.id)).bind(2, order_rows::ms_of(demand.until)).run();
}

/// Nothing: it cannot be done without waiting for the disk.
Result<std::optional<OrderUseAnswer>> OrderBook::try_use(const OrderUse& wanted, const LogProofCheck& in_log,
                                                         Disk disk) {
  using Answer = std::optional<OrderUseAnswer>;
  // What was looked at cannot change before it is counted: other processes wait for this transaction's end.
  SEAWALL_TRY(auto transaction, begin(disk));
  SEAWALL_TRY(const OrderCase* order, current_case(wanted.order));
  SEAWALL_TRY(const Time now, book_time());
  SEAWALL_TRY(const auto refusal, refusal_of_use(wanted, order, in_log, now));
  if (refusal && !is_over(refusal)) return Answer({.refusal = refusal, .allowed = {}});
  if (disk == Disk::kLater) {
    SEAWALL_TRY(const Quota quota, quota_of(wanted.order));
    const bool is_counted =
        quota.used + counted(wanted) <= quota.counted && quota.ahead_for == ahead_for(wanted);
    if (refusal || wanted.demand || !is_counted) return Answer();
  }
  std::optional<std::int64_t> told;
  if (refusal) {
    SEAWALL_CHECK(advance());
  } else {
    SEAWALL_TRY(told, count_use(wanted, *order, disk));
  }
  SEAWALL_CHECK(transaction.commit());
  is_flushed_ = is_flushed_ && disk == Disk::kNow;
  return Answer({.refusal = refusal, .allowed = told});
}

Result<std::int64_t> OrderBook::count_use(const OrderUse& wanted, const OrderCase& order, Disk disk) {
  // The book's time is kept with the next block: a page less to write each time.
  SEAWALL_TRY(const Time now, disk == Disk::kNow ? advance() : book_time());
  used_at_ = now;
  const std::string record = use_record(order, wanted, now);
  if (record.empty()) return fail(Code::kInvalidInput, "a record's id or a selector is not UTF-8");
  SEAWALL_TRY(const order_rows::Lent count,
              prepared_.lend("UPDATE orders SET used = used + ?2 WHERE id = ?1"));
  const auto records = static_cast<std::int64_t>(counted(wanted));
  SEAWALL_CHECK(count->bind(1, std::string_view(wanted.order)).bind(2, records).run());
  if (disk == Disk::kNow) {
    SEAWALL_CHECK(count_ahead(wanted, order, record));
  }
  if (wanted.demand) {
    SEAWALL_CHECK(keep_demand(*wanted.demand, now));
  }
  return tell_use(wanted.order, {.kind = order_rows::log_kind_of(wanted.action),
                                 .at = now,
                                 .record = record,
                                 .count = counted(wanted)});
}

Result<void> OrderBook::count_ahead(const OrderUse& wanted, const OrderCase& order,
                                    const std::string& record) {
  SEAWALL_TRY(const Quota quota, quota_of(wanted.order));
  const std::uint64_t left = order.records_max() - std::min(order.records_max(), quota.used);
  const std::uint64_t block = options_.counts_ahead ? block_of(wanted, left) : 0;
  SEAWALL_TRY(Statement put,
              database_.prepare("UPDATE orders SET counted = used + ?2, ahead_for = ?3, ahead = ?4 WHERE "
                                "id = ?1"));
  const std::string whose = block == 0 ? "" : ahead_for(wanted);
  put.bind(1, std::string_view(wanted.order)).bind(2, static_cast<std::int64_t>(block));
  put.bind(3, std::string_view(whose)).bind(4, std::string_view(block == 0 ? std::string_view() : record));
  SEAWALL_CHECK(put.run());
  has_ahead_ = has_ahead_ || block != 0;
  return {};
}

Result<std::int64_t> OrderBook::tell_use(const std::string& id, LogTelling telling) {
  SEAWALL_TRY(const std::int64_t told, LogOutbox(database_).add(telling));
  SEAWALL_TRY(const order_rows::Lent put, prepared_.lend("INSERT INTO uses VALUES (?1, ?2)"));
  SEAWALL_CHECK(put->bind(1, told).bind(2, std::string_view(id)).run());
  return told;
}

}  // namespace seawall
