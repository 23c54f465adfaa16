#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <random>

#include "seawall/orders/test_office.h"

namespace {

std::atomic<std::uint64_t> g_syncs = 0;
std::function<void()> g_on_sync;  // What a test does with what is on the disk now.

int synced(long number, int fd) {
  const auto done = static_cast<int>(::syscall(number, fd));
  ++g_syncs;
  if (g_on_sync) g_on_sync();
  return done;
}

}  // namespace

// SQLite's own calls come here.
extern "C" int fsync(int fd) { return synced(SYS_fsync, fd); }
extern "C" int fdatasync(int fd) { return synced(SYS_fdatasync, fd); }

namespace seawall {
namespace {

constexpr const char* kId = "o-0123456789abcdef";

/// Records, by the log's entries of the uses.
std::uint64_t told_of(OrderBook& book) {
  const auto uses = book.uses(kId, 0, 1000).value();
  std::uint64_t all = 0;
  for (const auto& use : uses) all += log_entry_from_text(use.entry)->count;
  return all;
}

class Ahead : public ::testing::Test {
 protected:
  Ahead() { open("first boot"); }
  ~Ahead() override { g_on_sync = nullptr; }
  void open(const std::string& boot, bool counts_ahead = true) {
    office.open({.counts_ahead = counts_ahead, .boot = boot});
  }
  std::uint64_t used() { return office.book->order(kId)->used; }
  [[nodiscard]] std::filesystem::path orders() const { return office.folder.path() / "orders"; }
  TestOffice office;
};

TEST_F(Ahead, WaitsForTheDiskOnceForSixtyFourRecords) {
  office.grant_all(office.order(kId, 200));
  const std::uint64_t before = g_syncs;
  for (int i = 0; i < 65; ++i) ASSERT_EQ(office.answer_to(office.use(kId)), "allowed");
  EXPECT_LE(g_syncs - before, 2U);
  EXPECT_GE(g_syncs - before, 1U);
  EXPECT_EQ(used(), 65U) << "what is counted ahead is not used";
  EXPECT_EQ(told_of(*office.book), 65U);
}

TEST_F(Ahead, GivesBackWhatWasNotUsedOnceItRestsAndAtTheEnd) {
  office.grant_all(office.order(kId, 70));
  ASSERT_EQ(office.answer_to(office.use(kId)), "allowed");
  ASSERT_EQ(office.answer_to(office.use(kId)), "allowed");
  ASSERT_TRUE(office.book->rest());
  ASSERT_TRUE(office.book->rest());
  ASSERT_EQ(office.answer_to(office.use(kId)), "allowed");
  open("second boot");
  EXPECT_EQ(used(), 3U);
  EXPECT_EQ(told_of(*office.book), 3U);
}

TEST_F(Ahead, NeverKeepsRecordsFromAnotherPerson) {
  office.grant_all(office.order(kId, 3));
  ASSERT_EQ(office.answer_to(office.use(kId)), "allowed");
  OrderUse by_olga = office.use(kId);
  by_olga.person = "olga";
  EXPECT_EQ(office.answer_to(by_olga), "allowed");
  EXPECT_EQ(office.answer_to(office.use(kId)), "allowed");
  EXPECT_EQ(office.answer_to(by_olga), "used-up");
  EXPECT_EQ(used(), 3U);
}

TEST_F(Ahead, SharesAnOrderWithAProcessThatCountsNothingAhead) {
  office.grant_all(office.order(kId, 100));
  ASSERT_EQ(office.answer_to(office.use(kId)), "allowed");
  {
    const auto other = OrderBook::open(orders(), office.clock, {.boot = "first boot"}).value();
    OrderGate gate(*other, [](auto, auto) -> Result<bool> { return true; });
    EXPECT_TRUE(gate.pass(office.use(kId, 98))->is_allowed());
  }
  EXPECT_EQ(office.answer_to(office.use(kId)), "allowed");
  EXPECT_EQ(office.answer_to(office.use(kId)), "used-up");
  EXPECT_EQ(told_of(*office.book), 100U);
}

TEST_F(Ahead, SeesACancellationByAnotherProcessAtOnce) {
  office.grant_all(office.order(kId, 100));
  ASSERT_EQ(office.answer_to(office.use(kId)), "allowed");
  const auto stop = draft_answer(OrderStep::kCancellation, office.by("bob", PersonRole::kCustodian),
                                 office.the(kId), kGrounds, {});
  const auto other = OrderBook::open(orders(), office.clock, {.boot = "first boot"}).value();
  ASSERT_TRUE(other->submit(office.people.signed_by_all(*stop)));
  EXPECT_EQ(office.answer_to(office.use(kId)), "cancelled");
}

TEST_F(Ahead, TellsTheLogWhoMayHaveUsedWhatAPowerCutMadeUnknown) {
  office.grant_all(office.order(kId, 70));
  const auto disk = office.folder.path() / "disk";
  g_on_sync = [&] {
    std::filesystem::remove_all(disk);
    std::filesystem::copy(orders(), disk);
  };
  for (int i = 0; i < 5; ++i) ASSERT_EQ(office.answer_to(office.use(kId)), "allowed");
  g_on_sync = nullptr;
  const auto after =
      OrderBook::open(disk, office.clock, {.counts_ahead = true, .boot = "second boot"}).value();
  EXPECT_EQ(after->order(kId)->used, 65U) << "one, and the block of 64 that began with it";
  const auto uses = after->uses(kId, 0, 10).value();
  ASSERT_EQ(uses.size(), 2U);
  const auto entry = log_entry_from_text(uses.back().entry);
  EXPECT_EQ(entry->kind, LogKind::kDisclosure);
  EXPECT_EQ(entry->count, 64U);
  const Json record = parse_json(uses.back().record).value();
  EXPECT_EQ(record["by"], "amy");
  EXPECT_EQ(record["counted_ahead"], true);
  EXPECT_TRUE(record["records"].empty()) << "nobody knows which";
}

// What is on the disk is at least what was there at the last synchronization; the rest of it may be, too.
TEST_F(Ahead, CoversEveryUseWhereverThePowerIsCut) {
  const std::uint64_t seed = 20261123;
  for (std::uint64_t round = 0; round < 25; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed + round));
    std::mt19937_64 random(seed + round);
    TestOffice one;
    one.open({.counts_ahead = true, .boot = "a"});
    const std::uint64_t most = 1 + random() % 300;
    one.grant_all(one.order(kId, most));
    const auto live = one.folder.path() / "orders", disk = one.folder.path() / "disk";
    g_on_sync = [&] {
      std::filesystem::remove_all(disk);
      std::filesystem::copy(live, disk);
    };
    std::uint64_t allowed = 0;
    const std::uint64_t steps = random() % 100;
    for (std::uint64_t i = 0; i < steps; ++i) {
      OrderUse use = one.use(kId, 1 + random() % 4);
      if (random() % 20 == 0) use.person = "olga";
      if (random() % 15 == 0) {
        ASSERT_TRUE(one.book->rest());
      }
      if (one.answer_to(use) == "allowed") allowed += use.count;
    }
    g_on_sync = nullptr;
    const auto durable = std::filesystem::file_size(disk / "book.db-wal");
    std::filesystem::copy_file(live / "book.db-wal", disk / "book.db-wal",
                               std::filesystem::copy_options::overwrite_existing);
    const auto written = std::filesystem::file_size(disk / "book.db-wal");
    ASSERT_GE(written, durable);
    std::filesystem::resize_file(disk / "book.db-wal", durable + random() % (written - durable + 1));
    const auto after = OrderBook::open(disk, one.clock, {.counts_ahead = true, .boot = "b"}).value();
    const std::uint64_t used = after->order(kId)->used;
    EXPECT_GE(used, allowed);
    EXPECT_LE(used, most);
    EXPECT_EQ(told_of(*after), used) << "each is in the book";
  }
}

