#include "seawall/bank/bank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <random>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BankTest : public testing::Test {
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
  std::unique_ptr<Bank> read() {
    auto bank = Bank::open_for_reading(bank_);
    EXPECT_TRUE(bank) << bank.error().message;
    return std::move(*bank);
  }
  BankImportCounts import(Bank& bank, const std::vector<SignalRecord>& records,
                          const BankImportOptions& options = {}) {
    auto import = bank.begin_import(options);
    EXPECT_TRUE(import) << import.error().message;
    for (const SignalRecord& record : records) EXPECT_TRUE(import->add(record));
    auto counts = import->commit();
    EXPECT_TRUE(counts) << counts.error().message;
    return *counts;
  }
  static std::map<std::string, SignalRecord> content(Bank& bank) {
    std::map<std::string, SignalRecord> all;
    auto reader = bank.reader();
    EXPECT_TRUE(reader->each([&](EntryId, const SignalRecord& record) {
      all[record.id] = record;
      return Result<bool>(true);
    }));
    return all;
  }
  static std::vector<std::string> ids_near(Bank& bank, const Fingerprint256& hash) {
    std::vector<std::string> ids;
    auto reader = bank.reader();
    const auto found = bank.pdq_index().within(hash, {});
    for (const Neighbour& neighbour : *found) {
      std::string_view id;
      if (*reader->id_of(neighbour.id, id)) ids.emplace_back(id);
    }
    return ids;
  }

  const TemporaryFolder temporary_ = TemporaryFolder::make("seawall-bank").value();
  const fs::path folder_ = temporary_.path();
  fs::path bank_;
};

Fingerprint256 hash_of(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return {{random(), random(), random(), random()}};
}

SignalRecord record_of(std::string id, std::uint64_t seed, int quality = 90) {
  SignalRecord record;
  record.id = std::move(id);
  record.pdq = {{hash_of(seed), quality}};
  return record;
}

TEST_F(BankTest, GivesBackWhatWasListedAfterReopening) {
  SignalRecord whole = record_of("whole", 1);
  whole.pdq.push_back({hash_of(2), ListedPdq::kQualityUnknown});
  whole.md5.emplace().fill(std::byte{1});
  whole.sha1.emplace().fill(std::byte{2});
  whole.sha256.emplace().fill(std::byte{3});
  whole.attributes = {{"note", "a \"b\""}, {"source", "\xC3\xA9"}};
  SignalRecord digest_only;
  digest_only.id = "digest only";
  digest_only.md5.emplace().fill(std::byte{1});
  EXPECT_EQ(import(*write(), {whole, digest_only}).added, 2U);
  const auto bank = read();
  EXPECT_EQ(content(*bank).at("whole"), whole);
  EXPECT_EQ(content(*bank).at("digest only"), digest_only);
  EXPECT_THAT(ids_near(*bank, hash_of(2)), testing::ElementsAre("whole"));
  EXPECT_EQ(bank->entries_with(SignalType::kMd5, *whole.md5)->size(), 2U);
  EXPECT_EQ(bank->entries_with(SignalType::kSha256, *whole.sha256)->size(), 1U);
  EXPECT_TRUE(write()->verify());
}

TEST_F(BankTest, UpdatesKeepsOrRefusesADifferingDuplicate) {
  auto bank = write();
  import(*bank, {record_of("a", 1), record_of("b", 2)});
  EXPECT_EQ(import(*bank, {record_of("a", 1)}).unchanged, 1U);
  EXPECT_EQ(import(*bank, {record_of("a", 3)}, {.duplicates = DuplicatePolicy::kKeep}).kept, 1U);
  EXPECT_THAT(ids_near(*bank, hash_of(1)), testing::ElementsAre("a"));
  EXPECT_EQ(import(*bank, {record_of("a", 3), record_of("a", 4)}).updated, 2U);
  EXPECT_THAT(ids_near(*bank, hash_of(1)), testing::IsEmpty());
  EXPECT_THAT(ids_near(*bank, hash_of(3)), testing::IsEmpty());
  EXPECT_THAT(ids_near(*bank, hash_of(4)), testing::ElementsAre("a"));
  {
    auto refusing = bank->begin_import({.duplicates = DuplicatePolicy::kRefuse});
    EXPECT_EQ(refusing->add(record_of("b", 9)).error().code, Code::kConflict);
  }
  EXPECT_TRUE(bank->verify());
}

