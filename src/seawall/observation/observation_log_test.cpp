#include "seawall/observation/observation_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/observation/detail/log.h"
#include "seawall/observation/detail/test_data.h"

namespace seawall::observation_detail {
namespace {

using durable::FaultDisk;

ObservationLogOptions small(bool background = false) {
  ObservationLogOptions options;
  options.background = background;
  options.journal_rows = 500;
  options.block_rows = 64;
  return options;
}

class ObservationLogTest : public testing::Test {
 protected:
  void open(const ObservationLogOptions& options = small()) {
    log_.reset();
    auto opened = Log::open(disk_.files(), clock_, options);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    log_ = std::move(*opened);
  }
  std::vector<Observation> add(std::size_t count, std::int64_t time_ms = 1000) {
    std::vector<Observation> batch;
    for (std::size_t i = 0; i < count; ++i)
      batch.push_back(sample_.next(time_ms + static_cast<std::int64_t>(i)));
    EXPECT_TRUE(log_->append(batch).has_value());
    all_.insert(all_.end(), batch.begin(), batch.end());
    return batch;
  }
  /// Damages byte `at` of the first file whose name starts so.
  void damage(const std::string& prefix, std::size_t at) {
    for (auto& [name, file] : disk_.folder()) {
      if (!name.starts_with(prefix)) continue;
      file->now.at(at) ^= std::byte{0x40};
      return;
    }
    FAIL() << "no file " << prefix;
  }

