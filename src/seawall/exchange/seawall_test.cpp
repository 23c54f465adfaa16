#include "seawall/crypto/signing.h"
#include "seawall/exchange/detail/test_support.h"

namespace seawall::exchange_test {
namespace {

using testing::HasSubstr;

class SeawallList : public testing::Test {
 protected:
  SigningKey key_ = SigningKey::generate().value();
  ExchangeReadOptions issuer_{key_.public_key_pem().value()};

  static ExchangeRecord entry(const std::string& key) {
    ExchangeRecord record{key, false, {}};
    record.content.signals.md5.emplace();
    return record;
  }

  std::string list(const std::vector<ExchangeRecord>& records, ExchangeDocument document = {}) {
    ExchangeWriteOptions options;
    options.body = "Hotline of the north";
    options.private_key_pem = key_.private_key_pem().value();
    options.document = std::move(document);
    std::vector<std::string> losses;
    return write("seawall", records, losses, options);
  }
};

TEST_F(SeawallList, SaysWhoIssuedItFromWhichVersionToWhich) {
  ExchangeDocument document;
  document.bank = "known";
  document.from_version = 7;
  document.to_version = 9;
  document.from_chain = std::string(64, '1');
  document.to_chain = std::string(64, '2');
  const Got got = read("seawall", list({entry("a"), {"b", true, {}}}, document), issuer_);
  ASSERT_EQ(got.error, "");
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_TRUE(got.records[1].withdrawn);
  EXPECT_EQ(got.document.body, "Hotline of the north");
  EXPECT_EQ(got.document.bank, "known");
  EXPECT_EQ(got.document.from_version, 7U);
  EXPECT_EQ(got.document.to_version, 9U);
  EXPECT_EQ(got.document.to_chain, document.to_chain);
  EXPECT_EQ(got.document.continuation, "");
}

TEST_F(SeawallList, ResumesFromTheVersionOfTheLastPartThatWasWhole) {
  ExchangeDocument first;
  first.to_version = 5;
  first.to_chain = std::string(64, 'a');
  first.continuation = "more";
  const Got one = read("seawall", list({entry("a")}, first), issuer_);
  EXPECT_EQ(one.document.continuation, "5");
  ExchangeDocument second;
  second.from_version = 5;
  second.from_chain = one.document.to_chain;
  second.to_version = 8;
  const Got two = read("seawall", list({entry("b")}, second), issuer_);
  EXPECT_EQ(two.document.from_chain, one.document.to_chain);
  EXPECT_EQ(two.document.continuation, "");
}

TEST_F(SeawallList, ComesToNoEndWithoutAGoodSignature) {
  const std::string text = list({entry("a")});
  const ExchangeReadOptions other{SigningKey::generate()->public_key_pem().value()};
  const Got foreign = read("seawall", text, other);
  EXPECT_EQ(foreign.code, Code::kCorrupt);
  EXPECT_THAT(foreign.error, HasSubstr("signature"));

  std::string changed = text;
  changed.replace(changed.find("\"id\":\"a\""), 8, "\"id\":\"b\"");
  EXPECT_EQ(read("seawall", changed, issuer_).code, Code::kCorrupt);
  EXPECT_EQ(read("seawall", text.substr(0, text.find("{\"end\"")), issuer_).code, Code::kInvalidInput);
  EXPECT_EQ(read("seawall", text + "{}\n", issuer_).code, Code::kCorrupt);
  EXPECT_EQ(read("seawall", text, issuer_).error, "");
}

TEST_F(SeawallList, CannotBePutTogetherFromTwoLists) {
  const std::string a = list({entry("a")});
  const std::string b = list({entry("b")});
  const auto trailer = [](const std::string& text) { return text.substr(text.find("{\"end\"")); };
  const auto body = [](const std::string& text) { return text.substr(0, text.find("{\"end\"")); };
  EXPECT_EQ(read("seawall", body(a) + trailer(b), issuer_).code, Code::kCorrupt);
}

TEST_F(SeawallList, IsNeitherReadNorWrittenWithoutAKey) {
  EXPECT_THAT(read("seawall", list({})).error, HasSubstr("public key"));
  std::vector<std::string> losses;
  EXPECT_THAT(write("seawall", {}, losses), HasSubstr("private key"));
  ExchangeDocument backwards;
  backwards.from_version = 3;
  EXPECT_THAT(list({}, backwards), HasSubstr("a later one"));
}

TEST_F(SeawallList, OfAnotherEditionIsNotRead) {
  EXPECT_EQ(read("seawall", "{\"format\":\"seawall-list\",\"edition\":2}\n", issuer_).code,
            Code::kUnsupported);
  EXPECT_EQ(read("seawall", "{\"id\":\"a\"}\n", issuer_).code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall::exchange_test
