#pragma once

#include <memory>

#include "seawall/store/alerts.h"
#include "seawall/store_sql/detail/pool.h"

namespace seawall::store_sql_detail {

/// Alerts in SQL. Writers are serialised with changes of the lists. Threads: any.
class AlertRows final : public AlertStore {
 public:
  explicit AlertRows(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
  Result<Alert> raise(const Alert& alert) override;
  Result<std::optional<Alert>> alert(AlertId id) override;
  Result<std::vector<Alert>> alerts(AlertId after, bool open_only, std::size_t limit) override;
  Result<std::uint64_t> held_back_since(Time since) override;
  Result<void> set_request(AlertId id, RequestId request) override;
  Result<void> close_alert(AlertId id, AlertState state, const Authorship& by) override;

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace seawall::store_sql_detail
