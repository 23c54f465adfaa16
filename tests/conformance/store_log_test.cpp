#include "seawall/base/temporary_folder.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/log_records.h"
#include "seawall/store_sql/records.h"
#include "store_suite.h"

// The records that the transparency log's entries stand for.
namespace seawall::store_suite {
namespace {

class Logged : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    log_ = must(open_log_records(place_->url()));
  }
  static LogRecord record(const std::string& source, std::uint64_t source_id) {
    LogRecord made;
    made.source = source;
    made.source_id = source_id;
    made.entry = R"({"k":"list-change","v":1})";
    made.salt.emplace().fill(std::byte{7});
    made.record = R"({"version":)" + std::to_string(source_id) + "}";
    made.at = Time(std::chrono::milliseconds(1'800'000'000'000));
    return made;
  }
  void add(const std::string& source, std::uint64_t source_id) {
    const std::vector one{record(source, source_id)};
    EXPECT_EQ(must(log_->add(one)), 1U);
  }
  std::vector<std::uint64_t> waiting() {
    std::vector<std::uint64_t> ids;
    for (const LogRecord& one : must(log_->waiting(100))) ids.push_back(one.id);
    return ids;
  }
  void settle(std::uint64_t id, std::uint64_t leaf) {
    const std::vector one{LoggedLeaf{id, leaf}};
    must(log_->settle(one));
  }

  std::unique_ptr<LogRecordStore> log_;
};

using Ids = std::vector<std::uint64_t>;

TEST_P(Logged, RecordsAreKeptOnceInTheOrderTheyCame) {
  const std::vector both{record("lists", 1), record("lists", 2)};
  EXPECT_EQ(must(log_->add(both)), 2U);
  const std::vector again{record("lists", 2), record("lists", 3), record("access", 1)};
  EXPECT_EQ(must(log_->add(again)), 2U);
  EXPECT_EQ(must(log_->last_of("lists")), 3U);
  EXPECT_EQ(must(log_->last_of("nobody")), 0U);
  EXPECT_EQ(waiting(), (Ids{1, 2, 3, 4}));
  const auto page = must(log_->records(1, 2));
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].source_id, 2U);
  LogRecord expected = record("lists", 3);
  expected.id = 3;
  EXPECT_EQ(page[1], expected);
}

TEST_P(Logged, RecordsWithoutANumberGetTheNextOfTheirSource) {
  add("service", 0);
  add("service", 0);
  EXPECT_EQ(must(log_->last_of("service")), 2U);
}

TEST_P(Logged, RecordsAreSettledOnceAsOneLeaf) {
  add("lists", 1);
  add("lists", 2);
  EXPECT_EQ(must(log_->settled()), 0U);
  settle(1, 40);
  settle(1, 40);
  EXPECT_EQ(waiting(), Ids{2});
  EXPECT_EQ(must(log_->settled()), 41U);
  const std::vector other{LoggedLeaf{1, 41}};
  EXPECT_CODE(log_->settle(other), Code::kConflict);
  const std::vector unknown{LoggedLeaf{9, 41}};
  EXPECT_CODE(log_->settle(unknown), Code::kConflict);
  EXPECT_EQ(must(log_->record_of_leaf(40)).value().id, 1U);
  EXPECT_FALSE(must(log_->record_of_leaf(41)));
}

TEST_P(Logged, RecordsOfAFailedSettlementAllStillWait) {
  add("lists", 1);
  const std::vector half{LoggedLeaf{1, 5}, LoggedLeaf{9, 6}};
  EXPECT_CODE(log_->settle(half), Code::kConflict);
  EXPECT_EQ(waiting(), Ids{1});
}

TEST_P(Logged, RecordsThatAreErasedKeepTheirEntryAlone) {
  add("lists", 1);
  settle(1, 0);
  const Time when(std::chrono::milliseconds(1'900'000'000'000));
  const std::vector<std::uint64_t> ids{1, 77};
  EXPECT_EQ(must(log_->erase(ids, when)), 1U);
  EXPECT_EQ(must(log_->erase(ids, when + std::chrono::hours(1))), 0U);
  const LogRecord left = must(log_->record_of_leaf(0)).value();
  EXPECT_EQ(left.entry, record("lists", 1).entry);
  EXPECT_FALSE(left.salt);
  EXPECT_TRUE(left.record.empty());
  EXPECT_EQ(left.erased, when);
}

TEST_P(Logged, RecordsAreErasedOnlyIfNothingWasToldSinceOneLooked) {
  add("lists", 1);
  add("retention", 4);
  settle(1, 0);
  const Time when(std::chrono::milliseconds(1'900'000'000'000));
  const std::vector<std::uint64_t> ids{1};
  for (const std::uint64_t last : {0U, 3U, 5U})
    EXPECT_CODE(log_->erase_unless_told(ids, when, "retention", last), Code::kConflict);
  EXPECT_TRUE(must(log_->record_of_leaf(0)).value().salt);
  EXPECT_EQ(must(log_->erase_unless_told(ids, when, "retention", 4)), 1U);
  EXPECT_FALSE(must(log_->record_of_leaf(0)).value().salt);
  EXPECT_EQ(must(log_->erase_unless_told({}, when, "nobody", 0)), 0U);
}

