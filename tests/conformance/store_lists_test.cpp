#include "seawall/store/list_version.h"
#include "store_suite.h"

namespace seawall::store_suite {
namespace {

using Lists = StoreTest;

TEST_P(Lists, GiveBackABankAndASourceAsTheyWereAdded) {
  ListBank bank;
  bank.tenant = "forum";
  bank.name = "look-alikes";
  bank.purpose = "two\nlines";
  bank.owner = "trust team";
  bank.kind = BankKind::kHarmless;
  bank.action = BankAction::kAllow;
  bank.radius_bits = 0;
  bank.two_person = false;
  bank.expires_at = Time(std::chrono::milliseconds(5));
  const auto change = must(store_->change());
  bank.id = must(change->add_bank(bank, by()));
  bank.version = must(change->commit()).number;
  const auto view = must(store_->view());
  EXPECT_EQ(must(view->bank(bank.id)), bank);
  EXPECT_EQ(must(view->bank_named("forum", "look-alikes")), bank);
  EXPECT_EQ(must(view->bank_named("default", "look-alikes")), std::nullopt);
  EXPECT_EQ(must(view->banks()).size(), 2U);
  EXPECT_EQ(must(view->source_named("authority"))->id, source_);
  EXPECT_EQ(must(view->source_named("nobody")), std::nullopt);
}

TEST_P(Lists, RefuseABankThatIsThereOrHasChanged) {
  auto change = must(store_->change());
  ListBank bank;
  bank.name = "harbour";
  EXPECT_CODE(change->add_bank(bank, by()), Code::kConflict);
  bank = *must(change->bank(bank_));
  bank.radius_bits = 20;
  must(change->set_bank(bank, by()));
  EXPECT_CODE(change->set_bank(bank, by()), Code::kConflict);
  EXPECT_EQ(must(change->bank(bank_))->radius_bits, 20);
  EXPECT_CODE(change->add_source({{}, "authority", "x"}, by()), Code::kConflict);
  bank.id = BankId{99};
  EXPECT_CODE(change->set_bank(bank, by()), Code::kNotFound);
}

TEST_P(Lists, ForgetAChangeThatIsNotCommitted) {
  const ListVersion before = must(must(store_->view())->version());
  {
    const auto change = must(store_->change());
    ListBank bank;
    bank.name = "forgotten";
    must(change->add_bank(bank, by()));
    EXPECT_EQ(must(change->banks()).size(), 2U) << "a change sees its own writes";
  }
  const auto view = must(store_->view());
  EXPECT_EQ(must(view->banks()).size(), 1U);
  EXPECT_EQ(must(view->version()), before);
}

TEST_P(Lists, ShowAViewOneMomentOnly) {
  const auto view = must(store_->view());
  const ListVersion before = must(view->version());
  add_bank("later");
  EXPECT_EQ(must(view->version()), before);
  EXPECT_EQ(must(view->banks()).size(), 1U);
  EXPECT_EQ(must(must(store_->view())->banks()).size(), 2U);
}

TEST_P(Lists, NumberVersionsWithoutGapsAndChainThem) {
  const Release release = load(new_entries(1, 3));
  set_state(release.id, ReleaseState::kStaged);
  {
    const auto change = must(store_->change());
    must(change->approve(release.id, by("carol")));
    must(change->set_release_state(release.id, ReleaseState::kActive, by("carol")));
    must(change->commit());
  }
  const auto view = must(store_->view());
  const auto feed = must(view->feed(0, 100));
  ASSERT_EQ(feed.size(), 6U);
  Sha256 chain{};
  for (std::size_t i = 0; i < feed.size(); ++i) {
    EXPECT_EQ(feed[i].version.number, i + 1);
    chain = next_chain(chain, feed[i]);
    EXPECT_EQ(feed[i].version.chain, chain);
  }
  EXPECT_EQ(must(view->version()), feed.back().version);
  EXPECT_EQ(feed[2].kind, FeedItem::Kind::kRelease);
  EXPECT_EQ(feed[2].digest, release.digest);
  EXPECT_EQ(feed[5].release_state, ReleaseState::kActive);
  EXPECT_EQ(must(view->feed(4, 100)).size(), 2U);
  EXPECT_EQ(must(view->feed(4, 1)).size(), 1U);
  EXPECT_TRUE(must(view->feed(6, 100)).empty());
}

TEST_P(Lists, MoveAReleaseOnlyAlongItsStates) {
  const Release release = load(new_entries(1, 1));
  const auto change = must(store_->change());
  EXPECT_CODE(change->approve(release.id, by("ann")), Code::kConflict);
  must(change->approve(release.id, by("bob")));
  EXPECT_CODE(change->approve(release.id, by("bob")), Code::kConflict);
  EXPECT_EQ(must(change->release(release.id))->approvals, std::vector{by("bob")});
  EXPECT_CODE(change->set_release_state(release.id, ReleaseState::kLoading, by()), Code::kConflict);
  must(change->set_release_state(release.id, ReleaseState::kActive, by()));
  EXPECT_CODE(change->set_release_state(release.id, ReleaseState::kStaged, by()), Code::kConflict);
  EXPECT_CODE(change->approve(release.id, by("carol")), Code::kConflict);
  must(change->set_release_state(release.id, ReleaseState::kRejected, by()));
  EXPECT_CODE(change->set_release_state(release.id, ReleaseState::kActive, by()), Code::kConflict);
  EXPECT_CODE(change->set_release_state(ReleaseId{77}, ReleaseState::kActive, by()), Code::kNotFound);
}

TEST_P(Lists, TellThoseWhoWait) {
  const ListVersion now = must(must(store_->view())->version());
  EXPECT_TRUE(must(store_->wait_for_change(now.number - 1, std::chrono::milliseconds(0))));
  EXPECT_FALSE(must(store_->wait_for_change(now.number, std::chrono::milliseconds(30))));
  add_bank("news");
  EXPECT_TRUE(must(store_->wait_for_change(now.number, std::chrono::seconds(10))));
}

TEST_P(Lists, RefuseWhatPassesALimit) {
  const auto change = must(store_->change());
  ListBank bank;
  bank.name = std::string(201, 'x');
  EXPECT_CODE(change->add_bank(bank, by()), Code::kInvalidInput);
  bank.name = "ok";
  EXPECT_CODE(change->add_bank(bank, by("")), Code::kInvalidInput);
  EXPECT_CODE(change->feed(0, 0), Code::kInvalidInput);
  EXPECT_CODE(change->feed(0, 10'001), Code::kInvalidInput);
}

INSTANTIATE_TEST_SUITE_P(Store, Lists, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace seawall::store_suite
