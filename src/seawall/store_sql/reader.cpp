#include "seawall/store_sql/detail/reader.h"

#include <algorithm>
#include <limits>

#include "seawall/store/canonical.h"

namespace seawall::store_sql_detail {
namespace {

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " " + std::string(rest);
}

template <class T, class Read>
Result<std::vector<T>> rows(SqlStatement& query, Read read) {
  std::vector<T> out;
  for (;;) {
    SEAWALL_TRY(const bool row, query.step());
    if (!row) break;
    SEAWALL_TRY(T one, read(query));
    out.push_back(std::move(one));
  }
  query.reset();
  return out;
}

template <class T>
Result<std::optional<T>> first_of(Result<std::vector<T>> found) {
  if (!found) return tl::unexpected(std::move(found).error());
  if (found->empty()) return std::optional<T>();
  return std::optional<T>(std::move(found->front()));
}

Result<Source> read_source(const SqlStatement& row) { return source_of(row); }

Result<PendingChange> pending_of(const SqlStatement& row) {
  PendingChange change;
  change.entry = EntryId{static_cast<std::uint64_t>(row.integer(0))};
  if (row.is_null(1)) return change;
  SEAWALL_TRY(change.content, read_canonical(text_of(row.blob(1))));
  return change;
}

Result<Refusal> refusal_of(const SqlStatement& row) {
  return Refusal{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
                 row.integer(3) != 0};
}

}  // namespace

Result<void> check_limit(std::size_t limit) {
  if (limit >= 1 && limit <= kPageMax) return {};
  return fail(Code::kInvalidInput, "a page is 1 to 10,000 long");
}

Result<ListVersion> Reader::version() {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT version, chain FROM list_state WHERE one = 1"));
  SEAWALL_TRY(const bool row, query->step());
  if (!row) return fail(Code::kCorrupt, "the store has no state of its lists");
  ListVersion version;
  version.number = static_cast<std::uint64_t>(query->integer(0));
  SEAWALL_TRY(version.chain, sha256_of_column(*query, 1));
  query->reset();
  return version;
}

Result<std::vector<ListBank>> Reader::banks() {
  SEAWALL_TRY(SqlStatement * query, connection_.statement(select(kBankColumns, "FROM banks ORDER BY id")));
  return rows<ListBank>(*query, bank_of);
}

Result<std::optional<ListBank>> Reader::bank(BankId id) {
  SEAWALL_TRY(SqlStatement * query, connection_.statement(select(kBankColumns, "FROM banks WHERE id = $1")));
  return first_of(rows<ListBank>(query->bind(1, db(id)), bank_of));
}

Result<std::optional<ListBank>> Reader::bank_named(std::string_view tenant, std::string_view name) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(select(kBankColumns, "FROM banks WHERE tenant = $1 AND name = $2")));
  return first_of(rows<ListBank>(query->bind(1, tenant).bind(2, name), bank_of));
}

Result<std::vector<Source>> Reader::sources() {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(select(kSourceColumns, "FROM sources ORDER BY id")));
  return rows<Source>(*query, read_source);
}

Result<std::optional<Source>> Reader::source(SourceId id) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(select(kSourceColumns, "FROM sources WHERE id = $1")));
  return first_of(rows<Source>(query->bind(1, db(id)), read_source));
}

Result<std::optional<Source>> Reader::source_named(std::string_view name) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(select(kSourceColumns, "FROM sources WHERE name = $1")));
  return first_of(rows<Source>(query->bind(1, name), read_source));
}

Result<std::vector<Authorship>> Reader::approvals(ReleaseId id) {
  SEAWALL_TRY(
      SqlStatement * query,
      connection_.statement("SELECT who, why, at FROM approvals WHERE release = $1 ORDER BY version"));
  return rows<Authorship>(query->bind(1, db(id)), [](const SqlStatement& row) -> Result<Authorship> {
    return authorship_of(row, 0);
  });
}

Result<ReleaseRow> Reader::release_row(ReleaseId id) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(select(kReleaseColumns, "FROM releases WHERE id = $1")));
  SEAWALL_TRY(auto row, first_of(rows<ReleaseRow>(query->bind(1, db(id)), release_of_row)));
  if (!row) return fail(Code::kNotFound, "there is no release " + std::to_string(db(id)));
  SEAWALL_TRY(row->release.approvals, approvals(id));
  return *std::move(row);
}

Result<std::optional<Release>> Reader::release(ReleaseId id) {
  SEAWALL_TRY(auto found, releases(ReleaseId{static_cast<std::uint32_t>(id) - 1}, 1));
  if (found.empty() || found.front().id != id) return std::optional<Release>();
  return std::optional<Release>(std::move(found.front()));
}

