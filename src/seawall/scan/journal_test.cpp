#include "seawall/scan/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "seawall/base/temporary_folder.h"
#include "seawall/sqlite/database.h"

namespace seawall {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class HandClock final : public Clock {
 public:
  std::int64_t now_ms = 1'000;
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> now() const override {
    return std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(now_ms));
  }
};

class JournalTest : public testing::Test {
 protected:
  [[nodiscard]] Result<std::unique_ptr<Journal>> open(
      JournalStart start = JournalStart::kContinueOrBegin) const {
    return Journal::open(folder_, settings_, start, clock_);
  }
  static std::vector<FileRecord> records_in(const Journal& journal,
                                            RecordFilter filter = RecordFilter::kEverything) {
    std::vector<FileRecord> records;
    EXPECT_TRUE(journal.each(filter, [&](const FileRecord& record) {
      records.push_back(record);
      return true;
    }));
    return records;
  }

  const TemporaryFolder temporary_ = TemporaryFolder::make("seawall-journal").value();
  fs::path folder_ = temporary_.path();
  HandClock clock_;
  ScanSettings settings_{
      "/photos", "photos", {{"bank", "/banks/one", 10, 3, "block", 0}}, {{"radius", "31"}}};
};

FileRecord plain(const std::string& path) {
  FileRecord record;
  record.path = path;
  record.size_bytes = 10;
  record.mtime_ns = -5;
  record.type = "application/octet-stream";
  record.digests = FileDigests{};
  record.digests->size_bytes = 10;
  record.digests->sha1[3] = std::byte{7};
  return record;
}

FileRecord matched(const std::string& path) {
  FileRecord record = plain(path);
  record.type = "image/png";
  record.width_px = 30;
  record.height_px = 20;
  record.frame_count = 2;
  record.truncated = true;
  record.pdq = PdqHash{{{1, ~0ULL, 3, 1ULL << 63}}, 77};
  record.matches = {{"bank", "e1", SignalType::kSha256, 0, "original", 0, Verdict::kBlock},
                    {"bank", "e2", SignalType::kPdq, 12, "trim+flip_x", 1, Verdict::kReview}};
  return record;
}

FileRecord matched_video(const std::string& path) {
  FileRecord record = plain(path);
  record.type = "video/mp4";
  RecordedMatch whole{"bank", "film", SignalType::kPdq, 4, "trim+flip_y, listed trim", 0, Verdict::kBlock};
  whole.clip = ClipSpan{"three-aligned", 10'000, 15'400, 1'019, 6'969, 1.101851, 13};
  RecordedMatch moment{"bank", "film", SignalType::kPdq, 31, "original", 0, Verdict::kBlock};
  moment.clip = ClipSpan{"single-frame", 0, 0, -150, -150, 1, 1};
  record.matches = {whole, moment};
  return record;
}

FileRecord failed(const std::string& path) {
  FileRecord record;
  record.path = path;
  record.error = Error{Code::kDecoderCrashed, "the decoder died"};
  return record;
}

TEST_F(JournalTest, GivesBackWhatWasWrittenInTheOrderOfPaths) {
  const std::vector<FileRecord> written = {failed("\xFF\x01"), matched_video("c"), matched("b"), plain("a")};
  {
    auto journal = open();
    ASSERT_TRUE(journal.has_value());
    ASSERT_TRUE((*journal)->write(written, 5));
  }
  auto journal = Journal::open_to_read(folder_);
  ASSERT_TRUE(journal.has_value());
  EXPECT_THAT(records_in(**journal), ElementsAre(written[3], written[2], written[1], written[0]));
  EXPECT_THAT(records_in(**journal, RecordFilter::kMatched), ElementsAre(written[2], written[1]));
  EXPECT_THAT(records_in(**journal, RecordFilter::kErrors), ElementsAre(written[0]));
  EXPECT_THAT(records_in(**journal, RecordFilter::kFindings),
              ElementsAre(written[2], written[1], written[0]));
}

