#pragma once

#include "seawall/lists/list_service.h"
#include "seawall/metrics/metrics_text.h"
#include "seawall/review/review_book.h"
#include "seawall/service/list_scope.h"
#include "seawall/service/review_settings.h"

namespace seawall {

/// /v1/review/...: what reviewers work with, and what managers are told of it. Threads: any. Lifetime:
/// borrows its parts.
class ReviewCalls {
 public:
  struct Parts {
    ReviewBook* book = nullptr;  ///< None: the settings have no [review]; all is answered 501.
    ReviewSettings settings;
    std::function<void(const std::string& tenant)> changed;  ///< The queue is not as it was; must not block.
  };
  explicit ReviewCalls(Parts parts) : parts_(std::move(parts)) {}
  void serve(ServedOperations& operations);
  void write_metrics(MetricsText& out) const;

 private:
  CallResult items(const Call& call);
  CallResult item(const Call& call);
  CallResult claim(const Call& call);
  CallResult release(const Call& call);
  CallResult grade(const Call& call);
  CallResult undo(const Call& call);
  CallResult viewed(const Call& call);
  CallResult still(const Call& call);
  CallResult me(const Call& call);
  CallResult limit_me(const Call& call);
  CallResult settings(const Call& call);
  CallResult alter_settings(const Call& call);
  CallResult totals(const Call& call);
  CallResult changed(const Call& call, Reviewed<ReviewView> done) const;
  CallResult graded(const Call& call, std::int64_t id, const GradeDone& done);
  [[nodiscard]] CallResult settings_answer(const ExposureLimits& limits) const;

  Parts parts_;
};

/// Does in the lists what decisions ask for: feedback once a decision is final, quarantine at once. What the
/// lists will never take is told `problem` and left. For a timer. Errors: the stores'; it goes on there next
/// time.
Result<void> carry_out(ReviewBook& book, const ListParts& lists,
                       const std::function<void(const Error&)>& problem);

}  // namespace seawall
