#include "seawall/store_sql/open.h"

#include "seawall/sql/sqlite_connection.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {
namespace store_sql_detail {

Result<StorePlace> parse_store_url(std::string_view url) {
  constexpr std::string_view kSqlite = "sqlite:";
  StorePlace place;
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
    place.sqlite_file = std::string(url.substr(kSqlite.size()));
    return place;
  }
  return fail(Code::kInvalidInput, "a store is sqlite:PATH, postgresql://HOST/DATABASE or service=NAME");
}

Result<std::unique_ptr<SqlConnection>> connect(const StorePlace& place, const OpenStoreOptions& options) {
  const SqlOptions sql{options.lock_wait_ms, options.statement_ms, options.application_name};
  return connect_sqlite(place.sqlite_file, options.create, sql);
}

}  // namespace store_sql_detail

Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenStoreOptions& options) {
  SEAWALL_TRY(auto place, store_sql_detail::parse_store_url(url));
  SEAWALL_TRY(auto first, store_sql_detail::connect(place, options));
  SEAWALL_TRY(const int schema, store_sql_detail::schema_number(*first));
  if (schema == 0 ? options.create : options.migrate) {
    SEAWALL_CHECK(store_sql_detail::migrate_to(*first, store_sql_detail::schema_newest()));
  }
  SEAWALL_CHECK(store_sql_detail::require_newest(*first));
  first.reset();
  OpenStoreOptions later = options;
  later.create = false;
  auto connect = [place, later] { return store_sql_detail::connect(place, later); };
  return store_sql_detail::make_store(place, std::move(connect),
                                      static_cast<std::size_t>(options.connections_max));
}

}  // namespace seawall
