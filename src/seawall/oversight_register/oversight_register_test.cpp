#include "seawall/oversight_register/oversight_register.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "seawall/base/temporary_folder.h"
#include "seawall/model/time_text.h"

namespace seawall {
namespace {

using std::chrono::hours;

class HandClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time = *time_from_text("2026-11-23T09:00:00Z");
};

const RegisterActor kAnn{.who = "ann", .why = "the file shows it"};

class Register : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    book.reset();
    book = *OversightRegister::open(folder.path() / "register", clock);
  }
  std::int64_t error(bool reportable, bool serious = false) {
    const NewError made{.reportable = reportable,
                        .serious = serious,
                        .what = "a record too many was read",
                        .concerns = "o-0123456789abcdef",
                        .discovered = clock.time - hours(1)};
    return *book->record_error(made, WorkingDays(), kAnn);
  }
  std::int64_t recommendation() {
    return *book->recommend({.grade = RecommendationGrade::kRed,
                             .what = "two people",
                             .to = "the list desk",
                             .by = clock.time + hours(48)},
                            kAnn);
  }
  std::string all_bytes() {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(folder.path() / "register")) {
      std::ifstream stream(file.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(stream), {});
    }
    return all;
  }
  /// What the log takes now, which it then holds from `leaf` on.
  std::vector<LogEntry> taken(std::uint64_t leaf) {
    std::vector<LogEntry> entries;
    std::vector<std::int64_t> ids;
    const auto pending = book->pending(100);
    EXPECT_TRUE(pending);
    for (const PendingLogEntry& one : *pending) {
      entries.push_back(*log_entry_from_text(one.entry));
      ids.push_back(one.id);
    }
    EXPECT_TRUE(book->settle(ids, leaf));
    return entries;
  }

  HandClock clock;
  TemporaryFolder folder = *TemporaryFolder::make("register");
  std::unique_ptr<OversightRegister> book;
};

TEST_F(Register, IsSharedAsItsFolderIsAndLeavesRightsAlone) {
  const auto shared = folder.path() / "shared";
  ASSERT_EQ(::mkdir(shared.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(shared.c_str(), 02770), 0);
  const auto mode = [&] {
    struct stat about {};
    EXPECT_EQ(::stat((shared / "register.db").c_str(), &about), 0);
    return about.st_mode & 0777U;
  };
  ASSERT_TRUE(OversightRegister::open(shared, clock));
  EXPECT_EQ(mode(), 0660U) << "the group's other accounts write it, too";
  ASSERT_EQ(::chmod((shared / "register.db").c_str(), 0640), 0);
  ASSERT_TRUE(OversightRegister::open(shared, clock));
  EXPECT_EQ(mode(), 0640U);
  ASSERT_EQ(::chmod(shared.c_str(), 0775), 0);
  EXPECT_EQ(OversightRegister::open(shared, clock).error().code, Code::kInvalidInput);
}

TEST_F(Register, DestroysTheWordsOfWhatIsClosedAndOldAndTellsOfIt) {
  const auto closed = error(true);
  const auto open = error(true);
  ASSERT_TRUE(book->report_error(closed, kAnn));
  const auto done = recommendation();
  ASSERT_TRUE(book->answer(done, RecommendationState::kDone, kAnn));
  const Time later = clock.time + hours(1);
  EXPECT_EQ(*book->destroy_before(later), 0U) << "nothing is in the log yet";
  (void)taken(10);
  (void)taken(20);  // What refers to a first entry comes once that has a place.
  EXPECT_EQ(*book->destroy_before(clock.time), 0U) << "none is older";
  EXPECT_EQ(*book->destroy_before(later), 2U);
  EXPECT_EQ(*book->destroy_before(later), 0U);
  const auto errors = *book->errors(0, 10);
  EXPECT_EQ(errors[0].error.what, "");
  EXPECT_TRUE(errors[0].reported) << "that it was reported stays";
  EXPECT_EQ(errors[1].number, open);
  EXPECT_NE(errors[1].error.what, "");
  EXPECT_EQ(book->recommendations(0, 10)->at(0).made.what, "");
  const auto told = taken(30);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, LogKind::kDestruction);
  EXPECT_EQ(told[0].count, 2U);
  book.reset();
  const std::string bytes = all_bytes();
  EXPECT_EQ(bytes.find("two people"), std::string::npos) << "the only recommendation's words";
}

