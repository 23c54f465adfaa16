#include "seawall/jobs/process_mark.h"

#include "seawall/jobs/detail/random_id.h"

namespace seawall {

Result<std::unique_ptr<ProcessMark>> ProcessMark::make(ServiceRecords& records, const Clock& clock,
                                                       const Options& options) {
  SEAWALL_TRY(std::string token, jobs_detail::random_id("p_"));
  std::unique_ptr<ProcessMark> mark(new ProcessMark(records, clock, options, std::move(token)));
  SEAWALL_CHECK(mark->beat());
  return mark;
}

Result<void> ProcessMark::beat() {
  const Time now = clock_.now();
  SEAWALL_CHECK(records_.beat(token_, now));
  const std::scoped_lock lock(mutex_);
  if (!since_ || now - last_ > options_.lease / 2 || now < last_) since_ = now;
  last_ = now;
  return {};
}

Result<void> ProcessMark::leave() { return records_.leave(token_); }

Time ProcessMark::stale_before() const {
  const Time now = clock_.now();
  const std::scoped_lock lock(mutex_);
  const bool may_judge = since_ && last_ - *since_ >= options_.lease && now - last_ <= options_.lease / 2;
  return may_judge ? now - options_.lease : Time{};
}

}  // namespace seawall
