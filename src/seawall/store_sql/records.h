#pragma once

#include <memory>
#include <string_view>

#include "seawall/store/feedback.h"
#include "seawall/store/requests.h"
#include "seawall/store_sql/open.h"

namespace seawall {

/// What is kept beside the lists, in the same database.
struct StoreRecords {
  std::unique_ptr<RequestStore> requests;
  std::unique_ptr<FeedbackStore> feedback;
};

/// Opens the change requests and the decisions of the store at `url`; open_store() has made or migrated it.
/// Threads: any. Errors: as open_store().
Result<StoreRecords> open_store_records(std::string_view url, const OpenStoreOptions& options = {});

}  // namespace seawall
