#include <gmock/gmock.h>

#include "list_fixture.h"
#include "store_test.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using testing::HasSubstr;

/// Every rule against the real store.
class ListServiceTest : public test::StoreTest {
 protected:
  EntryState state(EntryId id) { return lists.entry(id).state; }

  Lists lists{another_place()};
  ListService& service = *lists.service;
};

TEST_P(ListServiceTest, AnEntryTakesForceOnlyWhenAnotherPersonApproved) {
  const BankId bank = lists.make_bank("b");
  const Release release = lists.propose(bank, "k", 1);
  const EntryId id = entry_id(release.id, 0);
  EXPECT_EQ(state(id), EntryState::kProposed);
  const auto early = service.activate(release.id, lists.ann);
  ASSERT_FALSE(early.has_value());
  EXPECT_EQ(early.error().code, Code::kConflict);
  EXPECT_EQ(early.error().rule, ListRule::kApprovalMissing);
  EXPECT_THAT(early.error().message, HasSubstr("any account but 'ann'"));
  get(service.stage(release.id, lists.ann));
  EXPECT_EQ(state(id), EntryState::kStaged);
  EXPECT_FALSE(service.activate(release.id, lists.bob).has_value());
  get(service.approve(release.id, lists.bob));
  get(service.activate(release.id, lists.ann));
  EXPECT_EQ(state(id), EntryState::kActive);
}

TEST_P(ListServiceTest, TheProposerCannotApproveUnderAnotherSpelling) {
  const Release release = lists.propose(lists.make_bank("b"), "k", 1);
  for (const std::string who : {"ann", "ANN", " ann", "a nn", "Ann "}) {
    const auto approved = service.approve(release.id, {who, "x"});
    ASSERT_FALSE(approved.has_value()) << who;
    EXPECT_EQ(approved.error().code, Code::kConflict);
    EXPECT_EQ(approved.error().rule, ListRule::kMayNotApprove);
  }
  EXPECT_FALSE(service.approve(release.id, {"ann\xc2\xa0", "x"}).has_value());
  EXPECT_FALSE(service.activate(release.id, lists.bob).has_value());
}

TEST_P(ListServiceTest, OnePersonApprovesOnceHoweverSpelt) {
  const BankId bank = lists.make_bank("b");
  std::vector<ExchangeRecord> many;
  for (std::uint64_t i = 0; i < 501; ++i) many.push_back(test::record_of("k" + std::to_string(i), i));
  const Release release = lists.import(bank, many).release.value();
  get(service.approve(release.id, lists.bob));
  EXPECT_FALSE(service.approve(release.id, {"B OB", "again"}).has_value());
  const auto early = service.activate(release.id, lists.carol);
  ASSERT_FALSE(early.has_value());
  EXPECT_THAT(early.error().message, HasSubstr("needs 1 more approval"));
  get(service.approve(release.id, lists.carol));
  get(service.activate(release.id, lists.ann));
}

TEST_P(ListServiceTest, WithdrawingNeedsAnotherPerson) {
  const BankId bank = lists.make_bank("b");
  const EntryId id = lists.list(bank, "k", 1);
  const Release release = get(service.withdraw(std::span(&id, 1), lists.bob));
  EXPECT_EQ(release.state, ReleaseState::kProposed);
  EXPECT_EQ(state(id), EntryState::kActive);
  EXPECT_FALSE(service.approve(release.id, lists.bob).has_value());
  get(service.approve(release.id, lists.ann));
  get(service.activate(release.id, lists.bob));
  EXPECT_EQ(state(id), EntryState::kWithdrawn);
}

TEST_P(ListServiceTest, NoSettingOfAnEntryTakesItOutOfForceByOnePerson) {
  const EntryId id = lists.list(lists.make_bank("b"), "k", 1);
  EntrySettings expired;
  expired.expires_at = lists.clock.at;
  EntrySettings narrow;
  narrow.radius_bits = 0;
  EntrySettings allowed;
  allowed.action = BankAction::kAllow;
  for (const EntrySettings& settings : {expired, narrow, allowed}) {
    const Entry before = lists.entry(id);
    const ChangeOutcome asked = get(service.set_settings(id, settings, lists.ann));
    EXPECT_FALSE(asked.done);
    EXPECT_EQ(asked.approvals_missing, 1);
    EXPECT_EQ(lists.entry(id), before);
    EXPECT_FALSE(service.approve_request(*asked.request, {"ANN", "mine"}).has_value());
    EXPECT_EQ(lists.entry(id), before);
    EXPECT_TRUE(get(service.approve_request(*asked.request, lists.bob)).done);
    EXPECT_EQ(lists.entry(id).radius_bits, settings.radius_bits);
    EXPECT_EQ(lists.entry(id).action, settings.action);
    EXPECT_EQ(lists.entry(id).expires_at, settings.expires_at);
  }
  EntrySettings wild;
  wild.radius_bits = 257;
  EXPECT_FALSE(service.set_settings(id, wild, lists.ann).has_value());
}

