#include "seawall/log_outbox/log_outbox.h"

#include <gtest/gtest.h>

#include <fstream>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(1'795'388'400 + seconds)); }

class Outbox : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    database.reset();
    database.emplace(*Database::open(folder.path() / "book.db", {.create = true}));
    ASSERT_TRUE(LogOutbox(*database).make_table());
  }
  std::int64_t add(std::string record) {
    return *LogOutbox(*database).add(
        {.kind = LogKind::kDisclosure, .at = at(0), .record = std::move(record)});
  }

  TemporaryFolder folder = *TemporaryFolder::make("outbox");
  std::optional<Database> database;
};

TEST_F(Outbox, KeepsWhatEachEntryStandsFor) {
  const std::int64_t id = add(R"({"by":"ann"})");
  open();
  const auto opening = LogOutbox(*database).opening(id);
  ASSERT_TRUE(opening);
  const auto entry = log_entry_from_text(opening->entry);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->kind, LogKind::kDisclosure);
  EXPECT_TRUE(opens(*entry, opening->salt, R"({"by":"ann"})"));
  EXPECT_EQ(opening->entry.find("ann"), std::string::npos);
  EXPECT_NE(LogOutbox(*database).opening(add(R"({"by":"ann"})"))->entry, opening->entry)
      << "a salt of its own";
}

TEST_F(Outbox, GivesTheOldestFirstUntilTheyAreSettled) {
  std::vector<std::int64_t> ids;
  for (const char* record : {"1", "2", "3"}) ids.push_back(add(record));
  LogOutbox outbox(*database);
  auto pending = outbox.pending(2);
  ASSERT_EQ(pending->size(), 2U);
  EXPECT_EQ(pending->front().id, ids[0]);
  EXPECT_EQ(outbox.pending(2)->front().entry, pending->front().entry) << "the same entry until it is settled";
  ASSERT_TRUE(outbox.settle(std::span(ids).first(2), 40));
  ASSERT_TRUE(outbox.settle(std::span(ids).first(2), 90)) << "appended again after a kill";
  EXPECT_EQ(*outbox.opening(ids[1])->leaf, 41U) << "the first place stays";
  pending = outbox.pending(10);
  ASSERT_EQ(pending->size(), 1U);
  EXPECT_EQ(pending->front().id, ids[2]);
  EXPECT_EQ(*outbox.count_pending(), 1U);
}

TEST_F(Outbox, LosesTheRowWithTheChangeThatItTellsOf) {
  {
    auto transaction = Transaction::begin(*database);
    add("lost");
  }
  EXPECT_TRUE(LogOutbox(*database).pending(10)->empty());
}

TEST_F(Outbox, ErasesSaltAndRecordFromTheFile) {
  const std::int64_t id = add(R"({"by":"somebody-special"})");
  LogOutbox outbox(*database);
  const std::string entry = outbox.opening(id)->entry;
  EXPECT_TRUE(*outbox.erase(id, at(5)));
  EXPECT_FALSE(*outbox.erase(id, at(6)));
  const auto opening = outbox.opening(id);
  EXPECT_EQ(opening->entry, entry) << "the log's copy cannot go, so ours stays";
  EXPECT_TRUE(opening->salt.empty());
  EXPECT_TRUE(opening->record.empty());
  ASSERT_TRUE(database->run("PRAGMA wal_checkpoint(TRUNCATE)"));
  std::ifstream file(folder.path() / "book.db", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(bytes.find("somebody-special"), std::string::npos);
  EXPECT_NE(bytes.find(entry), std::string::npos);
  EXPECT_EQ(outbox.opening(77).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace seawall
