#include "store_suite.h"

namespace seawall::store_suite {
namespace {

using Loads = StoreTest;

TEST_P(Loads, GoOnFromTheirCheckpointAsIfNothingHadHappened) {
  const auto expected = [&] {
    auto load = must(store_->begin_load(bank_, source_, by()));
    must(load->write({.add = new_entries(1, 3000)}));
    return must(load->seal(by())).digest;
  }();
  ReleaseId id{};
  {
    auto load = must(store_->begin_load(bank_, source_, by()));
    id = load->id();
    must(load->write({.add = new_entries(1, 1500), .unchanged = 4, .checkpoint = "1500"}));
  }
  auto again = open_again();
  auto load = must(again->resume_load(id));
  EXPECT_EQ(load->checkpoint(), "1500");
  EXPECT_EQ(load->counts().added, 1500U);
  EXPECT_EQ(load->counts().unchanged, 4U);
  auto rest = new_entries(1501, 1500);
  rest.push_back(new_entry(1));
  must(load->write({.add = rest, .checkpoint = "end"}));
  const Release release = must(load->seal(by()));
  EXPECT_EQ(release.counts.added, 3000U);
  EXPECT_EQ(release.counts.refused, 1U) << "a key of before the break is known";
  EXPECT_EQ(release.digest, expected);
  EXPECT_CODE(store_->resume_load(id), Code::kConflict);
  EXPECT_CODE(store_->resume_load(ReleaseId{99}), Code::kNotFound);
}

TEST_P(Loads, AreOwnedByOneAtATime) {
  auto load = must(store_->begin_load(bank_, source_, by()));
  const ReleaseId id = load->id();
  const auto again = open_again();
  EXPECT_CODE(again->resume_load(id), Code::kConflict);
  EXPECT_CODE(store_->resume_load(id), Code::kConflict);
  load.reset();
  EXPECT_TRUE(again->resume_load(id));
}

TEST_P(Loads, RunSideBySide) {
  auto a = must(store_->begin_load(bank_, source_, by()));
  auto b = must(store_->begin_load(bank_, source_, by()));
  for (std::uint64_t i = 0; i < 5; ++i) {
    must(a->write({.add = new_entries(i * 100, 100)}));
    must(b->write({.add = new_entries(10'000 + i * 100, 100)}));
  }
  EXPECT_EQ(must(b->seal(by())).counts.added, 500U);
  EXPECT_EQ(must(a->seal(by())).counts.added, 500U);
  EXPECT_EQ(all_entries().size(), 1000U);
}

TEST_P(Loads, LeaveNothingWhenDiscarded) {
  auto load = must(store_->begin_load(bank_, source_, by()));
  const ReleaseId id = load->id();
  must(load->write(
      {.add = new_entries(1, 500), .refusals = std::vector<Refusal>{{"k", "malformed", "", false}}}));
  must(load->discard());
  EXPECT_CODE(load->write({}), Code::kConflict);
  load.reset();
  EXPECT_CODE(store_->resume_load(id), Code::kNotFound);
  EXPECT_TRUE(all_entries().empty());
  EXPECT_NE(must(store_->begin_load(bank_, source_, by()))->id(), id) << "numbers are not given out twice";
}

TEST_P(Loads, RefuseWhatPassesALimitAndGoOn) {
  auto load = must(store_->begin_load(bank_, source_, by()));
  NewEntry wrong = new_entry(1);
  wrong.key.clear();
  EXPECT_CODE(load->write({.add = std::vector{wrong}}), Code::kInvalidInput);
  wrong = new_entry(1);
  wrong.content.tags = {"b", "a"};
  EXPECT_CODE(load->write({.add = std::vector{wrong}}), Code::kInvalidInput);
  EXPECT_CODE(load->write({.pending = std::vector<PendingChange>{{EntryId{77}, std::nullopt}}}),
              Code::kInvalidInput);
  must(load->write({.add = new_entries(1, 1)}));
  EXPECT_EQ(must(load->seal(by())).counts.added, 1U);
  EXPECT_CODE(store_->begin_load(BankId{99}, source_, by()), Code::kNotFound);
  EXPECT_CODE(store_->begin_load(bank_, SourceId{99}, by()), Code::kNotFound);
}

TEST_P(Loads, CountAnEntryThatChangesTwiceOnce) {
  const Release first = load(new_entries(1, 2));
  set_state(first.id, ReleaseState::kActive);
  auto load = must(store_->begin_load(bank_, source_, by()));
  const EntryId entry = entry_id(first.id, 0);
  must(load->write({.pending = std::vector<PendingChange>{{entry, content_of(7)}, {entry, content_of(8)}}}));
  must(load->write({.pending = std::vector<PendingChange>{{entry, std::nullopt}}}));
  EXPECT_EQ(load->counts().updated, 0U);
  EXPECT_EQ(load->counts().withdrawn, 1U);
  const Release second = must(load->seal(by()));
  EXPECT_EQ(must(must(store_->view())->pending(second.id, EntryId{}, 10)).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Store, Loads, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace seawall::store_suite
