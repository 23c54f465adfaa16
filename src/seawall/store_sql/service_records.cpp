#include "seawall/store_sql/service_records.h"

#include "seawall/store_sql/detail/service_rows.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {

Result<std::unique_ptr<ServiceRecords>> open_service_records(std::string_view url,
                                                             const OpenStoreOptions& options,
                                                             const ServiceRecordLimits& limits) {
  SEAWALL_TRY(auto pool, store_sql_detail::open_pool(url, options));
  return std::make_unique<store_sql_detail::ServiceRows>(std::move(pool), limits);
}

}  // namespace seawall
