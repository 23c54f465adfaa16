#include "seawall/store_sql/detail/list_rows.h"

#include <algorithm>

namespace seawall::store_sql_detail {
namespace {

Result<std::int64_t> within(const SqlStatement& row, int column, std::int64_t least, std::int64_t most) {
  const std::int64_t value = row.integer(column);
  if (value >= least && value <= most) return value;
  return fail(Code::kCorrupt, "a number in the store is out of its range");
}

std::uint64_t unsigned_of(const SqlStatement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

ReleaseCounts counts_of(const SqlStatement& row, int column) {
  ReleaseCounts counts;
  counts.added = unsigned_of(row, column);
  counts.updated = unsigned_of(row, column + 1);
  counts.withdrawn = unsigned_of(row, column + 2);
  counts.unchanged = unsigned_of(row, column + 3);
  counts.quarantined = unsigned_of(row, column + 4);
  counts.refused = unsigned_of(row, column + 5);
  return counts;
}

}  // namespace

Result<ListBank> bank_of(const SqlStatement& row) {
  ListBank bank;
  bank.id = BankId{static_cast<std::uint32_t>(row.integer(0))};
  bank.tenant = row.text(1);
  bank.name = row.text(2);
  bank.purpose = row.text(3);
  bank.owner = row.text(4);
  SEAWALL_TRY(const std::int64_t kind, within(row, 5, 1, 2));
  SEAWALL_TRY(const std::int64_t action, within(row, 6, 0, 2));
  SEAWALL_TRY(const std::int64_t radius, within(row, 7, 0, 256));
  bank.kind = static_cast<BankKind>(kind);
  bank.action = static_cast<BankAction>(action);
  bank.radius_bits = static_cast<int>(radius);
  bank.two_person = row.integer(8) != 0;
  bank.active = row.integer(9) != 0;
  if (!row.is_null(10)) bank.expires_at = Time(std::chrono::milliseconds(row.integer(10)));
  bank.version = unsigned_of(row, 11);
  return bank;
}

void bind_bank(SqlStatement& statement, const ListBank& bank) {
  statement.bind(1, static_cast<std::int64_t>(bank.id)).bind(2, std::string_view(bank.tenant));
  statement.bind(3, std::string_view(bank.name)).bind(4, std::string_view(bank.purpose));
  statement.bind(5, std::string_view(bank.owner)).bind(6, static_cast<std::int64_t>(bank.kind));
  statement.bind(7, static_cast<std::int64_t>(bank.action)).bind(8, std::int64_t{bank.radius_bits});
  statement.bind(9, std::int64_t{bank.two_person}).bind(10, std::int64_t{bank.active});
  if (bank.expires_at) statement.bind(11, ms_of(*bank.expires_at));
  statement.bind(12, static_cast<std::int64_t>(bank.version));
}

Source source_of(const SqlStatement& row) {
  return {SourceId{static_cast<std::uint32_t>(row.integer(0))}, std::string(row.text(1)),
          std::string(row.text(2))};
}

Result<ReleaseRow> release_of_row(const SqlStatement& row) {
  ReleaseRow out;
  Release& release = out.release;
  release.id = ReleaseId{static_cast<std::uint32_t>(row.integer(0))};
  release.bank = BankId{static_cast<std::uint32_t>(row.integer(1))};
  release.source = SourceId{static_cast<std::uint32_t>(row.integer(2))};
  SEAWALL_TRY(const std::int64_t state, within(row, 3, 1, 5));
  release.state = static_cast<ReleaseState>(state);
  release.proposed = authorship_of(row, 4);
  release.counts = counts_of(row, 7);
  release.bank_entries_before = unsigned_of(row, 13);
  SEAWALL_TRY(release.digest, sha256_of_column(row, 14));
  release.version = unsigned_of(row, 15);
  out.state_version = unsigned_of(row, 16);
  return out;
}

Result<FeedItem> feed_item_of(const SqlStatement& row) {
  FeedItem item;
  item.version.number = unsigned_of(row, 0);
  SEAWALL_TRY(const std::int64_t kind, within(row, 1, 1, 4));
  item.kind = static_cast<FeedItem::Kind>(kind);
  item.subject = unsigned_of(row, 2);
  SEAWALL_TRY(const std::int64_t state, within(row, 3, 1, 5));
  item.release_state = static_cast<ReleaseState>(state);
  SEAWALL_TRY(item.digest, sha256_of_column(row, 4));
  SEAWALL_TRY(item.version.chain, sha256_of_column(row, 5));
  item.by = authorship_of(row, 6);
  return item;
}

Result<void> add_feed_item(SqlBulk& bulk, const FeedItem& item) {
  bulk.add(static_cast<std::int64_t>(item.version.number)).add(static_cast<std::int64_t>(item.kind));
  bulk.add(static_cast<std::int64_t>(item.subject)).add(static_cast<std::int64_t>(item.release_state));
  bulk.add(std::span<const std::byte>(item.digest)).add(std::span<const std::byte>(item.version.chain));
  bulk.add(std::string_view(item.by.who)).add(std::string_view(item.by.why)).add(ms_of(item.by.when));
  return bulk.end_row();
}

Authorship authorship_of(const SqlStatement& row, int column) {
  return {std::string(row.text(column)), std::string(row.text(column + 1)),
          Time(std::chrono::milliseconds(row.integer(column + 2)))};
}

Result<Sha256> sha256_of_column(const SqlStatement& row, int column) {
  const auto bytes = row.blob(column);
  Sha256 digest;
  if (bytes.size() != digest.size()) return fail(Code::kCorrupt, "a digest in the store is not 32 bytes");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace seawall::store_sql_detail
