#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "seawall/review/detail/test_queue.h"

namespace seawall {
namespace {

using Kind = ReviewRefusal::Kind;

constexpr std::array<std::string_view, 4> kPeople{"ann", "bob", "cat", "dan"};

/// What a clerk with paper knows of one item.
struct Paper {
  std::string lease_by;
  Time lease_until{};
  std::vector<std::pair<std::string, Time>> spoke;  ///< Who graded it when; what was undone is struck.
  bool decided = false;
};

/// Random people at random items, with a clerk who writes down what may be. Limits are small, so that they
/// are reached.
class History {
 public:
  explicit History(unsigned seed) : random_(seed), queue_(options()) {
    ExposureLimits tight;
    tight.stills = 6;
    tight.stills_high = 3;
    tight.stills_hour = 2;
    limits_ = tight;
    EXPECT_TRUE(queue_.book->set_house_limits(TestQueue::person("mona"), tight, "test"));
  }

  void step() {
    queue_.clock.time += std::chrono::seconds(one_of(90));
    if (one_of(25) == 0) queue_.clock.time += std::chrono::minutes(one_of(300));
    if (one_of(3) == 0) pick();
    if (one_of(40) == 0) queue_.open();
    switch (one_of(7)) {
      case 0:
        return add();
      case 1:
      case 2:
        return claim();
      case 3:
        return look();
      case 4:
        return grade();
      case 5:
        return undo();
      default:
        return release();
    }
  }
  void check_budgets() const {
    for (const auto& [person, given] : given_) {
      for (const Exposure& one : given) {
        const ExposureUse use = use_of(given, one.at);
        ASSERT_LE(use.stills, limits_.stills);
        ASSERT_LE(use.stills_high, limits_.stills_high);
        ASSERT_LE(use.stills_hour, limits_.stills_hour);
      }
    }
  }
  int shown = 0, refused = 0, decided = 0, undone = 0;

 private:
  static ReviewOptions options() {
    ReviewOptions options;
    options.second_opinion_from = 3;
    return options;
  }
  std::size_t one_of(std::size_t many) { return random_() % many; }
  /// Who works at what for the next few steps: the newest most often.
  void pick() {
    person_ = kPeople[one_of(kPeople.size())];
    const std::size_t back = one_of(std::min<std::size_t>(6, std::max<std::size_t>(1, paper_.size())));
    item_ = static_cast<std::int64_t>(paper_.size() - std::min(back, paper_.size()));
  }
  [[nodiscard]] std::string_view person() const { return person_; }
  [[nodiscard]] std::int64_t item() const { return item_; }

  void add() {
    const std::string name = "file " + std::to_string(paper_.size());
    NewReviewItem upload = TestQueue::upload(name);
    upload.pdq.reset();  // Each an item of its own.
    upload.severity = one_of(2) == 0 ? ReviewSeverity::kHigh : ReviewSeverity::kLow;
    ASSERT_EQ(queue_.book->keep(upload).value(), ReviewKept::kNew);
    severities_.push_back(upload.severity);
    paper_.emplace_back();
  }
  [[nodiscard]] bool held(const Paper& one, std::string_view who) const {
    return one.lease_by == who && one.lease_until > queue_.clock.time;
  }
  [[nodiscard]] bool held_by_another(const Paper& one, std::string_view who) const {
    return !one.lease_by.empty() && one.lease_by != who && one.lease_until > queue_.clock.time;
  }
  static bool has_spoken(const Paper& one, std::string_view who) {
    return std::ranges::any_of(one.spoke, [&](const auto& word) { return word.first == who; });
  }

