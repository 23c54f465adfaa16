#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "seawall/report/record.h"

namespace seawall::scan_detail {

/// Lets at most `capacity` bytes of work be under way; one piece larger than that goes alone.
/// Threads: any. Waits end when others release.
class ByteBudget {
 public:
  explicit ByteBudget(std::uint64_t capacity) : capacity_(capacity) {}

  void acquire(std::uint64_t bytes) {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return used_ == 0 || used_ + bytes <= capacity_; });
    used_ += bytes;
  }
  void release(std::uint64_t bytes) {
    {
      const std::scoped_lock lock(mutex_);
      used_ -= bytes;
    }
    freed_.notify_all();
  }

 private:
  const std::uint64_t capacity_;
  std::mutex mutex_;  // Guards used_.
  std::condition_variable freed_;
  std::uint64_t used_ = 0;
};

/// Keeps the producer of numbered work less than `width` ahead of its consumer. Threads: any.
class Window {
 public:
  explicit Window(std::uint64_t width) : width_(width) {}

  /// Waits until `number` may be given out. False once closed.
  bool enter(std::uint64_t number) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return closed_ || number < lowest_ + width_; });
    return !closed_;
  }
  /// All below `lowest` is consumed.
  void advance(std::uint64_t lowest) {
    {
      const std::scoped_lock lock(mutex_);
      lowest_ = lowest;
    }
    moved_.notify_all();
  }
  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    moved_.notify_all();
  }

 private:
  const std::uint64_t width_;
  std::mutex mutex_;  // Guards lowest_ and closed_.
  std::condition_variable moved_;
  std::uint64_t lowest_ = 0;
  bool closed_ = false;
};

/// Puts numbered records back in order. Threads: one.
class Reorder {
 public:
  void put(std::uint64_t number, std::optional<FileRecord> record) {
    waiting_.emplace(number, std::move(record));
  }
  /// Calls `visit` with each record that is next in order; numbers without a record are passed over.
  template <class Visit>
  void take(Visit visit) {
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      if (const auto& record = waiting_.begin()->second) visit(*record);
      waiting_.erase(waiting_.begin());
      ++next_;
    }
  }
  /// As take(), but does not stop at gaps.
  template <class Visit>
  void take_all(Visit visit) {
    for (const auto& [number, record] : waiting_) {
      if (record) visit(*record);
    }
    waiting_.clear();
  }
  [[nodiscard]] std::uint64_t next() const { return next_; }

 private:
  std::map<std::uint64_t, std::optional<FileRecord>> waiting_;
  std::uint64_t next_ = 0;
};

}  // namespace seawall::scan_detail
