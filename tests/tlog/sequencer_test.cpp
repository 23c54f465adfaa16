#include "seawall/tlog_publish/sequencer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "records_in_memory.h"
#include "seawall/durable_file/fault_file_system.h"
#include "seawall/json/json.h"
#include "seawall/statement/log_entry.h"
#include "seawall/tlog_publish/draw_answers.h"
#include "seawall/tlog_publish/http_log_source.h"
#include "seawall/tlog_publish/log_server.h"
#include "seawall/tlog_publish/source_intake.h"
#include "seawall/witness/witness.h"

namespace seawall {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using tlog::KeyType;

constexpr const char* kOrigin = "log.example/lists";

std::string entry_text(std::uint64_t number) {
  LogEntry entry{.at = Time(std::chrono::seconds(1'800'000'000)), .kind = LogKind::kListChange};
  entry.commitment[0] = static_cast<std::byte>(number);
  entry.commitment[1] = static_cast<std::byte>(number >> 8);
  return to_text(entry);
}

class TestClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> now() const override { return at; }
  std::chrono::sys_time<std::chrono::milliseconds> at{std::chrono::seconds(1'800'000'000)};
};

class Silent final : public AlarmSink {
 public:
  bool on_alarm(const WitnessAlarm&) override { return ++alarms > 0; }
  int alarms = 0;
};

/// Asks real witnesses, without a network between.
class Ways final : public Fetcher {
 public:
  Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token) override {
    const std::string host = request.url.substr(0, request.url.rfind('/'));
    if (down.contains(host)) return fail(Code::kUnavailable, "no connection");
    const WitnessAnswer answer = behind.at(host)->add_checkpoint(request.body);
    FetchResponse response;
    response.status = answer.status;
    const auto body = std::make_shared<SpooledBody>(SpoolLimits{});
    if (auto kept = body->append(answer.body); !kept) return tl::unexpected(kept.error());
    response.body = body;
    return response;
  }
  std::map<std::string, Witness*> behind;
  std::set<std::string> down;
};

/// A signer or a witness with its own disk.
struct Remote {
  Remote(const std::string& name, KeyType type, const tlog::VerifierKey& asker, const Clock& clock) {
    auto key = tlog::NoteSigner::make(name, type, *SigningKey::generate());
    witness = *Witness::make(*std::move(key), {{kOrigin, {asker}}}, *keeper, clock, alarms);
  }
  durable::FaultDisk disk;
  std::unique_ptr<durable::FileSystem> files = disk.files();
  std::unique_ptr<HeadKeeper> keeper = *HeadKeeper::open(*files);
  Silent alarms;
  std::unique_ptr<Witness> witness;
};

class ASequencer : public testing::Test {
 protected:
  ASequencer() {
    ways.behind = {{"http://signer", signer.witness.get()},
                   {"http://w1", first.witness.get()},
                   {"http://w2", second.witness.get()}};
    open(2);
  }
  void open(std::size_t quorum) {
    sequencer.reset();
    log.reset();
    log = *tlog::LogStore::open(disk->tree(), kOrigin);
    sequencer =
        *Sequencer::open({*log, records, key, ask_signer, {&ask_first, &ask_second}, clock, {"lists"}},
                         {.origin = kOrigin, .quorum = quorum});
  }
  void add(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      LogRecord record;
      record.source = "lists";
      record.source_id = records.all.size() + 1;
      record.entry = entry_text(record.source_id);
      const std::vector one{record};
      ASSERT_TRUE(records.add(one));
    }
  }
  [[nodiscard]] tlog::OpenedCheckpoint published() const {
    const std::vector log_keys{signer.witness->verifier()};
    const std::vector witnesses{first.witness->verifier(), second.witness->verifier()};
    return *tlog::open_checkpoint(*log->reader().published(), {kOrigin, log_keys, witnesses, 0});
  }
  void expect_whole_log() const {
    const std::uint64_t size = log->head().size;
    ASSERT_EQ(size, records.all.size());
    const auto entries = *log->reader().read_entries(0, size);
    for (std::uint64_t i = 0; i < size; ++i) {
      EXPECT_EQ(entries[i], records.all[i].entry);
      EXPECT_EQ(records.all[i].leaf, i);
    }
    EXPECT_TRUE(log->reader().verify());
  }

  TestClock clock;
  std::unique_ptr<durable::FaultDisk> disk = std::make_unique<durable::FaultDisk>();
  Records records;
  Ways ways;
  tlog::NoteSigner key = *tlog::NoteSigner::make("sequencer", KeyType::kEd25519, *SigningKey::generate());
  Remote signer{kOrigin, KeyType::kEd25519, key.verifier(), clock};
  Remote first{"w.example/1", KeyType::kCosignature, signer.witness->verifier(), clock};
  Remote second{"w.example/2", KeyType::kCosignature, signer.witness->verifier(), clock};
  HeadSigner ask_signer{{signer.witness->verifier(), "http://signer"}, ways};
  HeadSigner ask_first{{first.witness->verifier(), "http://w1"}, ways};
  HeadSigner ask_second{{second.witness->verifier(), "http://w2"}, ways};
  std::unique_ptr<tlog::LogStore> log;
  std::unique_ptr<Sequencer> sequencer;
};

TEST_F(ASequencer, PublishesWhatTheSignerAndTheWitnessesSigned) {
  add(3);
  ASSERT_EQ(*sequencer->step(), 3U);
  add(300);
  ASSERT_EQ(*sequencer->step(), 300U);
  const auto opened = published();
  EXPECT_EQ(opened.checkpoint.head, log->head());
  ASSERT_EQ(opened.seen_by.size(), 2U);
  EXPECT_EQ(opened.seen_by[0].time_s, 1'800'000'000U);
  EXPECT_EQ(records.shown["lists"], 303U);
  EXPECT_EQ(sequencer->state().published_size, 303U);
  expect_whole_log();
}

TEST_F(ASequencer, SignsAnewAtTheHeartbeatThoughNothingIsNew) {
  add(1);
  ASSERT_TRUE(sequencer->step());
  ASSERT_TRUE(sequencer->step());
  EXPECT_EQ(sequencer->state().published, 1U);
  clock.at += std::chrono::minutes(10);
  ASSERT_TRUE(sequencer->step());
  EXPECT_EQ(sequencer->state().published, 2U);
  EXPECT_EQ(published().seen_by[0].time_s, 1'800'000'600U);
}

TEST_F(ASequencer, PublishesNothingWithoutItsQuorum) {
  add(2);
  ASSERT_TRUE(sequencer->step());
  ways.down.insert("http://w2");
  add(5);
  EXPECT_EQ(sequencer->step().error().code, Code::kUnavailable);
  EXPECT_EQ(published().checkpoint.head.size, 2U);
  EXPECT_EQ(records.shown["lists"], 2U);
  EXPECT_THAT(sequencer->state().trouble, HasSubstr("w.example/2"));
  ways.down.clear();
  ASSERT_TRUE(sequencer->step());
  EXPECT_EQ(published().checkpoint.head.size, 7U);
  EXPECT_EQ(records.shown["lists"], 7U);
  EXPECT_TRUE(sequencer->state().trouble.empty());
}

TEST_F(ASequencer, DoesWithoutAWitnessThatItsQuorumDoesNotNeed) {
  open(1);
  ways.down.insert("http://w1");
  add(2);
  ASSERT_TRUE(sequencer->step());
  EXPECT_THAT(published().seen_by, testing::SizeIs(1));
  EXPECT_FALSE(sequencer->state().witnesses[0].well);
  EXPECT_TRUE(sequencer->state().witnesses[1].well);
}

TEST_F(ASequencer, GoesOnWithSignersThatItKnowsNothingOf) {
  add(2);
  ASSERT_TRUE(sequencer->step());
  HeadSigner new_to_signer({signer.witness->verifier(), "http://signer"}, ways);
  HeadSigner new_to_witness({first.witness->verifier(), "http://w1"}, ways);
  sequencer = *Sequencer::open({*log, records, key, new_to_signer, {&new_to_witness}, clock, {"lists"}},
                               {.origin = kOrigin, .quorum = 1});
  add(3);
  ASSERT_TRUE(sequencer->step());
  EXPECT_EQ(published().checkpoint.head.size, 5U);
}

TEST_F(ASequencer, KnowsAgainWhatItAppendedAndDidNotSettle) {
  add(4);
  ASSERT_TRUE(sequencer->step());
  add(6);
  records.fail_settle = true;
  EXPECT_FALSE(sequencer->step());
  records.fail_settle = false;
  EXPECT_EQ(log->head().size, 10U);
  add(1);
  open(2);
  ASSERT_EQ(*sequencer->step(), 1U);
  expect_whole_log();
}

/// Entries of another database, which wants to know where they stand in the log.
class Elsewhere final : public LogSource {
 public:
  Result<std::vector<PendingLogEntry>> pending(std::size_t max) override {
    std::vector<PendingLogEntry> waiting;
    for (std::size_t i = 0; i < entries.size() && waiting.size() < max; ++i) {
      if (!leaves[i]) waiting.push_back({static_cast<std::int64_t>(i) + 1, entries[i]});
    }
    return waiting;
  }
  Result<void> settle(std::span<const std::int64_t> ids, std::uint64_t first_index) override {
    if (fails) return fail(Code::kUnavailable, "injected");
    for (const std::int64_t id : ids) leaves.at(static_cast<std::size_t>(id) - 1) = first_index++;
    return {};
  }
  void add(const std::string& entry) {
    entries.push_back(entry);
    leaves.emplace_back();
  }
  std::vector<std::string> entries;
  std::vector<std::optional<std::uint64_t>> leaves;
  bool fails = false;
};

TEST_F(ASequencer, TellsOtherSourcesWhereTheirEntriesStand) {
  Elsewhere orders;
  SourceIntake intake("orders", orders, records, clock);
  add(2);
  orders.add(entry_text(1'001));
  ASSERT_EQ(*intake.step(), 1U);
  ASSERT_TRUE(sequencer->step());
  orders.add(entry_text(1'002));
  orders.fails = true;
  EXPECT_FALSE(intake.step());
  orders.fails = false;
  ASSERT_EQ(*intake.step(), 1U);
  EXPECT_EQ(orders.leaves[0], 2U);
  EXPECT_FALSE(orders.leaves[1]);
  ASSERT_TRUE(sequencer->step());
  ASSERT_EQ(*intake.step(), 0U);
  EXPECT_EQ(orders.leaves[1], 3U);
  expect_whole_log();
}

std::string frame_text(std::uint64_t number) {
  LogEntry entry = *log_entry_from_text(entry_text(number));
  entry.kind = LogKind::kDraw;
  return to_text(entry);
}

TEST_F(ASequencer, AnswersEachDrawOnceTheLogHoldsItsFrame) {
  Elsewhere overseer;
  SourceIntake intake("overseer", overseer, records, clock);
  DrawAnswers draws({log->reader(), kOrigin, records, key, clock});
  add(2);
  overseer.add(frame_text(1));
  ASSERT_EQ(*intake.step(), 1U);
  EXPECT_EQ(*draws.step(), 0U) << "nothing is answered before the log holds the frame";
  ASSERT_TRUE(sequencer->step());
  ASSERT_EQ(*draws.step(), 1U);
  EXPECT_EQ(*DrawAnswers({log->reader(), kOrigin, records, key, clock}).step(), 0U);
  ASSERT_TRUE(sequencer->step());
  const auto answer = *log_entry_from_text(log->reader().read_entries(3, 1)->at(0));
  EXPECT_EQ(answer.kind, LogKind::kDrawAnswer);
  EXPECT_EQ(answer.ref, 2U);
  EXPECT_EQ(answer.commitment, *draw_answer(key, log->reader(), kOrigin, 2));
  const auto other_key = *tlog::NoteSigner::make("sequencer", KeyType::kEd25519, *SigningKey::generate());
  EXPECT_NE(answer.commitment, *draw_answer(other_key, log->reader(), kOrigin, 2));
  expect_whole_log();
}

TEST_F(ASequencer, AnswersNoFrameThatOnlyTheRecordsHold) {
  LogRecord forged;
  forged.source = kOverseerSource;
  forged.source_id = 1;
  forged.entry = frame_text(1);
  ASSERT_TRUE(records.add(std::span(&forged, 1)));
  add(2);
  records.all[0].leaf = 0;  // As somebody would write it who may write the store.
  records.all[1].leaf = 1;
  ASSERT_TRUE(log->append(std::vector<std::string_view>{records.all[1].entry, records.all[2].entry}));
  EXPECT_EQ(DrawAnswers({log->reader(), kOrigin, records, key, clock}).step().error().code, Code::kCorrupt);
}

TEST_F(ASequencer, AppendsNoAnswerThatItsKeyDidNotMake) {
  Elsewhere overseer;
  SourceIntake intake("overseer", overseer, records, clock);
  overseer.add(frame_text(1));
  ASSERT_EQ(*intake.step(), 1U);
  ASSERT_TRUE(sequencer->step());
  LogEntry answer{.at = clock.at, .kind = LogKind::kDrawAnswer, .ref = 0};
  overseer.add(to_text(answer));
  EXPECT_EQ(intake.step().error().code, Code::kCorrupt) << "not from a register";
  LogRecord forged;
  forged.source = kDrawsSource;
  forged.source_id = 1;
  forged.entry = to_text(answer);
  ASSERT_TRUE(records.add(std::span(&forged, 1)));
  EXPECT_EQ(sequencer->step().error().code, Code::kCorrupt) << "nor from who may write the store";
  EXPECT_EQ(log->head().size, 1U);
}

/// A key service that takes three seconds for each answer.
class SlowVault final : public Fetcher {
 public:
  Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token) override {
    const milliseconds taken = std::min(milliseconds(3'000), request.deadline);
    at += taken;
    if (taken < milliseconds(3'000)) return fail(Code::kUnavailable, "too slow");
    Json entries = Json::array();
    if (request.method == FetchMethod::kPost) waiting.pop_front();
    for (const std::uint64_t id : waiting) entries.push_back({{"entry", entry_text(1'000 + id)}, {"id", id}});
    FetchResponse response;
    response.status = 200;
    const auto body = std::make_shared<SpooledBody>(SpoolLimits{});
    if (auto kept = body->append(to_line({{"entries", entries}})); !kept) return tl::unexpected(kept.error());
    response.body = body;
    return response;
  }
  std::chrono::steady_clock::time_point at{};
  std::deque<std::uint64_t> waiting{1, 2, 3, 4, 5, 6};
};

TEST_F(ASequencer, GivesASlowKeyServiceOneDeadlineForAllThatItIsShown) {
  SlowVault vault;
  const PublishedLog shown(disk->tree(),
                           {.origin = kOrigin,
                            .log = {signer.witness->verifier()},
                            .witnesses = {first.witness->verifier(), second.witness->verifier()},
                            .quorum = 2});
  RoundDeadline round([&] { return vault.at; });
  HttpLogSource source("http://vault", "vault", vault, shown, round);
  SourceIntake intake("keys-vault", source, records, clock);
  ASSERT_EQ(*intake.step(), 6U);
  ASSERT_TRUE(sequencer->step());
  for (const std::size_t left : {4U, 2U, 0U}) {
    round.begin();
    const auto began = vault.at;
    EXPECT_EQ(intake.step().has_value(), left == 0);
    EXPECT_LE(vault.at - began, RoundDeadline::kRound);
    EXPECT_EQ(vault.waiting.size(), left) << "what was settled stays so";
  }
}

TEST_F(ASequencer, TakesNoEntryOfARestoredBookForOneThatIsInTheLog) {
  Elsewhere orders;
  SourceIntake intake("orders", orders, records, clock);
  orders.add(entry_text(1'001));
  ASSERT_EQ(*intake.step(), 1U);
  ASSERT_TRUE(sequencer->step());
  ASSERT_EQ(*intake.step(), 0U);
  Elsewhere anew;  // Its first entry has the number of the other's first.
  SourceIntake of_another("orders", anew, records, clock);
  anew.add(entry_text(1'002));
  EXPECT_EQ(of_another.step().error().code, Code::kConflict);
  EXPECT_FALSE(anew.leaves[0]);
}

TEST_F(ASequencer, TakesNothingIntoTheLogThatIsNoEntry) {
  Elsewhere orders;
  SourceIntake intake("orders", orders, records, clock);
  orders.add("Jane Doe, 12 Elm Street");
  EXPECT_EQ(intake.step().error().code, Code::kCorrupt);
  EXPECT_TRUE(records.all.empty());
  add(1);
  records.all.at(0).entry = "Jane Doe, 12 Elm Street";
  EXPECT_EQ(sequencer->step().error().code, Code::kCorrupt);
  EXPECT_EQ(log->head().size, 0U);
}

TEST_F(ASequencer, CountsNobodyTwice) {
  const auto twice = Sequencer::open({*log, records, key, ask_signer, {&ask_first, &ask_first}, clock, {}},
                                     {.origin = kOrigin, .quorum = 2});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::kInvalidInput);
}

TEST_F(ASequencer, SignsAnewThoughTheClockWasSetBack) {
  add(1);
  ASSERT_TRUE(sequencer->step());
  clock.at -= std::chrono::hours(24);
  ASSERT_TRUE(sequencer->step());
  EXPECT_EQ(sequencer->state().published, 2U);
}

TEST_F(ASequencer, StopsWhereLogAndRecordsDisagree) {
  add(4);
  ASSERT_TRUE(sequencer->step());
  sequencer.reset();
  records.all.at(3).leaf.reset();
  records.all.at(3).entry = entry_text(999);
  const auto again = Sequencer::open({*log, records, key, ask_signer, {}, clock, {}}, {.origin = kOrigin});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kCorrupt);
}

TEST_F(ASequencer, StopsWhereTheSignerHasSignedMoreThanThereIs) {
  add(4);
  ASSERT_TRUE(sequencer->step());
  sequencer.reset();
  log.reset();
  disk = std::make_unique<durable::FaultDisk>();
  records.all.clear();
  add(1);
  open(0);
  const auto step = sequencer->step();
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, Code::kConflict);
  EXPECT_THAT(step.error().message, HasSubstr("has signed 4 entries"));
}

TEST_F(ASequencer, CannotHaveARewrittenHistorySigned) {
  add(4);
  ASSERT_TRUE(sequencer->step());
  sequencer.reset();
  log.reset();
  disk = std::make_unique<durable::FaultDisk>();
  for (LogRecord& one : records.all) one.leaf.reset();
  records.all.at(1).entry = entry_text(998);
  add(2);
  open(0);
  const auto step = sequencer->step();
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, Code::kConflict);
  EXPECT_EQ(signer.alarms.alarms, 1);
}

TEST_F(ASequencer, LosesAndDoublesNothingWhereverThePowerIsCut) {
  for (std::uint64_t cut = 0; cut < 4'000; cut += 37) {
    sequencer.reset();
    log.reset();
    disk = std::make_unique<durable::FaultDisk>();
    records.all.clear();
    Remote fresh(kOrigin, KeyType::kEd25519, key.verifier(), clock);
    ways.behind["http://signer"] = fresh.witness.get();
    HeadSigner ask_fresh({fresh.witness->verifier(), "http://signer"}, ways);
    const auto begin = [&] {
      log = *tlog::LogStore::open(disk->tree(), kOrigin);
      sequencer =
          *Sequencer::open({*log, records, key, ask_fresh, {}, clock, {"lists"}}, {.origin = kOrigin});
    };
    begin();
    add(3);
    ASSERT_TRUE(sequencer->step());
    add(5);
    disk->cut_power_at(disk->steps() + cut);
    (void)sequencer->step();
    sequencer.reset();
    log.reset();
    disk->restart(static_cast<unsigned>(cut % 11));
    begin();
    add(1);
    ASSERT_TRUE(sequencer->step());
    expect_whole_log();
  }
}

}  // namespace
}  // namespace seawall
