#include "seawall/subscription/page_store.h"

#include <gtest/gtest.h>

#include "seawall/durable_file/fault_file_system.h"

namespace seawall {
namespace {

SubscriptionState sample() {
  SubscriptionState state;
  state.feed = "f";
  state.checkpoint = "ncmec?from=1&to=2";
  state.next = "a\n&=%\xff";
  state.first_page = 7;
  state.page_count = 3;
  state.importing = true;
  state.release = 9;
  state.health.last_success = Time(std::chrono::milliseconds(1'795'302'000'123));
  state.health.last_error = "lists.example: answered 503";
  state.health.consecutive_failures = 4;
  return state;
}

TEST(SubscriptionState, ReadsWhatItWrites) {
  for (const SubscriptionState& state : {SubscriptionState{}, sample()}) {
    const auto read = state_from_text(to_text(state));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, state);
  }
}

TEST(SubscriptionState, IsNotReadWhenAnyByteOfItIsCutOff) {
  const std::string text = to_text(sample());
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto read = state_from_text(std::string_view(text).substr(0, size));
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, Code::kCorrupt);
  }
}

std::string page_text(const PageStore& store, std::uint64_t number) {
  const auto source = store.read_page(number);
  if (!source) return "(none)";
  std::string text(100, '\0');
  const auto got = (*source)->read(text);
  text.resize(got.value_or(0));
  return text;
}

/// Adds a page with the checkpoint after it; false when the disk fails.
bool add_page(PageStore& store, std::uint64_t number) {
  const std::string text = "page " + std::to_string(number);
  MemorySource source(text);
  if (!store.write_page(number, source)) return false;
  SubscriptionState state = store.state();
  state.page_count = number;
  state.next = "after " + std::to_string(number);
  return store.save(state).has_value();
}

/// Adds pages until the disk fails; gives how many were acknowledged.
std::uint64_t add_pages(durable::FileSystem& files, std::uint64_t count) {
  auto store = PageStore::open(files);
  std::uint64_t added = 0;
  while (store && added < count && add_page(*store, added + 1)) ++added;
  return added;
}

TEST(PageStore, KeepsEachPageWithItsCheckpointWhereverThePowerIsCut) {
  durable::FaultDisk whole;
  ASSERT_EQ(add_pages(*whole.files(), 4), 4u);
  const std::uint64_t steps = whole.steps();
  for (const unsigned kept_tenths : {0U, 5U, 10U}) {
    for (std::uint64_t step = 0; step < steps; ++step) {
      durable::FaultDisk disk;
      disk.cut_power_at(step);
      const std::uint64_t added = add_pages(*disk.files(), 4);
      disk.restart(kept_tenths);
      const auto files = disk.files();
      const auto store = PageStore::open(*files);
      ASSERT_TRUE(store) << step << ": " << store.error().message;
      const SubscriptionState& state = store->state();
      ASSERT_GE(state.page_count, added) << "acknowledged, and lost at " << step;
      ASSERT_LE(state.page_count, added + 1);
      ASSERT_EQ(state.next, state.page_count == 0 ? "" : "after " + std::to_string(state.page_count));
      for (std::uint64_t page = 1; page <= state.page_count; ++page) {
        ASSERT_EQ(page_text(*store, page), "page " + std::to_string(page)) << step;
      }
    }
  }
}

TEST(PageStore, RemovesPagesThatNoStateNames) {
  durable::FaultDisk disk;
  const auto files = disk.files();
  ASSERT_EQ(add_pages(*files, 2), 2u);
  {
    auto store = PageStore::open(*files);
    ASSERT_TRUE(store);
    MemorySource source("left over");
    ASSERT_TRUE(store->write_page(3, source));
  }
  const auto again = PageStore::open(*files);
  ASSERT_TRUE(again);
  EXPECT_EQ(page_text(*again, 2), "page 2");
  EXPECT_EQ(page_text(*again, 3), "(none)");
}

}  // namespace
}  // namespace seawall
