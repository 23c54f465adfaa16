#include "seawall/jobs/job_keeper.h"

namespace seawall {
namespace {

constexpr int kTidiesMax = 64;                          // Of one step.
constexpr std::chrono::hours kProcessesRemembered{24};  // One that is forgotten counts as dead.

bool is_due(const std::optional<Time>& last, Time now, std::chrono::milliseconds every) {
  return !last || now - *last >= every || now < *last;
}

}  // namespace

JobKeeper::JobKeeper(Parts parts, const Options& options) : parts_(parts), options_(options) {
  if (options_.own_thread) thread_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

JobKeeper::~JobKeeper() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  (void)parts_.mark.leave();
}

void JobKeeper::keep(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    step();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, options_.look_every, [] { return false; });
  }
}

Result<void> JobKeeper::tidy(Time now) {
  for (int i = 0; i < kTidiesMax; ++i) {
    SEAWALL_TRY(const ServiceTidied tidied, parts_.records.tidy(now, now - kProcessesRemembered));
    if (tidied.keys < ServiceRecords::kTidyMax && tidied.jobs < ServiceRecords::kTidyMax) break;
  }
  return {};
}

Result<void> JobKeeper::do_what_is_due(Time now) {
  if (is_due(beaten_, now, options_.beat_every)) {
    SEAWALL_CHECK(parts_.mark.beat());
    beaten_ = now;
  }
  if (is_due(swept_, now, options_.sweep_every)) {
    SEAWALL_CHECK(parts_.lookups.step());
    swept_ = now;
  }
  if (is_due(tidied_, now, options_.tidy_every)) {
    SEAWALL_CHECK(tidy(now));
    tidied_ = now;
  }
  return {};
}

void JobKeeper::step() {
  auto done = do_what_is_due(parts_.clock.now());
  const std::scoped_lock lock(mutex_);
  trouble_.reset();
  if (!done) trouble_ = std::move(done).error();
}

std::optional<Error> JobKeeper::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

}  // namespace seawall
