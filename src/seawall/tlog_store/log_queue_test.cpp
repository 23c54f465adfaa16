#include "seawall/tlog_store/log_queue.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <thread>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/tlog/bundle.h"

namespace seawall::tlog {
namespace {

using durable::FaultDisk;
using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};
constexpr milliseconds kNone{0};

std::unique_ptr<LogStore> open(std::shared_ptr<durable::FolderTree> files) {
  return std::move(LogStore::open(std::move(files), "example.com/log").value());
}

/// A disk on which a state is written only while a gate is open; all else goes on to the disk in memory.
class GatedTree final : public durable::FolderTree {
 public:
  explicit GatedTree(std::unique_ptr<durable::FolderTree> files) : files_(std::move(files)) {}

  void close() {
    const std::scoped_lock lock(mutex_);
    is_open_ = false;
  }
  void open() {
    const std::scoped_lock lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void wait_for_somebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waits_; });
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    std::unique_lock lock(mutex_);
    waits_ = to == "state" && !is_open_;
    changed_.notify_all();
    if (to == "state") changed_.wait(lock, [&] { return is_open_; });
    waits_ = false;
    return files_->rename(from, to);
  }
  Result<std::unique_ptr<durable::AppendFile>> create(const std::string& name) override {
    return files_->create(name);
  }
  Result<std::unique_ptr<durable::AppendFile>> reopen(const std::string& name, std::uint64_t size) override {
    return files_->reopen(name, size);
  }
  Result<std::shared_ptr<const durable::FileContent>> map(const std::string& name) override {
    return files_->map(name);
  }
  Result<std::shared_ptr<const durable::ReadFile>> open_read(const std::string& name) override {
    return files_->open_read(name);
  }
  Result<void> remove(const std::string& name) override { return files_->remove(name); }
  Result<void> sync_folder() override { return files_->sync_folder(); }
  Result<std::vector<std::string>> list() override { return files_->list(); }
  Result<std::unique_ptr<durable::FolderLock>> lock(const std::string& name) override {
    return files_->lock(name);
  }
  Result<void> make_folder(const std::string& path) override { return files_->make_folder(path); }
  Result<void> sync_folder_at(const std::string& path) override { return files_->sync_folder_at(path); }
  Result<std::vector<std::string>> list_folder(const std::string& path) override {
    return files_->list_folder(path);
  }
  Result<void> remove_folder(const std::string& path) override { return files_->remove_folder(path); }
  Result<void> sync_all() override { return files_->sync_all(); }

 private:
  std::unique_ptr<durable::FolderTree> files_;
  std::mutex mutex_;  // Guards the rest.
  std::condition_variable changed_;
  bool is_open_ = true;
  bool waits_ = false;
};

TEST(LogQueue, GivesEachOfManyThreadsTheIndexOfItsEntry) {
  FaultDisk disk;
  const auto log = open(disk.tree());
  LogQueue queue(*log);
  constexpr std::size_t kThreads = 16, kEach = 50;
  std::vector<std::vector<std::uint64_t>> indexes(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < kEach; ++i) {
        indexes[t].push_back(queue.append(std::to_string(t) + " " + std::to_string(i), kLong).value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(log->head().size, kThreads * kEach);
  const auto entries = log->reader().read_entries(0, kThreads * kEach).value();
  for (std::size_t t = 0; t < kThreads; ++t) {
    EXPECT_TRUE(std::is_sorted(indexes[t].begin(), indexes[t].end()));
    for (std::size_t i = 0; i < kEach; ++i) {
      EXPECT_EQ(entries[indexes[t][i]], std::to_string(t) + " " + std::to_string(i));
    }
  }
  EXPECT_TRUE(log->reader().verify());
}

TEST(LogQueue, TakesAlongEverythingThatGatheredWhileTheDiskWasBusy) {
  FaultDisk disk;
  const auto files = std::make_shared<GatedTree>(disk.tree());
  const auto log = open(files);
  LogQueue queue(*log);
  files->close();
  std::vector<std::thread> threads;
  threads.emplace_back([&] { EXPECT_EQ(queue.append("first", kLong).value(), 0U); });
  files->wait_for_somebody();
  for (int i = 0; i < 40; ++i)
    threads.emplace_back([&] { EXPECT_GE(queue.append("later", kLong).value(), 1U); });
  while (queue.waiting() < 40) std::this_thread::yield();
  const std::uint64_t before = disk.syncs();
  files->open();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log->head().size, 41U);
  EXPECT_LE(disk.syncs() - before, 14U);  // The end of one append and one whole one, not forty.
}

TEST(LogQueue, LetsGoOfAnEntryWhoseTurnDoesNotComeInTime) {
  FaultDisk disk;
  const auto files = std::make_shared<GatedTree>(disk.tree());
  const auto log = open(files);
  LogQueue queue(*log);
  files->close();
  std::thread first([&] { EXPECT_EQ(queue.append("first", kLong).value(), 0U); });
  files->wait_for_somebody();
  const auto late = queue.append("late", kNone);
  EXPECT_EQ(late.error().code, Code::kUnavailable);
  files->open();
  first.join();
  EXPECT_EQ(queue.append("next", kNone).value(), 1U);
  EXPECT_THAT(log->reader().read_entries(0, 2).value(), testing::ElementsAre("first", "next"));
}

TEST(LogQueue, TellsEveryoneOfAFailingDisk) {
  FaultDisk disk;
  const auto log = open(disk.tree());
  LogQueue queue(*log);
  EXPECT_EQ(queue.append(std::string(kEntryBytesMax + 1, 'x'), kLong).error().code, Code::kLimitExceeded);
  EXPECT_EQ(queue.append("one", kLong).value(), 0U);
  disk.cut_power_at(disk.steps());
  EXPECT_EQ(queue.append("two", kLong).error().code, Code::kUnavailable);
  disk.restart_process();
  EXPECT_EQ(queue.append("three", kLong).error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace seawall::tlog