TEST_F(JournalTest, ARecordWrittenAgainReplacesTheFirstAndItsMatches) {
  auto journal = open();
  ASSERT_TRUE(journal.has_value());
  ASSERT_TRUE((*journal)->write(std::vector{matched("a")}, 1));
  FileRecord later = plain("a");
  later.rescanned = true;
  ASSERT_TRUE((*journal)->write(std::vector{later}, 2));
  EXPECT_THAT(records_in(**journal), ElementsAre(later));
  const auto summary = (*journal)->summary();
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->files, 1U);
  EXPECT_EQ(summary->matches, 0U);
  EXPECT_EQ(summary->digest_matches, 0U);
  EXPECT_EQ(summary->changed_files, 1U);
}

TEST_F(JournalTest, KnowsTheStampsOfEarlierSessions) {
  {
    auto journal = open();
    ASSERT_TRUE(journal.has_value());
    EXPECT_EQ((*journal)->records_at_start(), 0U);
    ASSERT_TRUE((*journal)->write(std::vector{plain("a")}, 1));
  }
  auto journal = open(JournalStart::kContinue);
  ASSERT_TRUE(journal.has_value());
  EXPECT_EQ((*journal)->records_at_start(), 1U);
  const auto known = (*journal)->known("a");
  ASSERT_TRUE(known && *known);
  EXPECT_EQ((*known)->stamp, (FileStamp{10, -5}));
  EXPECT_FALSE((*known)->failed);
  const auto unknown = (*journal)->known("b");
  ASSERT_TRUE(unknown.has_value());
  EXPECT_FALSE(unknown->has_value());
}

TEST_F(JournalTest, AddsUpOverSessions) {
  for (int session = 0; session < 2; ++session) {
    auto journal = open();
    ASSERT_TRUE(journal.has_value());
    clock_.now_ms += 1000;
    ASSERT_TRUE(
        (*journal)->write(std::vector{plain("p"), failed("f" + std::to_string(session)), matched("m")}, 40));
    if (session == 1) {
      ASSERT_TRUE((*journal)->finish({.links_skipped = 3, .special_skipped = 4}, 50));
    }
  }
  auto journal = Journal::open_to_read(folder_);
  ASSERT_TRUE(journal.has_value());
  const auto summary = (*journal)->summary();
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->sessions, 2);
  EXPECT_EQ(summary->active_ms, 90);
  EXPECT_EQ(summary->started_ms, 1000);
  EXPECT_EQ(summary->updated_ms, 3000);
  EXPECT_TRUE(summary->complete);
  EXPECT_EQ(summary->files, 4U);
  EXPECT_EQ(summary->pictures, 1U);
  EXPECT_EQ(summary->matched_files, 1U);
  EXPECT_EQ(summary->matches, 2U);
  EXPECT_EQ(summary->digest_matches, 1U);
  EXPECT_EQ(summary->error_files, 2U);
  EXPECT_EQ(summary->errors.at(Code::kDecoderCrashed), 2U);
  EXPECT_EQ(summary->pdq_distances.at(12), 1U);
  EXPECT_EQ(summary->verdicts.at("block"), 1U);
  EXPECT_EQ(summary->banks.at(0).matched_files, 1U);
  EXPECT_EQ(summary->links_skipped, 3U);
}

TEST_F(JournalTest, RefusesOtherSettingsAndSaysWhich) {
  { ASSERT_TRUE(open().has_value()); }
  settings_.options[0].second = "20";
  const auto other_radius = open();
  ASSERT_FALSE(other_radius.has_value());
  EXPECT_EQ(other_radius.error().code, Code::kConflict);
  EXPECT_THAT(other_radius.error().message, HasSubstr("radius was 31, not 20"));
  settings_.options[0].second = "31";
  settings_.banks[0].revision = 4;
  EXPECT_THAT(open().error().message, HasSubstr("the bank \"bank\" has changed since"));
  settings_.banks.clear();
  EXPECT_THAT(open().error().message, HasSubstr("1 banks, not 0"));
  settings_.root = "/other";
  EXPECT_THAT(open().error().message, HasSubstr("it is of the folder /photos"));
  EXPECT_TRUE(open(JournalStart::kRestart).has_value());
}

