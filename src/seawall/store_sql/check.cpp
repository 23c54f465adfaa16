#include <algorithm>
#include <map>
#include <set>

#include "seawall/store/canonical.h"
#include "seawall/store/list_version.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/detail/key_hash.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/reader.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {
namespace {

using store_sql_detail::db;
using store_sql_detail::Reader;
using store_sql_detail::ReleaseHead;
using store_sql_detail::StoredEntry;
using store_sql_detail::text_of;

constexpr std::size_t kPage = 5000;
constexpr std::size_t kProblemsMax = 1000;
constexpr int kLongMs = 24 * 3600 * 1000;

class StoreCheck {
 public:
  explicit StoreCheck(SqlConnection& connection) : connection_(connection), reader_(connection) {}
  Result<CheckSummary> run();

 private:
  void problem(std::string_view what, std::string where);
  Result<void> check_database();
  Result<void> check_chain();
  Result<void> check_totals();
  Result<void> check_release(const Release& release);
  Result<void> check_page(const Release& release, std::span<const StoredEntry> page, ReleaseDigest& digest);
  Result<void> check_keys(const Release& release, std::span<const StoredEntry> page);
  Result<void> check_changed(const StoredEntry& stored);
  Result<void> check_videos(std::span<const StoredEntry> page);
  Result<void> check_counts(const Release& release, const std::map<std::int64_t, std::int64_t>& found);
  Result<void> add_pending(ReleaseId release, ReleaseDigest& digest);
  Result<std::int64_t> number(std::string_view sql);

  SqlConnection& connection_;
  Reader reader_;
  CheckSummary summary_;
};

void StoreCheck::problem(std::string_view what, std::string where) {
  if (summary_.problem_count++ < kProblemsMax)
    summary_.problems.push_back({std::string(what), std::move(where)});
}

Result<std::int64_t> StoreCheck::number(std::string_view sql) {
  SEAWALL_TRY(SqlStatement * query, connection_.statement(sql));
  SEAWALL_TRY([[maybe_unused]] const bool row, query->step());
  const std::int64_t value = query->integer(0);
  query->reset();
  return value;
}

Result<void> StoreCheck::check_database() {
  const bool sqlite = connection_.dialect() == SqlDialect::kSqlite;
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(sqlite ? "PRAGMA integrity_check(100)"
                                           : "SELECT CASE WHEN current_setting('fsync') = 'on' AND "
                                             "current_setting('full_page_writes') = 'on' THEN 'ok' "
                                             "ELSE 'fsync or full_page_writes is off' END"));
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    if (query->text(0) != "ok") problem("database", std::string(query->text(0)));
  }
  query->reset();
  return {};
}

Result<void> StoreCheck::check_chain() {
  ListVersion before;
  for (std::size_t page = kPage; page == kPage;) {
    SEAWALL_TRY(const auto items, reader_.feed(before.number, kPage));
    for (const FeedItem& item : items) {
      if (item.version.number != before.number + 1 || next_chain(before.chain, item) != item.version.chain) {
        problem("chain", "version " + std::to_string(item.version.number));
      }
      before = item.version;
    }
    page = items.size();
  }
  summary_.versions = before.number;
  SEAWALL_TRY(const ListVersion now, reader_.version());
  if (now != before) problem("chain", "version " + std::to_string(now.number) + " of the state of the lists");
  return {};
}

Result<void> StoreCheck::check_totals() {
  SEAWALL_TRY(const std::int64_t entries, number("SELECT COUNT(*) FROM entries"));
  SEAWALL_TRY(const std::int64_t added,
              number("SELECT COALESCE(CAST(SUM(added) AS BIGINT), 0) FROM releases"));
  if (entries != added) problem("count", "entries of no release, or missing");
  SEAWALL_TRY(
      const std::int64_t strays,
      number("SELECT COUNT(*) FROM releases r WHERE NOT EXISTS (SELECT 1 FROM banks b WHERE b.id = r.bank) "
             "OR NOT EXISTS (SELECT 1 FROM sources s WHERE s.id = r.source)"));
  if (strays != 0) problem("count", "releases without their bank or source");
  SEAWALL_TRY(const std::int64_t loading, number("SELECT COUNT(*) FROM releases WHERE state = 1"));
  summary_.loading = static_cast<std::uint64_t>(loading);
  return {};
}

