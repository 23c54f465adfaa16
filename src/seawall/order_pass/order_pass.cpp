#include "seawall/order_pass/order_pass.h"

#include "seawall/durable_file/posix_file_system.h"

namespace seawall {

Result<std::unique_ptr<OrderPass>> OrderPass::open(const std::filesystem::path& book,
                                                   const std::filesystem::path& log, LogTrust trust,
                                                   const Clock& clock, OrderPassOptions options) {
  SEAWALL_TRY(auto opened, OrderBook::open(book, clock, options.book));
  SEAWALL_TRY(auto refusals, OrderRefusals::open(book));
  SEAWALL_TRY(auto files, durable::posix_folder_tree(log, false));
  PublishedLog published(std::move(files), trust);
  return std::unique_ptr<OrderPass>(new OrderPass(
      std::move(opened), std::move(refusals), std::move(published), std::move(trust), std::move(options)));
}

void OrderPass::tell(OrderRefusal refusal) {
  options_.refused(refusal);
  const std::scoped_lock lock(refusals_mutex_);
  // Whoever is refused is refused, whether or not it could be counted.
  (void)refusals_.add(options_.by, refusal).has_value();
}

Result<void> OrderPass::rest() {
  SEAWALL_CHECK(book_->rest());
  std::unique_lock reading(refusals_mutex_);
  SEAWALL_TRY(auto counts, refusals_.counts());
  reading.unlock();
  const std::scoped_lock lock(mutex_);
  counted_ = std::move(counts);
  return {};
}

OrderRefusals::Counts OrderPass::refusals() {
  const std::scoped_lock lock(mutex_);
  return counted_;
}

Result<std::optional<Sha256>> OrderPass::roster_id() {
  SEAWALL_TRY(const Roster roster, book_->roster());
  return roster.empty() ? std::optional<Sha256>() : roster.statements().front().id();
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
  SEAWALL_TRY(const OrderUseAnswer answer, gate(wanted.order).pass(wanted));
  if (answer.refusal) tell(*answer.refusal);
  return answer;
}

Result<OrderUseRecord> OrderPass::told(std::string_view order, std::int64_t number) {
  SEAWALL_TRY(auto uses, book_->uses(order, number - 1, 1));
  if (uses.empty() || uses.front().number != number)
    return fail(Code::kNotFound, "the order book does not hold that use");
  return std::move(uses.front());
}

Result<std::optional<OrderRefusal>> OrderPass::check(OrderUse wanted) {
  wanted.evidence = evidence_of(wanted.order);
  SEAWALL_TRY(const auto refusal, gate(wanted.order).check(wanted));
  if (refusal) tell(*refusal);
  return refusal;
}

}  // namespace seawall
