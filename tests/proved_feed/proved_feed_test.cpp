#include "seawall/proved_feed/proved_feed.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "../lists/list_fixture.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/follow/list_follower.h"
#include "seawall/list_log/list_log.h"
#include "seawall/sqlite/database.h"
#include "seawall/store/list_version.h"
#include "seawall/store_sql/access_store.h"
#include "seawall/store_sql/log_records.h"
#include "seawall/tlog/cosignature.h"
#include "seawall/tlog_store/log_store.h"

namespace seawall {
namespace {

using test::get;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kOrigin = "lists.example/log";

tlog::NoteSigner signer(const char* name, tlog::KeyType type) {
  return get(tlog::NoteSigner::make(name, type, get(SigningKey::generate())));
}

/// A store, the log that is kept of it in a folder, and who follows by that log.
class ProvedFeedTest : public testing::Test {
 protected:
  ProvedFeedTest() {
    log = get(tlog::LogStore::open(tree(), kOrigin));
    bank = lists.make_bank("known");
    begin();
  }

  std::unique_ptr<durable::FolderTree> tree() const {
    return get(durable::posix_folder_tree(folder.path() / "log", true));
  }
  LogTrust trust() const { return {kOrigin, {key.verifier()}, {witness.verifier()}, 1}; }
  /// The reader anew, as after a restart.
  void begin() {
    const auto tell = [this](const std::optional<Error>& wrong) {
      told.push_back(wrong ? wrong->message : "over");
    };
    feed = get(ProvedFeed::open(*lists.store, *records, folder.path() / "log", trust(), tell));
  }
  /// Writes down what is new and appends it.
  void append() {
    ListLog written(*lists.store, *access, *records);
    while (get(written.step()) > 0) continue;
    const auto waiting = get(records->waiting(1'000));
    if (waiting.empty()) return;
    std::vector<std::string_view> entries;
    for (const LogRecord& record : waiting) entries.push_back(record.entry);
    std::uint64_t leaf = get(log->append(entries));
    std::vector<LoggedLeaf> leaves;
    for (const LogRecord& record : waiting) leaves.push_back({record.id, leaf++});
    get(records->settle(leaves));
  }
  std::string signed_head(const tlog::NoteSigner& by, bool witnessed = true) const {
    const std::string text = tlog::print_checkpoint({kOrigin, log->head(), {}});
    tlog::SignedNote note{text, {get(by.sign(text))}};
    if (witnessed) note.signatures.push_back(get(witness.sign(text, 1'700'000'000)));
    return tlog::print_note(note);
  }
  void claim(std::uint64_t version) { get(records->set_published("lists", version)); }
  std::uint64_t newest() const { return get(get(lists.store->view())->version()).number; }
  /// As `seawall log run` does.
  void publish() {
    append();
    get(log->publish(signed_head(key)));
    claim(get(records->covered("lists", log->head().size)));
  }
  void sql(const std::string& text) { get(get(Database::open(file, {})).run(text)); }
  /// Every change by somebody else, each with its right place in the chain.
  void write_another_history() {
    Sha256 chain{};
    for (FeedItem item : get(get(lists.store->view())->feed(0, 1'000))) {
      item.by.who = "eve";
      chain = next_chain(chain, item);
      auto database = get(Database::open(file, {}));
      auto put = get(database.prepare("UPDATE feed_items SET who = 'eve', chain = ?2 WHERE version = ?1"));
      get(put.bind(1, static_cast<std::int64_t>(item.version.number)).bind(2, std::span(chain)).run());
    }
  }
  std::uint64_t shown() { return get(feed->shown()).value(); }
  std::vector<FeedItem> all(std::size_t limit = 1'000) {
    std::vector<FeedItem> items;
    for (;;) {
      const auto more = get(feed->read(items.size(), limit));
      if (more.empty()) return items;
      items.insert(items.end(), more.begin(), more.end());
    }
  }
  void expect_missing(std::uint64_t versions) {
    EXPECT_EQ(feed->standing().unproved, versions);
    EXPECT_FALSE(feed->standing().is_false);
    EXPECT_THAT(told, IsEmpty());
  }
  void expect_false(const std::string& what) {
    EXPECT_GE(feed->standing().unproved, 1U);
    EXPECT_TRUE(feed->standing().is_false);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_THAT(told.back(), HasSubstr(what));
  }

  TemporaryFolder folder = test::temporary_folder();
  std::filesystem::path file = folder.path() / "lists.db";
  test::Lists lists{file};
  std::unique_ptr<AccessStore> access = get(open_access_store(lists.url));
  std::unique_ptr<LogRecordStore> records = get(open_log_records(lists.url));
  tlog::NoteSigner key = signer(kOrigin, tlog::KeyType::kEd25519);
  tlog::NoteSigner witness = signer("w.example/1", tlog::KeyType::kCosignature);
  std::unique_ptr<tlog::LogStore> log;
  std::vector<std::string> told;
  std::unique_ptr<ProvedFeed> feed;
  BankId bank{};
};

TEST_F(ProvedFeedTest, ShowsWhatTheLogHoldsAlsoOfListsOlderThanIt) {
  lists.list(bank, "a", 1);
  EXPECT_EQ(shown(), 0U) << "no log was ever published";
  EXPECT_THAT(all(), IsEmpty());
  publish();
  EXPECT_EQ(shown(), newest());
  EXPECT_EQ(all(), get(get(lists.store->view())->feed(0, 1'000)));
  EXPECT_EQ(all(1), all());
  EXPECT_EQ(all(2), all());
  expect_missing(0);
}

TEST_F(ProvedFeedTest, FollowsAnHonestLogStepByStepAndThroughRestarts) {
  publish();
  auto follower = get(ListFollower::open(folder.path() / "index", *feed, *lists.store, lists.clock));
  for (std::uint64_t i = 1; i <= 4; ++i) {
    lists.list(bank, "k" + std::to_string(i), i);
    get(follower->step(std::chrono::milliseconds(0)));
    EXPECT_LT(follower->proof().number, newest());
    publish();
    while (!get(follower->step(std::chrono::milliseconds(0))).up_to_date) continue;
    EXPECT_EQ(follower->proof().number, newest());
    follower.reset();
    begin();
    follower = get(ListFollower::open(folder.path() / "index", *feed, *lists.store, lists.clock));
    EXPECT_TRUE(get(follower->step(std::chrono::milliseconds(0))).up_to_date);
  }
  expect_missing(0);
}

TEST_F(ProvedFeedTest, ShowsNothingThatTheDatabaseAloneCallsPublished) {
  publish();
  const std::uint64_t proved = newest();
  lists.list(bank, "a", 1);
  claim(newest());
  EXPECT_EQ(shown(), proved);
  EXPECT_THAT(all(), SizeIs(proved));
  expect_false("has no entry");
  EXPECT_FALSE(get(feed->wait(proved, std::chrono::milliseconds(0))) && shown() > proved);
  publish();
  EXPECT_EQ(shown(), newest()) << "once it is in the log it is followed";
  EXPECT_EQ(told.back(), "over");
}

TEST_F(ProvedFeedTest, IsNotTakenInByRecordsThatSomebodyWrote) {
  lists.list(bank, "a", 1);
  publish();
  const std::uint64_t proved = newest();
  lists.list(bank, "b", 2);
  append();
  claim(newest());
  EXPECT_EQ(shown(), proved);
  expect_missing(newest() - proved);
  sql("UPDATE log_records SET leaf = -leaf WHERE source_id > " + std::to_string(proved));
  sql("UPDATE log_records SET leaf = 1000 WHERE leaf = 0");
  sql("UPDATE log_records SET leaf = 0 WHERE source_id = " + std::to_string(newest()));
  EXPECT_EQ(shown(), proved);
  expect_false("another entry");
}

TEST_F(ProvedFeedTest, TakesNoRecordOfAnotherVersionAndNoneThatItsEntryDoesNotOpen) {
  lists.list(bank, "a", 1);
  publish();
  const std::string last = std::to_string(newest());
  sql("UPDATE log_records SET record = replace(record, 'ann', 'eve') WHERE source_id = 1");
  sql("UPDATE log_records SET salt = zeroblob(32) WHERE source_id = " + last);
  EXPECT_LT(shown(), newest());
  expect_false("not what its entry of the log stands for");
  sql("UPDATE log_records SET (entry, salt, record) = (SELECT entry, salt, record FROM log_records WHERE "
      "source_id = 2) WHERE source_id = " +
      last);
  EXPECT_LT(shown(), newest());
  EXPECT_THAT(told.back(), HasSubstr("of another version"));
}

TEST_F(ProvedFeedTest, RefusesChangesThatWereWrittenOver) {
  lists.list(bank, "a", 1);
  publish();
  sql("UPDATE feed_items SET who = 'eve' WHERE version = 2");
  const auto read = feed->read(0, 1'000);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kCorrupt);
  expect_false("does not continue the chain");
  EXPECT_FALSE(feed->read(1, 1)) << "nor where the batch begins with it";
  sql("UPDATE feed_items SET who = 'ann' WHERE version = 2");
  EXPECT_THAT(all(), SizeIs(newest()));
  EXPECT_EQ(told.back(), "over");
}

TEST_F(ProvedFeedTest, RefusesAWholeOtherHistory) {
  lists.list(bank, "a", 1);
  publish();
  write_another_history();
  EXPECT_FALSE(feed->read(0, 1'000));
  expect_false("not those that the log holds");
  EXPECT_FALSE(feed->read(0, 2));
}

TEST_F(ProvedFeedTest, WaitsForAMirrorThatLagsAndForTheFirstHead) {
  publish();
  const std::uint64_t mirrored = newest();
  const std::string old = signed_head(key);
  lists.list(bank, "a", 1);
  publish();
  std::ofstream(folder.path() / "log/checkpoint", std::ios::trunc) << old;
  begin();
  EXPECT_EQ(shown(), mirrored);
  EXPECT_THAT(all(), SizeIs(mirrored));
  expect_missing(newest() - mirrored);
  std::filesystem::remove(folder.path() / "log/checkpoint");
  begin();
  EXPECT_EQ(shown(), 0U);
  expect_missing(newest());
  std::ofstream(folder.path() / "log/checkpoint") << signed_head(key);
  EXPECT_EQ(shown(), newest());
  expect_missing(0);
}

TEST_F(ProvedFeedTest, TakesAHeadOnlyFromTheLogAndItsWitnesses) {
  publish();
  for (const std::string& head :
       {signed_head(signer(kOrigin, tlog::KeyType::kEd25519)), signed_head(key, false)}) {
    std::ofstream(folder.path() / "log/checkpoint", std::ios::trunc) << head;
    begin();
    told.clear();
    EXPECT_EQ(shown(), 0U);
    expect_false("list version");
  }
}

TEST_F(ProvedFeedTest, ReadsPastErasedRecordsToTheNextThatIsProved) {
  for (std::uint64_t i = 1; i <= 5; ++i) lists.list(bank, "k" + std::to_string(i), i);
  publish();
  sql("UPDATE log_records SET salt = NULL, record = NULL, erased_at = 1 WHERE source_id < " +
      std::to_string(newest()));
  EXPECT_THAT(all(3), SizeIs(newest()));
  expect_missing(0);
  begin();
  sql("UPDATE feed_items SET who = 'eve' WHERE version = 7");
  EXPECT_FALSE(feed->read(0, 3));
  expect_false("does not continue the chain");
}

TEST_F(ProvedFeedTest, TakesNoOtherHistoryOfWhichTheOldRecordsAreErased) {
  lists.list(bank, "a", 1);
  publish();
  sql("UPDATE log_records SET salt = NULL, record = NULL, erased_at = 1 WHERE source_id < " +
      std::to_string(newest()));
  write_another_history();
  EXPECT_FALSE(feed->read(0, 1));
  expect_false("not those that the log holds");
}

}  // namespace
}  // namespace seawall
