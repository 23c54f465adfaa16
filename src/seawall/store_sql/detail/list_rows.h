#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/release.h"
#include "seawall/sql/connection.h"
#include "seawall/store/store.h"

namespace seawall::store_sql_detail {

// Rows of the small tables as records. Errors: kCorrupt.

inline constexpr std::string_view kBankColumns =
    "id, tenant, name, purpose, owner, kind, action, radius, two_person, active, expires_at, version";
Result<ListBank> bank_of(const SqlStatement& row);
/// Binds all columns, from place 1.
void bind_bank(SqlStatement& statement, const ListBank& bank);

inline constexpr std::string_view kSourceColumns = "id, name, kind";
Source source_of(const SqlStatement& row);

/// What Release leaves out of its row.
struct ReleaseRow {
  Release release;
  std::uint64_t state_version = 0;
};
inline constexpr std::string_view kReleaseColumns =
    "id, bank, source, state, who, why, at, added, updated, withdrawn, unchanged, quarantined, refused, "
    "bank_entries_before, digest, version, state_version";
Result<ReleaseRow> release_of_row(const SqlStatement& row);

inline constexpr std::string_view kFeedColumns =
    "version, kind, subject, release_state, digest, chain, who, why, at";
Result<FeedItem> feed_item_of(const SqlStatement& row);
Result<void> add_feed_item(SqlBulk& bulk, const FeedItem& item);

/// Columns who, why, at, from `column` on.
Authorship authorship_of(const SqlStatement& row, int column);
[[nodiscard]] inline std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }
/// Errors: kCorrupt.
Result<Sha256> sha256_of_column(const SqlStatement& row, int column);

}  // namespace seawall::store_sql_detail
