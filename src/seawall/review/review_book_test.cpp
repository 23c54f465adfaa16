#include "seawall/review/review_book.h"

#include "seawall/review/detail/test_queue.h"
#include "seawall/review/sampling.h"

namespace seawall {
namespace {

using Kind = ReviewRefusal::Kind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

GradeAsk graded(ReviewGrade grade) {
  GradeAsk ask;
  ask.grade = grade;
  return ask;
}
const GradeAsk kYes = graded(ReviewGrade::kConfirmed);
const GradeAsk kNo = graded(ReviewGrade::kNotAMatch);
const GradeAsk kPerhaps = graded(ReviewGrade::kUnsure);
const Reviewer kAnn = TestQueue::person("ann");
const Reviewer kBob = TestQueue::person("bob");
const Reviewer kCat = TestQueue::person("cat");

class Queue : public ::testing::Test {
 protected:
  std::int64_t add(const NewReviewItem& item) {
    EXPECT_EQ(queue.book->keep(item).value(), ReviewKept::kNew);
    return ++last;
  }
  void grade(const Reviewer& who, std::int64_t id, const GradeAsk& ask) {
    ASSERT_TRUE(queue.book->claim(who, id));
    ASSERT_TRUE(queue.book->grade(who, id, ask));
  }
  TestQueue queue;
  std::int64_t last = 0;
};

TEST_F(Queue, KeepsARequestOnceAndCountsTheSameFileAgain) {
  add(TestQueue::upload("a"));
  EXPECT_EQ(*queue.book->keep(TestQueue::upload("a")), ReviewKept::kToldBefore);
  NewReviewItem again = TestQueue::upload("a");
  again.origin = sha256_of("another request");
  EXPECT_EQ(*queue.book->keep(again), ReviewKept::kSeenAgain);
  EXPECT_EQ(queue.book->item(kAnn, 1)->seen, 2);
}

TEST_F(Queue, GradesWhatIsKnownWithoutOpeningIt) {
  NewReviewItem known = TestQueue::upload("a");
  known.known = true;
  EXPECT_EQ(*queue.book->keep(known), ReviewKept::kKnown);
  const auto item = queue.book->item(kAnn, 1);
  EXPECT_EQ(item->how, ReviewHow::kKnown);
  EXPECT_TRUE(item->stills.empty());
  EXPECT_TRUE(queue.listed("ann").empty());
}

TEST_F(Queue, LeavesADuplicateOfADecidedItemDecided) {
  const auto id = add(TestQueue::upload("a"));
  grade(kAnn, id, kYes);
  NewReviewItem again = TestQueue::upload("a");
  again.origin = sha256_of("another request");
  EXPECT_EQ(*queue.book->keep(again), ReviewKept::kSeenAgain);
  EXPECT_EQ(queue.book->item(kAnn, id)->shown_state, "decided");
}

TEST_F(Queue, ShowsAClusterOnceAndGradesItWhole) {
  const auto first = add(TestQueue::upload("a", 1)), near = add(TestQueue::upload("b", 3));
  const auto far = add(TestQueue::upload("c", ~std::uint64_t{0}));
  EXPECT_EQ(queue.listed("ann"), (std::vector{first, far}));
  EXPECT_EQ(queue.book->item(kAnn, near)->cluster, first);
  EXPECT_EQ(queue.book->item(kAnn, first)->cluster_open, 2);
  ASSERT_TRUE(queue.book->claim(kAnn, first));
  EXPECT_EQ(queue.book->grade(kAnn, first, kYes)->graded, (std::vector{first, near}));
}

TEST_F(Queue, GradesOneOfAClusterWhereThatIsAsked) {
  const auto first = add(TestQueue::upload("a", 1)), near = add(TestQueue::upload("b", 3));
  ASSERT_TRUE(queue.book->claim(kAnn, first));
  GradeAsk one = kYes;
  one.whole_cluster = false;
  EXPECT_EQ(queue.book->grade(kAnn, first, one)->graded, std::vector{first});
  EXPECT_EQ(queue.listed("ann"), std::vector{near}) << "the next of it leads";
}

TEST_F(Queue, PutsNothingIntoAClusterThatSomebodyIsLookingAt) {
  const auto first = add(TestQueue::upload("a", 1));
  ASSERT_TRUE(queue.book->claim(kAnn, first));
  const auto near = add(TestQueue::upload("b", 3));
  EXPECT_EQ(queue.book->grade(kAnn, first, kYes)->graded, std::vector{first}) << "they never saw it there";
  EXPECT_EQ(queue.listed("ann"), std::vector{near});
}

TEST_F(Queue, GivesALeaseToOneUntilItEnds) {
  const auto id = add(TestQueue::upload("a"));
  ASSERT_TRUE(queue.book->claim(kAnn, id));
  EXPECT_EQ(queue.book->claim(kBob, id).error().kind, Kind::kLeased);
  EXPECT_EQ(queue.book->grade(kBob, id, kYes).error().kind, Kind::kLeased);
  queue.clock.time += ReviewBook::kLease;
  EXPECT_EQ(queue.book->grade(kAnn, id, kYes).error().kind, Kind::kNotLeased);
  EXPECT_TRUE(queue.book->claim(kBob, id));
  EXPECT_TRUE(queue.book->release(kBob, id));
  EXPECT_TRUE(queue.book->claim(kAnn, id));
}

TEST_F(Queue, ShowsAStillToWhoHoldsTheLeaseAlone) {
  const auto id = add(TestQueue::upload("a"));
  EXPECT_EQ(queue.book->show(kAnn, id, 1).error().kind, Kind::kNotLeased);
  ASSERT_TRUE(queue.book->claim(kAnn, id));
  const auto shown = queue.book->show(kAnn, id, 1);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->picture.bytes()[0], 7);
  EXPECT_EQ(queue.book->show(kAnn, id, 2).error().kind, Kind::kNoSuchStill);
  EXPECT_EQ(queue.book->show(kBob, id, 1).error().kind, Kind::kLeased);
  EXPECT_EQ(queue.book->item({"other", "ann"}, id).error().kind, Kind::kNoSuchItem);
}

TEST_F(Queue, KeepsWhoWasShownWhatForHowLong) {
  const auto id = add(TestQueue::upload("a"));
  ASSERT_TRUE(queue.book->claim(kAnn, id));
  ASSERT_TRUE(queue.book->show(kAnn, id, 1));
  queue.clock.time += seconds(4);
  EXPECT_EQ(queue.book->viewed(kAnn, id, {1, true, 3000, 60'000})->reveal_ms, 4000)
      << "for no longer than the page has had it";
  const auto custody = queue.book->custody("default", id);
  ASSERT_EQ(custody->size(), 1U);
  EXPECT_EQ((*custody)[0].person, "ann");
  EXPECT_TRUE((*custody)[0].rendered);
  EXPECT_EQ((*custody)[0].shown_ms, 3000);
  EXPECT_EQ((*custody)[0].revealed_ms, 4000);
  EXPECT_EQ(queue.book->viewed(kBob, id, {1, true, 1, 1}).error().kind, Kind::kNoSuchStill);
}

TEST_F(Queue, CountsAStillOfWhichNothingWasToldAsSeen) {
  const auto id = add(TestQueue::upload("a"));
  ASSERT_TRUE(queue.book->claim(kAnn, id));
  ASSERT_TRUE(queue.book->show(kAnn, id, 1));
  EXPECT_EQ(queue.book->me(kAnn)->use.reveal_ms, ReviewBook::kUntoldMs);
}

TEST_F(Queue, ShowsNothingBeyondTheBudgetAndSaysWhenAgain) {
  ExposureLimits one = exposure_floor();
  one.stills_hour = 1;
  ASSERT_TRUE(queue.book->set_house_limits(TestQueue::person("mona"), one, "a hard week"));
  const auto first = add(TestQueue::upload("a", 1)), other = add(TestQueue::upload("b", ~std::uint64_t{0}));
  ASSERT_TRUE(queue.book->claim(kAnn, first));
  ASSERT_TRUE(queue.book->claim(kAnn, other));
  ASSERT_TRUE(queue.book->show(kAnn, first, 1));
  const auto refused = queue.book->show(kAnn, other, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::kBudget);
  EXPECT_EQ(refused.error().free_at, queue.clock.time + hours(1));
  EXPECT_TRUE(queue.book->show(kAnn, first, 1)) << "a page that is loaded again shows what was given";
  EXPECT_TRUE(queue.book->grade(kAnn, other, kNo)) << "grading needs no look";
}

TEST_F(Queue, LetsNobodyLoosenTheFloor) {
  ExposureLimits wide = exposure_floor();
  ++wide.stills;
  EXPECT_EQ(queue.book->set_house_limits(TestQueue::person("mona"), wide, "more").error().kind,
            Kind::kLooser);
  EXPECT_EQ(queue.book->limit_myself(kAnn, wide).error().kind, Kind::kLooser);
  ExposureLimits none = exposure_floor();
  none.stills = 0;
  ASSERT_TRUE(queue.book->limit_myself(kAnn, none));
  queue.open();
  EXPECT_EQ(queue.book->me(kAnn)->in_force.stills, 0) << "kept";
  EXPECT_EQ(queue.book->me(kBob)->in_force, exposure_floor());
}

TEST_F(Queue, AsksAnotherPersonWhoKnowsNothingOfTheFirst) {
  const auto id = add(TestQueue::upload("a"));
  grade(kAnn, id, kPerhaps);
  EXPECT_EQ(queue.book->claim(kAnn, id).error().kind, Kind::kOwnOpinion);
  EXPECT_EQ(queue.book->item(kAnn, id)->shown_state, "waiting");
  const auto blind = queue.book->item(kBob, id);
  EXPECT_EQ(blind->shown_state, "open");
  EXPECT_EQ(blind->grade, std::nullopt);
  grade(kBob, id, kYes);
  EXPECT_EQ(queue.book->item(kBob, id)->shown_state, "waiting") << "two differ";
  grade(kCat, id, kNo);
  EXPECT_EQ(queue.book->item(kAnn, id)->grade, ReviewGrade::kNotAMatch);
  EXPECT_EQ(queue.book->item(kAnn, id)->how, ReviewHow::kThird);
}

TEST_F(Queue, IsDecidedByTwoWhoAgree) {
  const auto id = add(TestQueue::upload("a"));
  GradeAsk two = kYes;
  two.second_opinion = true;
  grade(kAnn, id, two);
  EXPECT_TRUE(queue.book->effects_due(10)->empty());
  grade(kBob, id, kYes);
  EXPECT_EQ(queue.book->item(kCat, id)->how, ReviewHow::kAgreed);
}

TEST_F(Queue, UndoesWithinItsTimeAndTellsTheListsOnlyAfterIt) {
  const auto first = add(TestQueue::upload("a", 1)), near = add(TestQueue::upload("b", 3));
  grade(kAnn, first, kNo);
  EXPECT_EQ(queue.book->undo(kBob, first).error().kind, Kind::kCannotUndo);
  EXPECT_EQ(queue.book->undo(kAnn, near)->graded, (std::vector{first, near}));
  EXPECT_EQ(queue.listed("bob"), std::vector{first});
  EXPECT_TRUE(queue.book->item(kAnn, first)->lease_mine) << "so that they can grade it anew";
  queue.clock.time += hours(1);
  EXPECT_TRUE(queue.book->effects_due(10)->empty());
  grade(kAnn, first, kYes);
  EXPECT_TRUE(queue.book->effects_due(10)->empty());
  queue.clock.time += minutes(10);
  EXPECT_EQ(queue.book->undo(kAnn, first).error().kind, Kind::kCannotUndo);
  const auto due = queue.book->effects_due(10);
  ASSERT_EQ(due->size(), 2U);
  EXPECT_TRUE((*due)[0].confirmed);
  EXPECT_EQ((*due)[0].item, review_item_name(first));
  ASSERT_TRUE(queue.book->effect_done((*due)[0].id));
  EXPECT_EQ(queue.book->effects_due(10)->size(), 1U);
}

TEST_F(Queue, CannotUndoWhatOthersHaveBuiltOn) {
  const auto id = add(TestQueue::upload("a"));
  grade(kAnn, id, kPerhaps);
  grade(kBob, id, kYes);
  EXPECT_EQ(queue.book->undo(kAnn, id).error().kind, Kind::kCannotUndo);
  EXPECT_TRUE(queue.book->undo(kBob, id));
  EXPECT_TRUE(queue.book->undo(kAnn, id));
  EXPECT_EQ(queue.listed("cat"), std::vector{id});
}

TEST_F(Queue, AsksForAQuarantineAtOnce) {
  const auto id = add(TestQueue::upload("a"));
  GradeAsk hold = kNo;
  hold.quarantine = true;
  grade(kAnn, id, hold);
  const auto due = queue.book->effects_due(10);
  ASSERT_EQ(due->size(), 1U);
  EXPECT_TRUE((*due)[0].quarantine);
}

TEST_F(Queue, TellsManagersTotalsAndOfPeopleOnlyWhenThereAreFive) {
  const auto rows = [&] { return queue.book->totals("default").value(); };
  for (int i = 0; i < 5; ++i) {
    add(TestQueue::upload("file " + std::to_string(i), ~std::uint64_t{0} << (16 * (i % 4))));
    EXPECT_EQ(rows().work, std::nullopt);
    const std::string name = "person " + std::to_string(i);
    grade(TestQueue::person(name), queue.listed(name).front(), kYes);
  }
  ASSERT_TRUE(rows().work.has_value());
  EXPECT_EQ(rows().work->people, 5);
}

TEST_F(Queue, IsBoundedAndSaysWhatItDidNotKeep) {
  ReviewOptions small;
  small.items_max = 1;
  small.stills_bytes_max = 100;
  TestQueue tight(small);
  ASSERT_TRUE(tight.book->keep(TestQueue::upload("a")));
  EXPECT_TRUE(tight.book->item(kAnn, 1)->stills.empty()) << "no room for its still";
  EXPECT_EQ(tight.book->keep(TestQueue::upload("b")).error().code, Code::kLimitExceeded);
  EXPECT_EQ(tight.book->totals("default")->not_kept, 2);
  ASSERT_TRUE(tight.book->claim(kAnn, 1));
  ASSERT_TRUE(tight.book->grade(kAnn, 1, kYes));
  EXPECT_TRUE(tight.book->keep(TestQueue::upload("b"))) << "room again; what was refused was not kept";
}

/// No byte of the sealed still, nor of its sealed key, is anywhere in the folder.
void expect_gone(TestQueue& queue, const std::string& sealed, const std::string& key) {
  const std::string disk = queue.bytes_on_disk();
  for (const std::string& secret : {sealed, key}) {
    for (std::size_t at = 0; at + 16 <= secret.size(); at += 16)
      ASSERT_EQ(disk.find(secret.substr(at, 16)), std::string::npos);
  }
}
std::pair<std::string, std::string> secrets_of(const TestQueue& queue) {
  Database database = Database::open(queue.folder() / "review.db").value();
  Statement find = database.prepare("SELECT sealed, key FROM stills JOIN items ON id = item").value();
  EXPECT_TRUE(find.step().value());
  const auto text = [](std::span<const std::byte> blob) {
    return std::string(reinterpret_cast<const char*>(blob.data()), blob.size());
  };
  return {text(find.blob(0)), text(find.blob(1))};
}

TEST(ReviewStills, LieSealedAndAreGoneWithTheirKeyOnceTheDecisionIsFinal) {
  TestQueue queue;
  ASSERT_TRUE(queue.book->keep(TestQueue::upload("a")));
  EXPECT_EQ(queue.bytes_on_disk().find(std::string(32, '\x07')), std::string::npos);
  const auto [sealed, key] = secrets_of(queue);
  ASSERT_TRUE(queue.book->claim(kAnn, 1));
  ASSERT_TRUE(queue.book->grade(kAnn, 1, kYes));
  EXPECT_EQ(queue.book->show(kAnn, 1, 1).error().kind, Kind::kDecided) << "shown to nobody from then on";
  ASSERT_TRUE(queue.book->tidy());
  EXPECT_NE(queue.bytes_on_disk().find(sealed.substr(0, 16)), std::string::npos) << "it may be undone";
  queue.clock.time += minutes(10);
  ASSERT_TRUE(queue.book->tidy());
  expect_gone(queue, sealed, key);
  EXPECT_TRUE(queue.book->item(kAnn, 1)->stills_erased);
}

TEST(ReviewStills, AreGoneAtTheDecisionWhereThereIsNoUndo) {
  ReviewOptions options;
  options.undo = seconds(0);
  TestQueue queue(options);
  ASSERT_TRUE(queue.book->keep(TestQueue::upload("a")));
  const auto [sealed, key] = secrets_of(queue);
  ASSERT_TRUE(queue.book->claim(kAnn, 1));
  EXPECT_EQ(queue.book->grade(kAnn, 1, kYes)->undo_until, std::nullopt);
  expect_gone(queue, sealed, key);
}

TEST(ReviewStills, AreGoneWhenNobodyDecides) {
  TestQueue queue;
  ASSERT_TRUE(queue.book->keep(TestQueue::upload("a")));
  const auto [sealed, key] = secrets_of(queue);
  queue.clock.time += hours(24 * 30);
  ASSERT_TRUE(queue.book->tidy());
  expect_gone(queue, sealed, key);
  EXPECT_EQ(queue.book->item(kAnn, 1)->how, ReviewHow::kExpired);
  EXPECT_EQ(queue.book->item(kAnn, 1)->grade, std::nullopt);
}

TEST(ReviewSamples, AreShownBlindToAnotherPersonAndNobodyChoosesThem) {
  ReviewOptions options;
  options.sample_permille = 1000;
  TestQueue queue(options);
  ASSERT_TRUE(queue.book->keep(TestQueue::upload("a")));
  ASSERT_TRUE(queue.book->claim(kAnn, 1));
  ASSERT_TRUE(queue.book->grade(kAnn, 1, kYes));
  EXPECT_EQ(queue.book->item(kAnn, 1)->shown_state, "decided");
  EXPECT_TRUE(queue.listed("ann").empty());
  EXPECT_EQ(queue.listed("bob"), std::vector<std::int64_t>{1});
  EXPECT_EQ(queue.book->item(kBob, 1)->grade, std::nullopt) << "blind";
  ASSERT_TRUE(queue.book->claim(kBob, 1));
  EXPECT_TRUE(queue.book->show(kBob, 1, 1));
  ASSERT_TRUE(queue.book->grade(kBob, 1, kNo));
  EXPECT_EQ(queue.book->me(kAnn)->samples_differed, 1);
  EXPECT_EQ(queue.listed("cat"), std::vector<std::int64_t>{1}) << "a third decides";
  queue.clock.time += hours(1);
  EXPECT_TRUE(queue.book->effects_due(10)->empty()) << "nothing is told before";
}

TEST(ReviewSamples, AreAShareThatTheSeedAlonesChooses) {
  SampleSeed seed{};
  int chosen = 0;
  for (int i = 1; i <= 20'000; ++i) chosen += is_sampled(seed, review_item_name(i), 20) ? 1 : 0;
  EXPECT_NEAR(chosen, 400, 80);
  EXPECT_FALSE(is_sampled(seed, "v1", 0));
  EXPECT_TRUE(is_sampled(seed, "v1", 1000));
}

TEST_F(Queue, TellsTheLogOfEachStillAndDecisionWithoutAName) {
  const auto id = add(TestQueue::upload("a"));
  ASSERT_TRUE(queue.book->claim(kAnn, id));
  ASSERT_TRUE(queue.book->show(kAnn, id, 1));
  ASSERT_TRUE(queue.book->grade(kAnn, id, kYes));
  const auto entries = queue.book->pending(10);
  ASSERT_EQ(entries->size(), 2U);
  for (const auto& one : *entries) {
    EXPECT_NE(one.entry.find(R"("k":"review")"), std::string::npos);
    EXPECT_EQ(one.entry.find("ann"), std::string::npos);
  }
}

}  // namespace
}  // namespace seawall