  HandClock clock_;
  FaultDisk disk_;
  Sample sample_{17};
  std::vector<Observation> all_;
  std::unique_ptr<ObservationLog> log_;
};

TEST_F(ObservationLogTest, FindsWhatBruteForceFindsInPartsAndInMemory) {
  open();
  for (const std::size_t count : {1U, 100U, 700U, 3U, 450U, 20U}) add(count);
  const auto entries = sample_.entries(150);
  for (const unsigned threads : {1U, 3U}) {
    for (const int quality_min : {0, 50, 101}) {
      RetroOptions options;
      options.threads = threads;
      options.quality_min = quality_min;
      EXPECT_EQ(collect(*log_, entries, options), brute_force(all_, entries, quality_min));
    }
  }
  EXPECT_GT(log_->stats().files, 1U);
  EXPECT_EQ(log_->stats().observations, all_.size());
  open();
  EXPECT_EQ(collect(*log_, entries), brute_force(all_, entries, kPdqQualityMin));
}

TEST_F(ObservationLogTest, IncludesTheRadiusItselfAndNothingBeyond) {
  open();
  Observation one = sample_.next(5);
  one.pdq = PdqHash{{{0xff, 0, 0, 0}}, 100};
  ASSERT_TRUE(log_->append(std::span(&one, 1)).has_value());
  RetroEntry entry;
  entry.id = EntryId{7};
  entry.pdq = {{{}, 7}, {{}, 8}};
  std::vector<std::size_t> fingerprints;
  ASSERT_TRUE(log_->retro_match(std::span(&entry, 1), {},
                                [&](const RetroMatch& match) {
                                  fingerprints.push_back(match.fingerprint);
                                  EXPECT_EQ(match.distance_bits, 8);
                                  EXPECT_EQ(match.observation, one);
                                })
                  .has_value());
  EXPECT_EQ(fingerprints, std::vector<std::size_t>{1});
}

TEST_F(ObservationLogTest, KeepsBatchesLargerThanABlock) {
  open();
  add(40000);
  EXPECT_EQ(log_->stats().observations, 40000U);
  const auto entries = sample_.entries(5);
  EXPECT_EQ(collect(*log_, entries), brute_force(all_, entries, kPdqQualityMin));
}

TEST_F(ObservationLogTest, DropsAtOnceAndForever) {
  open();
  add(600, 1000);
  ASSERT_TRUE(log_->drop_before("tenant-1", at_ms(1300)).has_value());
  ASSERT_TRUE(log_->drop_before("tenant-1", at_ms(5)).has_value());  // Never goes back.
  std::erase_if(all_,
                [](const Observation& one) { return one.tenant == "tenant-1" && one.time < at_ms(1300); });
  const auto entries = sample_.entries(100);
  const auto expected = brute_force(all_, entries, kPdqQualityMin);
  EXPECT_EQ(collect(*log_, entries), expected);
  open();
  EXPECT_EQ(collect(*log_, entries), expected);
  ASSERT_TRUE(log_->tidy().has_value());
  EXPECT_EQ(collect(*log_, entries), expected);
  EXPECT_EQ(log_->stats().observations, all_.size());
  EXPECT_EQ(log_->retentions().at(1).dropped_before.time_since_epoch().count() == 1300 ||
                log_->retentions().at(0).dropped_before.time_since_epoch().count() == 1300 ||
                log_->retentions().at(2).dropped_before.time_since_epoch().count() == 1300,
            true);
}

TEST_F(ObservationLogTest, RetentionFollowsTheClock) {
  open();
  add(300, 1000);
  ASSERT_TRUE(log_->set_retention("tenant-0", std::chrono::milliseconds(500)).has_value());
  clock_.ms = 1650;
  std::erase_if(all_,
                [](const Observation& one) { return one.tenant == "tenant-0" && one.time < at_ms(1150); });
  const auto entries = sample_.entries(100);
  EXPECT_EQ(collect(*log_, entries), brute_force(all_, entries, kPdqQualityMin));
  const auto tidied = log_->tidy();
  ASSERT_TRUE(tidied.has_value());
  EXPECT_EQ(log_->stats().observations, all_.size());
  EXPECT_EQ(tidied->observations_dropped, 300 - all_.size());
  EXPECT_EQ(collect(*log_, entries), brute_force(all_, entries, kPdqQualityMin));
  EXPECT_EQ(log_->tidy()->observations_dropped, 0U);
}

TEST_F(ObservationLogTest, TidyJoinsSmallParts) {
  open();
  for (int i = 0; i < 6; ++i) {
    add(40, 1000 * i);
    ASSERT_TRUE(log_->drop_before("tenant-2", at_ms(1000 * i + 20)).has_value());
    ASSERT_TRUE(log_->tidy().has_value());
  }
  EXPECT_LE(log_->stats().files, 2U);
}

TEST_F(ObservationLogTest, ReportsADamagedBlockWithItsPlaceAndReadsTheRest) {
  open();
  add(700);
  add(1);  // The journal before is full: it becomes a part.
  const auto whole = collect(*log_, everything(), {});
  const std::size_t facts_of_first = [&] {
    for (const auto& [name, file] : disk_.folder()) {
      if (name.starts_with("part-")) {
        const auto head = read_header(Bytes(file->now).subspan(kFileHeaderBytes, kBlockHeaderBytes));
        return kFileHeaderBytes + std::size_t(head->facts_at()) + 3;
      }
    }
    return std::size_t{0};
  }();
  for (const std::size_t at :
       {kFileHeaderBytes + 2, kFileHeaderBytes + kBlockHeaderBytes + 40, facts_of_first}) {
    damage("part-", at);
    open();
    std::multiset<Reported> found;
    const auto report =
        log_->retro_match(everything(), {}, [&](const RetroMatch& m) { found.insert(reported(m)); });
    ASSERT_TRUE(report.has_value());
    ASSERT_EQ(report->damage.size(), 1U) << "byte " << at;
    EXPECT_EQ(report->damage[0].offset_bytes, kFileHeaderBytes);
    EXPECT_TRUE(report->damage[0].file.starts_with("part-"));
    EXPECT_GE(found.size() + 64, whole.size());
    EXPECT_LT(found.size(), whole.size());
    EXPECT_TRUE(std::includes(whole.begin(), whole.end(), found.begin(), found.end()));
    EXPECT_EQ(log_->verify()->size(), 1U);
    damage("part-", at);
  }
}

TEST_F(ObservationLogTest, TidyKeepsWhatItCannotReadUnlessToldOtherwise) {
  open();
  add(700);
  add(1);
  damage("part-", kFileHeaderBytes + 2);
  open();
  const auto left = places(*log_);
  ASSERT_TRUE(log_->drop_before("tenant-0", at_ms(1200)).has_value());
  ASSERT_TRUE(log_->tidy().has_value());
  EXPECT_EQ(log_->verify()->size(), 1U);
  const auto tidied = log_->tidy(true);
  ASSERT_TRUE(tidied.has_value());
  EXPECT_TRUE(log_->verify()->empty());
  EXPECT_LT(places(*log_).size(), left.size());
  open();
  EXPECT_TRUE(log_->verify()->empty());
}

TEST_F(ObservationLogTest, ReadsTheRestOfADamagedJournal) {
  open();
  for (int i = 0; i < 5; ++i) add(20);
  const auto whole = places(*log_);
  damage("journal-", kFileHeaderBytes + 200);
  open();
  const auto found = places(*log_);
  EXPECT_LT(found.size(), whole.size());
  EXPECT_TRUE(std::includes(whole.begin(), whole.end(), found.begin(), found.end()));
  EXPECT_GE(found.size() + 20, whole.size());
  EXPECT_EQ(log_->verify()->size(), 1U);
  add(30);
  open();
  EXPECT_EQ(log_->verify()->size(), 1U);
  EXPECT_GT(places(*log_).size(), found.size());
}

TEST_F(ObservationLogTest, RefusesWhatIsOutsideItsLimits) {
  open();
  const Observation right = sample_.next(5);
  const std::string long_text(129, 'a');
  for (int i = 0; i < 7; ++i) {
    Observation one = right;
    if (i == 0) one.tenant = "";
    if (i == 1) one.tenant = long_text;
    if (i == 2) one.place = "";
    if (i == 3) one.place = long_text;
    if (i == 4) one.time = at_ms(-1);
    if (i == 5) one.pdq = PdqHash{{}, 101};
    if (i == 6) one.pdq.reset(), one.md5.reset(), one.sha1.reset(), one.sha256.reset();
    const Observation two[] = {right, one};
    EXPECT_EQ(log_->append(two).error().code, Code::kInvalidInput) << i;
  }
  EXPECT_EQ(log_->stats().observations, 0U);
  RetroEntry entry;
  entry.pdq = {{{}, 257}};
  EXPECT_EQ(log_->retro_match(std::span(&entry, 1), {}, [](const RetroMatch&) {}).error().code,
            Code::kInvalidInput);
  EXPECT_EQ(log_->drop_before("", at_ms(1)).error().code, Code::kInvalidInput);
  EXPECT_EQ(log_->set_retention("a", std::chrono::milliseconds(-1)).error().code, Code::kInvalidInput);
}

TEST_F(ObservationLogTest, EndsWhenCancelledOrTooLateAndTellsItsProgress) {
  open();
  add(2000);
  RetroOptions late;
  late.deadline = std::chrono::steady_clock::time_point::min();
  const auto nothing = [](const RetroMatch&) {};
  EXPECT_EQ(log_->retro_match(everything(), late, nothing)->end, RetroReport::End::kDeadline);
  std::stop_source source;
  RetroOptions stoppable;
  stoppable.cancel = source.get_token();
  stoppable.threads = 1;
  const auto cancelled =
      log_->retro_match(everything(), stoppable, [&](const RetroMatch&) { source.request_stop(); });
  EXPECT_EQ(cancelled->end, RetroReport::End::kCancelled);
  EXPECT_LT(cancelled->observations, 2000U);
  std::uint64_t last = 0;
  const auto whole =
      log_->retro_match(everything(), {}, nothing, [&](std::uint64_t done, std::uint64_t total) {
        EXPECT_GE(done, last);
        EXPECT_EQ(total, 2000U);
        last = done;
      });
  EXPECT_EQ(last, 2000U);
  EXPECT_EQ(whole->end, RetroReport::End::kComplete);
}

TEST_F(ObservationLogTest, WhatIsDroppedDuringAMatchIsNotReportedAnyMore) {
  open();
  add(300);
  std::size_t after = 0;
  bool dropped = false;
  ASSERT_TRUE(log_->retro_match(everything(), {},
                                [&](const RetroMatch& match) {
                                  if (dropped && match.observation.tenant == "tenant-1") ++after;
                                  if (!dropped)
                                    dropped = log_->drop_before("tenant-1", at_ms(5000)).has_value();
                                })
                  .has_value());
  EXPECT_TRUE(dropped);
  EXPECT_EQ(after, 0U);
}

TEST_F(ObservationLogTest, AReaderBesideTheWriterSeesWhatWasThereAtItsRefresh) {
  open();
  add(120);
  ObservationLogOptions reading = small();
  reading.read_only = true;
  const auto reader = Log::open(disk_.files(), clock_, reading);
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  EXPECT_EQ((*reader)->stats().observations, 120U);
  add(900);
  EXPECT_EQ((*reader)->stats().observations, 120U);
  ASSERT_TRUE((*reader)->refresh().has_value());
  EXPECT_EQ(places(**reader), places(*log_));
  EXPECT_EQ((*reader)->append(all_).error().code, Code::kInvalidInput);
  EXPECT_EQ((*reader)->tidy(false).error().code, Code::kInvalidInput);
}

TEST_F(ObservationLogTest, MissingFilesAreNoticed) {
  open();
  add(700);
  add(10);
  log_.reset();
  const auto whole = disk_.folder();
  for (const auto& [name, file] : whole) {
    if (name == "LOCK") continue;
    disk_.folder() = whole;
    disk_.folder().erase(name);
    const auto opened = Log::open(disk_.files(), clock_, small());
    ASSERT_FALSE(opened.has_value()) << name;
    EXPECT_EQ(opened.error().code, Code::kCorrupt) << name;
  }
}

TEST_F(ObservationLogTest, ManyThreadsAppendMatchDropAndTidyAtOnce) {
  open(small(true));
  constexpr int kThreads = 4, kBatches = 60;
  std::atomic<bool> over = false;
  std::thread reader([&] {
    while (!over) {
      EXPECT_TRUE(log_->retro_match(everything(), {}, [](const RetroMatch&) {}).has_value());
      EXPECT_TRUE(log_->drop_before("elsewhere", at_ms(10)).has_value());
      EXPECT_TRUE(log_->tidy().has_value());
    }
  });
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&, t] {
      Sample sample(static_cast<std::uint64_t>(t));
      for (int i = 0; i < kBatches; ++i) {
        std::vector<Observation> batch;
        for (int k = 0; k < 1 + i; ++k) batch.push_back(sample.next(100 + i));
        EXPECT_TRUE(log_->append(batch).has_value());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  over = true;
  reader.join();
  EXPECT_EQ(log_->stats().observations, std::uint64_t{kThreads} * kBatches * (kBatches + 1) / 2);
  open();
  EXPECT_EQ(log_->stats().observations, std::uint64_t{kThreads} * kBatches * (kBatches + 1) / 2);
  EXPECT_TRUE(log_->verify()->empty());
}

TEST(ObservationLogFiles, OneWriterAndManyReadersOnRealFiles) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / ("observations_" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  const HandClock clock;
  ObservationLogOptions reading;
  reading.read_only = true;
  EXPECT_EQ(ObservationLog::open(folder, clock, reading).error().code, Code::kNotFound);
  {
    const auto log = ObservationLog::open(folder, clock, small());
    ASSERT_TRUE(log.has_value()) << log.error().message;
    EXPECT_EQ(ObservationLog::open(folder, clock).error().code, Code::kConflict);
    Sample sample(1);
    std::vector<Observation> batch;
    for (int i = 0; i < 1500; ++i) batch.push_back(sample.next(i));
    ASSERT_TRUE((*log)->append(std::span(batch).first(800)).has_value());
    ASSERT_TRUE((*log)->append(std::span(batch).subspan(800)).has_value());
    const auto reader = ObservationLog::open(folder, clock, reading);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const auto entries = sample.entries(40);
    EXPECT_EQ(collect(**reader, entries), brute_force(batch, entries, kPdqQualityMin));
  }
  EXPECT_EQ((*ObservationLog::open(folder, clock))->stats().observations, 1500U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace seawall::observation_detail
