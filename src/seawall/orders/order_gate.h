#pragma once

#include "seawall/orders/order_book.h"

namespace seawall {

/// The gate that each sensitive call passes: whether this person may do this, now, to these records, under
/// the order that they name. It asks for everything each time: the order is granted and neither over nor
/// taken back, it reaches what is wanted, its number of records is not used up, and the log has it.
/// Guarantees: what is allowed is counted and told to the outbox in one durable transaction before it is
/// answered, so a kill allows too little, never too much; an order that was found to be over stays over,
/// whatever becomes of the clock. Threads: any. Blocks: one durable write when it allows, and when the order
/// is over (expired or void); none when it refuses for anything else. Lifetime: within the book's.
class OrderGate {
 public:
  OrderGate(OrderBook& book, LogProofCheck in_log) : book_(book), in_log_(std::move(in_log)) {}
  /// Errors: only where it could not be found out: the caller then refuses too.
  Result<OrderUseAnswer> pass(const OrderUse& wanted) { return book_.use(wanted, in_log_); }
  /// The same without counting: what pass() would refuse now. To be asked before work is done for an answer;
  /// pass() is asked again before the answer is given. Errors: as pass().
  Result<std::optional<OrderRefusal>> check(const OrderUse& wanted) { return book_.check(wanted, in_log_); }

 private:
  OrderBook& book_;
  LogProofCheck in_log_;
};

}  // namespace seawall
