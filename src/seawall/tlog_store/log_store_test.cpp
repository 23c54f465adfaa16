#include "seawall/tlog_store/log_store.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/tlog/bundle.h"

namespace seawall::tlog {
namespace {

using durable::FaultDisk;
using testing::ElementsAre;

constexpr const char* kOrigin = "example.com/log";

std::string entry(std::size_t i) { return "entry " + std::to_string(i); }

/// Appends entry(size), entry(size + 1), ... as one batch.
Result<std::uint64_t> append(LogStore& log, std::size_t count) {
  std::vector<std::string> entries;
  for (std::size_t i = 0; i < count; ++i) entries.push_back(entry(log.head().size + i));
  const std::vector<std::string_view> views(entries.begin(), entries.end());
  return log.append(views);
}

TreeHead head_of(std::size_t size) {
  Frontier frontier;
  for (std::size_t i = 0; i < size; ++i) EXPECT_TRUE(frontier.append(hash_leaf(entry(i))));
  return {size, frontier.root()};
}

std::unique_ptr<LogStore> open(FaultDisk& disk) {
  return std::move(LogStore::open(disk.tree(), kOrigin).value());
}

Code open_error(FaultDisk& disk) {
  const auto log = LogStore::open(disk.tree(), kOrigin);
  return log ? Code{} : log.error().code;
}

NoteSigner signer() {
  return NoteSigner::make(kOrigin, KeyType::kEd25519, SigningKey::from_seed({}).value()).value();
}

std::string signed_checkpoint(const TreeHead& head, const char* origin = kOrigin) {
  const std::string text = print_checkpoint({origin, head, {}});
  return print_note({text, {signer().sign(text).value()}});
}

class PosixFolder {
 public:
  PosixFolder() : path_(std::filesystem::path(testing::TempDir()) / ("tlog_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
  }
  ~PosixFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::shared_ptr<durable::FolderTree> files() const {
    return durable::posix_folder_tree(path_, true).value();
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(LogStore, BeginsWithoutEntriesAndKeepsThatState) {
  FaultDisk disk;
  EXPECT_EQ(open(disk)->head(), TreeHead());
  EXPECT_EQ(open(disk)->head(), TreeHead());
  EXPECT_EQ(open(disk)->reader().published().error().code, Code::kNotFound);
  EXPECT_EQ(open(disk)->reader().verify().value(), TreeHead());
}

TEST(LogStore, GivesEachEntryItsIndexAndHasTheRightRootAfterEachAppend) {
  FaultDisk disk;
  auto log = open(disk);
  std::size_t size = 0;
  for (const std::size_t count : {1UL, 2UL, 0UL, 253UL, 1UL, 255UL, 300UL, 1000UL, 224UL, 5UL}) {
    ASSERT_EQ(append(*log, count).value(), size);
    size += count;
    ASSERT_EQ(log->head(), head_of(size)) << size;
    if (count % 2 == 1) log = nullptr, log = open(disk);
    ASSERT_EQ(log->head(), head_of(size)) << size;
  }
  EXPECT_EQ(log->reader().verify().value(), head_of(size));
  const auto entries = log->reader().read_entries(250, 600).value();
  ASSERT_EQ(entries.size(), 600U);
  for (std::size_t i = 0; i < entries.size(); ++i) ASSERT_EQ(entries[i], entry(250 + i));
}

TEST(LogStore, ProvesItsEntriesAndItsGrowth) {
  FaultDisk disk;
  const auto log = open(disk);
  ASSERT_TRUE(append(*log, 700));
  const TreeHead old = log->head();
  ASSERT_TRUE(append(*log, 66'000 - 700));
  const TreeHead now = log->head();
  const auto read = [&](const TileId& tile) { return log->reader().read_tile(tile); };
  for (const std::size_t i : {0UL, 255UL, 699UL, 65'535UL, 65'999UL}) {
    EXPECT_TRUE(verify_inclusion(hash_leaf(entry(i)), i, now.size, prove_inclusion(i, now.size, read).value(),
                                 now.root));
  }
  EXPECT_TRUE(verify_consistency(old, now, prove_consistency(old.size, now.size, read).value()));
  EXPECT_TRUE(verify_inclusion(hash_leaf(entry(9)), 9, 700, prove_inclusion(9, 700, read).value(), old.root));
}

TEST(LogStore, TakesEntriesUpTo65535BytesAndRefusesABatchWhole) {
  FaultDisk disk;
  const auto log = open(disk);
  const std::string longest(kEntryBytesMax, 'x'), longer(kEntryBytesMax + 1, 'x');
  EXPECT_TRUE(log->append(std::vector<std::string_view>{longest, ""}));
  EXPECT_EQ(log->append(std::vector<std::string_view>{"a", longer}).error().code, Code::kLimitExceeded);
  EXPECT_EQ(log->append(std::vector<std::string_view>(kBatchEntriesMax + 1)).error().code,
            Code::kLimitExceeded);
  EXPECT_EQ(log->append(std::vector<std::string_view>(1025, longest)).error().code, Code::kLimitExceeded);
  EXPECT_THAT(log->reader().read_entries(0, 2).value(), ElementsAre(longest, ""));
  EXPECT_EQ(log->append(std::vector<std::string_view>{"next"}).value(), 2U);
}

TEST(LogStore, AppendsTenThousandEntriesWithAHandfulOfSynchronizations) {
  FaultDisk disk;
  const auto log = open(disk);
  ASSERT_TRUE(append(*log, 100));
  const std::uint64_t before = disk.syncs();
  ASSERT_TRUE(append(*log, 10'000));
  EXPECT_LE(disk.syncs() - before, 16U);
}

TEST(LogStore, RefusesAFolderOfAnotherOriginAndOneWhoseStateIsGone) {
  FaultDisk disk;
  ASSERT_TRUE(append(*open(disk), 3));
  EXPECT_EQ(LogStore::open(disk.tree(), "example.com/other").error().code, Code::kInvalidInput);
  EXPECT_EQ(LogStore::open(disk.tree(), "two\nlines").error().code, Code::kInvalidInput);
  EXPECT_EQ(LogStore::open(disk.tree(), "").error().code, Code::kInvalidInput);
  disk.folder().erase("state");
  EXPECT_EQ(open_error(disk), Code::kCorrupt);
}

TEST(LogStore, RefusesToOpenOnceAnythingAtItsRightEdgeIsDamagedOrMissing) {
  for (const char* name : {"tile/0/002.p/5", "tile/1/000.p/2", "tile/entries/002.p/5", "state"}) {
    for (const std::string damage : {"flip", "cut", "longer", "gone"}) {
      FaultDisk disk;
      ASSERT_TRUE(append(*open(disk), 517));
      ASSERT_TRUE(disk.folder().contains(name)) << name;
      auto& bytes = disk.folder()[name]->now;
      if (damage == "flip") bytes[bytes.size() - 3] ^= std::byte{1};
      if (damage == "cut") bytes.pop_back();
      if (damage == "longer") bytes.push_back({});
      if (damage == "gone") disk.folder().erase(name);
      EXPECT_EQ(open_error(disk), Code::kCorrupt) << name << " " << damage;
    }
  }
}

TEST(LogStore, RefusesAStateOfAnotherSizeOrRoot) {
  FaultDisk disk;
  ASSERT_TRUE(append(*open(disk), 5));
  for (const TreeHead& other : {TreeHead{4, head_of(4).root}, TreeHead{5, head_of(4).root},
                                TreeHead{6, head_of(6).root}, TreeHead{0, head_of(5).root}}) {
    const std::string text = print_checkpoint({kOrigin, other, {}});
    const auto bytes = std::as_bytes(std::span(text));
    disk.folder()["state"]->now.assign(bytes.begin(), bytes.end());
    EXPECT_EQ(open_error(disk), Code::kCorrupt) << other.size;
  }
}

TEST(LogStore, RefusesAFolderThatWasPutBackBehindWhatItPublished) {
  FaultDisk disk;
  ASSERT_TRUE(append(*open(disk), 5));
  const std::vector<std::byte> old_state = disk.folder()["state"]->now;
  {
    const auto log = open(disk);
    ASSERT_TRUE(append(*log, 3));
    ASSERT_TRUE(log->publish(signed_checkpoint(head_of(8))));
  }
  EXPECT_EQ(open(disk)->head(), head_of(8));
  disk.folder()["state"]->now = old_state;
  EXPECT_EQ(open_error(disk), Code::kCorrupt);
  disk.folder().erase("checkpoint");
  EXPECT_EQ(open(disk)->head(), head_of(5));
}

TEST(LogReader, FindsDamageAnywhereWhenItVerifiesTheWholeLog) {
  for (const char* name : {"tile/0/000", "tile/0/001", "tile/entries/000", "tile/entries/001"}) {
    FaultDisk disk;
    const auto log = open(disk);
    ASSERT_TRUE(append(*log, 517));
    ASSERT_TRUE(log->reader().verify());
    disk.folder()[name]->now[100] ^= std::byte{1};
    EXPECT_EQ(log->reader().verify().error().code, Code::kCorrupt) << name;
  }
}

TEST(LogReader, GivesPartsOfWhatHasGrownSinceAndNothingBeyondTheEnd) {
  FaultDisk disk;
  const auto log = open(disk);
  ASSERT_TRUE(append(*log, 7));
  const std::string tile = log->reader().read_tile({0, 0, 5}).value();
  const std::string bundle = log->reader().read_bundle({0, 5}).value();
  EXPECT_EQ(parse_bundle(bundle, 5)->back(), entry(4));
  ASSERT_TRUE(append(*log, 300));
  EXPECT_EQ(log->reader().read_tile({0, 0, 5}).value(), tile);
  EXPECT_EQ(log->reader().read_bundle({0, 5}).value(), bundle);
  for (const TileId& none : {TileId{0, 1, 52}, TileId{0, 1, 256}, TileId{0, 2, 1}, TileId{1, 0, 2},
                             TileId{2, 0, 1}, TileId{63, 0, 1}, TileId{0, 0, 0}, TileId{0, 0, 257}}) {
    EXPECT_EQ(log->reader().read_tile(none).error().code, Code::kNotFound) << path_of(none);
  }
  EXPECT_EQ(log->reader().read_bundle({1, 52}).error().code, Code::kNotFound);
  EXPECT_EQ(log->reader().read_entries(300, 8).error().code, Code::kNotFound);
  EXPECT_EQ(log->reader().read_entries(~0ULL, 2).error().code, Code::kNotFound);
  EXPECT_EQ(log->reader().read_entries(0, 65'537).error().code, Code::kLimitExceeded);
  EXPECT_THAT(log->reader().read_entries(306, 1).value(), ElementsAre(entry(306)));
  EXPECT_THAT(log->reader().read_entries(307, 0).value(), ElementsAre());
}

TEST(LogReader, NeverGivesWhatAnInterruptedAppendLeftBehind) {
  FaultDisk disk;
  const auto log = open(disk);
  ASSERT_TRUE(append(*log, 5));
  for (const char* name : {"tile/0/000.p/7", "tile/entries/000.p/7", "tile/0/000", "tile/entries/000"}) {
    auto file = std::make_shared<FaultDisk::File>();
    file->now.assign(7 * 32, std::byte{1});
    disk.folder()[name] = file;
  }
  EXPECT_EQ(log->reader().read_tile({0, 0, 7}).error().code, Code::kNotFound);
  ASSERT_TRUE(append(*log, 4));
  EXPECT_EQ(log->reader().read_tile({0, 0, 7})->substr(6 * 32), print_tile({hash_leaf(entry(6))}));
  EXPECT_EQ(parse_bundle(log->reader().read_bundle({0, 7}).value(), 7)->back(), entry(6));
  ASSERT_TRUE(append(*log, 400));
  EXPECT_EQ(log->reader().verify().value(), head_of(409));
}

TEST(LogStore, RemovesPartialTilesOnceTheFullOneIsThereAndNoSooner) {
  FaultDisk disk;
  const auto log = open(disk);
  ASSERT_TRUE(append(*log, 5));
  ASSERT_TRUE(append(*log, 250));
  for (const char* name :
       {"tile/0/000.p/5", "tile/0/000.p/255", "tile/entries/000.p/5", "tile/entries/000.p/255"}) {
    EXPECT_TRUE(disk.folder().contains(name)) << name;
  }
  ASSERT_TRUE(append(*log, 3));
  for (const auto& [name, file] : disk.folder()) {
    EXPECT_EQ(name.find("000.p/") != name.npos, name == "tile/1/000.p/" || name == "tile/1/000.p/1") << name;
  }
  EXPECT_TRUE(disk.folder().contains("tile/0/001.p/2"));
}

TEST(LogStore, PublishesItsOwnCheckpointsAndNeverASmallerAfterALarger) {
  FaultDisk disk;
  const auto log = open(disk);
  ASSERT_TRUE(append(*log, 5));
  const std::string five = signed_checkpoint(head_of(5)), three = signed_checkpoint(head_of(3));
  ASSERT_TRUE(log->publish(three));
  ASSERT_TRUE(log->publish(five));
  EXPECT_EQ(log->reader().published().value(), five);
  EXPECT_EQ(log->publish(three).error().code, Code::kConflict);
  EXPECT_EQ(log->publish(signed_checkpoint(head_of(6))).error().code, Code::kInvalidInput);
  EXPECT_EQ(log->publish(signed_checkpoint({5, head_of(4).root})).error().code, Code::kInvalidInput);
  EXPECT_EQ(log->publish(signed_checkpoint(head_of(5), "example.com/other")).error().code,
            Code::kInvalidInput);
  EXPECT_EQ(log->publish("no note").error().code, Code::kInvalidInput);
  ASSERT_TRUE(append(*log, 300));
  ASSERT_TRUE(log->publish(signed_checkpoint(head_of(100))));
  disk.restart(0);
  EXPECT_EQ(open(disk)->reader().published().value(), signed_checkpoint(head_of(100)));
}

TEST(LogStore, LiesInAFolderThatAnyWebServerCouldServe) {
  const PosixFolder folder;
  const auto log = LogStore::open(folder.files(), kOrigin).value();
  ASSERT_TRUE(append(*log, 300));
  ASSERT_TRUE(log->publish(signed_checkpoint(log->head())));
  for (const char* name : {"checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1",
                           "tile/entries/000", "tile/entries/001.p/44"}) {
    EXPECT_TRUE(std::filesystem::is_regular_file(folder.path() / name)) << name;
  }
  EXPECT_EQ(std::filesystem::file_size(folder.path() / "tile/0/000"), 8192U);
}

TEST(LogStore, HasOneWriterAndReadersBesideIt) {
  const PosixFolder folder;
  EXPECT_EQ(LogReader::open(folder.files(), kOrigin).error().code, Code::kNotFound);
  auto log = LogStore::open(folder.files(), kOrigin).value();
  EXPECT_EQ(LogStore::open(folder.files(), kOrigin).error().code, Code::kConflict);
  const auto reader = LogReader::open(folder.files(), kOrigin);
  ASSERT_TRUE(reader) << reader.error().message;
  ASSERT_TRUE(append(*log, 300));
  EXPECT_EQ(reader->head().value(), head_of(300));
  EXPECT_EQ(reader->verify().value(), head_of(300));
  EXPECT_EQ(LogReader::open(folder.files(), "example.com/other").error().code, Code::kInvalidInput);
  log = nullptr;
  EXPECT_TRUE(LogStore::open(folder.files(), kOrigin));
}

TEST(LogReader, ReadsWhatIsThereWhileTheLogGrows) {
  const PosixFolder folder;
  const auto log = LogStore::open(folder.files(), kOrigin).value();
  ASSERT_TRUE(append(*log, 1));
  const LogReader outside = LogReader::open(folder.files(), kOrigin).value();
  std::atomic<bool> done = false;
  std::atomic<std::size_t> wrong = 0;
  std::vector<std::thread> threads;
  for (const LogReader* reader : {&outside, &log->reader()}) {
    threads.emplace_back([&done, &wrong, reader] {
      while (!done) {
        const std::uint64_t last = reader->head()->size - 1;
        const auto tile = reader->read_tile({0, last / 256, last % 256 + 1});
        const auto entries = reader->read_entries(last, 1);
        const bool is_right = tile && tile->ends_with(print_tile({hash_leaf(entry(last))})) && entries &&
                              entries->front() == entry(last);
        if (!is_right) ++wrong;
      }
    });
  }
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(append(*log, 17));
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace seawall::tlog