TEST_P(ListServiceTest, WhatIsNotNamedOfAnEntryStaysAsItIs) {
  const EntryId id = lists.list(lists.make_bank("b", false), "k", 1);
  EntryChanges first;
  first.radius_bits.emplace(20);
  first.action.emplace(BankAction::kReview);
  first.tags = {"z", "a", "z"};
  EXPECT_TRUE(get(service.alter_entry(id, first, lists.ann)).done);
  EXPECT_EQ(lists.entry(id).content.tags, (std::vector<std::string>{"a", "z"}));
  EntryChanges second;
  second.action.emplace();
  second.review_at.emplace(lists.clock.at);
  EXPECT_TRUE(get(service.alter_entry(id, second, lists.ann)).done);
  const Entry now = lists.entry(id);
  EXPECT_EQ(now.radius_bits, 20);
  EXPECT_EQ(now.action, std::nullopt);
  EXPECT_EQ(now.review_at, lists.clock.at);
  EXPECT_EQ(now.content.tags.size(), 2U);
  EXPECT_TRUE(get(service.alter_entry(id, second, lists.ann)).done);
  EXPECT_EQ(lists.entry(id), now) << "what changes nothing is no change";
  EntryChanges wild;
  wild.radius_bits.emplace(257);
  EXPECT_FALSE(service.alter_entry(id, wild, lists.ann).has_value());
}

TEST_P(ListServiceTest, OfOneChangeOnlyWhatIsEnforcedWaits) {
  const EntryId id = lists.list(lists.make_bank("b"), "k", 1);
  EntryChanges changes;
  changes.tags = {"checked"};
  changes.radius_bits.emplace(5);
  const ChangeOutcome asked = get(service.alter_entry(id, changes, lists.ann));
  EXPECT_FALSE(asked.done);
  EXPECT_EQ(lists.entry(id).content.tags.size(), 1U);
  EXPECT_EQ(lists.entry(id).radius_bits, std::nullopt);
  EXPECT_TRUE(get(service.approve_request(*asked.request, lists.bob)).done) << "the tags made it not stale";
  EXPECT_EQ(lists.entry(id).radius_bits, 5);
}

TEST_P(ListServiceTest, NoSettingOfABankGetsRoundTheRule) {
  const BankId id = lists.make_bank("b");
  lists.list(id, "k", 1);
  const ListBank before = lists.bank(id);
  const auto altered = [&](auto alter) {
    ListBank wanted = before;
    alter(wanted);
    const ChangeOutcome asked = get(service.alter_bank(wanted, lists.ann));
    EXPECT_FALSE(asked.done);
    EXPECT_EQ(lists.bank(id), before);
    EXPECT_FALSE(service.approve_request(*asked.request, lists.ann).has_value());
    get(service.drop_request(*asked.request, lists.ann));
    EXPECT_FALSE(service.approve_request(*asked.request, lists.bob).has_value());
    EXPECT_EQ(lists.bank(id), before);
  };
  altered([](ListBank& b) { b.two_person = false; });
  altered([](ListBank& b) { b.active = false; });
  altered([](ListBank& b) { b.action = BankAction::kAllow; });
  altered([](ListBank& b) { b.radius_bits = 0; });
  altered([&](ListBank& b) { b.expires_at = lists.clock.at; });
}

TEST_P(ListServiceTest, ARuleSwitchedOffByTwoNeedsNobodyMore) {
  const BankId id = lists.make_bank("b");
  ListBank wanted = lists.bank(id);
  wanted.two_person = false;
  const ChangeOutcome asked = get(service.alter_bank(wanted, lists.ann));
  EXPECT_TRUE(get(service.approve_request(*asked.request, lists.bob)).done);
  const Release release = lists.propose(id, "k", 1);
  EXPECT_EQ(get(service.activate(release.id, lists.ann)).state, ReleaseState::kActive);
}