  void claim() {
    if (item_ < 1) return;
    const auto id = item();
    Paper& one = paper_[static_cast<std::size_t>(id - 1)];
    const std::string_view who = person();
    const bool may = !one.decided && !has_spoken(one, who) && !held_by_another(one, who);
    const auto done = queue_.book->claim(TestQueue::person(who), id);
    ASSERT_EQ(done.has_value(), may) << "the clerk says otherwise";
    if (!may) return;
    one.lease_by = who;
    one.lease_until = queue_.clock.time + ReviewBook::kLease;
  }
  void release() {
    if (item_ < 1) return;
    const auto id = item();
    Paper& one = paper_[static_cast<std::size_t>(id - 1)];
    const std::string_view who = person();
    ASSERT_EQ(queue_.book->release(TestQueue::person(who), id).has_value(), held(one, who));
    if (held(one, who)) one.lease_by.clear();
  }
  void look() {
    if (item_ < 1) return;
    const auto id = item();
    const Paper& one = paper_[static_cast<std::size_t>(id - 1)];
    const std::string who(person());
    const auto seen = queue_.book->show(TestQueue::person(who), id, 1);
    if (!seen) {
      refused += seen.error().kind == Kind::kBudget ? 1 : 0;
      return;
    }
    ASSERT_TRUE(held(one, who) && !one.decided);
    ++shown;
    const auto key = std::pair(who, id);
    const auto before = last_given_.find(key);
    if (before != last_given_.end() && before->second + ReviewBook::kLease > queue_.clock.time) return;
    last_given_[key] = queue_.clock.time;
    given_[who].push_back({queue_.clock.time, severities_[static_cast<std::size_t>(id - 1)], 0});
  }
  void grade() {
    if (item_ < 1) return;
    const auto id = item();
    Paper& one = paper_[static_cast<std::size_t>(id - 1)];
    const std::string who(person());
    GradeAsk ask;
    ask.grade = static_cast<ReviewGrade>(1 + one_of(3));
    const bool may = held(one, who) && !one.decided && !has_spoken(one, who);
    ASSERT_EQ(queue_.book->grade(TestQueue::person(who), id, ask).has_value(), may);
    if (!may) return;
    one.spoke.emplace_back(who, queue_.clock.time);
    one.lease_by.clear();
    one.decided = queue_.book->item(TestQueue::person(who), id)->shown_state == "decided";
    decided += one.decided ? 1 : 0;
    ASSERT_LE(one.spoke.size(), 3U) << "the third decides";
  }
  void undo() {
    if (item_ < 1) return;
    const auto id = item();
    Paper& one = paper_[static_cast<std::size_t>(id - 1)];
    const std::string who(person());
    const bool may = !one.spoke.empty() && one.spoke.back().first == who &&
                     one.spoke.back().second + std::chrono::minutes(10) > queue_.clock.time;
    ASSERT_EQ(queue_.book->undo(TestQueue::person(who), id).has_value(), may);
    if (!may) return;
    ++undone;
    one.spoke.pop_back();
    one.decided = false;
    if (!held_by_another(one, who)) {
      one.lease_by = who;
      one.lease_until = queue_.clock.time + ReviewBook::kLease;
    }
    const auto view = queue_.book->item(TestQueue::person(who), id);
    ASSERT_EQ(view->shown_state, "open") << "as it was before they spoke";
    ASSERT_EQ(view->grade, std::nullopt);
  }

