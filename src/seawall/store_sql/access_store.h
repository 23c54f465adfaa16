#pragma once

#include <memory>
#include <string_view>

#include "seawall/store/access.h"
#include "seawall/store_sql/open.h"

namespace seawall {

/// Opens the keys, accounts and sessions of the store at `url`; open_store() has made or migrated it. With
/// connections of its own: who signs in never waits for one that a list holds. Threads: any.
/// Errors: as open_store().
Result<std::unique_ptr<AccessStore>> open_access_store(std::string_view url,
                                                       const OpenStoreOptions& options = {});

}  // namespace seawall
