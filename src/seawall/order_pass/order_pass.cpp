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

bool OrderPass::is_shown(const std::string& order, std::string_view entry) {
  const std::scoped_lock lock(mutex_);
  const auto known = shown_.find(order);
  return known != shown_.end() && (entry.empty() || known->second == entry);
}

void OrderPass::keep_shown(const std::string& order, std::string_view entry) {
  const std::scoped_lock lock(mutex_);
  if (shown_.size() >= kShownMax) shown_.clear();
  shown_.insert_or_assign(order, std::string(entry));
}

OrderEvidence OrderPass::evidence_of(const std::string& order) {
  if (is_shown(order, {})) return {};
  const auto grant = book_->grant_opening(order);
  if (!grant || !grant->leaf) return {};
  // Without a proof the gate refuses: the order is not in the log that is published.
  return {.entry = {}, .salt = {}, .proof = log_.prove(*grant->leaf).value_or("")};
}

OrderGate OrderPass::gate(const std::string& order) {
  return {*book_, [this, order](std::string_view entry, std::string_view proof) -> Result<bool> {
            if (is_shown(order, entry)) return true;
            const bool shown = shows_in_log(entry, proof, trust_);
            if (shown) keep_shown(order, entry);
            return shown;
          }};
}

Result<OrderUseAnswer> OrderPass::pass(OrderUse wanted) {
  wanted.evidence = evidence_of(wanted.order);
  return gate(wanted.order).pass(wanted);
}

Result<std::optional<OrderRefusal>> OrderPass::check(OrderUse wanted) {
  wanted.evidence = evidence_of(wanted.order);
  return gate(wanted.order).check(wanted);
}

}  // namespace seawall
