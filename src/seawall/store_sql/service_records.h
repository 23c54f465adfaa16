#pragma once

#include <memory>
#include <string_view>

#include "seawall/store/service_records.h"
#include "seawall/store_sql/open.h"

namespace seawall {

/// Opens what the service remembers in the store at `url`; open_store() has made or migrated it. With
/// connections of its own: a request never waits for one that a list holds. Threads: any.
/// Errors: as open_store().
Result<std::unique_ptr<ServiceRecords>> open_service_records(std::string_view url,
                                                             const OpenStoreOptions& options = {},
                                                             const ServiceRecordLimits& limits = {});

}  // namespace seawall
