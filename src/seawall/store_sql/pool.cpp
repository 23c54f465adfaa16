#include "seawall/store_sql/detail/pool.h"

#include <string>

namespace seawall::store_sql_detail {

Pool::Loan::~Loan() {
  if (connection_ != nullptr) pool_->give_back(std::move(connection_));
}

Result<Pool::Loan> Pool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (lent_ == max_) {
      return fail(Code::kLimitExceeded, "more than " + std::to_string(max_) + " uses of the store at a time");
    }
    ++lent_;
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      if (connection->usable()) return Loan(*this, std::move(connection));
    }
  }
  auto connection = connect_();
  if (connection) return Loan(*this, *std::move(connection));
  const std::lock_guard lock(mutex_);
  --lent_;
  return tl::unexpected(std::move(connection).error());
}

void Pool::give_back(std::unique_ptr<SqlConnection> connection) {
  const std::lock_guard lock(mutex_);
  --lent_;
  if (connection->usable() && idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

}  // namespace seawall::store_sql_detail
