#include "seawall/retention/destruction.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <type_traits>

#include "seawall/base/temporary_folder.h"
#include "seawall/list_log/list_log.h"
#include "seawall/model/time_text.h"
#include "seawall/store_sql/log_records.h"

namespace seawall {
namespace {

class HandClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time = *time_from_text("2026-11-22");
};

/// The real store for a process that is killed before call `dies_at`, or right after it.
class LastCalls final : public LogRecordStore {
 public:
  LastCalls(LogRecordStore& real, int dies_at, bool after) : real_(real), dies_at_(dies_at), after_(after) {}

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
    const bool last = ++calls_ == dies_at_;
    if (last && !after_) ::raise(SIGKILL);
    auto done = what();
    if (last) ::raise(SIGKILL);
    return done;
  }

  LogRecordStore& real_;
  const int dies_at_;
  const bool after_;
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
  ASSERT_TRUE(retention.lift("warrant 7", "bob", "the court lifted it"));
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