/// A range of entries, not a list of them: of two lists SQLite tries every pair.
Result<void> StoreCheck::check_keys(const Release& release, std::span<const StoredEntry> page) {
  std::set<std::pair<std::int64_t, std::int64_t>> missing;
  std::vector<std::int64_t> hashes;
  for (const StoredEntry& stored : page) {
    hashes.push_back(static_cast<std::int64_t>(store_sql_detail::key_hash(stored.key)));
    missing.emplace(hashes.back(), stored.id);
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT hash, entry FROM entry_keys WHERE scope = $1 AND hash {any $2} "
                                    "AND entry >= $3 AND entry <= $4"));
  query->bind(1, store_sql_detail::scope_of(release.bank, release.source));
  query->bind(2, std::span<const std::int64_t>(hashes)).bind(3, page.front().id).bind(4, page.back().id);
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    missing.erase({query->integer(0), query->integer(1)});
  }
  query->reset();
  if (!missing.empty()) {
    problem("key", "entries " + std::to_string(page.front().id) + " to " + std::to_string(page.back().id));
  }
  return {};
}

/// An entry with changes of its own: as it is, against the digest that its last feed item gave.
Result<void> StoreCheck::check_changed(const StoredEntry& stored) {
  const EntryId id{static_cast<std::uint64_t>(stored.id)};
  SEAWALL_TRY(const auto then, reader_.entry_at(id, stored.own_version));
  SEAWALL_TRY(const auto items, reader_.feed(stored.own_version - 1, 1));
  const bool right = then && !items.empty() && items.front().version.number == stored.own_version &&
                     items.front().kind == FeedItem::Kind::kEntry &&
                     items.front().subject == static_cast<std::uint64_t>(stored.id) &&
                     items.front().digest == digest_of(*then);
  if (!right) problem("entry", "entry " + std::to_string(stored.id));
  return {};
}

/// Whoever looks for videos must be told of all.
Result<void> StoreCheck::check_videos(std::span<const StoredEntry> page) {
  std::map<std::int64_t, std::uint64_t> known;
  SEAWALL_TRY(const auto rows,
              reader_.video_entries(EntryId{static_cast<std::uint64_t>(page.front().id) - 1},
                                    EntryId{static_cast<std::uint64_t>(page.back().id)}, kPage));
  for (const VideoEntry& one : rows) known[db(one.entry)] = one.content_bytes;
  for (const StoredEntry& stored : page) {
    const auto content = read_canonical(stored.content);
    if (!content || !content->signals.has_video()) continue;
    const auto row = known.find(stored.id);
    if (row == known.end() || row->second != stored.content.size()) {
      problem("video", "entry " + std::to_string(stored.id));
    }
  }
  return {};
}

Result<void> StoreCheck::check_page(const Release& release, std::span<const StoredEntry> page,
                                    ReleaseDigest& digest) {
  const EntryId before{static_cast<std::uint64_t>(page.front().id) - 1};
  SEAWALL_TRY(const auto first,
              reader_.pasts(before, EntryId{static_cast<std::uint64_t>(page.back().id)}, 0));
  for (const StoredEntry& stored : page) {
    StoredEntry brought = stored;
    if (const auto past = first.find(stored.id); past != first.end()) {
      if (!decode_past(past->second, brought))
        problem("entry", "history of entry " + std::to_string(stored.id));
      SEAWALL_CHECK(check_changed(stored));
    } else if (stored.own_version != 0) {
      problem("entry", "entry " + std::to_string(stored.id) + " has changed without a history");
    }
    digest.add(brought.key, brought.content, brought.own_state, brought.reason);
  }
  SEAWALL_CHECK(check_videos(page));
  return check_keys(release, page);
}

