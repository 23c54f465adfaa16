#include "seawall/statement/canonical_json.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

std::string canonical(std::string_view text) {
  const auto value = parse_json(text);
  if (!value) return "not JSON";
  const auto written = canonical_json(*value);
  return written ? *written : written.error().message;
}

Code refusal(std::string_view text) {
  const auto read = read_canonical_json(text, 1000);
  return read ? Code{} : read.error().code;
}

// RFC 8785 section 3.2.2, without the numbers that have a fraction.
TEST(CanonicalJson, IsThatOfRfc8785Section322) {
  EXPECT_EQ(canonical(R"({
    "numbers": [333333333, 4, 0],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })"),
            "{\"literals\":[null,true,false],\"numbers\":[333333333,4,0],"
            "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

// RFC 8785 section 3.2.3: the order of UTF-16 units, which is not that of code points.
TEST(CanonicalJson, SortsMembersAsInRfc8785Section323) {
  EXPECT_EQ(canonical(R"({
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis"
  })"),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
            "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
            "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
            "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST(CanonicalJson, HasTheShortestEscapeOfEachControlCharacter) {
  EXPECT_EQ(canonical(R"("\u0000\b\u0009\n\u000b\f\r\u001f\u007f")"),
            "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\"");
}

TEST(CanonicalJson, HoldsWholeNumbersThatEveryReaderHoldsExactly) {
  EXPECT_EQ(canonical("[9007199254740991,-9007199254740991,-1]"), "[9007199254740991,-9007199254740991,-1]");
  for (const char* number :
       {"9007199254740992", "-9007199254740992", "18446744073709551615", "1.0", "1.5", "1e2"}) {
    EXPECT_NE(canonical(number).find("no whole number"), std::string::npos) << number;
  }
}

TEST(CanonicalJson, RefusesTextThatIsNotUtf8AndTooManyLevels) {
  EXPECT_FALSE(canonical_json(Json("\xff")));
  const std::string deep = std::string(17, '[') + std::string(17, ']');
  EXPECT_EQ(canonical(deep.substr(1, 32)), deep.substr(1, 32));
  EXPECT_EQ(refusal(std::string(18, '[') + std::string(18, ']')), Code::kLimitExceeded);
}

TEST(CanonicalJson, IsReadBackInNoOtherForm) {
  EXPECT_EQ(refusal(R"({"a":1,"b":["\n"]})"), Code{});
  for (const char* other :
       {R"({"b":1,"a":1})", R"({"a":1,"a":1})", R"({"a": 1})", "{\"a\":1}\n", R"({"a":-0})",
        R"({"a":"\u000a"})", R"({"a":"\/"})", R"({"a":1.0})", R"({"a":01})", "", "{", R"({"a":"\ud800"})"}) {
    EXPECT_EQ(refusal(other), Code::kInvalidInput) << other;
  }
  EXPECT_EQ(read_canonical_json("[1,2]", 4).error().code, Code::kLimitExceeded);
}

TEST(StrictJson, TakesBlanksAndAnyOrderButNoMemberTwice) {
  EXPECT_TRUE(read_strict_json(" { \"b\" : 1, \"a\" : {\"b\":2} }\n", 100));
  EXPECT_FALSE(read_strict_json(R"({"a":1,"a":1})", 100));
  EXPECT_FALSE(read_strict_json(R"([{"x":{"a":1,"\u0061":1}}])", 100));
  EXPECT_FALSE(read_strict_json(R"({"a":1.5})", 100));
}

}  // namespace
}  // namespace seawall
