#include <algorithm>

#include "seawall/store/list_version.h"
#include "store_suite.h"

namespace seawall::store_suite {
namespace {

using Entries = StoreTest;

TEST_P(Entries, AreSeenByNobodyUntilTheirReleaseIsSealed) {
  auto load = must(store_->begin_load(bank_, source_, by()));
  const auto entries = new_entries(1, 10);
  must(load->write({.add = entries, .checkpoint = "ten"}));
  const EntryId first = entry_id(load->id(), 0);
  const std::string keys[] = {key_of(1)};
  const auto seen = [&]() -> std::size_t {
    const auto view = must(store_->view());
    const EntryId ids[] = {first};
    return must(view->entries(ids)).size() + must(view->entries_of_bank(bank_, EntryId{}, 100)).size() +
           must(view->entries_of_release(load->id(), EntryId{}, 100)).size() +
           must(view->releases(ReleaseId{}, 100)).size() +
           must(view->known_keys(bank_, source_, keys))[0].has_value();
  };
  EXPECT_EQ(seen(), 0U);
  const Release release = must(load->seal(by()));
  EXPECT_EQ(seen(), 1U + 10 + 10 + 1 + 1);
  EXPECT_EQ(release.counts.added, 10U);
  EXPECT_EQ(release.state, ReleaseState::kProposed);
  EXPECT_EQ(must(must(store_->view())->release(release.id)), release);
}

TEST_P(Entries, AreReadBackAsTheyWereWritten) {
  NewEntry full = new_entry(1);
  full.content.signals.carried = {{"photodna", std::string(144, '\0')}};
  full.content.classification = Classification{ClassificationScheme::kUk, "C"};
  full.content.tags = {"a", "b"};
  full.content.attributes = {{"Comments", "x\ny"}};
  full.content.size_bytes = ~std::uint64_t{0};
  full.content.decided_at = Time(std::chrono::milliseconds(-1));
  NewEntry odd = new_entry(2);
  odd.quarantined = true;
  odd.state_reason = "flat_image";
  const Release release = load({full, odd});
  const auto entries = all_entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].content, full.content);
  EXPECT_EQ(entries[0].key, full.key);
  EXPECT_EQ(entries[0].source, source_);
  EXPECT_EQ(entries[0].state, EntryState::kProposed);
  EXPECT_EQ(entries[0].version, release.version);
  EXPECT_EQ(entries[1].state, EntryState::kQuarantined);
  EXPECT_EQ(entries[1].state_reason, "flat_image");
  EXPECT_EQ(release.counts.quarantined, 1U);
}

TEST_P(Entries, FollowTheirReleaseUnlessTheyHaveAStateOfTheirOwn) {
  NewEntry odd = new_entry(2);
  odd.quarantined = true;
  odd.state_reason = "flat_image";
  const Release release = load({new_entry(1), odd});
  const auto states = [&] {
    std::vector<EntryState> found;
    for (const Entry& entry : all_entries()) found.push_back(entry.state);
    return found;
  };
  const auto count = [&](EntryState state) { return must(must(store_->view())->count(bank_, state)); };
  set_state(release.id, ReleaseState::kStaged);
  EXPECT_EQ(states(), (std::vector{EntryState::kStaged, EntryState::kQuarantined}));
  set_state(release.id, ReleaseState::kActive);
  EXPECT_EQ(states(), (std::vector{EntryState::kActive, EntryState::kQuarantined}));
  EXPECT_EQ(count(EntryState::kActive), 1U);
  EXPECT_EQ(count(EntryState::kQuarantined), 1U);
  set_state(release.id, ReleaseState::kRejected);
  EXPECT_EQ(states(), (std::vector{EntryState::kWithdrawn, EntryState::kWithdrawn}));
  EXPECT_EQ(count(EntryState::kWithdrawn), 2U);
  EXPECT_EQ(count(EntryState::kActive), 0U);
}