// A kill of the process takes nothing: every use that was allowed is in the book with what was done.
TEST_F(Ahead, KeepsEveryUseOfAProcessThatIsKilled) {
  constexpr std::uint64_t kRecords = 400;
  office.grant_all(office.order(kId, kRecords));
  office.book.reset();
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 8; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      open("first boot");
      for (;;) {
        const char allowed = office.answer_to(office.use(kId)) == "allowed" ? 1 : 0;
        if (::write(ends[1], &allowed, 1) != 1 || allowed == 0) ::_exit(0);
      }
    }
    ::close(ends[1]);
    char allowed = 0;
    for (int i = 0; i < 3 + 9 * round && ::read(ends[0], &allowed, 1) == 1; ++i)
      acknowledged += allowed == 1 ? 1U : 0U;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &allowed, 1) == 1) acknowledged += allowed == 1 ? 1U : 0U;
    ::close(ends[0]);
  }
  open("first boot");
  EXPECT_GE(used(), acknowledged);
  EXPECT_LE(used(), acknowledged + 8) << "one a kill was counted and not answered";
  EXPECT_EQ(told_of(*office.book), used());
  while (office.answer_to(office.use(kId)) == "allowed") {
  }
  EXPECT_EQ(used(), kRecords);
}

}  // namespace
}  // namespace seawall
