#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "list_fixture.h"
#include "seawall/lists/export.h"
#include "store_test.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using test::record_of;
using test::tombstone;
using testing::ElementsAre;
using testing::HasSubstr;

class ImportTest : public test::StoreTest {
 protected:
  std::map<std::string, EntryState> states() {
    std::map<std::string, EntryState> found;
    for (const Entry& entry : lists.entries(bank)) found[entry.key] = entry.state;
    return found;
  }

  Lists lists{another_place()};
  BankId bank = lists.make_bank("b");
};

std::vector<ExchangeRecord> records(std::uint64_t first, std::uint64_t count) {
  std::vector<ExchangeRecord> all;
  for (std::uint64_t i = first; i < first + count; ++i) all.push_back(record_of("k" + std::to_string(i), i));
  return all;
}

TEST_P(ImportTest, ProposesWhatIsNewChangedAndGone) {
  lists.put_in_force(lists.import(bank, records(0, 20)).release.value());
  std::vector<ExchangeRecord> next = records(10, 12);  // 10..19 as before, 20 and 21 new
  next.push_back(record_of("k0", 900));                // changed
  next.push_back(tombstone("k1"));
  next.push_back(tombstone("never listed"));
  const ImportReport report = lists.import(bank, next);
  EXPECT_EQ(report.progress.counts.added, 2U);
  EXPECT_EQ(report.progress.counts.updated, 1U);
  EXPECT_EQ(report.progress.counts.withdrawn, 1U);
  EXPECT_EQ(report.progress.counts.unchanged, 10U);
  EXPECT_EQ(report.tombstones_unknown, 1U);
  EXPECT_EQ(states().at("k1"), EntryState::kActive);
  lists.put_in_force(*report.release);
  EXPECT_EQ(states().at("k1"), EntryState::kWithdrawn);
  EXPECT_EQ(states().at("k21"), EntryState::kActive);
  EXPECT_EQ(lists.entries(bank).front().content, test::content_of(900));
}

TEST_P(ImportTest, ADryRunSaysTheSameAndChangesNothing) {
  lists.put_in_force(lists.import(bank, records(0, 20)).release.value());
  std::vector<ExchangeRecord> next = records(10, 15);
  next.push_back(record_of("k11", 5));
  next.push_back({"(refused)", false, {}});
  const ListVersion before = get(get(lists.store->view())->version());
  test::VectorReader reader(next);
  ImportOptions options = lists.import_options(bank, true);
  options.dry_run = true;
  const ImportReport dry = get(import_list(*lists.store, lists.clock, reader, options));
  EXPECT_EQ(get(get(lists.store->view())->version()), before);
  EXPECT_FALSE(dry.release.has_value());
  const ImportReport real = lists.import(bank, next, true);
  EXPECT_EQ(dry.progress.counts, real.progress.counts);
  EXPECT_EQ(dry.progress.counts, real.release->counts);
  EXPECT_EQ(dry.progress.counts.added, 5U);
  EXPECT_EQ(dry.progress.counts.withdrawn, 10U);
  EXPECT_EQ(dry.progress.counts.refused, 2U);
  EXPECT_EQ(dry.reasons, real.reasons);
  EXPECT_EQ(dry.listed, real.listed);
}

TEST_P(ImportTest, ASnapshotWithdrawsWhatItLacksOfItsOwnSourceAlone) {
  const EntryId by_hand = lists.list(bank, "by hand", 77);
  lists.put_in_force(lists.import(bank, records(0, 30)).release.value());
  lists.put_in_force(lists.import(bank, records(0, 10), true).release.value());
  EXPECT_EQ(lists.entry(by_hand).state, EntryState::kActive);
  EXPECT_EQ(states().at("k9"), EntryState::kActive);
  EXPECT_EQ(states().at("k10"), EntryState::kWithdrawn);
  EXPECT_FALSE(lists.import(bank, records(0, 10), true).release.has_value()) << "nothing changes";
}

TEST_P(ImportTest, AnEmptyListWithdrawsNothing) {
  lists.put_in_force(lists.import(bank, records(0, 3)).release.value());
  test::VectorReader reader({});
  const auto report = import_list(*lists.store, lists.clock, reader, lists.import_options(bank, true));
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, Code::kInvalidInput);
  EXPECT_FALSE(lists.import(bank, {}).release.has_value());
}

