#include "seawall/jobs/job_text.h"

#include "seawall/base/codes.h"
#include "seawall/jobs/notices.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  append_json_string(out.append(out.back() == '{' ? "" : ","), name);
  append_json_string(out.append(":"), text);
}
void append_time(std::string& out, std::string_view name, const std::optional<Time>& time) {
  if (time) append_member(out, name, to_text(*time));
}
void append_raw(std::string& out, std::string_view name, std::string_view json) {
  append_json_string(out.append(out.back() == '{' ? "" : ","), name);
  out.append(":").append(json);
}

/// What the job's look-up came to; the object is left open.
void append_job(std::string& out, const LookupJob& job) {
  out += '{';
  append_member(out, "request_id", job.id);
  append_member(out, "state", name_of(job.state));
  append_time(out, "asked", job.asked);
  append_time(out, "done", job.done);
  if (job.state == JobState::kDone) append_raw(out, "answer", job.answer);
  if (job.state == JobState::kFailed) append_raw(out, "problem", job.answer);
}

void append_webhook(std::string& out, const LookupJob& job) {
  if (job.webhook == WebhookState::kNone) return;
  out += ",\"webhook\":{";
  append_member(out, "state", name_of(job.webhook));
  append_raw(out, "attempts", std::to_string(job.attempts));
  append_time(out, "next", job.next);
  append_raw(out, "last_status", job.last_status ? std::to_string(*job.last_status) : "null");
  out += '}';
}

}  // namespace

std::string to_json(const LookupJob& job) {
  std::string out;
  append_job(out, job);
  append_webhook(out, job);
  return out += '}';
}

std::string webhook_body(const LookupJob& job) {
  if (is_notice_id(job.id)) return job.answer;
  std::string out = "{";
  append_member(out, "type", "match.done");
  append_time(out, "time", job.done.value_or(job.asked));
  std::string inside;
  append_job(inside, job);
  append_raw(out, "job", inside += '}');
  return out += '}';
}

std::string webhook_id(const LookupJob& job) { return "msg_" + job.id; }

std::string to_json(const JobProblem& problem, std::string_view request_id) {
  const CodeMeaning& meaning = meaning_of(problem.code);
  std::string out = "{";
  append_member(out, "type", problem.type);
  append_member(out, "title", problem.title);
  append_raw(out, "status", std::to_string(meaning.http_status));
  append_member(out, "detail", problem.detail);
  append_member(out, "code", meaning.name);
  append_member(out, "request_id", request_id);
  return out += '}';
}

}  // namespace seawall
