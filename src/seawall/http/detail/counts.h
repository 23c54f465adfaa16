#pragma once

#include <atomic>
#include <cstdint>

#include "seawall/http/server.h"

namespace seawall {

/// A number that one thread raises and any thread reads.
class Count {
 public:
  void add(std::uint64_t more) {
    value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// What one thread of the server has done.
struct ThreadCounts {
  Count accepted, closed, cut, tls_failures, bytes_in, bytes_out, too_late;
  std::array<Count, 6> answers_by_class;
  std::array<Count, kHttpRefusalReasons> refused;

  void add_to(HttpCounters& sum) const {
    sum.connections_accepted += accepted.get();
    sum.connections_open += accepted.get() - closed.get();
    sum.connections_cut += cut.get();
    sum.tls_failures += tls_failures.get();
    sum.bytes_in += bytes_in.get();
    sum.bytes_out += bytes_out.get();
    sum.answers_too_late += too_late.get();
    for (std::size_t i = 0; i < answers_by_class.size(); ++i)
      sum.answers_by_class[i] += answers_by_class[i].get();
    for (std::size_t i = 0; i < refused.size(); ++i) sum.refused[i] += refused[i].get();
  }
};

}  // namespace seawall
