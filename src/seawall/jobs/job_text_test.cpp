#include "seawall/jobs/job_text.h"

#include <gtest/gtest.h>

#include "seawall/json/json.h"

namespace seawall {
namespace {

Time at(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

LookupJob job() {
  LookupJob job;
  job.id = "r_abcdefgh";
  job.tenant = "one";
  job.caller = "k/one";
  job.holder = "p_me";
  job.asked = at(1'800'000'000'000);
  job.webhook = WebhookState::kWaiting;
  job.address = "sealed";
  return job;
}

LookupJob done() {
  LookupJob done = job();
  done.state = JobState::kDone;
  done.done = at(1'800'000'001'500);
  done.answer = R"({"verdict":"block"})";
  done.next = at(1'800'000'002'000);
  return done;
}

TEST(JobText, SaysHowAPendingJobStands) {
  EXPECT_EQ(to_json(job()), R"({"request_id":"r_abcdefgh","state":"pending","asked":"2027-01-15T08:00:00Z",)"
                            R"("webhook":{"state":"waiting","attempts":0,"last_status":null}})");
}

TEST(JobText, SaysWhatAJobCameToAndHowItsWebhookStands) {
  LookupJob tried = done();
  tried.attempts = 3;
  tried.last_status = 503;
  EXPECT_EQ(to_json(tried),
            R"({"request_id":"r_abcdefgh","state":"done","asked":"2027-01-15T08:00:00Z",)"
            R"("done":"2027-01-15T08:00:01.500Z","answer":{"verdict":"block"},)"
            R"("webhook":{"state":"waiting","attempts":3,"next":"2027-01-15T08:00:02Z","last_status":503}})");
  tried.webhook = WebhookState::kNone;
  EXPECT_EQ(parse_json(to_json(tried))->contains("webhook"), false);
}

TEST(JobText, SendsTheSameBodyUnderTheSameIdAtEachAttempt) {
  LookupJob later = done();
  later.attempts = 7;
  later.webhook = WebhookState::kHeld;
  later.round = 9;
  EXPECT_EQ(webhook_body(done()), webhook_body(later));
  EXPECT_EQ(webhook_body(done()),
            R"({"type":"match.done","time":"2027-01-15T08:00:01.500Z","job":{"request_id":"r_abcdefgh",)"
            R"("state":"done","asked":"2027-01-15T08:00:00Z","done":"2027-01-15T08:00:01.500Z",)"
            R"("answer":{"verdict":"block"}}})");
  EXPECT_EQ(webhook_id(later), "msg_r_abcdefgh");
}

TEST(JobText, SaysWhyAJobFailed) {
  LookupJob failed = done();
  failed.state = JobState::kFailed;
  failed.answer =
      to_json(JobProblem{"/problems/unavailable", "It \"failed\"", Code::kUnavailable, "again"}, failed.id);
  const Json json = *parse_json(webhook_body(failed));
  EXPECT_FALSE(json["job"].contains("answer"));
  EXPECT_EQ(json["job"]["state"], "failed");
  const Json& problem = json["job"]["problem"];
  EXPECT_EQ(problem["status"], 503);
  EXPECT_EQ(problem["code"], "unavailable");
  EXPECT_EQ(problem["title"], "It \"failed\"");
  EXPECT_EQ(problem["detail"], "again");
  EXPECT_EQ(problem["request_id"], "r_abcdefgh");
}

}  // namespace
}  // namespace seawall
