#pragma once

#include <memory>
#include <string_view>

#include "seawall/store/alerts.h"
#include "seawall/store/feedback.h"
#include "seawall/store/requests.h"
#include "seawall/store_sql/open.h"

namespace seawall {

/// What is kept beside the lists, in the same database.
struct StoreRecords {
  std::unique_ptr<RequestStore> requests;
  std::unique_ptr<FeedbackStore> feedback;
  std::unique_ptr<AlertStore> alerts;
};

/// Opens the change requests, the decisions and the alerts of the store at `url`; open_store() has made or
/// migrated it. Threads: any. Errors: as open_store().
Result<StoreRecords> open_store_records(std::string_view url, const OpenStoreOptions& options = {});

}  // namespace seawall