TEST_P(Entries, ComeInPagesInOrderOfId) {
  load(new_entries(1, 25));
  load(new_entries(100, 25));
  const auto view = must(store_->view());
  std::vector<Entry> paged;
  EntryId after{};
  for (;;) {
    const auto page = must(view->entries_of_bank(bank_, after, 7));
    if (page.empty()) break;
    EXPECT_LE(page.size(), 7U);
    paged.insert(paged.end(), page.begin(), page.end());
    after = page.back().id;
  }
  EXPECT_EQ(paged, all_entries());
  EXPECT_EQ(paged.size(), 50U);
  EXPECT_TRUE(must(view->entries_of_bank(bank_, EntryId{~std::uint64_t{0}}, 7)).empty());
  EXPECT_TRUE(must(view->entries_of_bank(BankId{99}, EntryId{}, 7)).empty());
}

TEST_P(Entries, AreFoundByKeyUntilWithdrawn) {
  const Release release = load(new_entries(1, 100));
  const SourceId other = add_source("another");
  const std::string keys[] = {key_of(7), "unknown", key_of(100), key_of(7)};
  const auto known = [&](SourceId source) {
    return must(must(store_->view())->known_keys(bank_, source, keys));
  };
  auto found = known(source_);
  EXPECT_EQ(found[0]->entry, entry_id(release.id, 6));
  EXPECT_EQ(found[0]->content_digest, digest_of(content_of(7)));
  EXPECT_FALSE(found[1]);
  EXPECT_EQ(found[2]->entry, entry_id(release.id, 99));
  EXPECT_EQ(found[3]->entry, found[0]->entry);
  EXPECT_FALSE(known(other)[0]);
  set_state(release.id, ReleaseState::kRejected);
  EXPECT_FALSE(known(source_)[0]);
  const Release again = load({new_entry(7)});
  EXPECT_EQ(known(source_)[0]->entry, entry_id(again.id, 0));
}

TEST_P(Entries, AreListedOnceWhenAReleaseNamesThemTwice) {
  auto load = must(store_->begin_load(bank_, source_, by()));
  auto first = new_entries(1, 50);
  first.push_back(new_entry(9));
  must(load->write({.add = first}));
  must(load->write({.add = std::vector{new_entry(9), new_entry(60), new_entry(60)}}));
  const Release release = must(load->seal(by()));
  EXPECT_EQ(release.counts.added, 51U);
  EXPECT_EQ(release.counts.refused, 3U);
  const auto refusals = must(must(store_->view())->refusals(release.id, 0, 10));
  ASSERT_EQ(refusals.size(), 3U);
  EXPECT_EQ(refusals[0].key, key_of(9));
  EXPECT_EQ(refusals[0].reason, "duplicate_key");
  EXPECT_EQ(must(must(store_->view())->refusals(release.id, 2, 10)).size(), 1U);
}

TEST_P(Entries, WaitInAReleaseUntilItIsActive) {
  const Release first = load(new_entries(1, 3));
  set_state(first.id, ReleaseState::kActive);
  const std::vector<PendingChange> pending = {{entry_id(first.id, 0), content_of(1001)},
                                              {entry_id(first.id, 1), std::nullopt}};
  const Release second = load({}, pending);
  EXPECT_EQ(second.counts.updated, 1U);
  EXPECT_EQ(second.counts.withdrawn, 1U);
  EXPECT_EQ(must(must(store_->view())->pending(second.id, EntryId{}, 10)).size(), 2U);
  set_state(second.id, ReleaseState::kStaged);
  EXPECT_EQ(all_entries()[0].content, content_of(1));
  const auto before = must(must(store_->view())->version()).number;
  set_state(second.id, ReleaseState::kActive);
  const auto after = all_entries();
  EXPECT_EQ(after[0].content, content_of(1001));
  EXPECT_EQ(after[0].state, EntryState::kActive);
  EXPECT_EQ(after[1].state, EntryState::kWithdrawn);
  EXPECT_EQ(after[2].version, must(must(store_->view())->release(first.id))->version);
  const auto feed = must(must(store_->view())->feed(before, 10));
  ASSERT_EQ(feed.size(), 3U);
  EXPECT_EQ(feed[1].kind, FeedItem::Kind::kEntry);
  EXPECT_EQ(feed[1].digest, digest_of(after[0]));
  set_state(second.id, ReleaseState::kRejected);
  EXPECT_EQ(all_entries()[0].content, content_of(1001)) << "updates stay";
}

