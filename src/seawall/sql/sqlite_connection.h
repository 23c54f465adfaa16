#pragma once

#include <filesystem>
#include <memory>

#include "seawall/sql/connection.h"

namespace seawall {

/// A connection to an SQLite file, under the conventions of sqlite/database.h. `create`: makes the file.
/// Errors: also kNotFound.
Result<std::unique_ptr<SqlConnection>> connect_sqlite(const std::filesystem::path& path, bool create,
                                                      const SqlOptions& options);

}  // namespace seawall
