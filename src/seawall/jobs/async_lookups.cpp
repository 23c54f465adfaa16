#include "seawall/jobs/async_lookups.h"

#include <algorithm>

#include "seawall/jobs/detail/random_id.h"
#include "seawall/jobs/job_text.h"
#include "seawall/jobs/notices.h"
#include "seawall/json/object_reader.h"

namespace seawall {
namespace {

constexpr std::size_t kOrphansAtOnce = 256;
constexpr std::string_view kStopped = "the service stopped before it was looked up; send it again";

LookupOutcome failure(std::string_view id, Code code, std::string_view detail) {
  JobProblem problem{"/problems/unavailable", "It was not looked up", code, detail};
  if (code == Code::kLimitExceeded) problem = {"/problems/limit-exceeded", "Too large", code, detail};
  return {true, to_json(problem, id)};
}

/// Whether it is an object; its inside is trusted.
bool is_json_object(std::string_view json) {
  std::string padded(json);
  padded.append(JsonObjectReader::kPaddingBytes, ' ');
  JsonObjectReader reader;
  return reader
      .read(std::string_view(padded).substr(0, json.size()), [](const JsonMember&) { return Result<void>(); })
      .has_value();
}

LookupOutcome fitting(std::string_view id, LookupOutcome outcome) {
  if (outcome.json.size() > ServiceRecords::kJobAnswerBytesMax) {
    return failure(id, Code::kLimitExceeded, "the answer has more than 8 MiB; ask for fewer items at once");
  }
  if (is_json_object(outcome.json)) return outcome;
  return failure(id, Code::kUnavailable, "the service could not write the answer; report it");
}

/// As in docs/openapi.yaml, RequestId; anything else is nobody's, and notices are no look-ups.
bool is_id(std::string_view id) {
  return !is_notice_id(id) && id.size() >= 8 && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

tl::unexpected<Error> not_found() {
  return fail(Code::kNotFound, "no look-up of yours has this id; answers are kept for 72 hours");
}

}  // namespace

OpenLookup::~OpenLookup() {
  if (desk_ != nullptr) (void)finish(failure(job_.id, Code::kUnavailable, kStopped));
}

Result<void> OpenLookup::finish(LookupOutcome outcome) {
  AsyncLookups* const desk = std::exchange(desk_, nullptr);
  if (desk == nullptr) return fail(Code::kConflict, "the look-up has an outcome already");
  return desk->finish(job_, fitting(job_.id, std::move(outcome)));
}

AsyncLookups::AsyncLookups(Parts parts, const Options& options)
    : parts_(std::move(parts)), options_(options), addresses_(parts_.master) {}

Result<void> AsyncLookups::enter(const std::string& caller) {
  const std::scoped_lock lock(mutex_);
  if (open_ >= options_.open_max) {
    return fail(Code::kUnavailable, "too many look-ups wait to be answered; come back later");
  }
  const auto found = open_of_.find(caller);
  if (found != open_of_.end() && found->second >= options_.open_of_caller_max) {
    return fail(Code::kLimitExceeded, "at most " + std::to_string(options_.open_of_caller_max) +
                                          " look-ups of one caller may wait; come back later");
  }
  ++open_;
  ++open_of_[caller];
  return {};
}

void AsyncLookups::leave(const std::string& caller) {
  const std::scoped_lock lock(mutex_);
  --open_;
  const auto found = open_of_.find(caller);
  if (found != open_of_.end() && --found->second == 0) open_of_.erase(found);
}

std::size_t AsyncLookups::open() const {
  const std::scoped_lock lock(mutex_);
  return open_;
}

Result<OpenLookup> AsyncLookups::accept(const NewLookup& lookup) {
  LookupJob job;
  SEAWALL_TRY(job.id, jobs_detail::random_id("r_"));
  job.tenant = lookup.tenant;
  job.caller = lookup.caller;
  job.key_id = lookup.key_id;
  job.holder = parts_.mark.token();
  job.asked = parts_.clock.now();
  if (!lookup.webhook.empty()) {
    if (lookup.key_id.empty()) {
      return fail(Code::kInvalidInput, "webhook: it is signed with a key's secret; ask with a key");
    }
    job.webhook = WebhookState::kWaiting;
    SEAWALL_CHECK(addresses_.seal(job, lookup.webhook));
  }
  SEAWALL_CHECK(enter(job.caller));
  if (auto added = parts_.records.add_job(job); !added) {
    const Code code = added.error().code;
    // Where the store did not answer, nobody knows whether it is there: nothing shall stay open for ever.
    if (code == Code::kUnavailable) {
      keep_unsaved(job, failure(job.id, Code::kUnavailable, kStopped));
    } else {
      leave(job.caller);
    }
    if (code == Code::kConflict) return fail(Code::kUnavailable, "the store is busy; come back later");
    return tl::unexpected(std::move(added).error());
  }
  return OpenLookup(*this, std::move(job));
}

Result<LookupJob> AsyncLookups::result(std::string_view caller, std::string_view id) {
  if (!is_id(id)) return not_found();
  SEAWALL_TRY(auto job, parts_.records.job(id));
  const bool over = job && job->keep_until && *job->keep_until <= parts_.clock.now();
  if (!job || job->caller != caller || over) return not_found();
  return *std::move(job);
}

Result<LookupJob> AsyncLookups::replay(std::string_view caller, std::string_view id) {
  SEAWALL_TRY(const LookupJob before, result(caller, id));
  const Time now = parts_.clock.now();
  const Time keep_until = before.done.value_or(before.asked) + WebhookDelivery::kKeptMost;
  SEAWALL_TRY(auto job,
              parts_.records.replay_job(caller, id, now, now + WebhookDelivery::kSentFor, keep_until));
  parts_.webhook_is_due();
  return job;
}

Result<void> AsyncLookups::write(std::string_view id, std::string_view holder, const LookupOutcome& outcome) {
  JobEnd end{.id = id, .holder = holder, .answer = outcome.json};
  end.state = outcome.failed ? JobState::kFailed : JobState::kDone;
  end.done = parts_.clock.now();
  end.give_up = end.done + WebhookDelivery::kSentFor;
  end.keep_until = end.done + kKept;
  end.webhook_keep_until = end.done + WebhookDelivery::kKeptMost;
  return parts_.records.finish_job(end);
}

bool AsyncLookups::is_settled(const LookupJob& job) {
  const auto now = parts_.records.job(job.id);
  return now && (!*now || (*now)->state != JobState::kPending || (*now)->holder != job.holder);
}

Result<void> AsyncLookups::finish(const LookupJob& job, LookupOutcome outcome) {
  auto written = write(job.id, job.holder, outcome);
  if (written || is_settled(job)) {
    leave(job.caller);
    if (written) parts_.webhook_is_due();
    return written;
  }
  keep_unsaved(job, std::move(outcome));
  return written;
}

void AsyncLookups::keep_unsaved(const LookupJob& job, LookupOutcome outcome) {
  const std::scoped_lock lock(mutex_);
  if (unsaved_bytes_ + outcome.json.size() > options_.unsaved_bytes_max) {
    outcome = failure(job.id, Code::kUnavailable, "the answer could not be kept; send it again");
  }
  unsaved_bytes_ += outcome.json.size();
  unsaved_.push_back({job, std::move(outcome)});
}

Result<void> AsyncLookups::write_unsaved() {
  for (std::size_t i = 0; i < options_.open_max; ++i) {
    Unsaved next;
    {
      const std::scoped_lock lock(mutex_);
      if (unsaved_.empty()) return {};
      next = std::move(unsaved_.front());
      unsaved_.pop_front();
      unsaved_bytes_ -= next.outcome.json.size();
    }
    auto written = write(next.job.id, next.job.holder, next.outcome);
    if (!written && !is_settled(next.job)) {
      keep_unsaved(next.job, std::move(next.outcome));
      return written;
    }
    leave(next.job.caller);
    if (written) parts_.webhook_is_due();
  }
  return {};
}

Result<void> AsyncLookups::fail_orphans() {
  SEAWALL_TRY(const auto orphans, parts_.records.orphan_jobs(parts_.mark.stale_before(), kOrphansAtOnce));
  for (const OrphanJob& orphan : orphans) {
    if (orphan.holder == parts_.mark.token()) continue;
    const auto done = write(orphan.id, orphan.holder, failure(orphan.id, Code::kUnavailable, kStopped));
    // Another process may have been quicker.
    if (!done && done.error().code != Code::kConflict && done.error().code != Code::kNotFound) return done;
    parts_.webhook_is_due();
  }
  return {};
}

Result<void> AsyncLookups::step() {
  SEAWALL_CHECK(write_unsaved());
  return fail_orphans();
}

}  // namespace seawall