TEST_P(ImportTest, CountsAndListsWhatTheGuardsHoldBack) {
  lists.list(lists.make_bank("h", true, BankKind::kHarmless), "look-alike", 5);
  std::vector<ExchangeRecord> next = records(0, 3);
  ExchangeRecord near = record_of("near", 5);  // within the harmless bank's radius
  near.content.signals.pdq[0].bits.words[2] ^= 0x7fffffff;
  near.content.signals.md5.reset();
  ExchangeRecord beyond = near;
  beyond.key = "beyond";
  beyond.content.signals.pdq[0].bits.words[1] ^= 1;
  ExchangeRecord same_file = record_of("same file", 6);
  same_file.content.signals.md5 = test::md5_of(5);
  ExchangeRecord flat = record_of("flat", 7);
  flat.content.signals.md5.reset();
  flat.content.signals.pdq[0].quality = 49;
  next.insert(next.end(), {near, beyond, same_file, flat, record_of("k1", 9), {"(refused)", false, {}}});
  const ImportReport report = lists.import(bank, next);
  EXPECT_EQ(report.reasons,
            (std::map<std::string, std::uint64_t>{
                {"matches_harmless_bank", 2}, {"low_quality", 1}, {"duplicate", 1}, {"malformed_hash", 1}}));
  EXPECT_EQ(report.release->counts.added, 6U);
  EXPECT_EQ(report.release->counts.quarantined, 2U);
  EXPECT_EQ(report.release->counts.refused, 3U);
  EXPECT_EQ(report.hashes_not_matched, 1U);
  const auto view = get(lists.store->view());
  EXPECT_EQ(get(view->refusals(report.release->id, 0, 100)), report.listed);
  lists.put_in_force(*report.release);
  EXPECT_EQ(states().at("near"), EntryState::kQuarantined);
  EXPECT_EQ(states().at("same file"), EntryState::kQuarantined);
  EXPECT_EQ(states().at("beyond"), EntryState::kActive);
  EXPECT_FALSE(states().contains("flat"));
}

TEST_P(ImportTest, AnUpdateThatWouldMeetAHarmlessBankIsRefused) {
  lists.list(lists.make_bank("h", true, BankKind::kHarmless), "look-alike", 5);
  lists.put_in_force(lists.import(bank, records(0, 1)).release.value());
  const ImportReport report = lists.import(bank, {record_of("k0", 5), record_of("new", 8)});
  EXPECT_EQ(report.release->counts.updated, 0U);
  EXPECT_EQ(report.release->counts.refused, 1U);
  EXPECT_EQ(lists.entries(bank).front().content, test::content_of(0));
}

TEST_P(ImportTest, SaysWhereItWouldMeetWhatPeopleHaveSet) {
  lists.put_in_force(lists.import(bank, records(0, 5)).release.value());
  get(lists.service->quarantine(lists.entries(bank)[2].id, lists.bob));
  const ImportReport report = lists.import(bank, {record_of("k2", 100), record_of("k3", 101)});
  EXPECT_EQ(report.conflicts, 1U);
  EXPECT_THAT(report.conflicting_keys, ElementsAre("k2"));
  lists.put_in_force(*report.release);
  EXPECT_EQ(states().at("k2"), EntryState::kQuarantined) << "what people set stays";
}

TEST_P(ImportTest, AForeignListThatIsNotOneLeavesNothingBehind) {
  test::VectorReader reader(records(0, 100));
  reader.fail_at = 50;
  reader.fail_code = Code::kInvalidInput;
  std::uint32_t begun = 0;
  ImportOptions options = lists.import_options(bank);
  options.progress = [&](const ImportProgress& progress) {
    begun = progress.release;
    return true;
  };
  const auto failed = import_list(*lists.store, lists.clock, reader, options);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, Code::kInvalidInput) << failed.error().message;
  EXPECT_FALSE(lists.store->resume_load(ReleaseId{begun}).has_value());
  EXPECT_TRUE(lists.entries(bank).empty());
}

TEST_P(ImportTest, GoesOnWhereItWasCutOffWithTheSameInputOnly) {
  test::VectorReader cut(records(0, 100));
  cut.fail_at = 64;
  std::uint32_t begun = 0;
  ImportOptions options = lists.import_options(bank);
  options.progress = [&](const ImportProgress& progress) {
    begun = progress.release;
    return true;
  };
  const auto failed = import_list(*lists.store, lists.clock, cut, options);
  ASSERT_FALSE(failed.has_value());
  EXPECT_THAT(failed.error().message, HasSubstr("resume release " + std::to_string(begun)));
  options.resume = ReleaseId{begun};
  test::VectorReader other(records(1, 100));
  EXPECT_EQ(import_list(*lists.store, lists.clock, other, options).error().code, Code::kConflict);
  test::VectorReader whole(records(0, 100));
  options.by = lists.bob;
  EXPECT_EQ(import_list(*lists.store, lists.clock, whole, options).error().code, Code::kConflict)
      << "in another one's name";
  options.by = lists.ann;
  test::VectorReader again(records(0, 100));
  const ImportReport report = get(import_list(*lists.store, lists.clock, again, options));
  EXPECT_EQ(report.release->counts.added, 100U);
  EXPECT_EQ(lists.entries(bank).size(), 100U);
}

