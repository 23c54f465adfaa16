#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "seawall/sql/connection.h"

namespace seawall::store_sql_detail {

/// Connections of one store, kept for the next use when they are given back in order.
/// Guarantees: at most `max` at a time; beyond that kLimitExceeded at once.
/// Threads: any. Lifetime: outlives what it lends.
class Pool {
 public:
  using Connect = std::function<Result<std::unique_ptr<SqlConnection>>()>;
  Pool(Connect connect, std::size_t max) : connect_(std::move(connect)), max_(max) {}

  /// A connection, given back at the end of the object.
  class Loan {
   public:
    Loan(Pool& pool, std::unique_ptr<SqlConnection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Loan(Loan&&) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan();
    SqlConnection& operator*() const { return *connection_; }
    SqlConnection* operator->() const { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<SqlConnection> connection_;
  };
  Result<Loan> take();

 private:
  static constexpr std::size_t kIdleMax = 8;
  void give_back(std::unique_ptr<SqlConnection> connection);

  Connect connect_;
  std::size_t max_;
  std::mutex mutex_;  ///< Guards idle_ and lent_.
  std::vector<std::unique_ptr<SqlConnection>> idle_;
  std::size_t lent_ = 0;
};

}  // namespace seawall::store_sql_detail
