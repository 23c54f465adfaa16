#include "seawall/retention/destruction.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <type_traits>

#include "seawall/base/hex.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/crypto/sha256.h"
#include "seawall/list_log/list_log.h"
#include "seawall/model/time_text.h"
#include "seawall/sqlite/database.h"
#include "seawall/store_sql/log_records.h"

namespace seawall {
namespace {

class HandClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time = *time_from_text("2026-11-22");
};

/// The real store, where something happens before call `at`, or right after it: of itself a kill.
class LastCalls final : public LogRecordStore {
 public:
  LastCalls(
      LogRecordStore& real, int at, bool after, std::function<void()> what = [] { ::raise(SIGKILL); })
      : real_(real), at_(at), after_(after), what_(std::move(what)) {}
  [[nodiscard]] bool has_happened() const { return calls_ >= at_; }

  Result<std::uint64_t> last_of(std::string_view source) override {
    return call([&] { return real_.last_of(source); });
  }
  Result<std::size_t> add(std::span<const LogRecord> records) override {
    return call([&] { return real_.add(records); });
  }
  Result<std::vector<LogRecord>> waiting(std::size_t limit) override { return real_.waiting(limit); }
  Result<void> settle(std::span<const LoggedLeaf> leaves) override { return real_.settle(leaves); }
  Result<std::uint64_t> settled() override { return real_.settled(); }
  Result<std::vector<LogRecord>> records(std::uint64_t after, std::size_t limit) override {
    return call([&] { return real_.records(after, limit); });
  }
  Result<std::optional<LogRecord>> record_of_leaf(std::uint64_t leaf) override {
    return real_.record_of_leaf(leaf);
  }
  Result<std::optional<LogRecord>> record_of(std::string_view source, std::uint64_t id) override {
    return call([&] { return real_.record_of(source, id); });
  }
  Result<std::size_t> erase(std::span<const std::uint64_t> ids, Time at) override {
    return call([&] { return real_.erase(ids, at); });
  }
  Result<std::size_t> erase_unless_told(std::span<const std::uint64_t> ids, Time at, std::string_view source,
                                        std::uint64_t last) override {
    return call([&] { return real_.erase_unless_told(ids, at, source, last); });
  }
  Result<std::optional<std::uint64_t>> published(std::string_view source) override {
    return real_.published(source);
  }
  Result<void> set_published(std::string_view source, std::uint64_t id) override {
    return real_.set_published(source, id);
  }
  Result<std::uint64_t> covered(std::string_view source, std::uint64_t size) override {
    return real_.covered(source, size);
  }
  Result<std::vector<RequestEvent>> request_events(std::uint64_t after, std::size_t limit) override {
    return real_.request_events(after, limit);
  }

 private:
  template <typename Call>
  std::invoke_result_t<Call> call(Call what) {
    const bool now = ++calls_ == at_;
    if (now && !after_) what_();
    auto done = what();
    if (now && after_) what_();
    return done;
  }

