#include "seawall/audit/log_audit.h"

#include <gmock/gmock.h>

#include "seawall/audit/test_log.h"

namespace seawall {
namespace {

using audit_test::kNow;
using audit_test::TestLog;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Keeps all that it is told.
class Watcher final : public AuditWatcher {
 public:
  Result<void> on_entry(std::uint64_t index, std::string_view text,
                        const Result<LogEntry>& /*entry*/) override {
    EXPECT_EQ(index, first + entries.size());
    entries.emplace_back(text);
    return {};
  }
  Result<void> on_finding(const Finding& finding) override {
    findings.push_back(finding);
    return {};
  }
  Result<void> on_checked(const AuditState& state) override {
    saved.push_back(state);
    return {};
  }
  void on_contradiction(const Contradiction& proof) override { contradictions.push_back(proof); }
  void on_ahead(std::uint64_t size, bool is_same) override { ahead.emplace_back(size, is_same); }
  bool goes_on(std::uint64_t checked, std::uint64_t /*size*/) override { return checked < stop_at; }

  std::uint64_t first = 0, stop_at = ~std::uint64_t{0};
  std::vector<std::string> entries;
  std::vector<Finding> findings;
  std::vector<AuditState> saved;
  std::vector<Contradiction> contradictions;
  std::vector<std::pair<std::uint64_t, bool>> ahead;
};

Result<AuditState> audit(TestLog& log, Watcher& watcher, const AuditState& state = {},
                         const std::vector<std::string>& others = {}) {
  const audit_test::StoppedClock clock;
  const AuditKeys keys = log.keys();
  watcher.first = state.checked.size;
  return LogAudit({.files = log, .keys = keys, .clock = clock, .watcher = watcher}, std::chrono::seconds(600))
      .run(state, others);
}

Result<AuditState> audit(TestLog& log, const AuditState& state = {}) {
  Watcher watcher;
  return audit(log, watcher, state);
}

void expect_fails(TestLog& log, const char* words, const AuditState& state = {}) {
  const auto failed = audit(log, state);
  ASSERT_FALSE(failed) << words;
  EXPECT_EQ(failed.error().code, Code::kCorrupt);
  EXPECT_THAT(failed.error().message, HasSubstr(words));
}

TEST(LogAudit, VerifiesLogsOfAnySizeAndTellsEachEntryOnce) {
  for (const std::uint64_t size : {0U, 1U, 2U, 255U, 256U, 257U, 511U, 512U, 700U, 4'096U, 4'099U}) {
    TestLog log;
    log.append_many(size);
    log.publish();
    Watcher watcher;
    const auto state = audit(log, watcher);
    ASSERT_TRUE(state) << size << ": " << state.error().message;
    EXPECT_EQ(state->checked.size, size);
    EXPECT_EQ(watcher.entries, log.entries);
    EXPECT_THAT(watcher.findings, IsEmpty());
    EXPECT_EQ(watcher.saved.back(), *state);
  }
}

TEST(LogAudit, GoesOnFromAnySizeToAnyOtherAndReadsOnlyWhatIsNew) {
  for (const std::uint64_t old_size : {1U, 255U, 256U, 300U, 512U, 700U}) {
    for (const std::uint64_t more : {0U, 1U, 212U, 256U, 700U}) {
      TestLog log;
      log.append_many(old_size);
      log.publish();
      const AuditState before = audit(log).value();
      log.append_many(more);
      log.publish();
      log.reads.clear();
      Watcher watcher;
      const auto state = audit(log, watcher, before);
      ASSERT_TRUE(state) << old_size << " + " << more << ": " << state.error().message;
      EXPECT_EQ(state->checked.size, old_size + more);
      EXPECT_THAT(watcher.entries, SizeIs(more));
      EXPECT_TRUE(old_size < 256 || log.reads["tile/entries/000"] == 0);
    }
  }
}

TEST(LogAudit, GoesOnWhereItWasStoppedAlsoInALogThatHasGrown) {
  TestLog log;
  log.append_many(70'000);
  log.publish();
  Watcher watcher;
  watcher.stop_at = LogAudit::kSaveEvery + 1;
  EXPECT_EQ(audit(log, watcher).error().code, Code::kUnavailable);
  ASSERT_THAT(watcher.saved, SizeIs(1));
  EXPECT_EQ(watcher.saved[0].checked.size, LogAudit::kSaveEvery);
  log.append_many(100);
  log.publish();
  Watcher later;
  const auto state = audit(log, later, watcher.saved[0]);
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->checked.size, 70'100U);
  EXPECT_THAT(later.entries, SizeIs(70'100 - LogAudit::kSaveEvery));
}

TEST(LogAudit, FindsAChangedByteInAnyFileOfTheLog) {
  TestLog log;
  log.append_many(700);
  log.publish();
  const auto files = log.files;
  ASSERT_THAT(files, SizeIs(8)) << "three bundles, three tiles and one above them, a checkpoint";
  for (const auto& [path, bytes] : files) {
    for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 2}) {
      log.files = files;
      log.files[path][at] = static_cast<char>(log.files[path][at] ^ 2);
      const auto failed = audit(log);
      ASSERT_FALSE(failed) << path << " at " << at;
      EXPECT_EQ(failed.error().code, Code::kCorrupt) << path;
    }
  }
}

TEST(LogAudit, FindsAFileThatIsCutShortTooLongOrMissing) {
  TestLog log;
  log.append_many(700);
  log.publish();
  const auto files = log.files;
  for (const auto& [path, bytes] : files) {
    for (const std::string& other : {std::string(), bytes.substr(0, bytes.size() - 1), bytes + "x"}) {
      log.files = files;
      log.files[path] = other;
      EXPECT_EQ(audit(log).error().code, Code::kCorrupt) << path << " of " << other.size();
    }
    log.files = files;
    log.files.erase(path);
    EXPECT_EQ(audit(log).error().code, path == "checkpoint" ? Code::kNotFound : Code::kCorrupt) << path;
  }
}

TEST(LogAudit, SaysWhichEntryWasChanged) {
  TestLog log;
  log.append_many(300);
  log.publish();
  std::string& bundle = log.files["tile/entries/001.p/44"];
  bundle[bundle.find("2025") + 3] = '4';
  expect_fails(log, "entry 256, in tile/entries/001.p/44, is not the one that tile/0/001.p/44 stands for");
}

TEST(LogAudit, FindsTilesAndEntriesThatFitEachOtherButNotTheCheckpoint) {
  TestLog log;
  log.append_many(300);
  log.publish();
  TestLog other = log.fork(299);
  other.append_many(0);
  other.append(audit_test::entry_of(77));
  other.publish();
  other.files["checkpoint"] = log.files["checkpoint"];
  expect_fails(other, "do not make the root");
}

TEST(LogAudit, NeverRemembersEntriesThatAreNotThoseOfTheCheckpoint) {
  TestLog log;
  log.append_many(70'000);
  log.publish();
  TestLog other = log.fork(0);
  other.append(audit_test::entry_of(77));
  other.append_many(69'999);
  other.publish();
  other.files["checkpoint"] = log.files["checkpoint"];
  Watcher watcher;
  const auto failed = audit(other, watcher);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("first 65536 entries are not those"));
  EXPECT_THAT(watcher.saved, IsEmpty());
}

TEST(LogAudit, TellsAForkAndKeepsBothCheckpoints) {
  TestLog log;
  log.append_many(300);
  log.publish();
  const AuditState before = audit(log).value();
  for (const std::uint64_t more : {0U, 1U, 300U}) {
    TestLog other = log.fork(299);
    other.append(audit_test::entry_of(77));
    other.append_many(more);
    other.publish();
    Watcher watcher;
    const auto failed = audit(other, watcher, before);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::kCorrupt);
    EXPECT_THAT(failed.error().message, HasSubstr("has forked"));
    ASSERT_THAT(watcher.contradictions, SizeIs(1));
    EXPECT_EQ(watcher.contradictions[0].before, log.files["checkpoint"]);
    EXPECT_EQ(watcher.contradictions[0].now, other.files["checkpoint"]);
    EXPECT_THAT(watcher.entries, IsEmpty());
  }
}

TEST(LogAudit, TellsALogThatAWitnessSawShrink) {
  TestLog log;
  log.append_many(300);
  log.publish();
  const AuditState before = audit(log).value();
  TestLog other = log.fork(256);
  other.publish(1'790'000'000 + 601);
  Watcher watcher;
  const auto failed = audit(other, watcher, before);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kCorrupt);
  EXPECT_THAT(failed.error().message, HasSubstr("w.example/1 saw 256 entries after it had seen 300"));
  ASSERT_THAT(watcher.contradictions, SizeIs(1));
  EXPECT_EQ(watcher.contradictions[0].kind, Contradiction::Kind::kShrunk);
}

TEST(LogAudit, CallsAnOlderCopyNoContradiction) {
  TestLog log;
  log.append_many(256);
  log.publish();
  const std::string earlier = log.files["checkpoint"];
  TestLog bare = log.fork(256);
  bare.publish(1'789'999'000);
  log.append_many(44);
  log.publish();
  const AuditState before = audit(log).value();
  TestLog lagging(log);
  lagging.files["checkpoint"] = earlier;
  for (TestLog* copy : {&lagging, &bare}) {
    Watcher watcher;
    const auto failed = audit(*copy, watcher, before);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::kUnavailable);
    EXPECT_THAT(failed.error().message, HasSubstr("it shows 256 entries, and 300 were seen before"));
    EXPECT_THAT(failed.error().message,
                HasSubstr(copy == &bare ? "cannot be seen from here" : "they are the same ones:"));
    EXPECT_THAT(watcher.contradictions, IsEmpty());
    EXPECT_THAT(watcher.saved, IsEmpty());
  }
}

TEST(LogAudit, ComparesWithANewerCheckpointAsFarAsItCan) {
  TestLog log;
  log.append_many(300);
  log.publish();
  const std::string earlier = log.files["checkpoint"];
  TestLog bare = log.fork(300);
  bare.publish();
  log.append_many(10);
  log.publish();
  const std::string newer = log.files["checkpoint"];
  log.files["checkpoint"] = earlier;
  for (TestLog* copy : {&log, &bare}) {
    Watcher watcher;
    const auto state = audit(*copy, watcher, {}, {newer});
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_EQ(state->checked.size, 300U);
    EXPECT_THAT(watcher.contradictions, IsEmpty());
    const std::vector<std::pair<std::uint64_t, bool>> told{{310, copy == &log}};
    EXPECT_EQ(watcher.ahead, told);
  }
}

TEST(LogAudit, TellsAForkThatItsOwnFilesShowThoughItsCheckpointIsOlder) {
  TestLog log;
  log.append_many(300);
  log.publish();
  TestLog other = log.fork(20);
  other.append(audit_test::entry_of(7'000));
  other.append_many(289);
  other.publish();
  const std::string newer = other.files["checkpoint"];
  other.files["checkpoint"] = log.files["checkpoint"];  // Of another tree than the files.
  Watcher watcher;
  const auto failed = audit(other, watcher, {}, {newer});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("has forked"));
  EXPECT_THAT(watcher.contradictions, SizeIs(1));
}

TEST(LogAudit, BelievesNoStateThatTheLogDidNotSign) {
  TestLog log;
  log.append_many(30);
  log.publish();
  const AuditState state = audit(log).value();
  log.append_many(1);
  log.publish();
  TestLog stranger;
  stranger.append_many(40);
  stranger.publish();
  AuditState forged = state;
  forged.checkpoint = stranger.files["checkpoint"];
  AuditState other_tree = state;
  other_tree.checked.root[0] ^= std::byte{1};
  AuditState without = state;
  without.checkpoint.clear();
  for (const AuditState& one : {forged, other_tree, without}) {
    Watcher watcher;
    const auto failed = audit(log, watcher, one);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::kCorrupt);
    EXPECT_THAT(failed.error().message, HasSubstr("the state"));
    EXPECT_THAT(watcher.contradictions, IsEmpty()) << "nobody is accused by a file that anybody can write";
  }
  EXPECT_TRUE(audit(log, state));
}

TEST(LogAudit, DoesNotAccuseTheLogOfAForkWhenOnlyItsTilesAreWrong) {
  TestLog log;
  log.append_many(300);
  log.publish();
  const AuditState before = audit(log).value();
  log.append_many(100);
  log.publish();
  log.files["tile/0/001.p/144"][0] ^= 1;
  Watcher watcher;
  const auto failed = audit(log, watcher, before);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("tiles do not make the root"));
  EXPECT_THAT(watcher.contradictions, IsEmpty());
}

TEST(LogAudit, ComparesWithWhatSomebodyElseWasShown) {
  TestLog log;
  log.append_many(300);
  log.publish();
  const std::string earlier = log.files["checkpoint"];
  log.append_many(10);
  log.publish();
  TestLog other = log.fork(20);
  other.append_many(5);
  other.append(audit_test::entry_of(0));
  other.publish();
  Watcher watcher;
  EXPECT_TRUE(audit(log, watcher, {}, {earlier, log.files["checkpoint"]}));
  const auto failed = audit(log, watcher, {}, {earlier, other.files["checkpoint"]});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("has forked"));
  EXPECT_THAT(watcher.contradictions, SizeIs(1));
}

TEST(LogAudit, AsksForTheWitnessesAndForOneThatSawItLately) {
  TestLog log;
  log.append_many(3);
  log.publish(1'790'000'000 - 100);
  const audit_test::StoppedClock clock;
  Watcher watcher;
  AuditKeys keys = log.keys();
  const auto code = [&] {
    const auto state =
        LogAudit({.files = log, .keys = keys, .clock = clock, .watcher = watcher}, std::chrono::seconds(600))
            .run({});
    watcher.entries.clear();
    return state ? Code{} : state.error().code;
  };
  keys.age_max = std::chrono::seconds(100);
  EXPECT_EQ(code(), Code{});
  keys.age_max = std::chrono::seconds(99);
  EXPECT_EQ(code(), Code::kCorrupt);
  keys.age_max.reset();
  keys.witnesses.push_back(audit_test::make_signer("w2", tlog::KeyType::kCosignature).verifier());
  EXPECT_EQ(code(), Code{});
  keys.quorum = 2;
  EXPECT_EQ(code(), Code::kCorrupt);
  keys = log.keys();
  keys.log = {audit_test::make_signer(audit_test::kOrigin, tlog::KeyType::kEd25519).verifier()};
  EXPECT_EQ(code(), Code::kCorrupt);
  keys = log.keys();
  keys.origin = "another";
  EXPECT_EQ(code(), Code::kCorrupt);
}

TEST(LogAudit, TakesTheFullTileWherePartialOnesAreGone) {
  TestLog log;
  log.append_many(700);
  log.publish();
  const std::string earlier = log.files["checkpoint"];
  log.append_many(100);
  log.publish();
  for (const char* path : {"tile/0/002.p/188", "tile/entries/002.p/188"}) log.files.erase(path);
  log.files["checkpoint"] = earlier;
  const auto state = audit(log);
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->checked.size, 700U);
}

TEST(LogAudit, FindsWhatIsWrongWithEntriesOfALogThatIsWhole) {
  TestLog log;
  log.append_many(3);
  log.append("hello");
  log.append(LogEntry{.at = kNow - std::chrono::hours(24 * 800), .kind = LogKind::kRelease});
  log.append(LogEntry{.at = kNow, .kind = LogKind::kOrder, .due = kNow - std::chrono::hours(1)});
  log.publish();
  Watcher watcher;
  const auto state = audit(log, watcher);
  ASSERT_TRUE(state) << state.error().message;
  ASSERT_THAT(watcher.findings, SizeIs(2));
  EXPECT_EQ(watcher.findings[0].kind, FindingKind::kNotAnEntry);
  EXPECT_EQ(watcher.findings[1].kind, FindingKind::kTimeRunsBack);
  EXPECT_THAT(state->tally.overdue(kNow), SizeIs(1));
}

TEST(AuditKeys, AreThoseOfALogAndOfWitnesses) {
  const std::string log = audit_test::make_signer("l", tlog::KeyType::kEd25519).verifier().vkey();
  const std::string w1 = audit_test::make_signer("w1", tlog::KeyType::kCosignature).verifier().vkey();
  const std::string w2 = audit_test::make_signer("w2", tlog::KeyType::kCosignature).verifier().vkey();
  const std::vector<std::string> logs{log}, both{w1, w2}, none, twice{w1, w1};
  EXPECT_EQ(audit_keys_from(logs, both, {}, {})->quorum, 2U);
  EXPECT_EQ(audit_keys_from(logs, both, {}, {})->origin, "l");
  EXPECT_EQ(audit_keys_from(logs, both, "o", 1)->origin, "o");
  EXPECT_EQ(audit_keys_from(logs, twice, {}, 2).error().code, Code::kInvalidInput);
  EXPECT_EQ(audit_keys_from(none, both, {}, {}).error().code, Code::kInvalidInput);
  EXPECT_EQ(audit_keys_from(both, none, {}, {}).error().code, Code::kInvalidInput);
  EXPECT_EQ(audit_keys_from(logs, logs, {}, {}).error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