TEST_P(ImportTest, AResumedLoadOutlivesAWrongInputAndNotItsOwnBadEnd) {
  test::VectorReader cut(records(0, 100));
  cut.fail_at = 64;
  std::uint32_t begun = 0;
  ImportOptions options = lists.import_options(bank);
  options.progress = [&](const ImportProgress& progress) {
    begun = progress.release;
    return true;
  };
  EXPECT_FALSE(import_list(*lists.store, lists.clock, cut, options).has_value());
  options.resume = ReleaseId{begun};
  test::VectorReader wrong(records(1, 100));
  wrong.fail_at = 10;
  wrong.fail_code = Code::kInvalidInput;
  EXPECT_EQ(import_list(*lists.store, lists.clock, wrong, options).error().code, Code::kInvalidInput);
  EXPECT_TRUE(lists.store->resume_load(ReleaseId{begun}).has_value());
  test::VectorReader bad(records(0, 100));
  bad.fail_at = 90;
  bad.fail_code = Code::kInvalidInput;
  EXPECT_EQ(import_list(*lists.store, lists.clock, bad, options).error().code, Code::kInvalidInput);
  EXPECT_FALSE(lists.store->resume_load(ReleaseId{begun}).has_value()) << "it can never be taken";
}

TEST_P(ImportTest, AStoppedOneReportsWhatWasWrittenAndNothingReadAhead) {
  std::vector<ExchangeRecord> input = records(0, 10);  // A batch is 7 records.
  for (std::size_t i = 0; i < 30; ++i) input.push_back({"(refused)", false, {}});
  ImportOptions options = lists.import_options(bank);
  int steps = 0;
  options.progress = [&](const ImportProgress&) { return ++steps < 2; };
  test::VectorReader reader(input);
  const ImportReport report = get(import_list(*lists.store, lists.clock, reader, options));
  EXPECT_TRUE(report.stopped);
  EXPECT_FALSE(report.release.has_value());
  EXPECT_EQ(report.progress.records, 14U);
  EXPECT_EQ(report.progress.counts.added, 10U);
  EXPECT_EQ(report.progress.counts.refused, 4U);
  EXPECT_EQ(report.reasons, (std::map<std::string, std::uint64_t>{{"malformed_hash", 4}}));
  EXPECT_EQ(report.listed.size(), 4U);
  options.progress = nullptr;
  options.resume = ReleaseId{report.progress.release};
  test::VectorReader again(input);
  const ImportReport rest = get(import_list(*lists.store, lists.clock, again, options));
  EXPECT_EQ(rest.release->counts.added, 10U);
  EXPECT_EQ(rest.release->counts.refused, 30U);
}

TEST_P(ImportTest, ManyLargeRecordsMakeSmallBatches) {
  std::vector<ExchangeRecord> input = records(0, 70);
  for (ExchangeRecord& record : input) {
    record.content.signals.carried = {{"netclean", std::string(CarriedSignal::kBytesMax, 'x')}};
  }
  ImportOptions options = lists.import_options(bank);
  options.batch_records = ImportOptions::kBatchRecordsMax;
  std::vector<std::uint64_t> steps;
  options.progress = [&](const ImportProgress& progress) {
    steps.push_back(progress.records);
    return true;
  };
  test::VectorReader reader(input);
  const ImportReport report = get(import_list(*lists.store, lists.clock, reader, options));
  EXPECT_EQ(report.release->counts.added, 70U);
  EXPECT_THAT(steps, ElementsAre(64, 70)) << "512 KiB each, 32 MiB together";
}

