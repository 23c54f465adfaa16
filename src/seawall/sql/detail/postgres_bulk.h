#pragma once

#include <memory>
#include <string_view>

#include "seawall/sql/connection.h"
#include "seawall/sql/detail/postgres_link.h"

namespace seawall::sql_detail {

/// COPY ... FROM STDIN (FORMAT binary).
Result<std::unique_ptr<SqlBulk>> begin_copy(PostgresLink& link, std::string_view table,
                                            std::string_view columns);

}  // namespace seawall::sql_detail
