#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "seawall/bank/bank.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/sqlite/database.h"

namespace seawall {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

SignalRecord video(const std::string& id) {
  SignalRecord record;
  record.id = id;
  record.sha256.emplace().fill(static_cast<std::byte>(id[0]));
  return record;
}

DensePrint print_of(std::uint64_t seed, std::uint32_t hashes = 5) {
  DensePrint print;
  print.labels = {"original", "trim"};
  for (std::uint32_t i = 0; i < hashes; ++i) {
    HeldHash hash;
    for (std::uint64_t& word : hash.bits.words) word = (seed + i) * 0x9E3779B97F4A7C15ULL ^ (word + i);
    hash.start_ms = 100 * i;
    hash.hold_ms = 40;
    hash.quality = 90;
    hash.label = static_cast<std::uint8_t>(i % 2);
    print.hashes.push_back(hash);
  }
  print.duration_ms = 100 * hashes;
  return print;
}

class BankClipsTest : public testing::Test {
 protected:
  void SetUp() override {
    bank_ = folder_ / "b";
    ASSERT_TRUE(Bank::create(bank_, {.name = "test"}));
  }
  std::unique_ptr<Bank> write() {
    auto bank = Bank::open_for_writing(bank_);
    EXPECT_TRUE(bank) << bank.error().message;
    return std::move(*bank);
  }
  void list(const std::string& id, const DensePrint& print) {
    const auto bank = write();
    auto import = bank->begin_import();
    ASSERT_TRUE(import);
    ASSERT_TRUE(import->add_video(video(id), print));
    const auto done = import->commit();
    ASSERT_TRUE(done) << done.error().message;
  }
  std::map<std::string, DensePrint> clips() {
    std::map<std::string, DensePrint> all;
    auto bank = Bank::open_for_reading(bank_);
    EXPECT_TRUE(bank) << bank.error().message;
    auto reader = (*bank)->reader();
    const auto read = reader->each_clip([&](EntryId, std::string_view id, DensePrint print) {
      all.emplace(id, std::move(print));
      return Result<bool>(true);
    });
    EXPECT_TRUE(read) << read.error().message;
    return all;
  }
  std::string settings_text() {
    std::ifstream file(bank_ / "bank.json");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void run_sql(const std::string& sql) {
    auto database = Database::open(bank_ / "entries.db");
    ASSERT_TRUE(database);
    const auto done = database->run(sql);
    ASSERT_TRUE(done) << done.error().message;
  }

  const TemporaryFolder temporary_ = TemporaryFolder::make("seawall-bank").value();
  const fs::path folder_ = temporary_.path();
  fs::path bank_;
};

TEST_F(BankClipsTest, GiveBackAListedVideoAfterReopening) {
  list("a", print_of(1));
  list("b", print_of(2, 300));
  EXPECT_EQ(clips(), (std::map<std::string, DensePrint>{{"a", print_of(1)}, {"b", print_of(2, 300)}}));
  const auto bank = write();
  EXPECT_EQ(bank->counts()->clips, 2U);
  EXPECT_GT(bank->counts()->clip_bytes, 300U);
  EXPECT_EQ(bank->counts()->entries, 2U);
  auto reader = bank->reader();
  DensePrint print;
  EXPECT_TRUE(reader->find_clip("b", print).value());
  EXPECT_EQ(print, print_of(2, 300));
  EXPECT_FALSE(reader->find_clip("c", print).value());
  EXPECT_TRUE(bank->verify());
}

TEST_F(BankClipsTest, TakeAPrintOffWithItsEntry) {
  list("a", print_of(1));
  list("b", print_of(2));
  {
    const auto bank = write();
    auto import = bank->begin_import();
    EXPECT_TRUE(import->remove("a").value());
    ASSERT_TRUE(import->commit());
  }
  EXPECT_EQ(clips().size(), 1U);
  EXPECT_EQ(clips().count("b"), 1U);
  EXPECT_TRUE(write()->verify());
}

TEST_F(BankClipsTest, TakeANewPrintUnderAnOldIdAndSeeAnEqualOneAsUnchanged) {
  list("a", print_of(1));
  const auto bank = write();
  auto import = bank->begin_import();
  ASSERT_TRUE(import->add_video(video("a"), print_of(1)));
  EXPECT_EQ(import->counts().unchanged, 1U);
  ASSERT_TRUE(import->add_video(video("a"), print_of(7)));
  EXPECT_EQ(import->counts().updated, 1U);
  ASSERT_TRUE(import->add_video(video("a"), print_of(8)));
  EXPECT_EQ(import->counts().updated, 2U);
  ASSERT_TRUE(import->commit());
  EXPECT_EQ(clips(), (std::map<std::string, DensePrint>{{"a", print_of(8)}}));
}

TEST_F(BankClipsTest, KeepThePrintWhenARecordHasTheDigestsOfTheListedVideo) {
  list("a", print_of(1));
  list("b", print_of(2));
  {
    const auto bank = write();
    auto import = bank->begin_import();
    ASSERT_TRUE(import->add(video("a")));
    EXPECT_EQ(import->counts().unchanged, 1U);
    SignalRecord more = video("b");  // The same bytes, and more is known of them.
    more.md5.emplace().fill(std::byte{7});
    more.attributes.emplace_back("note", "said later");
    ASSERT_TRUE(import->add(more));
    EXPECT_EQ(import->counts().updated, 1U);
    EXPECT_EQ(import->counts().prints_lost, 0U);
    ASSERT_TRUE(import->commit());
  }
  EXPECT_EQ(clips(), (std::map<std::string, DensePrint>{{"a", print_of(1)}, {"b", print_of(2)}}));
  EXPECT_TRUE(write()->verify());
}

TEST_F(BankClipsTest, CountTheVideosThatLoseTheirPrintToOtherSignals) {
  list("a", print_of(1));
  list("b", print_of(2));
  const auto bank = write();
  auto import = bank->begin_import();
  SignalRecord other = video("a");
  other.sha256->fill(std::byte{9});
  ASSERT_TRUE(import->add(other));
  SignalRecord unlike = video("b");  // It has no digest in common with the video.
  unlike.sha256.reset();
  unlike.md5.emplace().fill(std::byte{9});
  ASSERT_TRUE(import->add(unlike));
  const auto counts = import->commit();
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->prints_lost, 2U);
  EXPECT_EQ(counts->updated, 2U);
  EXPECT_TRUE(clips().empty());
  EXPECT_TRUE(bank->verify());
}

TEST_F(BankClipsTest, KeepNothingOfAnImportThatWasNotCommitted) {
  {
    const auto bank = write();
    auto import = bank->begin_import();
    ASSERT_TRUE(import->add_video(video("a"), print_of(1)));
  }
  EXPECT_TRUE(clips().empty());
}

TEST_F(BankClipsTest, RaiseTheFormatOnceAVideoIsListedAndNotBefore) {
  {
    const auto bank = write();
    auto import = bank->begin_import();
    ASSERT_TRUE(import->add(video("digest alone")));
    ASSERT_TRUE(import->commit());
  }
  EXPECT_THAT(settings_text(), HasSubstr("\"version\": 1"));
  list("a", print_of(1));
  EXPECT_THAT(settings_text(), HasSubstr("\"version\": 2"));
  EXPECT_EQ(write()->settings().name, "test");
}

TEST_F(BankClipsTest, OpenABankThatWasMadeBeforeThereWereVideos) {
  run_sql("DROP TABLE clip");
  {
    auto bank = Bank::open_for_reading(bank_);
    ASSERT_TRUE(bank);
    EXPECT_EQ((*bank)->counts()->clips, 0U);
    DensePrint print;
    EXPECT_FALSE((*bank)->reader()->find_clip("a", print).value());
  }
  EXPECT_TRUE(clips().empty());
  list("a", print_of(1));
  EXPECT_EQ(clips().size(), 1U);
}

TEST_F(BankClipsTest, SayThatAPrintIsDamaged) {
  list("a", print_of(1));
  run_sql("UPDATE clip SET print = CAST(substr(print, 1, length(print) - 1) || x'00' AS BLOB)");
  const auto verified = write()->verify();
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, Code::kCorrupt);
  EXPECT_THAT(verified.error().message, HasSubstr("the video a"));
  run_sql("UPDATE clip SET row = 77");
  EXPECT_THAT(write()->verify().error().message, HasSubstr("belongs to no entry"));
}

}  // namespace
}  // namespace seawall