Result<void> StoreCheck::add_pending(ReleaseId release, ReleaseDigest& digest) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT entry, content FROM pending WHERE release = $1 AND entry > $2 "
                                    "ORDER BY entry LIMIT 5000"));
  std::int64_t after = 0;
  for (std::size_t rows = kPage; rows == kPage;) {
    query->bind(1, db(release)).bind(2, after);
    for (rows = 0;; ++rows) {
      SEAWALL_TRY(const bool row, query->step());
      if (!row) break;
      after = query->integer(0);
      digest.add_pending(EntryId{static_cast<std::uint64_t>(after)},
                         query->is_null(1) ? std::nullopt : std::optional(text_of(query->blob(1))));
    }
    query->reset();
  }
  return {};
}

Result<void> StoreCheck::check_counts(const Release& release,
                                      const std::map<std::int64_t, std::int64_t>& found) {
  SEAWALL_TRY(
      SqlStatement * query,
      connection_.statement("SELECT state, entries FROM state_counts WHERE release = $1 AND entries <> 0"));
  query->bind(1, db(release.id));
  std::map<std::int64_t, std::int64_t> kept;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    kept[query->integer(0)] = query->integer(1);
  }
  query->reset();
  if (kept != found) problem("count", "release " + std::to_string(db(release.id)));
  return {};
}

Result<void> StoreCheck::check_release(const Release& release) {
  ReleaseDigest digest;
  std::map<std::int64_t, std::int64_t> states;
  EntryId after{static_cast<std::uint64_t>(store_sql_detail::first_entry(release.id)) - 1};
  std::uint64_t entries = 0;
  for (;;) {
    SEAWALL_TRY(const auto page, reader_.stored_page(after, store_sql_detail::last_entry(release.id), kPage));
    if (page.empty()) break;
    SEAWALL_CHECK(check_page(release, page, digest));
    for (const StoredEntry& stored : page) {
      ++states[stored.own_state ? static_cast<std::int64_t>(*stored.own_state) : 0];
    }
    entries += page.size();
    after = EntryId{static_cast<std::uint64_t>(page.back().id)};
  }
  SEAWALL_CHECK(add_pending(release.id, digest));
  if (digest.finish() != release.digest)
    problem("release digest", "release " + std::to_string(db(release.id)));
  if (entries != release.counts.added) problem("count", "release " + std::to_string(db(release.id)));
  summary_.entries += entries;
  ++summary_.releases;
  return check_counts(release, states);
}

Result<CheckSummary> StoreCheck::run() {
  SEAWALL_CHECK(check_database());
  SEAWALL_CHECK(check_chain());
  SEAWALL_CHECK(check_totals());
  for (ReleaseId after{};;) {
    SEAWALL_TRY(const auto releases, reader_.releases(after, 100));
    for (const Release& release : releases) SEAWALL_CHECK(check_release(release));
    if (releases.size() < 100) break;
    after = releases.back().id;
  }
  return std::move(summary_);
}

}  // namespace

Result<StoreSchema> store_schema(std::string_view url, const OpenStoreOptions& options) {
  SEAWALL_TRY(const auto place, store_sql_detail::parse_store_url(url));
  SEAWALL_TRY(auto connection, store_sql_detail::connect(place, options));
  SEAWALL_TRY(const int found, store_sql_detail::schema_number(*connection));
  return StoreSchema{found, store_sql_detail::schema_newest()};
}

Result<CheckSummary> check_store(std::string_view url, const OpenStoreOptions& options) {
  SEAWALL_TRY(const auto place, store_sql_detail::parse_store_url(url));
  OpenStoreOptions patient = options;
  patient.statement_ms = kLongMs;
  SEAWALL_TRY(auto connection, store_sql_detail::connect(place, patient));
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*connection, SqlBegin::kRead));
  SEAWALL_CHECK(store_sql_detail::require_newest(*connection));
  return StoreCheck(*connection).run();
}

}  // namespace seawall