/// Imports in a process that kills itself after the step `kill_at`; the id of the release it had begun.
std::uint32_t import_and_die(const std::string& store, BankId bank, int kill_at,
                             const std::vector<ExchangeRecord>& input, bool snapshot) {
  int pipe_ends[2];
  EXPECT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Lists lists(store, false);
    test::VectorReader reader(input);
    ImportOptions options = lists.import_options(bank, snapshot);
    int steps = 0;
    options.progress = [&](const ImportProgress& progress) {
      if (::write(pipe_ends[1], &progress.release, sizeof progress.release) < 0 || ++steps == kill_at) {
        ::kill(::getpid(), SIGKILL);
      }
      return true;
    };
    static_cast<void>(import_list(*lists.store, lists.clock, reader, options).has_value());
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  std::uint32_t release = 0;
  for (std::uint32_t next = 0; ::read(pipe_ends[0], &next, sizeof next) == sizeof next;) release = next;
  ::close(pipe_ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  return release;
}

/// import_list() once the database has noticed that the load's owner is dead: PostgreSQL needs a moment.
ImportReport import_after_a_death(Lists& lists, const std::vector<ExchangeRecord>& input,
                                  const ImportOptions& options) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (;;) {
    test::VectorReader reader(input);
    auto report = import_list(*lists.store, lists.clock, reader, options);
    const bool owned = !report && report.error().code == Code::kConflict;
    if (!owned || std::chrono::steady_clock::now() > end) return get(std::move(report));
  }
}

TEST_P(ImportTest, AfterKill9ItEndsInTheReleaseThatARunWithoutItWouldMake) {
  lists.put_in_force(lists.import(bank, records(0, 40)).release.value());
  std::vector<ExchangeRecord> input = records(20, 40);
  input.push_back(record_of("k25", 4));
  input.push_back({"(refused)", false, {}});
  input.push_back(tombstone("k30"));
  test::VectorReader dry_reader(input);
  ImportOptions dry = lists.import_options(bank, true);
  dry.dry_run = true;
  const ReleaseCounts expected = get(import_list(*lists.store, lists.clock, dry_reader, dry)).progress.counts;
  for (int kill_at = 1; kill_at <= 7; kill_at += 3) {
    const std::uint32_t begun = import_and_die(lists.url, bank, kill_at, input, true);
    ImportOptions options = lists.import_options(bank, true);
    options.resume = ReleaseId{begun};
    const ImportReport report = import_after_a_death(lists, input, options);
    EXPECT_EQ(report.release->counts, expected) << "killed at step " << kill_at;
    get(lists.service->reject(report.release->id, lists.ann));
  }
}

/// Keeps what is written.
class VectorWriter final : public ExchangeWriter {
 public:
  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    if (!record.content.series.empty()) losses.emplace_back("series");
    records.push_back(record);
    return {};
  }
  Result<void> finish() override {
    finished = true;
    return {};
  }
  std::vector<ExchangeRecord> records;
  bool finished = false;
};

TEST_P(ImportTest, AnExportHoldsWhatIsInForceAndSaysWhatIsLost) {
  std::vector<ExchangeRecord> input = records(0, 4);
  input[0].content.classification = Classification{ClassificationScheme::kIccam, "nationally-illegal"};
  input[1].content.classification = Classification{ClassificationScheme::kIccam, "baseline"};
  input[2].content.classification = Classification{ClassificationScheme::kNcmec, "A1"};
  input[3].content.series = "a series";
  lists.put_in_force(lists.import(bank, input).release.value());
  const std::uint64_t then = get(get(lists.store->view())->version()).number;
  lists.put_in_force(lists.import(bank, {tombstone("k3")}).release.value());
  const auto view = get(lists.store->view());
  ExportOptions options;
  options.bank = bank;
  options.scheme = ClassificationScheme::kInterpol;
  options.tombstones = true;
  VectorWriter now;
  const ExportReport report = get(export_list(*view, options, now));
  EXPECT_TRUE(now.finished);
  EXPECT_EQ(report.records, 3U);
  EXPECT_EQ(report.tombstones, 1U);
  EXPECT_EQ(now.records[0].content.classification->value, "not-baseline");
  EXPECT_EQ(now.records[1].content.classification->value, "baseline");
  EXPECT_FALSE(now.records[2].content.classification.has_value());
  EXPECT_TRUE(now.records[3].withdrawn);
  EXPECT_EQ(report.classification_losses.size(), 2U);
  VectorWriter before;
  options = {};
  options.bank = bank;
  options.version = then;
  const ExportReport past = get(export_list(*view, options, before));
  EXPECT_EQ(before.records, input);
  EXPECT_EQ(past.losses, (std::map<std::string, std::uint64_t>{{"series", 1}}));
}

INSTANTIATE_TEST_SUITE_P(Lists, ImportTest, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
