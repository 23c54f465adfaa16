#include "seawall/store_sql/access_store.h"

#include "seawall/store_sql/detail/access_rows.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {

Result<std::unique_ptr<AccessStore>> open_access_store(std::string_view url,
                                                       const OpenStoreOptions& options) {
  SEAWALL_TRY(auto pool, store_sql_detail::open_pool(url, options));
  return std::make_unique<store_sql_detail::AccessRows>(std::move(pool));
}

}  // namespace seawall
