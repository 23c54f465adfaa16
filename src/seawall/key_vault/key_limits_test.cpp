#include <gtest/gtest.h>

#include <random>
#include <set>

#include "seawall/key_vault/test_vault.h"

namespace seawall {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(VaultLimits, AreReadAsTheyAreWrittenAndStrictly) {
  const VaultLimits limits{.person_hour = 3};
  EXPECT_EQ(*vault_limits_from(to_json(limits)), limits);
  Json more = to_json(limits);
  more["person-week"] = 1;
  EXPECT_FALSE(vault_limits_from(more));
  Json fewer = to_json(limits);
  fewer.erase("total-hour");
  EXPECT_FALSE(vault_limits_from(fewer));
  for (const char* name : {"person-hour", "total-hour", "unsettled-max"}) {
    Json none = to_json(limits);
    none[name] = 0;
    EXPECT_FALSE(vault_limits_from(none)) << name;
  }
  EXPECT_FALSE(vault_limits_from(to_json(VaultLimits{.person_hour = 61})));
  EXPECT_FALSE(vault_limits_from(Json::array()));
}

TEST(VaultLimits, AreReachedExactly) {
  const VaultLimits limits{.person_hour = 2, .person_day = 4, .person_cases_day = 2, .total_hour = 3};
  EXPECT_EQ(refusal_by(limits, {}, 2), std::nullopt);
  EXPECT_EQ(refusal_by(limits, {}, 3), KeyRefusal::kPersonHour);
  EXPECT_EQ(refusal_by(limits, {.person_hour = 1, .total_hour = 1}, ~std::uint64_t{0}),
            KeyRefusal::kPersonHour);
  EXPECT_EQ(refusal_by(limits, {.person_day = 3}, 1), std::nullopt);
  EXPECT_EQ(refusal_by(limits, {.person_day = 3}, 2), KeyRefusal::kPersonDay);
  EXPECT_EQ(refusal_by(limits, {.other_cases_day = 1}, 1), std::nullopt);
  EXPECT_EQ(refusal_by(limits, {.other_cases_day = 2}, 1), KeyRefusal::kPersonCases);
  EXPECT_EQ(refusal_by(limits, {.total_hour = 2}, 1), std::nullopt);
  EXPECT_EQ(refusal_by(limits, {.total_hour = 3}, 1), KeyRefusal::kTotalHour);
}

/// What a clerk would write down: every key that left, one line each.
struct Line {
  std::string person, case_id;
  Time at;
};
class Paper {
 public:
  explicit Paper(const VaultLimits& limits) : limits_(limits) {}
  [[nodiscard]] bool allows(const Line& next) const {
    std::uint64_t hour = 0, day = 0, total = 0;
    std::set<std::string> cases{next.case_id};
    for (const Line& one : lines_) {
      const bool same = one.person == next.person;
      const bool in_hour = next.at - one.at < hours(1), in_day = next.at - one.at < hours(24);
      total += in_hour ? 1U : 0U;
      hour += same && in_hour ? 1U : 0U;
      day += same && in_day ? 1U : 0U;
      if (same && in_day) cases.insert(one.case_id);
    }
    return hour < limits_.person_hour && day < limits_.person_day && total < limits_.total_hour &&
           cases.size() <= limits_.person_cases_day;
  }
  void write(const Line& line) { lines_.push_back(line); }

 private:
  VaultLimits limits_;
  std::vector<Line> lines_;
};

TEST(VaultLimits, AllowExactlyWhatAClerksPaperDoes) {
  const VaultLimits limits{.person_hour = 4,
                           .person_day = 7,
                           .person_cases_day = 2,
                           .total_hour = 6,
                           .refusals_hour = 1'000'000,
                           .unsettled_max = 1'000'000,
                           .unsettled_age_s = 1'000'000};
  TestVault test(limits);
  const std::vector<std::string> cases{"case-1", "case-2", "case-3"};
  std::vector<std::string> records;
  for (const std::string& one : cases) records.push_back("of-" + one);
  for (const std::string& one : cases) test.new_key("of-" + one, one);
  test.order(TestVault::kOrder, records, 100'000);
  Paper paper(limits);
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  int given = 0, refused = 0;
  for (int i = 0; i < 400; ++i) {
    test.office.pass(seconds(random() % 4 == 0 ? random() % 9'000 : random() % 300));
    if (random() % 50 == 0) test.open();
    if (test.office.clock.time > TestOffice::at(6 * 86'400)) break;
    const Line next{random() % 2 == 0 ? "amy" : "olga", cases[random() % 3], test.office.clock.time};
    KeyUse use = test.wish("of-" + next.case_id, next.case_id);
    use.person = next.person;
    const auto role = next.person == "amy" ? PersonRole::kApplicant : PersonRole::kOfficer;
    const std::string answer = TestVault::word(test.ask(test.signed_use(use, role)));
    ASSERT_EQ(answer == "given", paper.allows(next)) << answer << " at step " << i;
    (answer == "given" ? given : refused) += 1;
    if (answer == "given") paper.write(next);
  }
  EXPECT_GT(given, 20);
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace seawall