  LogRecordStore& real_;
  const int at_;
  const bool after_;
  const std::function<void()> what_;
  int calls_ = 0;
};

class Destroying : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(open_store(url, {.create = true}));
    records = *open_log_records(url);
  }
  void add(int count, std::string_view made, std::string_view source = "lists",
           std::optional<Time> due = {}) {
    std::vector<LogRecord> all;
    for (int each = 0; each < count; ++each) {
      auto record =
          *make_log_record(source, 0, LogKind::kListChange, *time_from_text(made), R"({"who":"ann"})");
      if (due) {
        LogEntry entry = *log_entry_from_text(record.entry);
        entry.due = due;
        record.entry = to_text(entry);
      }
      all.push_back(std::move(record));
    }
    ASSERT_EQ(*records->add(all), all.size());
  }
  void settle() {
    std::vector<LoggedLeaf> leaves;
    const auto waiting = *records->waiting(10'000);
    for (const LogRecord& one : waiting) leaves.push_back({one.id, one.id - 1});
    ASSERT_TRUE(records->settle(leaves));
  }
  std::size_t left(std::string_view source) {
    std::size_t count = 0;
    const auto all = *records->records(0, 10'000);
    for (const LogRecord& one : all)
      if (one.source == source && one.salt) ++count;
    return count;
  }
  std::size_t run() {
    LogRecordRetention retention(*records, clock);
    for (std::size_t all = 0;;) {
      const auto some = retention.step();
      EXPECT_TRUE(some) << some.error().message;
      if (!some || *some == 0) return all;
      all += *some;
    }
  }

  void hold(std::string_view ref, std::string_view on = "all") {
    ASSERT_TRUE(LogRecordRetention(*records, clock).hold(ref, on, "ann", "a court asked"));
  }
  void lift(std::string_view ref) {
    LogRecordRetention retention(*records, clock);
    EXPECT_EQ(retention.lift(ref, "ann", "the court lifted it"), false);
    EXPECT_EQ(retention.lift(ref, "bob", "so it did"), true);
  }
  /// What somebody does who may write to the database.
  void tamper(const std::string& sql) {
    auto database = *Database::open(folder.path() / "lists.db", {});
    ASSERT_TRUE(database.run(sql)) << sql;
  }

  TemporaryFolder folder = *TemporaryFolder::make("retention");
  std::string url = "sqlite:" + (folder.path() / "lists.db").string();
  HandClock clock;
  std::unique_ptr<LogRecordStore> records;
};

TEST_F(Destroying, DestroysAfterFiveYearsWhatIsInTheLogAndTellsOfItFirst) {
  add(3, "2020-01-01");
  add(2, "2023-01-01");
  EXPECT_EQ(run(), 0U) << "none is in the log yet";
  settle();
  EXPECT_EQ(run(), 3U);
  EXPECT_EQ(run(), 0U);
  EXPECT_EQ(left("lists"), 2U);
  const auto told = *records->record_of(kRetentionSource, 1);
  const auto entry = log_entry_from_text(told->entry);
  EXPECT_EQ(entry->kind, LogKind::kDestruction);
  EXPECT_EQ(entry->count, 3U);
  EXPECT_TRUE(opens(*entry, *told->salt, told->record));
  const auto check = *LogRecordRetention(*records, clock).check();
  EXPECT_EQ(check.destructions, 1U);
  EXPECT_EQ(check.records, 3U);
  EXPECT_TRUE(check.faults.empty());
}

TEST_F(Destroying, TellsOfManyInSeveralBatches) {
  add(1'200, "2020-01-01");
  settle();
  EXPECT_EQ(run(), 1'200U);
  EXPECT_EQ(LogRecordRetention(*records, clock).check()->destructions, 2U);
}

TEST_F(Destroying, LeavesWhatIsHeldAndWhatIsStillPromised) {
  add(2, "2020-01-01", "lists");
  add(2, "2020-01-01", "access");
  add(1, "2020-01-01", "orders", clock.now());
  settle();
  LogRecordRetention retention(*records, clock);
  ASSERT_TRUE(retention.hold("warrant 7", "access", "ann", "a court asked"));
  EXPECT_EQ(retention.hold("warrant 7", "all", "ann", "twice").error().code, Code::kConflict);
  EXPECT_EQ(run(), 2U);
  EXPECT_EQ(left("access"), 2U);
  EXPECT_EQ(left("orders"), 1U);
  lift("warrant 7");
  EXPECT_EQ(retention.lift("warrant 7", "bob", "twice").error().code, Code::kNotFound);
  EXPECT_EQ(run(), 2U);
}

TEST_F(Destroying, KeepsAHoldsOwnRecordWhileItStands) {
  ASSERT_TRUE(LogRecordRetention(*records, clock).hold("warrant 7", "lists", "ann", "a court asked"));
  settle();
  clock.time += std::chrono::hours(24 * 365 * 7);
  EXPECT_EQ(run(), 0U);
  EXPECT_EQ(LogRecordRetention(*records, clock).holds()->size(), 1U);
}

TEST_F(Destroying, SeesWhenWhatWasToldIsNotGoneOrIsSomethingElse) {
  add(2, "2020-01-01");
  settle();
  auto forged =
      *make_log_record(kRetentionSource, 1, LogKind::kDestruction, clock.now(),
                       R"({"at":"2026-01-01T00:00:00Z","count":2,"digest":")" + std::string(64, '0') +
                           R"(","ids":[[1,2]],"what":"destruction","why":"x"})",
                       2);
  ASSERT_TRUE(records->add(std::span(&forged, 1)));
  const auto check = *LogRecordRetention(*records, clock).check();
  EXPECT_EQ(check.faults.size(), 3U) << "another digest, still there, not done";
}

