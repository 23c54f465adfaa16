#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "seawall/sql/connection.h"

namespace seawall {

struct PostgresPlace {
  std::string settings;       ///< "postgresql://..." or "key=value ...", as libpq reads them.
  std::string password_file;  ///< Holds the password alone, on one line; empty: libpq's own ways.
};

/// Refuses settings that libpq cannot read or that hold a password, without quoting them.
/// Errors: kInvalidInput.
Result<void> check_postgres_settings(std::string_view settings);

/// A connection to PostgreSQL 13 or later. Guarantees: commit() is durable where the server's own settings of
/// fsync are (synchronous_commit is switched on where it is off); a connection that was lost between two
/// transactions is made anew at the next begin(), without what belonged to its session; a server that is
/// stopped, whose sockets stay open and say nothing, is waited for as long as SqlConnection says. Only where
/// settings name several hosts does connecting not heed SqlOptions::stop, and takes connect_ms for each.
/// Errors: kInvalidInput (settings, a password file that others may read), kNotFound (no such database),
/// kUnavailable.
Result<std::unique_ptr<SqlConnection>> connect_postgres(const PostgresPlace& place,
                                                        const SqlOptions& options);

}  // namespace seawall
