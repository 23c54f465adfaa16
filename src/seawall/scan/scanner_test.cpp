#include "seawall/scan/scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class HandClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> now() const override {
    return std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(1));
  }
};

// Reads binary PGM ("P5 W H 255\n" and pixels); the whole of what these tests need of a decoder.
class PgmDecoder final : public MediaDecoder {
 public:
  std::atomic<int> decodes_left{1 << 30};  // Then no decoder can be had.

  Result<MediaInfo> decode(std::span<const std::byte> file, const DecodeOptions& /*options*/,
                           FunctionRef<void(const Frame&)> visit) override {
    if (--decodes_left < 0) return fail(Code::kUnavailable, "no decoder process");
    const std::string text(reinterpret_cast<const char*>(file.data()), file.size());
    MediaInfo info;
    int header = 0;
    if (std::sscanf(text.c_str(), "P5 %d %d 255%n", &info.width_px, &info.height_px, &header) != 2) {
      return fail(Code::kInvalidInput, "no picture in it");
    }
    const auto pixels = static_cast<std::size_t>(info.width_px) * static_cast<std::size_t>(info.height_px);
    const std::size_t start = static_cast<std::size_t>(header) + 1;
    if (file.size() < start + pixels) return fail(Code::kInvalidInput, "cut short");
    info.type = MediaType::kPnm;
    info.frames_total = info.frames_decoded = 1;
    Frame frame;
    frame.pixels = {reinterpret_cast<const std::uint8_t*>(file.data()) + start, info.width_px, info.height_px,
                    info.width_px, PixelLayout::kGray8};
    frame.original_width_px = info.width_px;
    frame.original_height_px = info.height_px;
    visit(frame);
    return info;
  }
};

// Meets every file of a given size.
class SizeBank final : public ScanBank {
 public:
  explicit SizeBank(std::uint64_t size) : size_(size) {}
  Result<void> search(const MediaSignals& signals, std::vector<RecordedMatch>& matches) const override {
    if (signals.digests.size_bytes != size_) return {};
    matches.push_back({"sizes", std::to_string(size_), SignalType::kMd5, 0, "original", 0, Verdict::kBlock});
    return {};
  }

 private:
  std::uint64_t size_;
};

// Answers so many times, then no more: a service that goes away.
class LeavingBank final : public ScanBank {
 public:
  mutable std::atomic<int> answers_left{10};
  Result<void> search(const MediaSignals& /*signals*/,
                      std::vector<RecordedMatch>& /*matches*/) const override {
    if (--answers_left < 0) return fail(Code::kUnavailable, "nobody answers");
    return {};
  }
};

class Recorder final : public ScanObserver {
 public:
  std::vector<FileRecord> records;
  std::size_t stop_after = ~std::size_t{0};
  ScanProgress last;

  void on_record(const FileRecord& record) override { records.push_back(record); }
  void on_progress(const ScanProgress& progress) override { last = progress; }
  bool stopping() override { return records.size() >= stop_after; }
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const FileRecord& record : records) paths.push_back(record.path);
    return paths;
  }
};

std::string pgm(int width, int height, int seed) {
  std::string text = "P5 " + std::to_string(width) + " " + std::to_string(height) + " 255\n";
  for (int i = 0; i < width * height; ++i) text += static_cast<char>((i * 7919 + seed * 104729) >> 3 & 0xFF);
  return text;
}

class ScannerTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = (base_ / "tree").string();
    fs::create_directory(root_);
    options_.jobs = 3;
    options_.batch_records_max = 7;
    options_.tick = std::chrono::milliseconds(1);
  }

  void write(const std::string& path, const std::string& text) const {
    const fs::path file = fs::path(root_) / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  ScanEnd scan(Recorder& recorder) {
    auto journal =
        Journal::open(base_ / "state", {root_, root_, {}, {}}, JournalStart::kContinueOrBegin, clock_);
    EXPECT_TRUE(journal.has_value());
    const SizeBank bank(10);
    const std::array<const ScanBank*, 1> banks = {&bank};
    const auto end = scan_folder(root_, **journal, decoder_, banks, options_, recorder);
    EXPECT_TRUE(end.has_value());
    const auto summary = (*journal)->summary();
    EXPECT_TRUE(summary.has_value());
    summary_ = *summary;
    return *end;
  }

  const TemporaryFolder temporary_ = TemporaryFolder::make("seawall-scan").value();
  const fs::path base_ = temporary_.path();
  std::string root_;
  ScanOptions options_;
  PgmDecoder decoder_;
  HandClock clock_;
  ScanSummary summary_;
};

