#include "seawall/jobs/notices.h"

#include <algorithm>

#include "seawall/jobs/async_lookups.h"

namespace seawall {
namespace {

constexpr std::string_view kPrefix = "a_";
constexpr std::size_t kIdBytesMin = 8;
constexpr std::size_t kIdBytesMax = 64;

}  // namespace

bool is_notice_id(std::string_view id) {
  return id.size() >= kIdBytesMin && id.size() <= kIdBytesMax && id.starts_with(kPrefix) &&
         std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
                  c == '-';
         });
}

Result<void> Notices::check_address(std::string_view url) const {
  LookupJob job;
  job.id = "a_address";
  job.caller = "nobody";
  return addresses_.seal(job, url);
}

Result<void> Notices::send(const Notice& notice) {
  if (!is_notice_id(notice.id))
    return fail(Code::kInvalidInput, "a notice's id is a_ and 6 characters or more");
  if (notice.key_id.empty()) {
    return fail(Code::kInvalidInput, "webhook: it is signed with a key's secret; ask with a key");
  }
  LookupJob job;
  job.id = notice.id;
  job.tenant = notice.tenant;
  job.caller = notice.caller;
  job.key_id = notice.key_id;
  job.holder = parts_.mark.token();
  job.asked = parts_.clock.now();
  job.webhook = WebhookState::kWaiting;
  SEAWALL_CHECK(addresses_.seal(job, notice.webhook));
  JobEnd end{.id = job.id, .holder = job.holder, .answer = notice.body};
  end.done = job.asked;
  end.give_up = end.done + WebhookDelivery::kSentFor;
  end.keep_until = end.done + AsyncLookups::kKept;
  end.webhook_keep_until = end.done + WebhookDelivery::kKeptMost;
  const auto added = parts_.records.add_done_job(job, end);
  if (!added && added.error().code == Code::kConflict) {
    // Either it is there, which is all that was wanted, or a lock could not be had.
    SEAWALL_TRY(const auto before, parts_.records.job(job.id));
    if (!before) return fail(Code::kUnavailable, "the store is busy; come back later");
    return {};
  }
  if (!added) return added;
  parts_.webhook_is_due();
  return {};
}

}  // namespace seawall
