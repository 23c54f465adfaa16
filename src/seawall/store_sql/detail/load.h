#pragma once

#include <filesystem>
#include <memory>

#include "seawall/store/store.h"
#include "seawall/store_sql/detail/pool.h"

namespace seawall::store_sql_detail {

/// `database`: the file of an SQLite database, else empty.
Result<std::unique_ptr<ReleaseLoad>> begin_load(Pool& pool, const std::filesystem::path& database,
                                                const Release& release);
Result<std::unique_ptr<ReleaseLoad>> resume_load(Pool& pool, const std::filesystem::path& database,
                                                 ReleaseId release);

}  // namespace seawall::store_sql_detail
