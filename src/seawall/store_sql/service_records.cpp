#include "seawall/store_sql/service_records.h"

#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/service_rows.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {

Result<std::unique_ptr<ServiceRecords>> open_service_records(std::string_view url,
                                                             const OpenStoreOptions& options,
                                                             const ServiceRecordLimits& limits) {
  SEAWALL_TRY(auto place, store_sql_detail::parse_store_url(url));
  OpenStoreOptions later = options;
  later.create = false;
  {
    SEAWALL_TRY(auto first, store_sql_detail::connect(place, later));
    SEAWALL_CHECK(store_sql_detail::require_newest(*first));
  }
  auto connect = [place, later] { return store_sql_detail::connect(place, later); };
  auto pool = std::make_shared<store_sql_detail::Pool>(std::move(connect),
                                                       static_cast<std::size_t>(options.connections_max));
  return std::make_unique<store_sql_detail::ServiceRows>(std::move(pool), limits);
}

}  // namespace seawall