TEST_F(BankTest, LeavesOutHashesOfLowStatedQualityAndNoOthers) {
  auto bank = write();
  SignalRecord zero = record_of("zero", 1, ListedPdq::kQualityUnknown);
  zero.pdq[0].bits = {};
  SignalRecord with_digest = record_of("digest stays", 2, 10);
  with_digest.md5.emplace().fill(std::byte{5});
  const auto counts = import(*bank, {zero, with_digest, record_of("low", 3, 49), record_of("just", 4, 50),
                                     record_of("unknown", 5, ListedPdq::kQualityUnknown)});
  EXPECT_EQ(counts.low_quality_rows, 1U);
  EXPECT_EQ(counts.low_quality_hashes, 2U);
  EXPECT_EQ(counts.all_zero_hashes, 1U);
  EXPECT_EQ(counts.added, 4U);
  EXPECT_TRUE(content(*bank).contains("zero"));
  EXPECT_TRUE(content(*bank).at("digest stays").pdq.empty());
  EXPECT_EQ(import(*bank, {record_of("low", 3, 49)}, {.allow_low_quality = true}).added, 1U);
}

TEST_F(BankTest, ChangesNothingWithoutCommit) {
  auto bank = write();
  {
    auto import = bank->begin_import();
    ASSERT_TRUE(import->add(record_of("a", 1)));
  }
  EXPECT_TRUE(content(*bank).empty());
  EXPECT_EQ(bank->counts()->changes, 0U);
}

