#include "seawall/store_sql/detail/video_rows.h"

#include <algorithm>
#include <array>
#include <string>

#include "seawall/base/hex.h"
#include "seawall/store_sql/detail/reader.h"

// Which entries carry a video, and how much of them is read at once.
namespace seawall::store_sql_detail {
namespace {

constexpr std::array kTypes = {CarriedSignal::kDensePrint, CarriedSignal::kVpdq, CarriedSignal::kTmk};
constexpr std::string_view kColumns = "entry, bytes";

/// How a carried signal of that type begins in the canonical form: its type as text.
std::string mark_of(std::string_view type) { return static_cast<char>(type.size()) + std::string(type); }

std::string holds_mark(std::string_view type, SqlDialect dialect) {
  const std::string mark = mark_of(type);
  const std::string hex = to_hex(std::as_bytes(std::span(mark)));
  if (dialect == SqlDialect::kSqlite) return "instr(content, X'" + hex + "') > 0";
  return "position('\\x" + hex + "'::bytea in content) > 0";
}

}  // namespace

Result<void> find_video_entries(SqlConnection& connection) {
  std::string sql = "INSERT INTO video_entries (entry, bytes) SELECT id, length(content) FROM entries WHERE ";
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (i != 0) sql += " OR ";
    sql += holds_mark(kTypes[i], connection.dialect());
  }
  return connection.run(sql);
}

Result<void> add_video_entries(SqlConnection& connection, std::span<const VideoEntry> entries) {
  if (entries.empty()) return {};
  SEAWALL_TRY(auto bulk, connection.bulk("video_entries", kColumns));
  for (const VideoEntry& one : entries) {
    bulk->add(db(one.entry)).add(static_cast<std::int64_t>(one.content_bytes));
    SEAWALL_CHECK(bulk->end_row());
  }
  return bulk->finish();
}

Result<void> remove_video_entries(SqlConnection& connection, std::span<const std::int64_t> entries) {
  SEAWALL_TRY(SqlStatement * remove, connection.statement("DELETE FROM video_entries WHERE entry {any $1}"));
  SEAWALL_CHECK(remove->bind(1, entries).run());
  return {};
}

Result<bool> Reader::has_videos() {
  if (has_videos_) return *has_videos_;
  SEAWALL_TRY(SqlStatement * query, connection_.statement("SELECT entry FROM video_entries LIMIT 1"));
  SEAWALL_TRY(has_videos_, query->step());
  query->reset();
  return *has_videos_;
}

Result<std::vector<VideoEntry>> Reader::video_entries(EntryId after, EntryId last, std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT entry, bytes FROM video_entries WHERE entry > $1 AND entry <= $2 "
                                    "AND EXISTS (SELECT 1 FROM releases r WHERE r.id = entry / 4294967296 "
                                    "AND r.state <> 1) ORDER BY entry LIMIT $3"));
  query->bind(1, db(after)).bind(2, db(last)).bind(3, static_cast<std::int64_t>(limit));
  std::vector<VideoEntry> found;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    found.push_back({EntryId{static_cast<std::uint64_t>(query->integer(0))},
                     static_cast<std::uint64_t>(query->integer(1))});
  }
  query->reset();
  return found;
}

Result<EntryId> Reader::page_end(Span span, std::size_t limit, std::uint64_t& room) {
  SEAWALL_TRY(const bool any, has_videos());
  if (!any) return span.last;
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT entry, bytes FROM video_entries WHERE entry > $1 AND entry <= $2 "
                                    "ORDER BY entry LIMIT $3"));
  query->bind(1, db(span.after)).bind(2, db(span.last)).bind(3, static_cast<std::int64_t>(limit));
  EntryId end = span.last;
  while (end == span.last) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    const auto bytes = static_cast<std::uint64_t>(query->integer(1));
    room -= std::min(room, bytes);
    if (room == 0) end = EntryId{static_cast<std::uint64_t>(query->integer(0))};
  }
  query->reset();
  return end;
}

Result<std::int64_t> Reader::pending_end(ReleaseId release, EntryId after, std::size_t limit) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT entry, length(content) FROM pending WHERE release = $1 "
                                    "AND entry > $2 ORDER BY entry LIMIT $3"));
  query->bind(1, db(release)).bind(2, db(after)).bind(3, static_cast<std::int64_t>(limit));
  std::uint64_t bytes = 0;
  std::int64_t end = db(after);
  while (bytes < StoreView::kPageBytesMax) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    end = query->integer(0);
    if (!query->is_null(1)) bytes += static_cast<std::uint64_t>(query->integer(1));
  }
  query->reset();
  return end;
}

}  // namespace seawall::store_sql_detail