TEST_P(Logged, ChangesAreCoveredUpToTheSizeThatHoldsThem) {
  for (const std::uint64_t id : {1U, 2U, 3U}) add("lists", id);
  add("access", 1);
  EXPECT_EQ(must(log_->covered("lists", 100)), 0U);
  for (const std::uint64_t id : {1U, 2U, 3U, 4U}) settle(id, id + 9);
  EXPECT_EQ(must(log_->covered("lists", 12)), 2U);
  EXPECT_EQ(must(log_->covered("lists", 13)), 3U);
  EXPECT_EQ(must(log_->covered("access", 13)), 0U);
  EXPECT_EQ(must(log_->covered("access", 14)), 1U);
}

TEST_P(Logged, NumbersThatASourceNeverGaveAreNoticed) {
  add("lists", 1);
  add("lists", 1'000'000'000);
  settle(1, 0);
  EXPECT_EQ(must(log_->covered("lists", 10)), 1U);
  settle(2, 1);
  EXPECT_CODE(log_->covered("lists", 10), Code::kCorrupt);
}

TEST_P(Logged, WhatIsPublishedNeverGoesBack) {
  EXPECT_FALSE(must(log_->published("lists"))) << "no log is kept";
  must(log_->set_published("lists", 0));
  EXPECT_EQ(must(log_->published("lists")), 0U);
  must(log_->set_published("lists", 7));
  must(log_->set_published("lists", 5));
  EXPECT_EQ(must(log_->published("lists")), 7U);
  EXPECT_FALSE(must(log_->published("access")));
}

TEST_P(Logged, RecordsThatCouldNotBeOpenedAreRefused) {
  LogRecord unsalted = record("lists", 1);
  unsalted.salt.reset();
  LogRecord nameless = record("", 1);
  LogRecord long_one = record("lists", 1);
  long_one.record.assign(LogRecord::kRecordBytesMax + 1, 'x');
  for (const LogRecord& wrong : {unsalted, nameless, long_one}) {
    const std::vector one{wrong};
    EXPECT_CODE(log_->add(one), Code::kInvalidInput);
  }
  EXPECT_TRUE(waiting().empty());
}

TEST_P(Logged, RecordsWhoseSourceKeepsWhatTheySayAreKeptWithoutIt) {
  LogRecord elsewhere = record("orders", 7);
  elsewhere.salt.reset();
  elsewhere.record.clear();
  const std::vector one{elsewhere};
  EXPECT_EQ(must(log_->add(one)), 1U);
  EXPECT_FALSE(must(log_->record_of("orders", 7)).value().leaf);
  settle(1, 3);
  const LogRecord kept = must(log_->record_of("orders", 7)).value();
  EXPECT_EQ(kept.leaf, 3U);
  EXPECT_FALSE(kept.salt);
  EXPECT_FALSE(kept.erased) << "it was never here";
  EXPECT_FALSE(must(log_->record_of("orders", 8)));
}

TEST_P(Logged, StepsOfRequestsAreNumberedAsTheyHappen) {
  const StoreRecords records = must(open_store_records(place_->url()));
  const RequestId first = must(records.requests->add_request(bank_, "a change", by("ann")));
  const RequestId second = must(records.requests->add_request(bank_, "another", by("ann")));
  must(records.requests->approve_request(first, by("bob")));
  must(records.requests->close_request(first, RequestState::kDone, by("bob")));
  must(records.requests->close_request(second, RequestState::kDropped, by("ann")));
  const auto events = must(log_->request_events(0, 100));
  using What = RequestEvent::What;
  EXPECT_EQ(events, (std::vector<RequestEvent>{{1, 1, What::kAsked, by("ann")},
                                               {2, 2, What::kAsked, by("ann")},
                                               {3, 1, What::kApproved, by("bob")},
                                               {4, 1, What::kDone, by("bob")},
                                               {5, 2, What::kDropped, by("ann")}}));
  EXPECT_EQ(must(log_->request_events(3, 1)), std::vector{events[3]});
}

TEST_P(Logged, RecordsComeBackFromABackup) {
  add("lists", 1);
  settle(1, 0);
  add("lists", 2);
  must(log_->set_published("lists", 1));
  const TemporaryFolder folder = must(TemporaryFolder::make("seawall-log"));
  const auto file = folder.path() / "backup";
  must(backup_store(place_->url(), file));
  const auto other = GetParam().make();
  must(restore_store(other->url(), file));
  const auto restored = must(open_log_records(other->url()));
  EXPECT_EQ(must(restored->records(0, 10)), must(log_->records(0, 10)));
  EXPECT_EQ(must(restored->published("lists")), 1U);
  const std::vector next{record("lists", 3)};
  EXPECT_EQ(must(restored->add(next)), 1U);
  EXPECT_EQ(must(restored->records(2, 10)).at(0).id, 3U);
}

INSTANTIATE_TEST_SUITE_P(Store, Logged, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace seawall::store_suite