TEST_F(Register, EntersAFrameOnceAndWhatWasDrawnOfItRefersToIt) {
  NewDraw draw{
      .frame = std::string(64, 'a'), .record = R"({"a":1})", .salt = {}, .due = clock.time + hours(9)};
  draw.salt[0] = std::byte{7};
  EXPECT_EQ(book->end_draw(draw, kAnn).error().code, Code::kNotFound);
  EXPECT_TRUE(book->enter_draw(draw, kAnn));
  EXPECT_EQ(book->enter_draw(draw, kAnn).error().code, Code::kConflict);
  const auto entered = taken(40);
  ASSERT_EQ(entered.size(), 1U);
  EXPECT_EQ(entered[0].kind, LogKind::kDraw);
  EXPECT_EQ(entered[0].due, draw.due);
  EXPECT_TRUE(opens(entered[0], draw.salt, draw.record)) << "whoever has the frame finds it in the log";
  NewDraw drawn = draw;
  drawn.record = R"({"b":2})";
  EXPECT_TRUE(book->end_draw(drawn, kAnn));
  EXPECT_EQ(book->end_draw(drawn, kAnn).error().code, Code::kConflict);
  const auto told = taken(41);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].ref, 40U);
  EXPECT_FALSE(told[0].due);
  EXPECT_TRUE(opens(told[0], drawn.salt, drawn.record));
}

TEST_F(Register, AReportableErrorIsDueTenWorkingDaysAfterItsDiscovery) {
  error(true);
  const auto entries = taken(7);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].kind, LogKind::kError);
  EXPECT_EQ(to_text(*entries[0].due), "2026-12-07T23:59:59Z");
  EXPECT_EQ(book->errors(0, 10)->at(0).due, entries[0].due);
}

TEST_F(Register, ARecordableErrorIsDueNever) {
  error(false);
  EXPECT_EQ(taken(0).at(0).due, std::nullopt);
  EXPECT_FALSE(book->errors(0, 10)->at(0).is_overdue(kTimeMax));
}

TEST_F(Register, AnErrorIsOverdueAfterItsLastSecondUntilItIsReported) {
  const auto number = error(true);
  clock.time = *time_from_text("2026-12-07T23:59:59Z");
  EXPECT_FALSE(book->errors(0, 10)->at(0).is_overdue(clock.time));
  clock.time += hours(1);
  EXPECT_TRUE(book->errors(0, 10)->at(0).is_overdue(clock.time));
  ASSERT_TRUE(book->report_error(number, kAnn));
  EXPECT_FALSE(book->errors(0, 10)->at(0).is_overdue(clock.time));
  EXPECT_EQ(book->errors(0, 10)->at(0).reported, clock.time);
}

TEST_F(Register, TheReportRefersToTheErrorThoughTheLogHadNotTakenIt) {
  const auto number = error(true);
  ASSERT_TRUE(book->report_error(number, kAnn));
  open();
  EXPECT_EQ(taken(40).size(), 1U) << "the report waits until its error has a place";
  const auto report = taken(41);
  ASSERT_EQ(report.size(), 1U);
  EXPECT_EQ(report[0].ref, 40U);
  EXPECT_EQ(report[0].due, std::nullopt);
  EXPECT_TRUE(taken(42).empty());
}

TEST_F(Register, TellingThoseConcernedDoesNotStandForTheReport) {
  const auto number = error(true, true);
  const auto due = taken(3).at(0).due;
  ASSERT_TRUE(book->tell_concerned(number, false, {"ann", "an inquiry is open"}));
  EXPECT_EQ(book->errors(0, 10)->at(0).untold_why, "an inquiry is open");
  EXPECT_EQ(taken(4).at(0).due, due);
  ASSERT_TRUE(book->report_error(number, kAnn));
  ASSERT_TRUE(book->tell_concerned(number, true, kAnn));
  const auto rest = taken(5);
  EXPECT_EQ(rest.at(1).due, std::nullopt);
  EXPECT_EQ(rest.at(1).ref, 3U);
  EXPECT_EQ(book->errors(0, 10)->at(0).told, clock.time);
  EXPECT_EQ(book->errors(0, 10)->at(0).untold_why, "");
}

TEST_F(Register, RefusesWhatAnErrorsStateDoesNotAllow) {
  const auto slip = error(false);
  const auto grave = error(true, true);
  EXPECT_EQ(book->report_error(slip, kAnn).error().code, Code::kConflict);
  EXPECT_EQ(book->tell_concerned(slip, true, kAnn).error().code, Code::kConflict);
  EXPECT_EQ(book->tell_concerned(slip, false, kAnn).error().code, Code::kConflict);
  ASSERT_TRUE(book->report_error(grave, kAnn));
  EXPECT_EQ(book->report_error(grave, kAnn).error().code, Code::kConflict);
  ASSERT_TRUE(book->tell_concerned(grave, true, kAnn));
  EXPECT_EQ(book->tell_concerned(grave, true, kAnn).error().code, Code::kConflict);
  EXPECT_EQ(book->tell_concerned(grave, false, kAnn).error().code, Code::kConflict);
  EXPECT_EQ(book->report_error(99, kAnn).error().code, Code::kNotFound);
  EXPECT_EQ(book->tell_concerned(99, true, kAnn).error().code, Code::kNotFound);
  EXPECT_EQ(taken(0).size(), 2U) << "what was refused is not told";
}

