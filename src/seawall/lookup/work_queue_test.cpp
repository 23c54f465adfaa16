#include "seawall/lookup/work_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>

namespace seawall {
namespace {

/// A job that runs until it is let go.
struct Held {
  std::promise<void> begun, go;
  std::atomic<int> ran = 0, refused = 0;

  WorkQueue::Job job(std::uint64_t bytes = 0) {
    return {bytes,
            [this](std::chrono::nanoseconds) {
              begun.set_value();
              go.get_future().wait();
              ++ran;
            },
            [this] { ++refused; }};
  }
};

WorkQueue::Job counted(std::atomic<int>& ran, std::atomic<int>& refused) {
  return {0, [&](std::chrono::nanoseconds) { ++ran; }, [&] { ++refused; }};
}

WorkQueue::Options one_thread() {
  WorkQueue::Options options;
  options.threads = 1;
  return options;
}

/// By a clock that the test sets; nobody waits longer than a second of it.
WorkQueue::Options one_thread_at(const std::atomic<std::int64_t>& now_ms) {
  WorkQueue::Options options = one_thread();
  options.wait_max = std::chrono::milliseconds(1'000);
  options.now = [&] { return WorkQueue::Clock::time_point(std::chrono::milliseconds(now_ms)); };
  return options;
}

const auto kSoon = [] { return WorkQueue::Clock::now() + std::chrono::seconds(20); };

TEST(WorkQueue, RunsWhatItTookOnAndNoMoreThanItHolds) {
  std::atomic<int> ran = 0, refused = 0;
  Held first;
  WorkQueue::Options options = one_thread();
  options.jobs_max = 2;
  WorkQueue queue(options);
  ASSERT_TRUE(queue.submit(first.job()));
  first.begun.get_future().wait();
  EXPECT_TRUE(queue.submit(counted(ran, refused)));
  EXPECT_TRUE(queue.submit(counted(ran, refused)));
  EXPECT_FALSE(queue.submit(counted(ran, refused)));
  EXPECT_EQ(queue.stats().refused_full, 1U);
  EXPECT_EQ(queue.stats().waiting, 2U);
  EXPECT_GE(queue.retry_after(), std::chrono::seconds(1));
  first.go.set_value();
  EXPECT_TRUE(queue.drain(kSoon()));
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(queue.stats().done, 3U);
  EXPECT_FALSE(queue.submit(counted(ran, refused))) << "it is drained";
}

TEST(WorkQueue, AJobThatAFreeThreadIsAboutToTakeDoesNotWait) {
  // Whether the threads have woken up yet or not, the first four of these are theirs, the fifth waits.
  for (int round = 0; round < 50; ++round) {
    WorkQueue::Options options;
    options.threads = 4;
    options.jobs_max = 1;
    std::array<Held, 5> held;
    WorkQueue queue(options);
    for (Held& one : held) ASSERT_TRUE(queue.submit(one.job()));
    EXPECT_EQ(queue.stats().waiting, 1U);
    std::atomic<int> ran = 0, refused = 0;
    EXPECT_FALSE(queue.submit(counted(ran, refused)));
    for (Held& one : held) one.go.set_value();
    EXPECT_TRUE(queue.drain(kSoon()));
  }
}

TEST(WorkQueue, CountsTheBytesOfWhatWaitsAndRunsButTakesOneJobOfAnySize) {
  Held first, second;
  WorkQueue::Options options = one_thread();
  options.bytes_max = 100;
  WorkQueue queue(options);
  ASSERT_TRUE(queue.submit(first.job(1'000)));
  first.begun.get_future().wait();
  EXPECT_FALSE(queue.submit(second.job(1)));
  EXPECT_EQ(queue.stats().bytes, 1'000U);
  first.go.set_value();
  while (queue.stats().bytes != 0) std::this_thread::yield();
  EXPECT_TRUE(queue.submit(second.job(100)));
  second.go.set_value();
  EXPECT_TRUE(queue.drain(kSoon()));
}

TEST(WorkQueue, RefusesWhatWouldWaitTooLongByTheRateOfLate) {
  std::atomic<std::int64_t> now_ms = 0;
  WorkQueue queue(one_thread_at(now_ms));
  std::atomic<int> ran = 0, refused = 0;
  // One job of 900 ms: so much each takes, as far as is known.
  ASSERT_TRUE(queue.submit({0, [&](std::chrono::nanoseconds) { now_ms += 900; }, [] {}}));
  while (queue.stats().done == 0) std::this_thread::yield();
  Held running;
  ASSERT_TRUE(queue.submit(running.job()));
  running.begun.get_future().wait();
  EXPECT_TRUE(queue.submit(counted(ran, refused))) << "half of 900 ms to wait";
  EXPECT_FALSE(queue.submit(counted(ran, refused))) << "that and 900 ms";
  EXPECT_EQ(queue.stats().refused_slow, 1U);
  EXPECT_EQ(queue.retry_after(), std::chrono::seconds(2));
  running.go.set_value();
  EXPECT_TRUE(queue.drain(kSoon()));
  EXPECT_EQ(ran, 1);
}

TEST(WorkQueue, RefusesWhatHasWaitedTooLongAllTheSame) {
  std::atomic<std::int64_t> now_ms = 0;
  WorkQueue queue(one_thread_at(now_ms));
  std::atomic<int> ran = 0, refused = 0;
  Held running;
  ASSERT_TRUE(queue.submit(running.job()));
  running.begun.get_future().wait();
  ASSERT_TRUE(queue.submit(counted(ran, refused)));
  now_ms = 1'001;
  running.go.set_value();
  EXPECT_TRUE(queue.drain(kSoon()));
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(queue.stats().refused_slow, 1U);
}

TEST(WorkQueue, ItsEndRefusesWhatWaits) {
  std::atomic<int> ran = 0, refused = 0;
  Held running;
  {
    WorkQueue queue(one_thread());
    ASSERT_TRUE(queue.submit(running.job()));
    running.begun.get_future().wait();
    ASSERT_TRUE(queue.submit(counted(ran, refused)));
    EXPECT_FALSE(queue.drain(WorkQueue::Clock::now())) << "one runs still";
    running.go.set_value();
    // Whether the second is run or refused depends on who is faster: once it is.
  }
  EXPECT_EQ(running.ran, 1);
  EXPECT_EQ(ran + refused, 1);
}

TEST(WorkQueue, ManyThreadsLoseAndDoubleNothing) {
  constexpr int kJobs = 2'000;
  std::atomic<int> ran = 0, refused = 0, turned_away = 0;
  WorkQueue::Options options;
  options.threads = 4;
  options.jobs_max = 16;
  {
    WorkQueue queue(options);
    std::vector<std::jthread> callers;
    for (int t = 0; t < 4; ++t) {
      callers.emplace_back([&] {
        for (int i = 0; i < kJobs; ++i) {
          if (!queue.submit(counted(ran, refused))) ++turned_away;
        }
      });
    }
  }
  EXPECT_EQ(ran + refused + turned_away, 4 * kJobs);
}

}  // namespace
}  // namespace seawall
