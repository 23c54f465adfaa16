#include "seawall/audit/log_mirror.h"

#include <gmock/gmock.h>

#include "seawall/audit/test_log.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/durable_file/fault_file_system.h"
#include "seawall/durable_file/posix_file_system.h"

namespace seawall {
namespace {

using audit_test::TestLog;
using durable::FaultDisk;

Result<AuditState> mirror(TestLog& log, FaultDisk& disk) {
  SEAWALL_TRY(const auto mirror, LogMirror::open(disk.tree(), audit_test::kOrigin));
  const audit_test::StoppedClock clock;
  const AuditKeys keys = log.keys();
  AuditWatcher nobody;
  return mirror->step(log, keys, clock, std::chrono::seconds(600), nobody);
}

/// Verifies what a web server would serve of the disk's folder; its size.
std::uint64_t expect_whole(const TestLog& log, FaultDisk& disk, const std::string& when) {
  FolderLogFiles files(disk.tree());
  const audit_test::StoppedClock clock;
  const AuditKeys keys = log.keys();
  AuditWatcher nobody;
  const auto state =
      LogAudit({.files = files, .keys = keys, .clock = clock, .watcher = nobody}, std::chrono::seconds(600))
          .run({});
  if (!state && state.error().code == Code::kNotFound) return 0;
  EXPECT_TRUE(state) << when << ": " << state.error().message;
  return state ? state->checked.size : 0;
}

TEST(LogMirror, CopiesALogAndFollowsIt) {
  TestLog log;
  FaultDisk disk;
  for (const std::uint64_t more : {0U, 3U, 250U, 3U, 300U, 70U}) {
    log.append_many(more);
    log.publish();
    const auto state = mirror(log, disk);
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_EQ(expect_whole(log, disk, "after a step"), log.entries.size());
  }
  EXPECT_FALSE(disk.folder().contains("tile/0/000.p/3")) << "a full tile replaces its parts";
}

TEST(LogMirror, PublishesOnlyWhatIsWholeWhereverThePowerIsCut) {
  TestLog small, large;
  small.append_many(300);
  small.publish();
  const auto after = [&](std::uint64_t step, unsigned kept_tenths, FaultDisk& disk) {
    EXPECT_TRUE(mirror(small, disk));
    TestLog grown(small);
    grown.append_many(300);
    grown.publish();
    disk.cut_power_at(disk.steps() + step);
    const bool done = mirror(grown, disk).has_value();
    disk.restart(kept_tenths);
    const std::string when = "cut after " + std::to_string(step);
    const std::uint64_t there = expect_whole(grown, disk, when);
    EXPECT_TRUE(there == 300 || there == 600) << when << ": " << there;
    const auto again = mirror(grown, disk);
    EXPECT_TRUE(again) << when << ": " << again.error().message;
    EXPECT_EQ(expect_whole(grown, disk, when), 600U);
    return done;
  };
  std::uint64_t step = 0;
  for (bool done = false; !done; step += 2'003) {
    for (const unsigned kept_tenths : {0U, 5U, 10U}) {
      FaultDisk disk;
      done = after(step, kept_tenths, disk);
    }
  }
  EXPECT_GT(step, 20'000U) << "it was cut often";
}

TEST(LogMirror, KeepsWhatItHasOfALogThatForks) {
  TestLog log;
  log.append_many(300);
  log.publish();
  FaultDisk disk;
  ASSERT_TRUE(mirror(log, disk));
  TestLog other = log.fork(200);
  other.append(audit_test::entry_of(1));
  other.append_many(200);
  other.publish();
  EXPECT_EQ(mirror(other, disk).error().code, Code::kCorrupt);
  EXPECT_EQ(expect_whole(log, disk, "after the fork"), 300U);
}

TEST(LogMirror, PublishesNothingThatDoesNotVerify) {
  TestLog log;
  log.append_many(300);
  log.publish();
  log.files["tile/entries/001.p/44"].back() ^= 1;
  FaultDisk disk;
  EXPECT_EQ(mirror(log, disk).error().code, Code::kCorrupt);
  EXPECT_FALSE(disk.folder().contains("checkpoint"));
}

TEST(LogMirror, IsKeptByOneAtATime) {
  const TemporaryFolder folder = std::move(TemporaryFolder::make("mirror").value());
  const auto open = [&] {
    return LogMirror::open(durable::posix_folder_tree(folder.path(), true).value(), audit_test::kOrigin);
  };
  const auto first = open();
  ASSERT_TRUE(first);
  EXPECT_EQ(open().error().code, Code::kConflict);
}

}  // namespace
}  // namespace seawall
