#include <set>

#include "seawall/store/entry_pages.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/detail/sql_store.h"
#include "store_suite.h"

// Entries that carry videos: found without reading any others, and never too many of them in memory.
namespace seawall::store_suite {
namespace {

NewEntry video_entry(std::uint64_t number, std::size_t bytes, const std::string& type = "seawall-video") {
  NewEntry entry = new_entry(number);
  entry.content.signals.carried = {{type, std::string(bytes, static_cast<char>('a' + number % 26))}};
  return entry;
}

class Videos : public StoreTest {
 protected:
  std::vector<EntryId> listed(EntryId after = {}, EntryId last = EntryId{~std::uint64_t{0}}) {
    std::vector<EntryId> ids;
    for (const VideoEntry& one : must(must(store_->view())->video_entries(after, last, 10'000))) {
      ids.push_back(one.entry);
      EXPECT_GT(one.content_bytes, 0U);
    }
    return ids;
  }
  void set_content(EntryId id, const EntryContent& content) {
    const auto change = must(store_->change());
    Entry entry = must(change->entries(std::span(&id, 1))).front();
    entry.content = content;
    must(change->set_entry(entry, "changed", by()));
    must(change->commit());
  }
};

TEST_P(Videos, AreFoundByTheirEntriesInEveryStateOnceTheyAreSealed) {
  const Release first = load({new_entry(1), video_entry(2, 9), new_entry(3), video_entry(4, 9, "tmk"),
                              video_entry(5, 9, "vpdq"), video_entry(6, 9, "photodna")});
  const auto at = [&](std::uint32_t place) { return entry_id(first.id, place); };
  EXPECT_EQ(listed(), (std::vector{at(1), at(3), at(4)}));
  EXPECT_EQ(listed(at(1)), (std::vector{at(3), at(4)}));
  EXPECT_EQ(listed(at(1), at(3)), (std::vector{at(3)}));
  auto loading = must(store_->begin_load(bank_, source_, by()));
  const std::vector hidden{video_entry(7, 9)};
  must(loading->write({.add = hidden}));
  EXPECT_EQ(listed().size(), 3U) << "nobody sees what is being loaded";
  must(loading->discard());
  set_state(first.id, ReleaseState::kActive);
  EXPECT_EQ(listed().size(), 3U);
  EXPECT_EQ(must(check_store(place_->url())).problem_count, 0U);
}

TEST_P(Videos, ComeAndGoWithWhatAnEntryCarries) {
  const Release first = load({new_entry(1), video_entry(2, 9), video_entry(3, 9)});
  set_state(first.id, ReleaseState::kActive);
  set_content(entry_id(first.id, 0), video_entry(1, 20).content);
  set_content(entry_id(first.id, 1), new_entry(2).content);
  EXPECT_EQ(listed(), (std::vector{entry_id(first.id, 0), entry_id(first.id, 2)}));
  const Release second = load({}, {{entry_id(first.id, 1), video_entry(2, 30).content},
                                   {entry_id(first.id, 2), new_entry(3).content}});
  set_state(second.id, ReleaseState::kActive);
  EXPECT_EQ(listed(), (std::vector{entry_id(first.id, 0), entry_id(first.id, 1)}));
  EXPECT_EQ(must(check_store(place_->url())).problem_count, 0U);
}

TEST_P(Videos, FillNoPageWithMoreThanItMayHold) {
  constexpr std::size_t kLarge = std::size_t{12} << 20;
  std::vector<NewEntry> entries;
  for (std::uint64_t i = 0; i < 7; ++i) {
    entries.push_back(video_entry(i, kLarge));
    entries.push_back(new_entry(100 + i));
  }
  const Release first = load(std::move(entries));
  set_state(first.id, ReleaseState::kActive);
  const Release second = load({video_entry(50, kLarge), video_entry(51, kLarge)});
  set_state(second.id, ReleaseState::kActive);
  const auto view = must(store_->view());
  const std::uint64_t version = must(view->version()).number;
  const auto walk = [&](auto read) {
    std::set<EntryId> seen;
    for (EntryId after{};;) {
      const auto page = must(read(after));
      if (page.empty()) return seen;
      std::size_t bytes = 0;
      for (const Entry& entry : page) {
        EXPECT_TRUE(seen.insert(entry.id).second);
        for (const CarriedSignal& one : entry.content.signals.carried) bytes += one.bytes.size();
      }
      EXPECT_LE(bytes, StoreView::kPageBytesMax + kLarge);
      after = page.back().id;
    }
  };
  EXPECT_EQ(walk([&](EntryId after) { return view->entries_of_bank(bank_, after, 10'000); }).size(), 16U);
  EXPECT_EQ(walk([&](EntryId after) { return view->entries_at(bank_, version, after, 100); }).size(), 16U);
  EXPECT_EQ(walk([&](EntryId after) { return view->entries_of_release(first.id, after, 100); }).size(), 14U);
  std::vector<EntryId> ids;
  for (std::uint32_t place = 0; place < 14; ++place) ids.push_back(entry_id(first.id, place));
  std::size_t pieces = 0, entries_seen = 0;
  must(visit_entries(*view, ids, 10, [&](std::span<const EntryId> asked, std::span<Entry> found) {
    EXPECT_EQ(asked.size(), found.size());
    ++pieces;
    entries_seen += found.size();
    return Result<void>();
  }));
  EXPECT_EQ(entries_seen, 14U);
  EXPECT_EQ(pieces, 3U);
}

TEST_P(Videos, ThatWaitToBeTakenOffAreTakenOffAFewAtATime) {
  constexpr std::size_t kLarge = std::size_t{12} << 20;
  const Release first = load({video_entry(1, kLarge), video_entry(2, kLarge), video_entry(3, kLarge),
                              video_entry(4, kLarge), new_entry(5)});
  set_state(first.id, ReleaseState::kActive);
  std::vector<PendingChange> pending;
  for (std::uint32_t place = 0; place < 4; ++place)
    pending.push_back({entry_id(first.id, place), std::nullopt});
  pending[3].content = video_entry(9, kLarge).content;
  pending.push_back({entry_id(first.id, 4), video_entry(8, kLarge).content});
  const Release second = load({}, pending);
  set_state(second.id, ReleaseState::kActive);
  EXPECT_EQ(must(must(store_->view())->count(bank_, EntryState::kWithdrawn)), 3U);
  EXPECT_EQ(listed().size(), 5U);
  EXPECT_EQ(must(check_store(place_->url())).problem_count, 0U);
}

TEST_P(Videos, OfAnOlderSchemaAreFoundByTheUpgrade) {
  const Release first =
      load({new_entry(1), video_entry(2, 9, "tmk"), video_entry(3, 99, "vpdq"), new_entry(4)});
  const auto before = listed();
  store_.reset();
  {
    const auto connection =
        must(store_sql_detail::connect(must(store_sql_detail::parse_store_url(place_->url())), {}));
    must(
        connection->run("DROP TABLE video_entries; DROP TABLE log_records; DROP TABLE log_published; DROP "
                        "TABLE request_events; "
                        "DELETE FROM record_counters WHERE name IN ('log', 'request_event'); "
                        "DELETE FROM schema_migrations WHERE number >= 7"));
  }
  must(migrate_store(place_->url()));
  store_ = must(open_store(place_->url()));
  EXPECT_EQ(listed(), before);
  EXPECT_EQ(before, (std::vector{entry_id(first.id, 1), entry_id(first.id, 2)}));
}

TEST_P(Videos, ThatTheTableDoesNotNameAreAProblem) {
  const Release first = load({video_entry(1, 9)});
  const auto connection =
      must(store_sql_detail::connect(must(store_sql_detail::parse_store_url(place_->url())), {}));
  must(connection->run("DELETE FROM video_entries"));
  const CheckSummary check = must(check_store(place_->url()));
  ASSERT_EQ(check.problem_count, 1U);
  EXPECT_EQ(check.problems[0].what, "video");
}

INSTANTIATE_TEST_SUITE_P(Store, Videos, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace seawall::store_suite
