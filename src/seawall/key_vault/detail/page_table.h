#pragma once

#include "seawall/sqlite/database.h"

namespace seawall::vault_rows {

/// Vaults of before have none.
inline Result<void> make_page_table(Database& database) {
  return database.run(R"(
CREATE TABLE IF NOT EXISTS pages (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
  tries INTEGER NOT NULL, due INTEGER NOT NULL) STRICT;)");
}

}  // namespace seawall::vault_rows
