#include "seawall/store_sql/records.h"

#include "seawall/store_sql/detail/alert_rows.h"
#include "seawall/store_sql/detail/feedback_rows.h"
#include "seawall/store_sql/detail/request_rows.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {

Result<StoreRecords> open_store_records(std::string_view url, const OpenStoreOptions& options) {
  SEAWALL_TRY(const auto pool, store_sql_detail::open_pool(url, options));
  return StoreRecords{std::make_unique<store_sql_detail::RequestRows>(pool),
                      std::make_unique<store_sql_detail::FeedbackRows>(pool),
                      std::make_unique<store_sql_detail::AlertRows>(pool)};
}

}  // namespace seawall
