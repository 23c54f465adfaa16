#pragma once

#include "seawall/sqlite/database.h"

namespace seawall::vault_rows {

/// Makes a new vault's tables; call it within a transaction.
Result<void> make_tables(Database& database);
/// Brings a vault of an older version to this one. Errors: kInvalidInput (a newer one, or none).
Result<void> upgrade(Database& database);

}  // namespace seawall::vault_rows