TEST_F(JournalTest, RestartForgetsEverything) {
  {
    auto journal = open();
    ASSERT_TRUE(journal.has_value());
    ASSERT_TRUE((*journal)->write(std::vector{plain("a")}, 1));
  }
  auto journal = open(JournalStart::kRestart);
  ASSERT_TRUE(journal.has_value());
  EXPECT_EQ((*journal)->records_at_start(), 0U);
  EXPECT_THAT(records_in(**journal), testing::IsEmpty());
}

TEST_F(JournalTest, OneScanAtATimeWritesAFolder) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  const auto second = open();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_TRUE(Journal::open_to_read(folder_).has_value());
}

TEST_F(JournalTest, AFolderItMakesIsForItsOwnerAlone) {
  folder_ /= "made";
  ASSERT_TRUE(open().has_value());
  EXPECT_EQ(fs::status(folder_).permissions(), fs::perms::owner_all);
  folder_ = folder_.parent_path();
}

TEST_F(JournalTest, ResumingNothingIsSaid) {
  EXPECT_EQ(open(JournalStart::kContinue).error().code, Code::kNotFound);
  EXPECT_EQ(Journal::open_to_read(folder_).error().code, Code::kNotFound);
}

TEST_F(JournalTest, ForeignAndNewerFilesAreRefused) {
  std::ofstream(folder_ / "journal.sqlite") << std::string(4096, 'x');
  EXPECT_EQ(Journal::open_to_read(folder_).error().code, Code::kCorrupt);
  fs::remove(folder_ / "journal.sqlite");
  { ASSERT_TRUE(open().has_value()); }
  {
    auto database = Database::open(folder_ / "journal.sqlite");
    ASSERT_TRUE(database.has_value());
    ASSERT_TRUE(database->run("PRAGMA user_version = 99"));
  }
  EXPECT_EQ(Journal::open_to_read(folder_).error().code, Code::kUnsupported);
}

TEST_F(JournalTest, ForgedRowsAreRefusedAndDoNotBecomeRecords) {
  {
    auto journal = open();
    ASSERT_TRUE(journal.has_value());
    ASSERT_TRUE((*journal)->write(std::vector{matched("a")}, 1));
  }
  for (const char* forgery :
       {"UPDATE files SET pdq = x'00'", "UPDATE files SET digests = x'00'", "UPDATE files SET width = -1",
        "UPDATE files SET size = -1", "UPDATE files SET error_code = 'odd'", "UPDATE matches SET signal = 9",
        "UPDATE matches SET verdict = 3", "UPDATE matches SET distance = 257", "DELETE FROM matches",
        "UPDATE matches SET variant = 'clip three-aligned 1 2 3'"}) {
    fs::create_directory(folder_ / "copy");
    fs::copy_file(folder_ / "journal.sqlite", folder_ / "copy" / "journal.sqlite");
    {
      auto database = Database::open(folder_ / "copy" / "journal.sqlite");
      ASSERT_TRUE(database.has_value()) << database.error().message;
      const auto forged = database->run(forgery);
      ASSERT_TRUE(forged.has_value()) << forged.error().message;
    }
    auto journal = Journal::open_to_read(folder_ / "copy");
    ASSERT_TRUE(journal.has_value());
    const auto read = (*journal)->each(RecordFilter::kEverything, [](const FileRecord&) { return true; });
    ASSERT_FALSE(read.has_value()) << forgery;
    EXPECT_EQ(read.error().code, Code::kCorrupt);
    fs::remove_all(folder_ / "copy");
  }
}

TEST(ScanSettings, ReadBackAsWritten) {
  const ScanSettings settings{"/a\xFF", "a\\x", {{"b", "/b\n", 1, 2, "review", 0}}, {{"x", "1"}, {"a", "2"}}};
  const auto read = scan_settings_from_json(to_json_text(settings));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(difference_between(settings, *read), "");
  EXPECT_EQ(read->root_typed, settings.root_typed);
  for (const char* bad : {"", "[]", "{}", "{\"root\": 1}", "null"}) {
    EXPECT_EQ(scan_settings_from_json(bad).error().code, Code::kCorrupt) << bad;
  }
}

}  // namespace
}  // namespace seawall