Result<std::vector<Release>> Reader::releases(ReleaseId after, std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(select(
                  kReleaseColumns, "FROM releases WHERE id > $1 AND state <> 1 ORDER BY id LIMIT $2")));
  query->bind(1, db(after)).bind(2, static_cast<std::int64_t>(limit));
  SEAWALL_TRY(auto found, rows<ReleaseRow>(*query, release_of_row));
  std::vector<Release> out;
  for (ReleaseRow& row : found) {
    SEAWALL_TRY(row.release.approvals, approvals(row.release.id));
    out.push_back(std::move(row.release));
  }
  return out;
}

Result<std::vector<Release>> Reader::open_releases(ReleaseId after, std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(select(
                  kReleaseColumns, "FROM releases WHERE id > $1 AND state <= 3 ORDER BY id LIMIT $2")));
  query->bind(1, db(after)).bind(2, static_cast<std::int64_t>(limit));
  SEAWALL_TRY(auto found, rows<ReleaseRow>(*query, release_of_row));
  std::vector<Release> out;
  for (ReleaseRow& row : found) out.push_back(std::move(row.release));
  return out;
}

Result<std::vector<PendingChange>> Reader::pending(ReleaseId release, EntryId after, std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  SEAWALL_TRY(const ReleaseHead* there, head(release));
  if (there == nullptr) return std::vector<PendingChange>();
  SEAWALL_TRY(const std::int64_t end, pending_end(release, after, limit));
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT entry, content FROM pending WHERE release = $1 AND entry > $2 "
                                    "AND entry <= $3 ORDER BY entry"));
  query->bind(1, db(release)).bind(2, db(after)).bind(3, end);
  return rows<PendingChange>(*query, pending_of);
}

Result<std::vector<Refusal>> Reader::refusals(ReleaseId release, std::uint64_t offset, std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  SEAWALL_TRY(const ReleaseHead* there, head(release));
  if (there == nullptr) return std::vector<Refusal>();
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT key, reason, detail, quarantined FROM refusals "
                                    "WHERE release = $1 AND place >= $2 ORDER BY place LIMIT $3"));
  query->bind(1, db(release))
      .bind(2, static_cast<std::int64_t>(offset))
      .bind(3, static_cast<std::int64_t>(limit));
  return rows<Refusal>(*query, refusal_of);
}

Result<const ReleaseHead*> Reader::head(ReleaseId id) {
  if (const auto known = heads_.find(id); known != heads_.end()) return &known->second;
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT bank, source, state, state_version FROM releases "
                                    "WHERE id = $1 AND state <> 1"));
  SEAWALL_TRY(const bool row, query->bind(1, db(id)).step());
  if (!row) {
    query->reset();
    return nullptr;
  }
  const ReleaseHead head = {BankId{static_cast<std::uint32_t>(query->integer(0))},
                            SourceId{static_cast<std::uint32_t>(query->integer(1))},
                            static_cast<ReleaseState>(query->integer(2)),
                            static_cast<std::uint64_t>(query->integer(3))};
  query->reset();
  return &heads_.insert_or_assign(id, head).first->second;
}

Result<std::vector<StoredEntry>> Reader::stored_entries(std::span<const EntryId> ids) {
  std::vector<StoredEntry> out;
  for (std::size_t at = 0; at < ids.size(); at += kPageMax) {
    std::vector<std::int64_t> wanted;
    for (const EntryId id : ids.subspan(at, std::min(kPageMax, ids.size() - at))) wanted.push_back(db(id));
    SEAWALL_TRY(SqlStatement * query,
                connection_.statement(select(kEntryColumns, "FROM entries WHERE id {any $1} ORDER BY id")));
    query->bind(1, std::span<const std::int64_t>(wanted));
    SEAWALL_TRY(auto found, rows<StoredEntry>(*query, stored_entry_of));
    for (StoredEntry& one : found) {
      SEAWALL_TRY(const ReleaseHead* there, head(release_of(EntryId{static_cast<std::uint64_t>(one.id)})));
      if (there != nullptr) out.push_back(std::move(one));
    }
  }
  const auto by_id = [](const StoredEntry& a, const StoredEntry& b) { return a.id < b.id; };
  if (ids.size() > kPageMax) std::sort(out.begin(), out.end(), by_id);
  return out;
}

Result<std::vector<Entry>> Reader::entries(std::span<const EntryId> ids) {
  SEAWALL_TRY(auto stored, stored_entries(ids));
  std::vector<Entry> out;
  out.reserve(stored.size());
  for (const StoredEntry& one : stored) {
    SEAWALL_TRY(const ReleaseHead* of, head(release_of(EntryId{static_cast<std::uint64_t>(one.id)})));
    SEAWALL_TRY(Entry entry, entry_from(one, *of));
    out.push_back(std::move(entry));
  }
  return out;
}