TEST_F(Destroying, TakesRecordsThatSomebodyElseWroteForNothing) {
  add(2, "2020-01-01");
  settle();
  for (const char* text : {"5", "[]", R"({"what":5})", R"({"destruction":"x","what":"destroyed"})"}) {
    auto forged = *make_log_record(kRetentionSource, 0, LogKind::kRetention, clock.now(), text);
    ASSERT_TRUE(records->add(std::span(&forged, 1)));
  }
  EXPECT_EQ(run(), 2U);
}

TEST_F(Destroying, LiftsAHoldOnlyWithTwoPeople) {
  hold("warrant 7");
  LogRecordRetention retention(*records, clock);
  EXPECT_EQ(retention.lift("warrant 7", "ann", "it is over"), false);
  EXPECT_EQ(retention.lift("warrant 7", "ann", "it is over").error().code, Code::kConflict);
  EXPECT_EQ(retention.holds()->at(0).lift_asked_by, "ann");
  EXPECT_EQ(retention.lift("warrant 7", "bob", "it is"), true);
  EXPECT_TRUE(retention.holds()->empty());
  hold("warrant 8");
  auto alone = *make_log_record(kRetentionSource, 0, LogKind::kRetention, clock.now(),
                                R"({"ref":"warrant 8","what":"hold-lifted","who":"bob","why":"x"})");
  ASSERT_TRUE(records->add(std::span(&alone, 1)));
  EXPECT_EQ(retention.holds()->size(), 1U) << "as one person alone could do before";
}

TEST_F(Destroying, DestroysNothingOnceTheRecordOfAHoldWasTamperedWith) {
  const char* const ways[] = {
      "DELETE FROM log_records WHERE source = 'retention' AND source_id = 1",
      "UPDATE log_records SET salt = NULL, record = NULL, erased_at = 1 WHERE source = 'retention' AND "
      "source_id = 1",
      "UPDATE log_records SET record = replace(record, 'access', 'nobody') WHERE source = 'retention' AND "
      "source_id = 1",
      "UPDATE log_records SET source = 'other' WHERE source = 'retention' AND source_id = 1"};
  for (int way = 0; way < 4; ++way) {
    std::filesystem::remove(folder.path() / "lists.db");
    for (const char* beside : {"lists.db-wal", "lists.db-shm"})
      std::filesystem::remove(folder.path() / beside);
    SetUp();
    add(2, "2020-01-01", "access");
    hold("warrant 7", "access");
    hold("warrant 8", "lists");
    settle();
    tamper(ways[way]);
    LogRecordRetention retention(*records, clock);
    EXPECT_EQ(retention.step().error().code, Code::kCorrupt) << ways[way];
    EXPECT_EQ(retention.check().error().code, Code::kCorrupt) << ways[way];
    EXPECT_EQ(left("access"), 2U);
  }
}

TEST_F(Destroying, FindsInTheLogAHoldWhoseRecordWasTheLast) {
  add(2, "2020-01-01", "access");
  hold("warrant 7", "access");
  settle();
  const auto told = *records->record_of(kRetentionSource, 1);
  LogRecordRetention retention(*records, clock);
  EXPECT_EQ(retention.has(2, told->entry), true);
  EXPECT_EQ(retention.has(1, told->entry), false);
  tamper("UPDATE log_records SET source = 'other' WHERE id = 3");
  EXPECT_EQ(retention.has(2, told->entry), false);
  tamper("DELETE FROM log_records WHERE id = 3");
  EXPECT_EQ(retention.has(2, told->entry), false);
}

TEST_F(Destroying, SeesRecordsThatWereTakenAway) {
  add(4, "2024-01-01");
  settle();
  tamper("DELETE FROM log_records WHERE id IN (2, 3)");
  const auto check = *LogRecordRetention(*records, clock).check();
  ASSERT_EQ(check.faults.size(), 1U);
  EXPECT_EQ(check.faults[0].what, "records 2 to 3 were taken away");
}

