#include "seawall/order_pass/order_pass.h"

#include "seawall/durable_file/posix_file_system.h"

namespace seawall {

Result<std::unique_ptr<OrderPass>> OrderPass::open(const std::filesystem::path& book,
                                                   const std::filesystem::path& log, LogTrust trust,
                                                   const Clock& clock, const OrderBookOptions& options) {
  SEAWALL_TRY(auto opened, OrderBook::open(book, clock, options));
  SEAWALL_TRY(auto files, durable::posix_folder_tree(log, false));
  PublishedLog published(std::move(files), trust);
  return std::unique_ptr<OrderPass>(new OrderPass(std::move(opened), std::move(published), std::move(trust)));
}

OrderEvidence OrderPass::evidence_of(const std::string& order) {
  const auto known = book_->order(order);
  if (!known || !known->leaf) return {};
  // Without a proof the gate refuses: the order is not in the log that is published.
  return {.entry = {}, .salt = {}, .proof = log_.prove(*known->leaf).value_or("")};
}

OrderGate OrderPass::gate() {
  return {*book_, [this](std::string_view entry, std::string_view proof) -> Result<bool> {
            return shows_in_log(entry, proof, trust_);
          }};
}

Result<OrderUseAnswer> OrderPass::pass(OrderUse wanted) {
  wanted.evidence = evidence_of(wanted.order);
  return gate().pass(wanted);
}

Result<std::optional<OrderRefusal>> OrderPass::check(OrderUse wanted) {
  wanted.evidence = evidence_of(wanted.order);
  return gate().check(wanted);
}

}  // namespace seawall