Result<std::vector<StoredEntry>> Reader::stored_page(EntryId after, EntryId last, std::size_t limit) {
  std::uint64_t room = StoreView::kPageBytesMax;
  SEAWALL_TRY(const EntryId end, page_end({after, last}, limit, room));
  return rows_of({after, end}, limit);
}

Result<std::vector<StoredEntry>> Reader::rows_of(Span span, std::size_t limit) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(
                  select(kEntryColumns, "FROM entries WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3")));
  query->bind(1, db(span.after)).bind(2, db(span.last)).bind(3, static_cast<std::int64_t>(limit));
  return rows<StoredEntry>(*query, stored_entry_of);
}

Result<bool> Reader::append_entries(std::vector<Entry>& out, const ReleaseHead& head, Span span,
                                    std::size_t limit, std::uint64_t& room) {
  SEAWALL_TRY(const EntryId end, page_end(span, limit, room));
  SEAWALL_TRY(const auto page, rows_of({span.after, end}, limit));
  for (const StoredEntry& stored : page) {
    SEAWALL_TRY(Entry entry, entry_from(stored, head));
    out.push_back(std::move(entry));
  }
  return end == span.last;
}

Result<std::vector<Entry>> Reader::entries_of_release(ReleaseId release, EntryId after, std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  std::vector<Entry> out;
  SEAWALL_TRY(const ReleaseHead* of, head(release));
  if (of == nullptr) return out;
  const EntryId before_first{static_cast<std::uint64_t>(first_entry(release)) - 1};
  std::uint64_t room = StoreView::kPageBytesMax;
  SEAWALL_CHECK(append_entries(out, *of, {std::max(after, before_first), last_entry(release)}, limit, room));
  return out;
}

Result<std::vector<std::pair<ReleaseId, ReleaseHead>>> Reader::heads_of_bank(BankId bank, EntryId after) {
  SEAWALL_TRY(
      SqlStatement * query,
      connection_.statement("SELECT id, bank, source, state, state_version FROM releases WHERE bank = $1 "
                            "AND id >= $2 AND state <> 1 AND added > 0 ORDER BY id"));
  query->bind(1, db(bank)).bind(2, db(release_of(after)));
  using Found = std::pair<ReleaseId, ReleaseHead>;
  return rows<Found>(*query, [](const SqlStatement& row) -> Result<Found> {
    return Found{ReleaseId{static_cast<std::uint32_t>(row.integer(0))},
                 {BankId{static_cast<std::uint32_t>(row.integer(1))},
                  SourceId{static_cast<std::uint32_t>(row.integer(2))},
                  static_cast<ReleaseState>(row.integer(3)), static_cast<std::uint64_t>(row.integer(4))}};
  });
}

Result<std::vector<Entry>> Reader::entries_of_bank(BankId bank, EntryId after, std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  SEAWALL_TRY(const auto releases, heads_of_bank(bank, after));
  std::vector<Entry> out;
  std::uint64_t room = StoreView::kPageBytesMax;
  for (const auto& [id, head] : releases) {
    const EntryId before_first{static_cast<std::uint64_t>(first_entry(id)) - 1};
    const Span span{std::max(after, before_first), last_entry(id)};
    SEAWALL_TRY(const bool whole, append_entries(out, head, span, limit - out.size(), room));
    if (!whole || room == 0 || out.size() == limit) break;
  }
  return out;
}

Result<std::uint64_t> Reader::count(BankId bank, EntryState state) {
  SEAWALL_TRY(
      SqlStatement * query,
      connection_.statement("SELECT r.state, s.state, CAST(SUM(s.entries) AS BIGINT) FROM state_counts s "
                            "JOIN releases r ON r.id = s.release WHERE r.bank = $1 AND r.state <> 1 "
                            "GROUP BY r.state, s.state"));
  query->bind(1, db(bank));
  std::uint64_t total = 0;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    const std::int64_t own = query->integer(1);
    const auto own_state = own == 0 ? std::nullopt : std::optional(static_cast<EntryState>(own));
    if (entry_state_in(static_cast<ReleaseState>(query->integer(0)), own_state) == state) {
      total += static_cast<std::uint64_t>(query->integer(2));
    }
  }
  query->reset();
  return total;
}

Result<std::vector<FeedItem>> Reader::feed(std::uint64_t after, std::size_t limit) {
  SEAWALL_CHECK(check_limit(limit));
  if (after > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return std::vector<FeedItem>();
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement(
                  select(kFeedColumns, "FROM feed_items WHERE version > $1 ORDER BY version LIMIT $2")));
  query->bind(1, static_cast<std::int64_t>(after)).bind(2, static_cast<std::int64_t>(limit));
  return rows<FeedItem>(*query, feed_item_of);
}

}  // namespace seawall::store_sql_detail
