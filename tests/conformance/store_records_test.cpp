#include "seawall/base/temporary_folder.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/records.h"
#include "store_suite.h"

// What lies beside the lists: change requests, decisions and their outbox.
namespace seawall::store_suite {
namespace {

class Records : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    records_ = must(open_store_records(place_->url()));
  }
  RequestStore& requests() { return *records_.requests; }
  FeedbackStore& feedback() { return *records_.feedback; }

  MatchDecision decision(std::uint64_t entry, const std::string& match, bool confirmed = true) {
    MatchDecision made;
    made.entry = EntryId{entry};
    made.bank = bank_;
    made.source = source_;
    made.key = key_of(entry);
    made.match = match;
    made.confirmed = confirmed;
    made.signal = "pdq";
    made.reason = confirmed ? "" : "a reason";
    made.by = by("bob");
    return made;
  }
  std::vector<std::string> waiting() {
    std::vector<std::string> names;
    for (const FeedbackRow& row : must(feedback().waiting(source_, 0, 100)))
      names.push_back(row.decision.match);
    return names;
  }

  StoreRecords records_;
};

using Names = std::vector<std::string>;

TEST_P(Records, KeepWhoAskedWhoApprovedAndWhoClosedARequest) {
  const RequestId first = must(requests().add_request(bank_, "a change", by("ann")));
  const RequestId second = must(requests().add_request(bank_, "another", by("ann")));
  must(requests().approve_request(first, by("bob")));
  EXPECT_CODE(requests().approve_request(first, by("bob")), Code::kConflict);
  must(requests().approve_request(first, by("carol")));
  must(requests().close_request(first, RequestState::kDone, by("carol")));
  EXPECT_CODE(requests().approve_request(first, by("dan")), Code::kConflict);
  EXPECT_CODE(requests().close_request(first, RequestState::kDropped, by("dan")), Code::kConflict);
  EXPECT_CODE(requests().approve_request(RequestId{99}, by("dan")), Code::kNotFound);

  const ChangeRequest done = must(requests().request(first)).value();
  EXPECT_EQ(done.state, RequestState::kDone);
  EXPECT_EQ(done.proposed, by("ann"));
  EXPECT_EQ(done.approvals, (std::vector{by("bob"), by("carol")}));
  EXPECT_EQ(done.closed, by("carol"));
  const auto open = must(requests().open_requests(RequestId{0}, 10));
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].id, second);
  EXPECT_EQ(must(requests().all_requests(RequestId{0}, 10)), (std::vector{done, open[0]}));
  EXPECT_EQ(must(requests().all_requests(RequestId{0}, 1)), std::vector{done});
  EXPECT_EQ(must(requests().all_requests(first, 10)), open);
}

TEST_P(Records, KeepADecisionAndItsPlaceInTheOutboxTogether) {
  must(feedback().record(decision(1, "m1"), true));
  must(feedback().record(decision(1, "m2", false), true));
  must(feedback().record(decision(2, "m3"), false));
  EXPECT_EQ(waiting(), (Names{"m1", "m2"}));
  EXPECT_EQ(must(feedback().decisions_on(EntryId{1}, 10)),
            (std::vector{decision(1, "m1"), decision(1, "m2", false)}));
  EXPECT_EQ(must(feedback().decisions_on(EntryId{1}, 1)).size(), 1U);
  EXPECT_EQ(must(feedback().decision_counts()), (std::vector{DecisionCounts{bank_, source_, 2, 1}}));
  const auto rows = must(feedback().waiting(source_, 0, 10));
  EXPECT_EQ(rows[1].decision, decision(1, "m2", false));
  EXPECT_EQ(rows[1].delivery, FeedbackDelivery());
  EXPECT_EQ(must(feedback().waiting(source_, rows[0].id, 10)).size(), 1U);
  EXPECT_TRUE(must(feedback().waiting(SourceId{77}, 0, 10)).empty());
}

TEST_P(Records, GiveADecisionThatReplacesAnotherANewPlaceAndNeverAnOldNumber) {
  must(feedback().record(decision(1, "m1"), true));
  const std::uint64_t first = must(feedback().waiting(source_, 0, 10))[0].id;
  must(feedback().record(decision(1, "m1", false), true));
  const auto rows = must(feedback().waiting(source_, 0, 10));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_GT(rows[0].id, first);
  // Somebody who was sending the first one must not take the second off with it.
  must(feedback().sent(source_, first));
  must(feedback().tried(source_, first, {1, Time(std::chrono::milliseconds(5)), "late", true}));
  EXPECT_EQ(must(feedback().waiting(source_, 0, 10)), rows);
  must(feedback().sent(source_, rows[0].id));
  EXPECT_TRUE(waiting().empty());
  must(feedback().record(decision(1, "m1"), true));
  EXPECT_GT(must(feedback().waiting(source_, 0, 10))[0].id, rows[0].id);
}

TEST_P(Records, KeepWhatBecameOfAnAttempt) {
  must(feedback().record(decision(1, "m1"), true));
  must(feedback().record(decision(1, "m2"), true));
  const std::uint64_t id = must(feedback().waiting(source_, 0, 10))[0].id;
  const FeedbackDelivery later{3, Time(std::chrono::milliseconds(1'800'000'000'123)), "answered 503", true};
  must(feedback().tried(source_, id, later));
  FeedbackDelivery odd = later;
  odd.error = std::string(5000, 'x') + "\n";
  const auto other = must(open_store_records(place_->url()));
  EXPECT_EQ(must(other.feedback->waiting(source_, 0, 10))[0].delivery, later);
  EXPECT_EQ(must(other.feedback->waiting(source_, 0, 10))[1].delivery, FeedbackDelivery());
  must(feedback().tried(source_, id, odd));
  EXPECT_EQ(must(feedback().waiting(source_, 0, 10))[0].delivery.error.size(),
            FeedbackDelivery::kErrorBytesMax);
}

TEST_P(Records, RefuseWhatIsNoDecision) {
  MatchDecision wrong = decision(1, "");
  EXPECT_CODE(feedback().record(wrong, true), Code::kInvalidInput);
  wrong = decision(1, std::string(201, 'm'));
  EXPECT_CODE(feedback().record(wrong, true), Code::kInvalidInput);
  wrong = decision(1, "m");
  wrong.reason = std::string(201, 'r');
  EXPECT_CODE(feedback().record(wrong, true), Code::kInvalidInput);
  wrong.reason = "\xff";
  EXPECT_CODE(feedback().record(wrong, true), Code::kInvalidInput);
  EXPECT_TRUE(waiting().empty());
}

TEST_P(Records, ComeBackFromABackup) {
  const RequestId id = must(requests().add_request(bank_, "a change", by("ann")));
  must(requests().approve_request(id, by("bob")));
  must(feedback().record(decision(1, "m1", false), true));
  const std::uint64_t row = must(feedback().waiting(source_, 0, 10))[0].id;
  must(feedback().tried(source_, row, {1, Time(std::chrono::milliseconds(5)), "answered 503", false}));
  const TemporaryFolder folder = must(TemporaryFolder::make("seawall-records"));
  must(backup_store(place_->url(), folder.path() / "backup"));
  const auto place = GetParam().make();
  must(restore_store(place->url(), folder.path() / "backup"));
  const auto restored = must(open_store_records(place->url()));
  EXPECT_EQ(must(restored.requests->request(id)), must(requests().request(id)));
  EXPECT_EQ(must(restored.feedback->waiting(source_, 0, 10)), must(feedback().waiting(source_, 0, 10)));
}

INSTANTIATE_TEST_SUITE_P(Store, Records, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace seawall::store_suite
