#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <mutex>
#include <vector>

namespace seawall {

/// libcurl's multi handles, kept for the sake of one thing that lies in them: the system's authorities, read
/// and parsed (40 ms of CPU a request without). No connection, name or session is kept in them: see
/// Transfer::keep_nothing(). Threads: any. Memory: kIdleMax handles, about 1 MB each.
class MultiPool {
 public:
  static constexpr std::size_t kIdleMax = 16;

  MultiPool() = default;
  MultiPool(const MultiPool&) = delete;
  MultiPool& operator=(const MultiPool&) = delete;
  ~MultiPool();

  /// One that nobody else has; null: libcurl gives none.
  CURLM* take();
  /// One whose request ended in order, and was removed from it.
  void give_back(CURLM* multi);

 private:
  std::mutex mutex_;  ///< Guards idle_.
  std::vector<CURLM*> idle_;
};

}  // namespace seawall