TEST_P(ListServiceTest, AHarmlessBankAlwaysNeedsTwo) {
  ListBank bank;
  bank.name = "harmless";
  bank.kind = BankKind::kHarmless;
  bank.two_person = false;
  EXPECT_FALSE(service.make_bank(bank, lists.ann).has_value());
  const BankId id = lists.make_bank("h", true, BankKind::kHarmless);
  ListBank wanted = lists.bank(id);
  wanted.two_person = false;
  EXPECT_FALSE(service.alter_bank(wanted, lists.ann).has_value());
  wanted.kind = BankKind::kListed;
  EXPECT_FALSE(service.alter_bank(wanted, lists.ann).has_value());
}

TEST_P(ListServiceTest, ABanksNameAndPurposeChangeAtOnce) {
  const BankId id = lists.make_bank("b");
  ListBank wanted = lists.bank(id);
  wanted.name = "c";
  wanted.purpose = "another";
  EXPECT_TRUE(get(service.alter_bank(wanted, lists.ann)).done);
  EXPECT_EQ(lists.bank(id).name, "c");
  EXPECT_FALSE(service.alter_bank(wanted, lists.ann).has_value()) << "a stale version";
}

TEST_P(ListServiceTest, AReleaseInForceIsTakenBackByTwo) {
  const BankId bank = lists.make_bank("b");
  const EntryId id = lists.list(bank, "k", 1);
  const ReleaseId release = release_of(id);
  EXPECT_FALSE(service.reject(release, lists.bob).has_value());
  const ChangeOutcome asked = get(service.take_back(release, lists.bob));
  EXPECT_FALSE(asked.done);
  EXPECT_EQ(state(id), EntryState::kActive);
  EXPECT_FALSE(service.approve_request(*asked.request, lists.bob).has_value());
  EXPECT_TRUE(get(service.approve_request(*asked.request, lists.ann)).done);
  EXPECT_EQ(state(id), EntryState::kWithdrawn);
}

TEST_P(ListServiceTest, OnePersonMayHoldAnEntryBackButNotLetItGo) {
  const EntryId id = lists.list(lists.make_bank("b"), "k", 1);
  const Entry held = get(service.quarantine(id, {"flood breaker", "matched 40 times its baseline"}));
  EXPECT_EQ(held.state, EntryState::kQuarantined);
  EXPECT_EQ(held.state_reason, "matched 40 times its baseline");
  const ChangeOutcome asked = get(service.end_quarantine(id, lists.ann));
  EXPECT_FALSE(asked.done);
  EXPECT_EQ(state(id), EntryState::kQuarantined);
  EXPECT_TRUE(get(service.approve_request(*asked.request, lists.bob)).done);
  EXPECT_EQ(state(id), EntryState::kActive);
  EXPECT_EQ(lists.entry(id).state_reason, "");
}

TEST_P(ListServiceTest, NobodyAloneHoldsBackWhatOverrules) {
  const EntryId id = lists.list(lists.make_bank("h", true, BankKind::kHarmless), "look-alike", 5);
  EXPECT_FALSE(service.quarantine(id, lists.ann).has_value());
  EXPECT_EQ(state(id), EntryState::kActive);
}

TEST_P(ListServiceTest, AReleaseThatBuildsOnAnotherWaitsForIt) {
  const BankId bank = lists.make_bank("b");
  const auto a = test::record_of("a", 1), b = test::record_of("b", 2), c = test::record_of("c", 3);
  const Release first = lists.import(bank, {a, b}, true).release.value();
  const Release second = lists.import(bank, {a, c}, true).release.value();
  get(service.approve(second.id, lists.bob));
  const auto early = service.activate(second.id, lists.bob);
  ASSERT_FALSE(early.has_value()) << "a is of the first";
  EXPECT_EQ(early.error().rule, ListRule::kOrderOfReleases);
  const auto gone = service.reject(first.id, lists.bob);
  ASSERT_FALSE(gone.has_value()) << "a would be gone";
  EXPECT_EQ(gone.error().rule, ListRule::kOrderOfReleases);
  lists.put_in_force(first);
  get(service.activate(second.id, lists.bob));
  EXPECT_EQ(state(entry_id(first.id, 0)), EntryState::kActive);
  EXPECT_EQ(state(entry_id(first.id, 1)), EntryState::kWithdrawn) << "the list no longer has b";
  EXPECT_EQ(state(entry_id(second.id, 0)), EntryState::kActive);
}

