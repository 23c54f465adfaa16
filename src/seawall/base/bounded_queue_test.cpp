#include "seawall/base/bounded_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace seawall {
namespace {

TEST(BoundedQueue, RefusesMoreThanItsCapacity) {
  BoundedQueue<int> queue(1);
  int value = 1;
  EXPECT_TRUE(queue.try_push(value));
  EXPECT_FALSE(queue.try_push(value));
  EXPECT_EQ(queue.pop(), 1);
}

TEST(BoundedQueue, CloseDrainsThenEnds) {
  BoundedQueue<int> queue(2);
  ASSERT_TRUE(queue.push(7));
  queue.close();
  EXPECT_FALSE(queue.push(8));
  EXPECT_EQ(queue.pop(), 7);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, WaitEndsAtItsDeadline) {
  BoundedQueue<int> queue(2);
  EXPECT_EQ(queue.pop_for(std::chrono::milliseconds(1)), std::nullopt);
}

// Goal: nothing lost or doubled. Method: two producers, two consumers, a queue of four, under TSan.
TEST(BoundedQueue, HandsEveryValueToExactlyOneConsumer) {
  BoundedQueue<int> queue(4);
  std::atomic<long> sum = 0;
  {
    std::jthread consumers[2];
    for (auto& t : consumers) {
      t = std::jthread([&] {
        while (const auto value = queue.pop()) sum += *value;
      });
    }
    {
      std::jthread producers[2];
      for (auto& t : producers) {
        t = std::jthread([&] {
          for (int i = 1; i <= 1000; ++i) queue.push(i);
        });
      }
    }
    queue.close();
  }
  EXPECT_EQ(sum, 2 * 500500);
}

}  // namespace
}  // namespace seawall
