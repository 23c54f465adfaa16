#include <gtest/gtest.h>

#include <array>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/tlog_store/log_store.h"

namespace seawall::tlog {
namespace {

using durable::FaultDisk;
using Entries = std::vector<std::string>;

constexpr const char* kOrigin = "example.com/log";

Entries batch(const std::string& tag, std::size_t first, std::size_t count) {
  Entries entries;
  for (std::size_t i = 0; i < count; ++i) entries.push_back(tag + std::to_string(first + i));
  return entries;
}

std::vector<std::string_view> views(const Entries& entries) { return {entries.begin(), entries.end()}; }

/// What has been acknowledged, and that with the append that was interrupted.
struct Outcome {
  Entries acknowledged, with_last;
};

/// Appends batches of `sizes` until one fails.
void append_all(LogStore& log, const std::string& tag, const std::vector<std::size_t>& sizes,
                Outcome& outcome) {
  for (const std::size_t size : sizes) {
    const Entries next = batch(tag, outcome.acknowledged.size(), size);
    outcome.with_last = outcome.acknowledged;
    outcome.with_last.insert(outcome.with_last.end(), next.begin(), next.end());
    const auto first = log.append(views(next));
    if (!first) return;
    ASSERT_EQ(*first, outcome.acknowledged.size());
    outcome.acknowledged = outcome.with_last;
  }
}

Outcome run_until_fault(FaultDisk& disk, const std::string& tag, const std::vector<std::size_t>& sizes) {
  Outcome outcome;
  const auto log = LogStore::open(disk.tree(), kOrigin);
  if (log) append_all(**log, tag, sizes, outcome);
  return outcome;
}

Entries entries_of(const LogReader& reader) {
  const auto head = reader.head();
  const auto entries =
      head ? reader.read_entries(0, head->size) : Result<Entries>(tl::unexpected(head.error()));
  EXPECT_TRUE(entries) << entries.error().message;
  return entries ? *entries : Entries{"(none)"};
}

TreeHead head_of(const Entries& entries) {
  Frontier frontier;
  for (const std::string& entry : entries) EXPECT_TRUE(frontier.append(hash_leaf(entry)));
  return {frontier.size(), frontier.root()};
}

/// That what a web server would give of this state is right: the file of every tile, by its own path.
void expect_files_fit(FaultDisk& disk, LogStore& log) {
  const auto read = [&](const TileId& tile) -> Result<std::string> {
    const auto file = disk.folder().find(path_of(tile));
    if (file == disk.folder().end()) return fail(Code::kNotFound, path_of(tile));
    const auto& bytes = file->second->now;
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const auto root = tree_root(log.head().size, read);
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(*root, log.head().root);
}

/// After a crash: the log opens at a state that it was told of, and grows by entries that differ from those
/// that were lost, in batches of other sizes, so that files that were left behind meet others in their place.
void expect_recovered(FaultDisk& disk, const Outcome& outcome) {
  const auto log = LogStore::open(disk.tree(), kOrigin);
  ASSERT_TRUE(log) << log.error().message;
  Outcome going_on{entries_of((*log)->reader()), {}};
  ASSERT_TRUE(going_on.acknowledged == outcome.acknowledged || going_on.acknowledged == outcome.with_last)
      << going_on.acknowledged.size() << " entries, " << outcome.acknowledged.size() << " acknowledged";
  ASSERT_EQ((*log)->head(), head_of(going_on.acknowledged));
  for (const std::size_t size : {1UL, 5UL, 253UL, 4UL}) {
    append_all(**log, "after ", {size}, going_on);
    ASSERT_EQ((*log)->head(), head_of(going_on.with_last));
    expect_files_fit(disk, **log);
  }
  const auto verified = (*log)->reader().verify();
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_EQ(entries_of((*log)->reader()), going_on.with_last);
}

/// Ways in which the power comes back: what is left of unsynced bytes, and of which folders' names.
constexpr std::array kWays{0U, 4U, 10U, 11U, 12U, 13U};

void bring_back(FaultDisk& disk, unsigned way) {
  if (way <= 10) return disk.restart(way);
  disk.restart(way == 12 ? 3 : 10,
               [&](const std::string& folder) { return (std::hash<std::string>{}(folder) >> way) % 2; });
}

void crash_everywhere(const std::vector<std::size_t>& sizes, std::uint64_t stride) {
  FaultDisk whole;
  run_until_fault(whole, "first ", sizes);
  for (std::uint64_t step = 0; step <= whole.steps(); step += stride) {
    for (const unsigned way : kWays) {
      FaultDisk disk;
      disk.cut_power_at(step);
      const Outcome outcome = run_until_fault(disk, "first ", sizes);
      bring_back(disk, way);
      SCOPED_TRACE("step " + std::to_string(step) + " way " + std::to_string(way));
      expect_recovered(disk, outcome);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(LogCrash, AtEveryStepOfTheFirstAppendsLosesNothingAcknowledged) { crash_everywhere({1, 2}, 1); }

TEST(LogCrash, WhileTilesBecomeFullLosesNothingAcknowledged) {
  crash_everywhere({3, 252, 1, 7, 250, 300}, 331);
}

TEST(LogCrash, OfAGreatBatchLosesNothingAcknowledged) { crash_everywhere({10, 1500, 3}, 2003); }

TEST(LogCrash, OfAllKindsOneAfterTheOtherLosesNothingAcknowledged) {
  for (std::uint64_t step = 3; step < 4000; step += 97) {
    FaultDisk disk;
    Outcome outcome;
    for (unsigned i = 0; i < 6; ++i) {
      disk.cut_power_at(step * (i + 1) / 2);
      if (const auto log = LogStore::open(disk.tree(), kOrigin)) {
        outcome.acknowledged = entries_of((*log)->reader());
        append_all(**log, "round " + std::to_string(i) + " ", {1, 60 + i, 2, 90}, outcome);
      }
      bring_back(disk, kWays.at((step + i) % kWays.size()));
      const auto log = LogStore::open(disk.tree(), kOrigin);
      ASSERT_TRUE(log) << log.error().message;
      const Entries found = entries_of((*log)->reader());
      ASSERT_TRUE(found == outcome.acknowledged || found == outcome.with_last)
          << "step " << step << " round " << i;
      ASSERT_TRUE((*log)->reader().verify());
      outcome = {found, found};
    }
  }
}

TEST(LogCrash, OfTheProcessAloneLeavesNothingBehindThatALaterPowerCutCouldTake) {
  const std::vector<std::size_t> sizes{2, 254, 3};
  FaultDisk whole;
  run_until_fault(whole, "first ", sizes);
  for (std::uint64_t step = 0; step <= whole.steps(); step += step < 1200 ? 1 : 53) {
    FaultDisk disk;
    disk.cut_power_at(step);
    run_until_fault(disk, "first ", sizes);
    disk.restart_process();
    Outcome outcome;
    {
      const auto log = LogStore::open(disk.tree(), kOrigin);
      ASSERT_TRUE(log) << log.error().message << " step " << step;
      outcome.acknowledged = entries_of((*log)->reader());
      append_all(**log, "second ", {1}, outcome);
    }
    disk.restart(0);
    const auto log = LogStore::open(disk.tree(), kOrigin);
    ASSERT_TRUE(log) << log.error().message << " step " << step;
    ASSERT_EQ(entries_of((*log)->reader()), outcome.with_last) << "step " << step;
  }
}

TEST(LogCrash, AStateThatWasReadIsDurableBeforeAnybodyIsToldOfIt) {
  const std::vector<std::size_t> sizes{2, 3};
  FaultDisk whole;
  run_until_fault(whole, "first ", sizes);
  for (std::uint64_t step = 0; step <= whole.steps(); ++step) {
    FaultDisk disk;
    disk.cut_power_at(step);
    run_until_fault(disk, "first ", sizes);
    disk.restart_process();
    const TreeHead told = (*LogStore::open(disk.tree(), kOrigin))->head();
    disk.restart(0);
    ASSERT_EQ((*LogStore::open(disk.tree(), kOrigin))->head(), told) << "step " << step;
  }
}

TEST(LogCrash, AFailingDiskStopsTheLogUntilItIsOpenedAnew) {
  const std::vector<std::size_t> sizes{3, 252, 1, 7};
  FaultDisk whole;
  run_until_fault(whole, "first ", sizes);
  for (std::uint64_t at = 5; at < whole.steps(); at += 61) {
    FaultDisk disk;
    Outcome outcome;
    {
      disk.fail_at(at);
      const auto log = LogStore::open(disk.tree(), kOrigin);
      if (!log) continue;
      append_all(**log, "first ", sizes, outcome);
      // Only a file that need not be there any more may fail to go, and nobody notices.
      if (outcome.acknowledged != outcome.with_last) {
        EXPECT_EQ((*log)->append(views({"x"})).error().code, Code::kUnavailable);
        EXPECT_EQ((*log)->head().size, outcome.acknowledged.size());
      }
    }
    disk.restart_process();
    SCOPED_TRACE("fault at " + std::to_string(at));
    expect_recovered(disk, outcome);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace seawall::tlog
