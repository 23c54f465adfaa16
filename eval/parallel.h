#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace seawall::eval {

/// Runs `work(i)` for 0 <= i < count on a few threads; returns when all are done.
template <class F>
void in_parallel(std::size_t count, unsigned threads, F work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  for (unsigned t = 0; t < std::max(1U, threads); ++t) {
    workers.emplace_back([&] {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    });
  }
  for (std::thread& worker : workers) worker.join();
}

}  // namespace seawall::eval
