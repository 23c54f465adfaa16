#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

namespace seawall {

/// How much memory the bodies of all requests together may hold. A request takes its share before a byte of
/// its body is read, and gives it back when it has been answered. Threads: any.
class BodyBudget {
 public:
  explicit BodyBudget(std::uint64_t bytes_max)
      : left_(static_cast<std::int64_t>(bytes_max)), all_(bytes_max) {}

  /// A share, given back at its end. Lifetime: the budget outlives it.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() {
      if (budget_ != nullptr) budget_->left_.fetch_add(bytes_, std::memory_order_relaxed);
    }

    /// Takes so much more. False, and nothing taken: there is not so much left. Precondition: a share that
    /// was taken.
    [[nodiscard]] bool grow(std::uint64_t bytes) {
      auto more = budget_->take(bytes);
      if (!more) return false;
      bytes_ += more->bytes_;
      more->budget_ = nullptr;
      return true;
    }

   private:
    friend class BodyBudget;
    BodyBudget* budget_ = nullptr;
    std::int64_t bytes_ = 0;
  };

  /// None: there is not so much left.
  std::optional<Share> take(std::uint64_t bytes) {
    const auto wanted = static_cast<std::int64_t>(bytes);
    if (left_.fetch_sub(wanted, std::memory_order_relaxed) < wanted) {
      left_.fetch_add(wanted, std::memory_order_relaxed);
      return std::nullopt;
    }
    Share share;
    share.budget_ = this;
    share.bytes_ = wanted;
    return share;
  }
  [[nodiscard]] std::uint64_t used() const {
    return all_ -
           static_cast<std::uint64_t>(std::max<std::int64_t>(0, left_.load(std::memory_order_relaxed)));
  }
  [[nodiscard]] std::uint64_t capacity() const { return all_; }

 private:
  std::atomic<std::int64_t> left_;
  const std::uint64_t all_;
};

}  // namespace seawall
