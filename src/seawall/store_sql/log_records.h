#pragma once

#include <memory>
#include <string_view>

#include "seawall/store/log_records.h"
#include "seawall/store_sql/open.h"

namespace seawall {

/// Opens the records of the transparency log in the store at `url`; open_store() has made or migrated it.
/// Threads: any. Errors: as open_store().
Result<std::unique_ptr<LogRecordStore>> open_log_records(std::string_view url,
                                                         const OpenStoreOptions& options = {});

}  // namespace seawall