TEST_P(ListServiceTest, NothingIsTakenBackThatAWaitingReleaseBuildsOn) {
  const BankId bank = lists.make_bank("b");
  const auto a = test::record_of("a", 1), b = test::record_of("b", 2);
  const Release first = lists.import(bank, {a}).release.value();
  lists.put_in_force(first);
  const ChangeOutcome asked = get(service.take_back(first.id, lists.ann));
  const Release second = lists.import(bank, {a, b}).release.value();
  EXPECT_FALSE(service.approve_request(*asked.request, lists.bob).has_value()) << "a would be gone";
  EXPECT_FALSE(service.take_back(first.id, lists.ann).has_value());
  EXPECT_EQ(state(entry_id(first.id, 0)), EntryState::kActive);
  get(service.reject(second.id, lists.bob));
  EXPECT_TRUE(get(service.approve_request(*asked.request, lists.bob)).done);
  EXPECT_EQ(state(entry_id(first.id, 0)), EntryState::kWithdrawn);
}

TEST_P(ListServiceTest, NothingIsTakenBackWhileItsSourceLoadsAnother) {
  const BankId bank = lists.make_bank("b");
  const Release first = lists.import(bank, {test::record_of("a", 1)}).release.value();
  lists.put_in_force(first);
  const auto load = get(lists.store->begin_load(bank, first.source, {"ann", "again", lists.clock.now()}));
  EXPECT_FALSE(service.take_back(first.id, lists.ann).has_value());
  get(load->discard());
  EXPECT_TRUE(service.take_back(first.id, lists.ann).has_value());
}

TEST_P(ListServiceTest, ReleasesThatStandByThemselvesAreDecidedInAnyOrder) {
  const BankId bank = lists.make_bank("b");
  const Release first = lists.propose(bank, "k", 1);
  const Release second = lists.propose(bank, "l", 2);
  get(service.approve(second.id, lists.bob));
  EXPECT_EQ(get(service.activate(second.id, lists.bob)).state, ReleaseState::kActive);
  EXPECT_EQ(get(service.reject(first.id, lists.bob)).state, ReleaseState::kRejected);
}

TEST_P(ListServiceTest, WhatWasNeverSealedIsShownAndCanBeTakenAway) {
  const BankId bank = lists.make_bank("b");
  const auto source = get(service.ensure_source("partner", "ndjson", lists.ann));
  ReleaseId id{};
  {
    const auto load = get(lists.store->begin_load(bank, source, {"ann", "monthly", lists.clock.now()}));
    id = load->id();
    EXPECT_EQ(load->release().proposed.who, "ann");
    EXPECT_FALSE(service.discard(id, lists.bob).has_value()) << "somebody is loading it";
  }
  const auto open = get(get(lists.store->view())->open_releases(ReleaseId{}, 10));
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open.front().id, id);
  EXPECT_EQ(open.front().state, ReleaseState::kLoading);
  get(service.discard(id, lists.bob));
  EXPECT_TRUE(get(get(lists.store->view())->open_releases(ReleaseId{}, 10)).empty());
}

TEST_P(ListServiceTest, NothingSlipsIntoAnApprovedReleaseOutOfQuarantine) {
  const BankId harmless = lists.make_bank("h", true, BankKind::kHarmless);
  lists.list(harmless, "look-alike", 5);
  const BankId bank = lists.make_bank("b");
  const Release release =
      lists.import(bank, {test::record_of("a", 5), test::record_of("b", 6)}).release.value();
  EXPECT_EQ(release.counts.quarantined, 1U);
  get(service.approve(release.id, lists.bob));
  const EntryId held = entry_id(release.id, 0);
  const ChangeOutcome asked = get(service.end_quarantine(held, lists.ann));
  EXPECT_FALSE(asked.done) << "the approval was for the release with the entry held back";
  get(service.activate(release.id, lists.bob));
  EXPECT_EQ(state(held), EntryState::kQuarantined);
  EXPECT_EQ(state(entry_id(release.id, 1)), EntryState::kActive);
}

