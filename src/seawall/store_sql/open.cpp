#include "seawall/store_sql/open.h"

#include <algorithm>

#include "seawall/sql/postgres_connection.h"
#include "seawall/sql/sqlite_connection.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {
namespace store_sql_detail {

namespace {

/// Takes `password_file=PATH` out of a URL's query or a list of settings, which libpq would not know.
std::string take_password_file(std::string& settings) {
  constexpr std::string_view kName = "password_file=";
  const auto at = settings.find(kName);
  if (at == std::string::npos || at == 0 ||
      std::string_view("?& ").find(settings[at - 1]) == std::string_view::npos) {
    return {};
  }
  const auto end = std::min(settings.find_first_of("& ", at), settings.size());
  std::string path = settings.substr(at + kName.size(), end - at - kName.size());
  // With the mark that follows; a mark before it may stay at the end.
  settings.erase(at, std::min(end + 1, settings.size()) - at);
  if (settings.ends_with('&') || settings.ends_with('?')) settings.pop_back();
  return path;
}

bool is_postgres(std::string_view url) {
  for (const std::string_view start : {"postgresql://", "postgres://", "service=", "host=", "dbname="}) {
    if (url.starts_with(start)) return true;
  }
  return false;
}

}  // namespace

Result<StorePlace> parse_store_url(std::string_view url) {
  constexpr std::string_view kSqlite = "sqlite:";
  StorePlace place;
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
    place.sqlite_file = std::string(url.substr(kSqlite.size()));
    return place;
  }
  if (!is_postgres(url)) {
    return fail(Code::kInvalidInput, "a store is sqlite:PATH, postgresql://HOST/DATABASE or service=NAME");
  }
  place.postgres = url;
  place.password_file = take_password_file(place.postgres);
  SEAWALL_CHECK(check_postgres_settings(place.postgres));
  return place;
}

Result<std::unique_ptr<SqlConnection>> connect(const StorePlace& place, const OpenStoreOptions& options) {
  const SqlOptions sql{options.lock_wait_ms, options.statement_ms, options.application_name,
                       options.connect_ms, options.stop};
  if (place.sqlite_file.empty()) return connect_postgres({place.postgres, place.password_file}, sql);
  return connect_sqlite(place.sqlite_file, options.create, sql);
}

Result<std::shared_ptr<Pool>> open_pool(std::string_view url, const OpenStoreOptions& options) {
  SEAWALL_TRY(auto place, parse_store_url(url));
  OpenStoreOptions later = options;
  later.create = false;
  SEAWALL_TRY(auto first, connect(place, later));
  SEAWALL_CHECK(require_newest(*first));
  auto again = [place, later] { return connect(place, later); };
  return std::make_shared<Pool>(std::move(again), static_cast<std::size_t>(options.connections_max));
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