TEST_P(Entries, ChangeOneByOneAndRememberWhatTheyWere) {
  const Release release = load(new_entries(1, 2));
  set_state(release.id, ReleaseState::kActive);
  Entry entry = all_entries()[0];
  const Entry before = entry;
  entry.state = EntryState::kQuarantined;
  entry.state_reason = "matches far beyond its baseline";
  entry.radius_bits = 12;
  entry.action = BankAction::kReview;
  entry.review_at = Time(std::chrono::milliseconds(10));
  entry.expires_at = Time(std::chrono::milliseconds(20));
  {
    const auto change = must(store_->change());
    must(change->set_entry(entry, "quarantined", by("bob")));
    EXPECT_CODE(change->set_entry(entry, "quarantined", by("bob")), Code::kConflict);
    entry.version = must(change->commit()).number;
  }
  EXPECT_EQ(all_entries()[0], entry);
  EXPECT_EQ(all_entries()[1].state, EntryState::kActive);
  const auto view = must(store_->view());
  EXPECT_EQ(must(view->feed(entry.version - 1, 1))[0].digest, digest_of(entry));
  EXPECT_EQ(must(view->count(bank_, EntryState::kQuarantined)), 1U);
  EXPECT_EQ(must(view->count(bank_, EntryState::kActive)), 1U);
  const auto history = must(view->history(entry.id));
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0].what, "added");
  EXPECT_FALSE(history[0].previous);
  EXPECT_EQ(history[1].what, "activated");
  EXPECT_EQ(history[1].previous->state, EntryState::kProposed);
  EXPECT_EQ(history[2].what, "quarantined");
  EXPECT_EQ(history[2].by, by("bob"));
  EXPECT_EQ(history[2].previous, before);
  EXPECT_CODE(view->history(EntryId{12345}), Code::kNotFound);
}

TEST_P(Entries, StandAsTheyDidAtEachVersion) {
  std::vector<std::vector<Entry>> then(1);
  const auto remember = [&] {
    then.resize(must(must(store_->view())->version()).number + 1);
    then.back() = all_entries();
  };
  remember();
  const Release first = load(new_entries(1, 30));
  remember();
  set_state(first.id, ReleaseState::kStaged);
  remember();
  set_state(first.id, ReleaseState::kActive);
  remember();
  for (int i = 0; i < 5; ++i) {
    Entry entry = all_entries()[static_cast<std::size_t>(i % 3)];
    entry.content = content_of(5000U + static_cast<unsigned>(i));
    if (i == 3) entry.state = EntryState::kWithdrawn;
    const auto change = must(store_->change());
    must(change->set_entry(entry, "updated", by()));
    must(change->commit());
    remember();
  }
  const Release second = load(new_entries(100, 10), {{entry_id(first.id, 20), std::nullopt}});
  remember();
  set_state(second.id, ReleaseState::kActive);
  remember();
  set_state(first.id, ReleaseState::kRejected);
  remember();
  const auto view = must(store_->view());
  for (std::uint64_t version = 0; version < then.size(); ++version) {
    if (then[version].empty() && version > 2) continue;  // In the middle of a change.
    EXPECT_EQ(must(view->entries_at(bank_, version, EntryId{}, 10'000)), then[version])
        << "version " << version;
  }
  EXPECT_EQ(must(view->entries_at(bank_, then.size() - 1, entry_id(first.id, 9), 5)).size(), 5U);
  EXPECT_CODE(view->entries_at(bank_, then.size(), EntryId{}, 10), Code::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(Store, Entries, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace seawall::store_suite