TEST_P(ListServiceTest, ARequestThatHasGoneStaleIsNotCarriedOut) {
  const EntryId id = lists.list(lists.make_bank("b"), "k", 1);
  EntrySettings wide;
  wide.radius_bits = 60;
  const ChangeOutcome asked = get(service.set_settings(id, wide, lists.ann));
  get(service.set_tags(id, {"z", "a", "z"}, lists.bob));
  EXPECT_EQ(lists.entry(id).content.tags, (std::vector<std::string>{"a", "z"}));
  const auto done = service.approve_request(*asked.request, lists.bob);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, Code::kConflict);
  EXPECT_EQ(done.error().rule, ListRule::kStale);
  EXPECT_EQ(lists.entry(id).radius_bits, std::nullopt);
  EXPECT_EQ(get(service.open_requests(RequestId{}, 10)).size(), 1U);
  get(service.drop_request(*asked.request, lists.ann));
  EXPECT_EQ(get(service.open_requests(RequestId{}, 10)).size(), 0U);
}

TEST_P(ListServiceTest, SwitchingOffALargeBankNeedsTwoApprovals) {
  const BankId id = lists.make_bank("b");
  std::vector<ExchangeRecord> many;
  for (std::uint64_t i = 0; i < 501; ++i) many.push_back(test::record_of("k" + std::to_string(i), i));
  const Release release = lists.import(id, many).release.value();
  lists.put_in_force(release);
  ListBank wanted = lists.bank(id);
  wanted.active = false;
  EXPECT_EQ(get(service.alter_bank(wanted, lists.ann)).approvals_missing, 2);
  EXPECT_EQ(get(service.take_back(release.id, lists.ann)).approvals_missing, 2);
}

TEST_P(ListServiceTest, ABankOfOnePersonStillNeedsAnotherForALargeRelease) {
  const BankId id = lists.make_bank("b", false);
  std::vector<ExchangeRecord> many;
  for (std::uint64_t i = 0; i < 501; ++i) many.push_back(test::record_of("k" + std::to_string(i), i));
  const Release release = lists.import(id, many).release.value();
  EXPECT_FALSE(service.activate(release.id, lists.ann).has_value());
  get(service.approve(release.id, lists.bob));
  get(service.activate(release.id, lists.ann));
}

TEST_P(ListServiceTest, AnEntryProposedByHandPassesTheGuards) {
  const BankId bank = lists.make_bank("b");
  EntryContent flat;
  flat.signals.pdq.push_back({test::pattern(1), 10});
  const auto refused = service.propose({bank, "k", flat}, lists.ann);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("low_quality"));
  lists.list(bank, "k", 1);
  EXPECT_EQ(service.propose({bank, "k", test::content_of(1)}, lists.ann).error().code, Code::kConflict);
  const Release update = get(service.propose({bank, "k", test::content_of(2)}, lists.ann));
  EXPECT_EQ(update.counts.updated, 1U);
}

TEST_P(ListServiceTest, TheHistoryTellsWhoDidWhatAndWhatWasBefore) {
  const EntryId id = lists.list(lists.make_bank("b"), "k", 1);
  const std::uint64_t listed_at = get(get(lists.store->view())->version()).number;
  get(service.set_tags(id, {"seen"}, lists.bob));
  get(service.quarantine(id, lists.carol));
  const auto view = get(lists.store->view());
  const auto history = get(view->history(id));
  ASSERT_GE(history.size(), 4U);
  EXPECT_EQ(history.front().what, "added");
  EXPECT_EQ(history.front().by.who, "ann");
  EXPECT_EQ(history.back().what, "quarantined");
  EXPECT_EQ(history.back().by.who, "carol");
  ASSERT_TRUE(history.back().previous.has_value());
  EXPECT_EQ(history.back().previous->state, EntryState::kActive);
  const auto past = get(view->entries_at(lists.entry(id).bank, listed_at, EntryId{}, 10));
  ASSERT_EQ(past.size(), 1U);
  EXPECT_EQ(past.front().state, EntryState::kActive);
  EXPECT_TRUE(past.front().content.tags.empty());
}

TEST_P(ListServiceTest, CallsWithoutAReasonOrAnAccountAreRefused) {
  const EntryId id = lists.list(lists.make_bank("b"), "k", 1);
  EXPECT_EQ(service.quarantine(id, {"ann", ""}).error().code, Code::kInvalidInput);
  EXPECT_EQ(service.set_tags(id, {}, {"", "x"}).error().code, Code::kInvalidInput);
  EXPECT_EQ(service.quarantine(EntryId{77}, lists.ann).error().code, Code::kNotFound);
  EXPECT_EQ(service.activate(ReleaseId{99}, lists.ann).error().code, Code::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(Lists, ListServiceTest, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