  std::mt19937 random_;
  std::string_view person_ = kPeople[0];
  std::int64_t item_ = 0;
  TestQueue queue_;
  ExposureLimits limits_;
  std::vector<Paper> paper_;
  std::vector<ReviewSeverity> severities_;
  std::map<std::pair<std::string, std::int64_t>, Time> last_given_;
  std::map<std::string, std::vector<Exposure>> given_;
};

TEST(ReviewHistories, NeverHaveTwoLeasesNorPassABudgetAndUndoRestores) {
  int shown = 0, refused = 0, decided = 0, undone = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    History history(seed);
    for (int i = 0; i < 350; ++i) {
      history.step();
      if (::testing::Test::HasFatalFailure()) return;
    }
    history.check_budgets();
    shown += history.shown;
    refused += history.refused;
    decided += history.decided;
    undone += history.undone;
  }
  EXPECT_GT(shown, 20);
  EXPECT_GT(refused, 3);
  EXPECT_GT(decided, 20);
  EXPECT_GT(undone, 5);
}

TEST(ReviewClusters, HoldNothingFurtherFromTheirFirstThanTheRadius) {
  std::mt19937_64 random(3);
  TestQueue queue;
  std::vector<Fingerprint256> prints;
  for (int i = 0; i < 200; ++i) {
    Fingerprint256 print = prints.empty() || i % 4 == 0
                               ? Fingerprint256{{random(), random(), random(), random()}}
                               : prints[random() % prints.size()];
    for (int flips = static_cast<int>(random() % 30); flips > 0; --flips)
      print.words[random() % 4] ^= std::uint64_t{1} << (random() % 64);
    prints.push_back(print);
    NewReviewItem upload = TestQueue::upload("file " + std::to_string(i));
    upload.pdq = print;
    ASSERT_TRUE(queue.book->keep(upload));
  }
  std::set<std::int64_t> leads;
  for (std::int64_t id = 1; id <= 200; ++id) {
    const auto item = queue.book->item(TestQueue::person("ann"), id);
    const int distance = hamming_distance(prints[static_cast<std::size_t>(id - 1)],
                                          prints[static_cast<std::size_t>(item->cluster - 1)]);
    EXPECT_EQ(item->cluster_distance_bits, distance);
    EXPECT_LE(distance, kPdqRadiusDefault);
    leads.insert(item->cluster);
  }
  EXPECT_EQ(queue.listed("ann"), std::vector(leads.begin(), leads.end()));
  EXPECT_LT(leads.size(), 150U);
}

/// A process that keeps, claims and grades until it is killed; what it was told is written into a pipe first.
void work_until_killed(const std::filesystem::path& folder, const Clock& clock, int out, int round) {
  auto book = ReviewBook::open(folder, sha256_of("a key for tests"), clock, {}).value();
  for (int i = 0;; ++i) {
    NewReviewItem upload = TestQueue::upload(std::to_string(round) + "/" + std::to_string(i));
    upload.pdq.reset();
    if (!book->keep(upload)) _exit(1);
    ReviewQuery first;
    first.limit = 1;
    const auto kept = book->items(TestQueue::person("ann"), first);
    if (!kept || kept->items.empty()) _exit(1);
    const std::int64_t id = kept->items.front().id;
    if (!book->claim(TestQueue::person("ann"), id)) _exit(1);
    GradeAsk ask;
    ask.grade = ReviewGrade::kConfirmed;
    if (!book->grade(TestQueue::person("ann"), id, ask)) _exit(1);
    if (::write(out, &id, sizeof id) != sizeof id) _exit(1);
  }
}

TEST(ReviewKilled, LosesNoGradeThatItAcknowledged) {
  TestQueue queue;
  for (int round = 0; round < 5; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    queue.book.reset();
    const pid_t child = ::fork();
    if (child == 0) work_until_killed(queue.folder(), queue.clock, ends[1], round);
    ::close(ends[1]);
    std::vector<std::int64_t> acknowledged;
    std::int64_t id = 0;
    while (acknowledged.size() < static_cast<std::size_t>(3 + round) &&
           ::read(ends[0], &id, sizeof id) == sizeof id)
      acknowledged.push_back(id);
    ::kill(child, SIGKILL);
    while (::read(ends[0], &id, sizeof id) == sizeof id) acknowledged.push_back(id);
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    queue.open();
    ASSERT_GE(acknowledged.size(), 3U);
    for (const std::int64_t graded : acknowledged)
      EXPECT_EQ(queue.book->item(TestQueue::person("ann"), graded)->grade, ReviewGrade::kConfirmed);
    EXPECT_LE(queue.listed("ann").size(), 1U) << "at most the one that it was at";
    for (const std::int64_t open : queue.listed("ann")) {
      queue.clock.time += ReviewBook::kLease;
      ASSERT_TRUE(queue.book->claim(TestQueue::person("ann"), open));
      ASSERT_TRUE(queue.book->grade(TestQueue::person("ann"), open, {}));
    }
  }
}

}  // namespace
}  // namespace seawall
