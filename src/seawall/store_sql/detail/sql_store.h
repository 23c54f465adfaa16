#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "seawall/store/store.h"
#include "seawall/store_sql/detail/pool.h"
#include "seawall/store_sql/open.h"

namespace seawall::store_sql_detail {

/// Where a store is, as its URL says.
struct StorePlace {
  std::filesystem::path sqlite_file;  ///< Empty: PostgreSQL.
  std::string postgres;               ///< A URL or a list of settings, as libpq reads it.
  std::string password_file;          ///< PostgreSQL: a file that holds the password alone; may be empty.
};
/// Errors: kInvalidInput, never with a password that the URL holds.
Result<StorePlace> parse_store_url(std::string_view url);

/// A new connection to `place`, in order for use.
Result<std::unique_ptr<SqlConnection>> connect(const StorePlace& place, const OpenStoreOptions& options);

/// Connections to the store at `url`, whose schema is the newest. Errors: as open_store().
Result<std::shared_ptr<Pool>> open_pool(std::string_view url, const OpenStoreOptions& options);

std::unique_ptr<Store> make_store(StorePlace place, Pool::Connect connect, std::size_t connections_max);

}  // namespace seawall::store_sql_detail
