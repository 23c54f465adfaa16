#include "seawall/order_pass/order_pass.h"

#include "seawall/durable_file/posix_file_system.h"

namespace seawall {

Result<std::unique_ptr<OrderPass>> OrderPass::open(const std::filesystem::path& book,
                                                   const std::filesystem::path& log, LogTrust trust,
                                                   const Clock& clock) {
  SEAWALL_TRY(auto opened, OrderBook::open(book, clock));
  SEAWALL_TRY(auto files, durable::posix_folder_tree(log, false));
  PublishedLog published(std::move(files), trust);
  return std::unique_ptr<OrderPass>(new OrderPass(std::move(opened), std::move(published), std::move(trust)));
}

Result<OrderUseAnswer> OrderPass::pass(OrderUse wanted) {
  wanted.evidence = {};
  const auto known = book_->order(wanted.order);
  if (known && known->leaf) {
    // Without a proof the gate refuses: the order is not in the log that is published.
    wanted.evidence.proof = log_.prove(*known->leaf).value_or("");
  }
  OrderGate gate(*book_, [this](std::string_view entry, std::string_view proof) -> Result<bool> {
    return shows_in_log(entry, proof, trust_);
  });
  return gate.pass(wanted);
}

}  // namespace seawall