TEST_F(Register, RefusesTextsAndTimesThatCannotBe) {
  NewError made{.what = "x", .concerns = {}, .discovered = clock.time + hours(1)};
  EXPECT_EQ(book->record_error(made, {}, kAnn).error().code, Code::kInvalidInput);
  made.discovered = clock.time;
  EXPECT_EQ(book->record_error(made, {}, {"ann", ""}).error().code, Code::kInvalidInput);
  made.what.assign(OversightRegister::kWordsBytesMax + 1, 'x');
  EXPECT_EQ(book->record_error(made, {}, kAnn).error().code, Code::kInvalidInput);
  const NewRecommendation late{.what = "x", .to = "desk", .by = clock.time};
  EXPECT_EQ(book->recommend(late, kAnn).error().code, Code::kInvalidInput);
  EXPECT_TRUE(book->errors(0, 10)->empty());
}

TEST_F(Register, ARecommendationStaysDueUntilItIsDoneOrNotAccepted) {
  for (const auto last : {RecommendationState::kDone, RecommendationState::kNotAccepted}) {
    const auto number = recommendation();
    const auto due = taken(9).at(0).due;
    EXPECT_EQ(due, clock.time + hours(48));
    ASSERT_TRUE(book->answer(number, RecommendationState::kAnswered, kAnn));
    ASSERT_TRUE(book->regrade(number, RecommendationGrade::kAmber, kAnn));
    ASSERT_TRUE(book->answer(number, last, kAnn));
    const auto steps = taken(10);
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[0].due, due);
    EXPECT_EQ(steps[1].due, due);
    EXPECT_EQ(steps[2].due, std::nullopt);
    EXPECT_EQ(steps[2].ref, 9U);
    EXPECT_EQ(steps[2].kind, LogKind::kRecommendation);
    EXPECT_EQ(book->recommendations(number - 1, 1)->at(0).made.grade, RecommendationGrade::kAmber);
    EXPECT_FALSE(book->recommendations(number - 1, 1)->at(0).is_overdue(kTimeMax));
  }
}

TEST_F(Register, AClosedRecommendationIsNotOpenedAgain) {
  for (const auto last : {RecommendationState::kDone, RecommendationState::kNotAccepted}) {
    const auto number = recommendation();
    EXPECT_EQ(book->answer(number, RecommendationState::kOpen, kAnn).error().code, Code::kInvalidInput);
    EXPECT_EQ(book->regrade(number, RecommendationGrade::kRed, kAnn).error().code, Code::kConflict);
    ASSERT_TRUE(book->answer(number, last, kAnn));
    for (const auto next :
         {RecommendationState::kAnswered, RecommendationState::kDone, RecommendationState::kNotAccepted})
      EXPECT_EQ(book->answer(number, next, kAnn).error().code, Code::kConflict);
    EXPECT_EQ(book->regrade(number, RecommendationGrade::kGreen, kAnn).error().code, Code::kConflict);
  }
  EXPECT_EQ(book->answer(99, RecommendationState::kDone, kAnn).error().code, Code::kNotFound);
}

TEST_F(Register, LosesNothingThatItAcknowledgedBeforeKillNine) {
  book.reset();
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    open();
    for (;;) {
      const auto number = error(true);
      if (::write(pipe_ends[1], &number, sizeof number) < 0) ::_exit(1);
    }
  }
  std::int64_t acknowledged = 0;
  while (acknowledged < 20) ASSERT_GT(::read(pipe_ends[0], &acknowledged, sizeof acknowledged), 0);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(pipe_ends[1]);
  for (std::int64_t more = 0; ::read(pipe_ends[0], &more, sizeof more) > 0;) acknowledged = more;
  ::close(pipe_ends[0]);
  open();
  const auto kept = book->errors(0, 1'000);
  EXPECT_GE(static_cast<std::int64_t>(kept->size()), acknowledged);
  EXPECT_EQ(book->pending(10'000)->size(), kept->size()) << "each with its entry";
}

}  // namespace
}  // namespace seawall