TEST_F(ScannerTest, EndsWhenNoDecoderCanBeHadAndGoesOnFromThereLater) {
  for (int i = 100; i < 140; ++i) write(std::to_string(i), pgm(64, 64, i));
  decoder_.decodes_left = 10;
  Recorder first;
  {
    const auto journal =
        Journal::open(base_ / "state", {root_, root_, {}, {}}, JournalStart::kContinueOrBegin, clock_);
    ASSERT_TRUE(journal.has_value());
    const auto end = scan_folder(root_, **journal, decoder_, {}, options_, first);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code, Code::kUnavailable);
    EXPECT_THAT(end.error().message, HasSubstr("no decoder process"));
  }
  EXPECT_EQ(first.records.size(), 10U) << "what was decoded is kept";
  for (const FileRecord& record : first.records) EXPECT_FALSE(record.error) << record.path;
  decoder_.decodes_left = 1000;
  Recorder second;
  EXPECT_TRUE(scan(second).complete);
  EXPECT_EQ(second.records.size(), 30U) << "nothing is skipped, nothing repeated";
}

TEST_F(ScannerTest, EndsWhenABankDoesNotAnswerAndGoesOnFromThereLater) {
  for (int i = 100; i < 140; ++i) write(std::to_string(i), pgm(64, 64, i));
  const LeavingBank bank;
  const ScanBank* const banks[] = {&bank};
  Recorder first;
  {
    const auto journal =
        Journal::open(base_ / "state", {root_, root_, {}, {}}, JournalStart::kContinueOrBegin, clock_);
    ASSERT_TRUE(journal.has_value());
    const auto end = scan_folder(root_, **journal, decoder_, banks, options_, first);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code, Code::kUnavailable);
    EXPECT_THAT(end.error().message, HasSubstr("nobody answers"));
  }
  EXPECT_EQ(first.records.size(), 10U) << "what was answered is kept";
  for (const FileRecord& record : first.records) EXPECT_FALSE(record.error) << record.path;
  Recorder second;
  EXPECT_TRUE(scan(second).complete);
  EXPECT_EQ(second.records.size(), 30U) << "nothing is skipped, nothing repeated";
}

TEST_F(ScannerTest, RecordsEveryFileOnceInTheOrderOfTheWalk) {
  for (int i = 100; i < 400; ++i) write(std::to_string(i % 7) + "/" + std::to_string(i), pgm(64, 64, i));
  Recorder recorder;
  const ScanEnd end = scan(recorder);
  EXPECT_TRUE(end.complete);
  EXPECT_EQ(end.progress.files_done, 300U);
  const auto paths = recorder.paths();
  EXPECT_EQ(paths.size(), 300U);
  EXPECT_TRUE(std::ranges::is_sorted(paths));
  EXPECT_EQ(summary_.pictures, 300U);
  EXPECT_TRUE(summary_.complete);
}

TEST_F(ScannerTest, DigestsOfOtherFilesAndOfBrokenPicturesAreCompared) {
  write("other", "0123456789");
  write("broken", "P5 x y 255");
  write("fine", pgm(64, 64, 1));
  Recorder recorder;
  scan(recorder);
  ASSERT_THAT(recorder.paths(), ElementsAre("broken", "fine", "other"));
  EXPECT_EQ(recorder.records[0].matches.size(), 1U);
  ASSERT_TRUE(recorder.records[0].error.has_value());
  EXPECT_EQ(recorder.records[0].error->code, Code::kInvalidInput);
  EXPECT_TRUE(recorder.records[1].pdq.has_value());
  EXPECT_EQ(recorder.records[2].matches.size(), 1U);
  EXPECT_FALSE(recorder.records[2].error.has_value());
  EXPECT_EQ(recorder.records[2].verdict(), Verdict::kBlock);
  EXPECT_EQ(summary_.digest_matches, 2U);
}

TEST_F(ScannerTest, PicturesTooLargeToDecodeAreStillDigested) {
  options_.examine.signals.decode.limits.input_bytes_max = 100;
  write("large", pgm(700, 700, 1));
  Recorder recorder;
  scan(recorder);
  ASSERT_EQ(recorder.records.size(), 1U);
  EXPECT_EQ(recorder.records[0].error->code, Code::kLimitExceeded);
  EXPECT_EQ(recorder.records[0].digests->size_bytes, 700U * 700 + 15);
}

TEST_F(ScannerTest, PicturesOnlyLeavesOtherFilesUnread) {
  options_.examine.pictures_only = true;
  write("other", "0123456789");
  Recorder recorder;
  scan(recorder);
  ASSERT_EQ(recorder.records.size(), 1U);
  EXPECT_FALSE(recorder.records[0].digests.has_value());
  EXPECT_THAT(recorder.records[0].matches, IsEmpty());
}