TEST_F(BankTest, LetsOneWriterInAndReadersBesideIt) {
  auto bank = write();
  import(*bank, {record_of("a", 1)});
  const auto second = Bank::open_for_writing(bank_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
  auto import = bank->begin_import();
  ASSERT_TRUE(import->add(record_of("b", 2)));
  const auto reading = read();
  EXPECT_THAT(ids_near(*reading, hash_of(1)), testing::ElementsAre("a"));
  ASSERT_TRUE(import->commit());
}

TEST_F(BankTest, RebuildsAnIndexThatIsLostOrBroken) {
  import(*write(), {record_of("a", 1), record_of("b", 2)});
  fs::remove_all(bank_ / "index");
  {
    const auto bank = read();
    EXPECT_THAT(bank->remark(), HasSubstr("rebuilt"));
    EXPECT_THAT(ids_near(*bank, hash_of(1)), testing::ElementsAre("a"));
  }
  for (const auto& file : fs::recursive_directory_iterator(bank_ / "index")) {
    if (file.is_regular_file() && file.file_size() > 0) std::ofstream(file.path()) << "rubbish";
  }
  const auto bank = write();
  EXPECT_THAT(bank->remark(), HasSubstr("rebuilt"));
  EXPECT_THAT(ids_near(*bank, hash_of(2)), testing::ElementsAre("b"));
  EXPECT_TRUE(bank->verify());
}

TEST_F(BankTest, ReplaysWhatTheIndexMissed) {
  import(*write(), {record_of("a", 1)});
  fs::copy(bank_ / "index", folder_ / "old", fs::copy_options::recursive);
  {
    auto bank = write();
    import(*bank, {record_of("b", 2), record_of("a", 3)});
    auto removal = bank->begin_import();
    EXPECT_TRUE(*removal->remove("b"));
    EXPECT_FALSE(*removal->remove("nobody"));
    ASSERT_TRUE(removal->commit());
  }
  fs::remove_all(bank_ / "index");
  fs::copy(folder_ / "old", bank_ / "index", fs::copy_options::recursive);
  const auto bank = write();
  EXPECT_EQ(bank->remark(), "");
  EXPECT_THAT(ids_near(*bank, hash_of(1)), testing::IsEmpty());
  EXPECT_THAT(ids_near(*bank, hash_of(2)), testing::IsEmpty());
  EXPECT_THAT(ids_near(*bank, hash_of(3)), testing::ElementsAre("a"));
  EXPECT_TRUE(bank->verify());
}

// A scan of hours must not lose an entry because somebody changed its note meanwhile.
TEST_F(BankTest, ShowsAReaderAnEntryThatWasChangedSinceButNotOneTakenOff) {
  import(*write(), {record_of("a", 1), record_of("b", 2)});
  const auto reading = read();
  EXPECT_THAT(ids_near(*reading, hash_of(1)), testing::ElementsAre("a"));
  SignalRecord changed = record_of("a", 1);
  changed.attributes = {{"note", "new"}};
  import(*write(), {changed});
  EXPECT_THAT(ids_near(*reading, hash_of(1)), testing::ElementsAre("a"));
  changed.attributes = {{"note", "newer"}};
  import(*write(), {changed});
  EXPECT_THAT(ids_near(*reading, hash_of(1)), testing::ElementsAre("a"));
  {
    auto bank = write();
    auto removal = bank->begin_import();
    EXPECT_TRUE(*removal->remove("a"));
    ASSERT_TRUE(removal->commit());
  }
  EXPECT_THAT(ids_near(*reading, hash_of(1)), testing::IsEmpty());
  EXPECT_THAT(ids_near(*reading, hash_of(2)), testing::ElementsAre("b"));
}

TEST_F(BankTest, CountsIdsThatStandTwiceInOneImport) {
  auto bank = write();
  import(*bank, {record_of("a", 1)});
  const auto counts =
      import(*bank, {record_of("a", 2), record_of("b", 3), record_of("b", 3), record_of("b", 4)});
  EXPECT_EQ(counts.updated, 2U);
  EXPECT_EQ(counts.repeated_ids, 1U);
}

// Many small imports with updates and removals, against a std::map.
TEST_F(BankTest, EqualsAMapAfterRandomChanges) {
  constexpr unsigned kSeed = 11;
  std::mt19937 random(kSeed);
  std::map<std::string, SignalRecord> expected;
  for (int round = 0; round < 40; ++round) {
    auto bank = write();
    auto import = bank->begin_import();
    for (int step = 0; step < 20; ++step) {
      const std::string id = "id" + std::to_string(random() % 30);
      if (random() % 3 == 0) {
        EXPECT_EQ(*import->remove(id), expected.erase(id) == 1);
      } else {
        expected[id] = record_of(id, random() % 50);
        ASSERT_TRUE(import->add(expected[id]));
      }
    }
    ASSERT_TRUE(import->commit());
    ASSERT_TRUE(bank->verify()) << "seed " << kSeed << ", round " << round;
    ASSERT_EQ(content(*bank), expected) << "seed " << kSeed << ", round " << round;
  }
}

TEST_F(BankTest, SaysWhatIsWrongWithAFolder) {
  EXPECT_EQ(Bank::create(bank_, {.name = "again"}).error().code, Code::kConflict);
  EXPECT_EQ(Bank::open_for_reading(folder_ / "none").error().code, Code::kNotFound);
  EXPECT_THAT(Bank::open_for_reading(folder_).error().message, HasSubstr("not a bank"));
  EXPECT_EQ(Bank::create(folder_ / "x" / "y", {.name = "no parent"}).error().code, Code::kNotFound);
  fs::resize_file(bank_ / "bank.json", 5);
  EXPECT_EQ(Bank::open_for_reading(bank_).error().code, Code::kCorrupt);
}

TEST(BankSettings, ComeBackAsWritten) {
  const BankSettings settings{
      .name = "Known \xC3\xA9 \"x\"", .radius_bits = 0, .action = BankAction::kReview};
  EXPECT_EQ(bank_settings_from_text(*bank_settings_to_text(settings)).value(), settings);
}

TEST(BankSettings, RefuseANewerFormatAndNonsense) {
  const auto code = [](std::string_view text) { return bank_settings_from_text(text).error().code; };
  EXPECT_EQ(code(R"({"format":"seawall-bank","version":3})"), Code::kUnsupported);
  EXPECT_EQ(code("{}"), Code::kCorrupt);
  EXPECT_EQ(code("[]"), Code::kCorrupt);
  EXPECT_EQ(code(R"({"format":"seawall-bank","version":1,"name":"a","radius":300,"action":"block"})"),
            Code::kCorrupt);
  EXPECT_EQ(code(R"({"format":"seawall-bank","version":1,"name":"","radius":3,"action":"block"})"),
            Code::kCorrupt);
  EXPECT_FALSE(bank_settings_to_text({.name = "", .radius_bits = 31}));
  EXPECT_FALSE(bank_settings_to_text({.name = "a", .radius_bits = 257}));
}

}  // namespace
}  // namespace seawall
