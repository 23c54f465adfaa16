#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/order_pass/order_refusals.h"
#include "seawall/orders/order_gate.h"
#include "seawall/tlog_publish/published_log.h"

namespace seawall {

/// Who asks the gate, and who is told when it refuses.
struct OrderPassOptions {
  OrderBookOptions book = {};
  std::string_view by = OrderRefusals::kCommand;
  std::function<void(OrderRefusal)> refused = [](OrderRefusal) {};  ///< Called by whoever asked.
};

/// An installation's order book and the folder of the log that must hold its orders: the gate for those who
/// have both at hand. Guarantees: as OrderGate; an order that the published log does not hold, under the keys
/// of `trust`, opens nothing. What was once shown to be in the log stays in it, so its proof is made and
/// verified once an order. Threads: any. Lifetime: the clock outlives it.
class OrderPass {
 public:
  /// Errors: those of the book and the folder.
  static Result<std::unique_ptr<OrderPass>> open(const std::filesystem::path& book,
                                                 const std::filesystem::path& log, LogTrust trust,
                                                 const Clock& clock, OrderPassOptions options = {});

  /// The order as it stands. Errors: kNotFound.
  Result<OrderRecord> order(std::string_view id) { return book_->order(id); }
  /// Ids behind `after`, ascending; `limit` 1..1000.
  Result<std::vector<std::string>> orders(std::string_view after, std::size_t limit) {
    return book_->orders(after, limit);
  }
  /// The book's time, which never goes back.
  Result<Time> now() { return book_->now(); }
  /// Counts and tells the log of what it allows, before it returns. `wanted.evidence` is made here. Blocks.
  /// Errors: as OrderGate.
  Result<OrderUseAnswer> pass(OrderUse wanted);
  /// What was told to the log of a use that pass() allowed. Errors: kNotFound.
  Result<OrderUseRecord> told(std::string_view order, std::int64_t number);
  /// What pass() would refuse now, without counting: asked before work is done. Errors: as OrderGate.
  Result<std::optional<OrderRefusal>> check(OrderUse wanted);
  /// What an order reaches. Errors: kNotFound.
  Result<OrderScope> scope(std::string_view id) { return book_->scope(id); }
  /// A refusal that was found without asking the gate: counts and tells it.
  void tell(OrderRefusal refusal);
  /// As OrderBook::rest(); and reads how often was refused, for refusals().
  Result<void> rest();
  /// As rest() last read it. Does not block.
  OrderRefusals::Counts refusals();
  /// What names the roster of the book; none: it has no roster yet.
  Result<std::optional<Sha256>> roster_id();

 private:
  static constexpr std::size_t kShownMax = 1024;

  OrderPass(std::unique_ptr<OrderBook> book, OrderRefusals refusals, PublishedLog log, LogTrust trust,
            OrderPassOptions options)
      : book_(std::move(book)),
        refusals_(std::move(refusals)),
        log_(std::move(log)),
        trust_(std::move(trust)),
        options_(std::move(options)) {}

  OrderEvidence evidence_of(const std::string& order);
  OrderGate gate(const std::string& order);
  bool is_shown(const std::string& order, std::string_view entry);
  void keep_shown(const std::string& order, std::string_view entry);

  std::unique_ptr<OrderBook> book_;
  std::mutex refusals_mutex_;  // Guards refusals_.
  OrderRefusals refusals_;
  PublishedLog log_;
  LogTrust trust_;
  const OrderPassOptions options_;
  std::mutex mutex_;                                       // Guards what follows.
  OrderRefusals::Counts counted_;                          ///< As it was last read.
  std::map<std::string, std::string, std::less<>> shown_;  ///< The entry of each order that the log has.
};

}  // namespace seawall
