#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "seawall/base/temporary_folder.h"
#include "seawall/sql/sqlite_connection.h"
#include "seawall/store/canonical.h"
#include "seawall/store_sql/detail/key_filter.h"
#include "seawall/store_sql/detail/key_hash.h"
#include "seawall/store_sql/detail/key_runs.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/stored_entry.h"
#include "seawall/store_sql/detail/table_shapes.h"

namespace seawall::store_sql_detail {
namespace {

constexpr unsigned kSeed = 20261121;

TEST(KeyFilter, NeverDeniesWhatWasAddedAndSeldomClaimsWhatWasNot) {
  std::mt19937_64 random(kSeed);
  KeyFilter filter;
  std::vector<std::uint64_t> added(700'000);  // Three layers.
  for (auto& hash : added) filter.add(hash = random());
  EXPECT_TRUE(
      std::all_of(added.begin(), added.end(), [&](std::uint64_t hash) { return filter.may_hold(hash); }));
  int wrong = 0;
  for (int i = 0; i < 1'000'000; ++i) wrong += filter.may_hold(random()) ? 1 : 0;
  EXPECT_LT(wrong, 1'000) << "of a million, seed " << kSeed;
}

TEST(KeyHash, IsTheSameForEver) {
  // From another program of the paper's algorithm, with this key.
  EXPECT_EQ(key_hash(""), 13539981732535424785U);
  EXPECT_EQ(key_hash("record-1"), 6868180768894107066U);
  EXPECT_EQ(key_hash("record-1/2"), 11594854926526201630U);
  EXPECT_NE(key_hash("a"), key_hash(std::string_view("a\0", 2)));
}

TEST(KeyRun, IsReadBackAsItWasAndRefusedWhenDamaged) {
  const std::vector<KeyPlace> keys = {{1, 2}, {1, 3}, {~std::uint64_t{0}, 0}};
  std::vector<KeyPlace> read;
  ASSERT_TRUE(append_run(encode_run(keys), read));
  EXPECT_EQ(read, keys);
  EXPECT_FALSE(append_run(encode_run(keys).substr(1), read));
  std::string swapped = encode_run(keys);
  std::swap_ranges(swapped.begin(), swapped.begin() + 12, swapped.begin() + 24);
  EXPECT_FALSE(append_run(swapped, read));
}

TEST(PastOfAnEntry, IsReadBackAsItWas) {
  EntryContent content;
  content.signals.md5.emplace();
  StoredEntry stored;
  append_canonical(stored.content, content);
  stored.own_state = EntryState::kQuarantined;
  stored.reason = "why";
  stored.radius = 0;
  stored.action = BankAction::kBlock;
  stored.expires_at = Time(std::chrono::milliseconds(-7));
  stored.own_version = 300;
  StoredEntry read;
  ASSERT_TRUE(decode_past(encode_past(stored), read));
  EXPECT_EQ(encode_past(read), encode_past(stored));
  EXPECT_EQ(read.radius, stored.radius);
  EXPECT_EQ(read.expires_at, stored.expires_at);
  EXPECT_FALSE(decode_past(encode_past(stored) + "x", read));
}

TEST(TableShapes, AreThoseThatTheMigrationsMake) {
  const auto folder = TemporaryFolder::make("seawall-shapes");
  ASSERT_TRUE(folder);
  auto connection = connect_sqlite(folder->path() / "a.db", true, {});
  ASSERT_TRUE(connection);
  ASSERT_TRUE(migrate_to(**connection, schema_newest()));
  std::string shapes;
  for (const TableShape& table : table_shapes()) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const ColumnShape& column = table.columns[i];
      shapes.append(table.name).append(".").append(column.name).append(" ");
      shapes +=
          std::to_string(static_cast<int>(column.kind)) + (column.may_be_null ? "" : " NOT NULL") + "\n";
    }
  }
  auto query = (*connection)
                   ->statement(
                       "SELECT m.name, p.name, CASE p.type WHEN 'INTEGER' THEN 1 WHEN 'TEXT' THEN 2 ELSE 3 "
                       "END, p.\"notnull\" "
                       "FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' "
                       "AND m.name <> 'schema_migrations'");
  ASSERT_TRUE(query);
  std::string made;
  const auto left_out = tables_left_out();
  while (*(*query)->step()) {
    if (std::find(left_out.begin(), left_out.end(), (*query)->text(0)) != left_out.end()) continue;
    made.append((*query)->text(0)).append(".").append((*query)->text(1)).append(" ");
    made += std::to_string((*query)->integer(2)) + ((*query)->integer(3) != 0 ? " NOT NULL" : "") + "\n";
  }
  const auto sorted = [](const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  EXPECT_EQ(sorted(shapes), sorted(made));
}

}  // namespace
}  // namespace seawall::store_sql_detail
