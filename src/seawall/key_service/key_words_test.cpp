#include "seawall/key_service/key_words.h"

#include <gtest/gtest.h>

#include "seawall/key_vault/test_vault.h"

namespace seawall {
namespace {

SignedStatement some_statement() {
  TestPeople people;
  const KeyUse use{.person = "amy",
                   .order = TestVault::kOrder,
                   .tenant = "forum",
                   .case_id = "case-1",
                   .purpose = "case 12",
                   .recipient = {},
                   .records = {{"rec-1", 1, std::string(kWrappedKeyBytes, 'w')}}};
  return people.signed_by_all(draft_key_use(TestOffice::at(0), use, PersonRole::kApplicant, "").value());
}

TEST(KeyWords, AreReadAsTheyAreWritten) {
  const KeyDemand demand{.statement = some_statement(),
                         .evidence = {.entry = "{}", .salt = {std::byte{1}, std::byte{2}}, .proof = "p"}};
  const auto read = key_demand_from(to_text(demand));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->statement.to_text(), demand.statement.to_text());
  EXPECT_EQ(read->evidence.entry, "{}");
  EXPECT_EQ(read->evidence.salt, demand.evidence.salt);
  EXPECT_EQ(read->evidence.proof, "p");
  const auto bare = key_demand_from(R"({"statement":)" + demand.statement.to_text() + "}");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->evidence.entry, "");
}

TEST(KeyWords, AreRefusedWithAnythingMissingOrMore) {
  const std::string statement = some_statement().to_text();
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), R"({"statement":1})" + std::string(),
        R"({"statement":)" + statement + R"(,"more":1})",
        R"({"statement":)" + statement + R"(,"evidence":1})",
        R"({"statement":)" + statement + R"(,"evidence":{"salt":"!"}})"})
    EXPECT_FALSE(key_demand_from(text)) << text.substr(0, 40);
  EXPECT_TRUE(record_name_from(R"({"tenant":"t","case":"c","record":"r","version":1})"));
  EXPECT_FALSE(record_name_from(R"({"tenant":"t","case":"c","record":"r","version":0})"));
  EXPECT_FALSE(record_name_from(R"({"tenant":"t","case":"c","record":"r"})"));
  EXPECT_TRUE(settle_word_from(R"({"id":7,"proof":"p","source":"orders"})"));
  EXPECT_FALSE(settle_word_from(R"({"id":7,"proof":"p","source":"all"})"));
  EXPECT_FALSE(settle_word_from(R"({"id":-7,"proof":"p","source":"vault"})"));
  EXPECT_TRUE(restore_word_from(R"({"backup":"b","statement":)" + statement + "}"));
  EXPECT_FALSE(restore_word_from(R"({"statement":)" + statement + "}"));
}

TEST(KeyWords, TellARefusalWithWhatToDo) {
  KeyAnswer answer;
  answer.refusal = KeyRefusal::kOrder;
  answer.by_order = OrderRefusal::kExpired;
  const Json json = to_json(answer);
  EXPECT_EQ(json["refused"], "order");
  EXPECT_EQ(json["by-order"], "expired");
  EXPECT_FALSE(json.contains("sealed"));
}

}  // namespace
}  // namespace seawall
