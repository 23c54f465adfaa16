#pragma once

#include <cstdint>
#include <span>

#include "seawall/base/result.h"
#include "seawall/sql/connection.h"
#include "seawall/store/store.h"

namespace seawall::store_sql_detail {

// The table `video_entries`: each entry whose content carries a signal of a video, and the bytes of its
// content, so that whoever wants videos reads no others, and whoever reads pages knows how large they are.

/// Fills it from all entries: for a schema that had none. Takes those whose content holds the name of such a
/// signal anywhere, so now and then one too many.
Result<void> find_video_entries(SqlConnection& connection);
Result<void> add_video_entries(SqlConnection& connection, std::span<const VideoEntry> entries);
Result<void> remove_video_entries(SqlConnection& connection, std::span<const std::int64_t> entries);

}  // namespace seawall::store_sql_detail
