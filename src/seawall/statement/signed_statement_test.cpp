#include "seawall/statement/signed_statement.h"

#include <gtest/gtest.h>

#include "seawall/statement/test_people.h"

namespace seawall {
namespace {

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(1'795'388'400 + seconds)); }

class Statement : public ::testing::Test {
 protected:
  static SignedStatement unsigned_one() {
    return SignedStatement::make("order-review", at(0),
                                 {{"ann", PersonRole::kApprover}, {"bob", PersonRole::kReviewer}},
                                 {{"grounds", "g"}})
        .value();
  }
  TestPeople people;
};

TEST_F(Statement, SignsTheTagAndTheCanonicalBody) {
  EXPECT_EQ(unsigned_one().signed_bytes(),
            "seawall/order-review/v1\n"
            R"({"at":"2026-11-22T23:00:00Z","grounds":"g","kind":"order-review",)"
            R"("signers":[{"by":"ann","role":"approver"},{"by":"bob","role":"reviewer"}]})");
}

TEST_F(Statement, ComesBackFromItsTextWithWhoSignedSoFar) {
  SignedStatement statement = unsigned_one();
  ASSERT_TRUE(statement.sign(people.key("bob")));
  EXPECT_FALSE(statement.is_complete());
  EXPECT_EQ(statement.missing().front().by, "ann");
  auto again = SignedStatement::from_text(statement.to_text());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->signatures(), statement.signatures());
  EXPECT_EQ(again->id(), unsigned_one().id()) << "whoever has signed by now";
  ASSERT_TRUE(again->sign(people.key("ann")));
  EXPECT_TRUE(again->is_complete());
  EXPECT_EQ(again->signatures().front().signer.by, "ann") << "in the signers' order";
  EXPECT_EQ(SignedStatement::from_text(again->to_text())->to_text(), again->to_text());
}

TEST_F(Statement, IsSignedOnceByEachOfItsSignersAndByNobodyElse) {
  SignedStatement statement = unsigned_one();
  EXPECT_EQ(statement.sign(people.key("eve")).error().code, Code::kInvalidInput);
  ASSERT_TRUE(statement.sign(people.key("ann")));
  EXPECT_EQ(statement.sign(people.key("ann")).error().code, Code::kConflict);
}

TEST_F(Statement, JoinsSignaturesThatWereGivenApart) {
  SignedStatement one = unsigned_one(), other = unsigned_one();
  ASSERT_TRUE(one.sign(people.key("bob")));
  ASSERT_TRUE(other.sign(people.key("ann")));
  ASSERT_TRUE(one.join(other));
  EXPECT_TRUE(one.is_complete());
  ASSERT_TRUE(one.join(other)) << "again is nothing";
  const auto third = SignedStatement::make("order-review", at(1), one.signers(), {{"grounds", "g"}});
  EXPECT_EQ(one.join(*third).error().code, Code::kConflict);
}

TEST_F(Statement, RefusesBodiesThatNobodyCouldSignProperly) {
  const StatementSigner ann{"ann", PersonRole::kApprover};
  EXPECT_FALSE(SignedStatement::make("", at(0), {ann}, Json::object()));
  EXPECT_FALSE(SignedStatement::make("Order", at(0), {ann}, Json::object()));
  EXPECT_FALSE(SignedStatement::make("order/v2", at(0), {ann}, Json::object()));
  EXPECT_FALSE(SignedStatement::make("order", at(0), {}, Json::object()));
  EXPECT_FALSE(SignedStatement::make("order", at(0), {ann, {"ann", PersonRole::kReviewer}}, Json::object()))
      << "two roles are two people";
  EXPECT_FALSE(SignedStatement::make("order", at(0), {{"Ann", PersonRole::kApprover}}, Json::object()));
  EXPECT_FALSE(SignedStatement::make("order", at(0), {ann}, {{"share", 0.5}}));
  EXPECT_EQ(SignedStatement::make("order", at(0), {ann}, {{"text", std::string(64'000, 'x')}}).error().code,
            Code::kLimitExceeded);
}

TEST_F(Statement, RefusesTextsThatAreNotItsOne) {
  const std::string good = people.signed_by_all(unsigned_one()).to_text();
  const auto with = [&](std::string_view old, std::string_view now) {
    std::string text = good;
    return text.replace(text.find(old), old.size(), now);
  };
  const std::size_t cut = good.find("{\"by\":\"ann\",\"key\"");
  const std::size_t second = good.find("{\"by\":\"bob\",\"key\"");
  const std::string ann = good.substr(cut, second - cut - 1);
  const std::string bob = good.substr(second, good.size() - second - 3);
  const std::string head = good.substr(0, cut);
  ASSERT_EQ(head + ann + "," + bob + "]}\n", good);
  for (const std::string& bad :
       {std::string(), std::string("{}"), good + "\n", " " + good, head + bob + "," + ann + "]}\n",
        head + ann + "," + ann + "]}\n", with("\"role\":\"reviewer\"", "\"role\":\"custodian\""),
        with("\"sig\":\"", "\"sig\":\"A"), with("{\"body\"", "{\"also\":1,\"body\""),
        with("\"key\":\"", "\"key\":\"A")}) {
    EXPECT_FALSE(SignedStatement::from_text(bad)) << bad;
  }
  EXPECT_EQ(SignedStatement::from_text(std::string(70'000, '[')).error().code, Code::kLimitExceeded);
}

}  // namespace
}  // namespace seawall