TEST_F(Destroying, DestroysNothingThatIsNotDueThoughItWasTold) {
  add(1, "2024-01-01");
  settle();
  const std::string entry = records->record_of("lists", 1)->value().entry;
  const Destruction told{
      .ids = {{1, 1}}, .count = 1, .digest = to_hex(sha256_of(entry + "\n")), .at = clock.now()};
  auto forged = *make_log_record(kRetentionSource, 1, LogKind::kDestruction, clock.now(), to_text(told));
  ASSERT_TRUE(records->add(std::span(&forged, 1)));
  EXPECT_EQ(run(), 0U);
  EXPECT_EQ(left("lists"), 1U);
  const auto faults = LogRecordRetention(*records, clock).check()->faults;
  ASSERT_EQ(faults.size(), 3U) << "not due, still there, not done";
  EXPECT_EQ(faults[0].what, "it named what was not due yet");
}

// Told in the log, as it must be, and yet not so that it passes for a destruction.
TEST_F(Destroying, LiftsNoYoungHoldByTellingOfItsDestruction) {
  add(2, "2020-01-01", "access");
  hold("warrant 7", "access");
  settle();
  const std::string entry = records->record_of(kRetentionSource, 1)->value().entry;
  const Destruction told{
      .ids = {{3, 3}}, .count = 1, .digest = to_hex(sha256_of(entry + "\n")), .at = clock.now()};
  auto forged = *make_log_record(kRetentionSource, 2, LogKind::kDestruction, clock.now(), to_text(told));
  ASSERT_TRUE(records->add(std::span(&forged, 1)));
  tamper("UPDATE log_records SET salt = NULL, record = NULL, erased_at = 1 WHERE id = 3");
  EXPECT_EQ(LogRecordRetention(*records, clock).step().error().code, Code::kCorrupt);
  EXPECT_EQ(LogRecordRetention(*records, clock).check().error().code, Code::kCorrupt);
  EXPECT_EQ(left("access"), 2U);
}

// The race: a hold that comes at any moment of a run counts, until the erasing itself has begun.
TEST_F(Destroying, StopsForAHoldThatIsSetBetweenTellingAndErasing) {
  bool stopped_once_told = false;
  for (int call = 1;; ++call) {
    url = "sqlite:" + (folder.path() / (std::to_string(call) + ".db")).string();
    SetUp();
    add(5, "2020-01-01");
    settle();
    bool is_held = false;
    std::size_t left_then = 0;
    LastCalls calls(*records, call, false, [&] {
      left_then = left("lists");
      is_held = LogRecordRetention(*records, clock).hold("warrant 7", "lists", "ann", "now").has_value();
    });
    (void)LogRecordRetention(calls, clock).step();
    if (!calls.has_happened()) break;
    ASSERT_TRUE(is_held) << call;
    ASSERT_EQ(left("lists"), left_then) << "what was there when it was set stays, at call " << call;
    EXPECT_EQ(run(), 0U);
    const auto check = *LogRecordRetention(*records, clock).check();
    ASSERT_TRUE(check.faults.empty()) << call << ": " << check.faults[0].what;
    stopped_once_told = stopped_once_told || check.stopped == 1;
    lift("warrant 7");
    EXPECT_EQ(run(), left_then);
    ASSERT_TRUE(LogRecordRetention(*records, clock).check()->faults.empty()) << call;
  }
  EXPECT_TRUE(stopped_once_told);
}

/// Whether the process was killed before it had ended.
bool killed_at(const std::string& url, const Clock& clock, int call, bool after) {
  const pid_t child = fork();
  if (child == 0) {
    // A store of its own: connections do not cross fork().
    const auto own = open_log_records(url);
    LastCalls calls(**own, call, after);
    (void)LogRecordRetention(calls, clock).step();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

TEST_F(Destroying, EndsWhatItToldWhereverItIsKilled) {
  for (const bool after : {false, true}) {
    for (int call = 1;; ++call) {
      url = "sqlite:" + (folder.path() / (std::to_string(call) + (after ? "a.db" : "b.db"))).string();
      SetUp();
      add(5, "2020-01-01");
      settle();
      if (!killed_at(url, clock, call, after)) {
        EXPECT_GT(call, 8) << "told, erased and told again are among the calls";
        break;
      }
      run();
      ASSERT_EQ(left("lists"), 0U) << call;
      const auto check = *LogRecordRetention(*records, clock).check();
      ASSERT_TRUE(check.faults.empty()) << call;
      ASSERT_EQ(check.records, 5U) << "each is told of once";
    }
  }
}

}  // namespace
}  // namespace seawall
