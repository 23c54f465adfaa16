#include "seawall/store_sql/log_records.h"

#include "seawall/store_sql/detail/log_rows.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {

Result<std::unique_ptr<LogRecordStore>> open_log_records(std::string_view url,
                                                         const OpenStoreOptions& options) {
  SEAWALL_TRY(auto pool, store_sql_detail::open_pool(url, options));
  return std::make_unique<store_sql_detail::LogRows>(std::move(pool));
}

}  // namespace seawall
