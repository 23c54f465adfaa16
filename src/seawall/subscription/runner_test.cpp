#include "seawall/subscription/runner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace seawall {
namespace {

using namespace std::chrono_literals;

class TestClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return now_.load(); }
  void set(Time now) { now_.store(now); }

 private:
  std::atomic<Time> now_{Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21))};
};

FollowOutcome finished(Time next_at) {
  FollowOutcome outcome{RunReport{}, {}, false};
  outcome.report->finished = true;
  outcome.health.next_at = next_at;
  return outcome;
}

/// Steps until `count` have ended; gives their names.
std::vector<std::string> ended(SubscriptionRunner& runner, std::size_t count) {
  std::vector<std::string> names;
  while (names.size() < count) {
    for (auto& one : runner.step(10s)) names.push_back(one.name);
  }
  return names;
}

TEST(SubscriptionRunner, RunsThoseWhoseTimeHasComeAndNoOther) {
  TestClock clock;
  const Time start = clock.now();
  std::atomic<int> a = 0, b = 0;
  SubscriptionRunner runner(clock, {});
  runner.add("a", start, [&](const std::stop_token&) { return ++a, finished(clock.now() + 15min); });
  runner.add("b", start + 1h, [&](const std::stop_token&) { return ++b, finished(clock.now() + 1h); });
  EXPECT_FALSE(runner.idle());
  EXPECT_EQ(ended(runner, 1), std::vector<std::string>{"a"});
  EXPECT_TRUE(runner.idle());
  EXPECT_TRUE(runner.step(0ms).empty());
  EXPECT_EQ(runner.next_at(), start + 15min);
  clock.set(start + 15min);
  EXPECT_EQ(ended(runner, 1), std::vector<std::string>{"a"});
  clock.set(start + 1h);
  EXPECT_EQ(ended(runner, 2).size(), 2u);
  EXPECT_EQ(a, 3);
  EXPECT_EQ(b, 1);
}

TEST(SubscriptionRunner, LetsASlowOneKeepNoOtherWaiting) {
  TestClock clock;
  std::latch slow_may_end(1);
  SubscriptionRunner runner(clock, {.at_once = 2});
  runner.add("slow", clock.now() - 1h, [&](const std::stop_token&) {
    slow_may_end.wait();
    return finished(clock.now() + 1h);
  });
  for (const char* name : {"b", "c", "d"}) {
    runner.add(name, clock.now(), [&](const std::stop_token&) { return finished(clock.now() + 1h); });
  }
  EXPECT_EQ(ended(runner, 3), (std::vector<std::string>{"b", "c", "d"}));
  EXPECT_EQ(runner.running(), 1u);
  EXPECT_FALSE(runner.idle());
  slow_may_end.count_down();
  EXPECT_EQ(ended(runner, 1), std::vector<std::string>{"slow"});
}

TEST(SubscriptionRunner, NeverRunsMoreAtOnceThanItMay) {
  TestClock clock;
  std::atomic<int> now = 0, most = 0;
  SubscriptionRunner runner(clock, {.at_once = 2});
  for (int i = 0; i < 20; ++i) {
    runner.add(std::to_string(i), clock.now(), [&](const std::stop_token&) {
      const int together = ++now;
      int seen = most;
      while (together > seen && !most.compare_exchange_weak(seen, together)) {
      }
      --now;
      return finished(clock.now() + 1h);
    });
  }
  EXPECT_EQ(ended(runner, 20).size(), 20u);
  EXPECT_LE(most, 2);
}

TEST(SubscriptionRunner, RunsEachOnceWhereThatIsAskedFor) {
  TestClock clock;
  int runs = 0;
  SubscriptionRunner runner(clock, {.once = true});
  runner.add("a", clock.now(), [&](const std::stop_token&) {
    ++runs;
    return finished(clock.now());  // Due again at once.
  });
  EXPECT_EQ(ended(runner, 1).size(), 1u);
  EXPECT_TRUE(runner.idle());
  EXPECT_EQ(runner.next_at(), std::nullopt);
  EXPECT_TRUE(runner.step(0ms).empty());
  EXPECT_EQ(runs, 1);
}

TEST(SubscriptionRunner, TellsWhatRunsToStopAndStartsNothingMore) {
  TestClock clock;
  std::latch began(1);
  SubscriptionRunner runner(clock, {.at_once = 1});
  runner.add("a", clock.now() - 1h, [&](const std::stop_token& stop) {
    began.count_down();
    std::latch told(1);
    const std::stop_callback on_stop(stop, [&] { told.count_down(); });
    told.wait();
    return FollowOutcome{fail(Code::kUnavailable, "stopped"), {}, true};
  });
  runner.add("b", clock.now(), [&](const std::stop_token&) { return finished(clock.now()); });
  EXPECT_TRUE(runner.step(0ms).empty());
  began.wait();
  runner.request_stop();
  EXPECT_EQ(ended(runner, 1), std::vector<std::string>{"a"});
  EXPECT_TRUE(runner.step(0ms).empty());
  EXPECT_EQ(runner.running(), 0u);
}

TEST(FeedGrades, TellNewFromOkFromLateFromFailing) {
  const Time now = TestClock().now();
  SubscriptionHealth health;
  EXPECT_EQ(name_of(grade_of(health, 15min, now)), "new");
  health.last_attempt = health.last_success = now;
  EXPECT_EQ(name_of(grade_of(health, 15min, now + 30min)), "ok");
  EXPECT_EQ(name_of(grade_of(health, 15min, now + 31min)), "late");
  note_failure(health, {Code::kUnavailable, "lists.example: answered 503"}, now, now + 5s);
  EXPECT_EQ(name_of(grade_of(health, 15min, now)), "late");
  note_failure(health, {Code::kUnavailable, "lists.example: answered 503"}, now, now + 5s);
  note_failure(health, {Code::kUnavailable, "lists.example: answered 503"}, now, now + 5s);
  EXPECT_EQ(name_of(grade_of(health, 15min, now)), "failing");
  SubscriptionHealth locked_out;
  note_failure(locked_out, {Code::kInvalidInput, "it does not accept the credentials"}, now, now + 5s);
  EXPECT_EQ(name_of(grade_of(locked_out, 15min, now)), "failing") << "waiting does not mend that";
}

TEST(FeedGrades, AskAtOnceWhenTheClockWasSetBack) {
  const Time now = TestClock().now();
  SubscriptionHealth health;
  health.last_attempt = now + 24h * 365;
  health.next_at = now + 24h * 365 + 15min;
  EXPECT_EQ(due_at(health, now), now);
  health.last_attempt = now;
  health.next_at = now + 15min;
  EXPECT_EQ(due_at(health, now), now + 15min);
}

}  // namespace
}  // namespace seawall
