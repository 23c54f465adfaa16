#pragma once

#include <memory>

#include "seawall/store/log_records.h"
#include "seawall/store/requests.h"
#include "seawall/store_sql/detail/pool.h"

namespace seawall::store_sql_detail {

/// Records of the log in SQL. Writers are serialised with changes of the lists. Threads: any.
class LogRows final : public LogRecordStore {
 public:
  explicit LogRows(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
  Result<std::uint64_t> last_of(std::string_view source) override;
  Result<std::size_t> add(std::span<const LogRecord> records) override;
  Result<std::vector<LogRecord>> waiting(std::size_t limit) override;
  Result<void> settle(std::span<const LoggedLeaf> leaves) override;
  Result<std::uint64_t> settled() override;
  Result<std::vector<LogRecord>> records(std::uint64_t after, std::size_t limit) override;
  Result<std::optional<LogRecord>> record_of_leaf(std::uint64_t leaf) override;
  Result<std::optional<LogRecord>> record_of(std::string_view source, std::uint64_t source_id) override;
  Result<std::size_t> erase(std::span<const std::uint64_t> ids, Time at) override;
  Result<std::size_t> erase_unless_told(std::span<const std::uint64_t> ids, Time at, std::string_view source,
                                        std::uint64_t last) override;
  Result<std::optional<std::uint64_t>> published(std::string_view source) override;
  Result<void> set_published(std::string_view source, std::uint64_t source_id) override;
  Result<std::uint64_t> covered(std::string_view source, std::uint64_t size) override;
  Result<std::vector<RequestEvent>> request_events(std::uint64_t after, std::size_t limit) override;

 private:
  std::shared_ptr<Pool> pool_;
};

/// Writes down a step of a change request, in the transaction under way; the caller holds the list lock.
Result<void> add_request_event(SqlConnection& connection, RequestId request, RequestEvent::What what,
                               const Authorship& by);

}  // namespace seawall::store_sql_detail