TEST_F(ScannerTest, ContinuesWhereItStoppedWithoutRepeatingOrSkipping) {
  constexpr int kFiles = 500;
  for (int i = 0; i < kFiles; ++i) write(std::to_string(i), pgm(8, 8, i));
  std::multiset<std::string> seen;
  int sessions = 0;
  for (bool complete = false; !complete; ++sessions) {
    ASSERT_LT(sessions, 100);
    Recorder recorder;
    recorder.stop_after = 60;
    complete = scan(recorder).complete;
    for (const auto& path : recorder.paths()) seen.insert(path);
  }
  EXPECT_GT(sessions, 1);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kFiles));
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), static_cast<std::size_t>(kFiles));
  EXPECT_EQ(summary_.files, static_cast<std::uint64_t>(kFiles));
  EXPECT_EQ(summary_.sessions, sessions);
}

TEST_F(ScannerTest, FilesThatChangedAreScannedAgainAndMarked) {
  for (const char* name : {"a", "b"}) write(name, "text");
  Recorder first;
  scan(first);
  write("b", "longer text");
  Recorder second;
  const ScanEnd end = scan(second);
  EXPECT_THAT(second.paths(), ElementsAre("b"));
  EXPECT_TRUE(second.records[0].rescanned);
  EXPECT_EQ(end.progress.files_resumed, 1U);
  EXPECT_EQ(end.progress.files_rescanned, 1U);
  EXPECT_EQ(summary_.files, 2U);
  EXPECT_EQ(summary_.changed_files, 1U);
}

TEST_F(ScannerTest, ErrorsAreRetriedOnlyWhenAsked) {
  write("broken", "P5 nothing");
  Recorder recorder;
  scan(recorder);
  scan(recorder);
  EXPECT_EQ(recorder.records.size(), 1U);
  options_.retry_errors = true;
  scan(recorder);
  EXPECT_EQ(recorder.records.size(), 2U);
  EXPECT_FALSE(recorder.records[1].rescanned);
}

TEST_F(ScannerTest, CountsAheadWhenAsked) {
  for (int i = 0; i < 40; ++i) write(std::to_string(i), "text");
  options_.count_ahead = true;
  Recorder recorder;
  const ScanEnd end = scan(recorder);
  EXPECT_LE(end.progress.files_total, 40U);
  EXPECT_EQ(end.progress.files_done, 40U);
}

TEST_F(ScannerTest, AFileThatSaysItIsEmptyButIsNotIsReportedNotReadForEver) {
  root_ = "/proc/self/net";  // Files without a size, as /proc has them.
  if (!fs::exists(root_)) GTEST_SKIP() << "no /proc here";
  Recorder recorder;
  scan(recorder);
  const auto dev = std::ranges::find(recorder.records, "dev", &FileRecord::path);
  ASSERT_NE(dev, recorder.records.end());
  ASSERT_TRUE(dev->error.has_value());
  EXPECT_EQ(dev->error->code, Code::kConflict);
}

TEST_F(ScannerTest, FilesBeyondTheLimitAreNotRead) {
  options_.examine.digest_bytes_max = 5;
  write("large", "0123456789");
  Recorder recorder;
  scan(recorder);
  EXPECT_EQ(recorder.records.at(0).error->code, Code::kLimitExceeded);
  EXPECT_FALSE(recorder.records.at(0).digests.has_value());
}

TEST_F(ScannerTest, AStopGivesUpLongReadingAndTheFileIsReadWhenContinued) {
  write("long", std::string(64 << 20, 'x'));
  Recorder stopped;
  stopped.stop_after = 0;
  EXPECT_FALSE(scan(stopped).complete);
  EXPECT_EQ(summary_.files, 0U);
  Recorder recorder;
  EXPECT_TRUE(scan(recorder).complete);
  EXPECT_EQ(summary_.files, 1U);
}

TEST_F(ScannerTest, AnEmptyFolderIsDoneAtOnce) {
  Recorder recorder;
  EXPECT_TRUE(scan(recorder).complete);
  EXPECT_THAT(recorder.records, IsEmpty());
}

TEST_F(ScannerTest, AFileThatGrowsWhileItIsReadIsReportedNotHalfRead) {
  // The bank is searched after the reading; a writer that never rests keeps changing the file meanwhile.
  write("growing", std::string(4 << 20, 'x'));
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    std::ofstream out(fs::path(root_) / "growing", std::ios::binary | std::ios::app);
    while (!stop) out << 'y' << std::flush;
  });
  Recorder recorder;
  scan(recorder);
  stop = true;
  writer.join();
  ASSERT_EQ(recorder.records.size(), 1U);
  ASSERT_TRUE(recorder.records[0].error.has_value());
  EXPECT_EQ(recorder.records[0].error->code, Code::kConflict);
}

}  // namespace
}  // namespace seawall
