#pragma once

#include <memory>

#include "seawall/store/requests.h"
#include "seawall/store_sql/detail/pool.h"

namespace seawall::store_sql_detail {

/// The next number of a row counter ("request", "feedback"), in the transaction under way; the caller holds
/// the list lock.
Result<std::int64_t> take_record_id(SqlConnection& connection, std::string_view counter);

/// Change requests in SQL. Writers are serialised with changes of the lists. Threads: any.
class RequestRows final : public RequestStore {
 public:
  explicit RequestRows(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
  Result<RequestId> add_request(BankId bank, std::string_view body, const Authorship& by) override;
  Result<std::optional<ChangeRequest>> request(RequestId id) override;
  Result<std::vector<ChangeRequest>> open_requests(RequestId after, std::size_t limit) override;
  Result<std::vector<ChangeRequest>> all_requests(RequestId after, std::size_t limit) override;
  Result<void> approve_request(RequestId id, const Authorship& by) override;
  Result<void> close_request(RequestId id, RequestState state, const Authorship& by) override;

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace seawall::store_sql_detail
