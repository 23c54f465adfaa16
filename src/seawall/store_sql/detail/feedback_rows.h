#pragma once

#include <memory>

#include "seawall/store/feedback.h"
#include "seawall/store_sql/detail/pool.h"

namespace seawall::store_sql_detail {

/// Decisions on matches and their outbox in SQL. Writers are serialised with changes of the lists.
/// Threads: any.
class FeedbackRows final : public FeedbackStore {
 public:
  explicit FeedbackRows(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
  Result<void> record(const MatchDecision& decision, bool send_back) override;
  Result<std::vector<MatchDecision>> decisions_on(EntryId entry, std::size_t limit) override;
  Result<std::vector<DecisionCounts>> decision_counts() override;
  Result<std::vector<FeedbackRow>> waiting(SourceId source, std::uint64_t after, std::size_t limit) override;
  Result<void> tried(SourceId source, std::uint64_t id, const FeedbackDelivery& delivery) override;
  Result<void> sent(SourceId source, std::uint64_t id) override;

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace seawall::store_sql_detail
