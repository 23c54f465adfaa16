#include "seawall/json/object_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace seawall {
namespace {

// "key=text/kind" of every member, or "!" and the error.
std::string members_of(std::string text) {
  const std::size_t size = text.size();
  text.append(JsonObjectReader::kPaddingBytes, '\0');
  JsonObjectReader reader;
  std::string seen;
  const auto read = reader.read(std::string_view(text).substr(0, size), [&](const JsonMember& member) {
    seen += std::string(member.key) + "=" + std::string(member.text) + "/" +
            std::to_string(static_cast<int>(member.kind)) + " ";
    if (member.kind != JsonMember::Kind::kArray) return Result<void>();
    return reader.elements([&](const JsonMember& element) {
      seen += "<" + std::string(element.text) + ">";
      return Result<void>();
    });
  });
  return read ? seen : "! " + read.error().message;
}

TEST(JsonObjectReader, GivesMembersInOrder) {
  EXPECT_EQ(members_of(R"({"b":"x\n\u00e9","a":[1, "two",null], "c":{"d": 1.5},"e":true,"f":null})"),
            "b=x\n\xC3\xA9/3 a=[1,\"two\",null]/4 <1><two><null>c={\"d\":1.5}/5 e=true/1 f=null/0 ");
}

TEST(JsonObjectReader, RefusesWhatIsNotOneObject) {
  for (const char* text : {"", "[]", "1", "{\"a\":}", "{\"a\":1", "{\"a\":\"\xFF\"}", "{} {}"}) {
    EXPECT_EQ(members_of(text)[0], '!') << text;
  }
  EXPECT_EQ(members_of("{\"a\":" + std::string(100'000, '[') + "}")[0], '!');
}

TEST(JsonObjectReader, ReadsObjectsLargerThanItsFirstBuffer) {
  const std::string big(300'000, 'x');
  EXPECT_EQ(members_of("{\"a\":\"" + big + "\"}"), "a=" + big + "/3 ");
}

TEST(JsonObjectReader, GoesIntoObjectsAndArraysToAnyDepth) {
  std::string text = R"({"a":{"b":[{"c":"1"},{"c":"2","d":[3,[4]]}],"e":"5"},"f":"6"})";
  const std::size_t size = text.size();
  text.append(JsonObjectReader::kPaddingBytes, '\0');
  JsonObjectReader reader;
  std::string seen;
  const auto visit = [&](const auto& self, const JsonMember& member) -> Result<void> {
    const std::string key(member.key);
    const std::string whole(member.text);
    const auto again = [&](const JsonMember& inner) { return self(self, inner); };
    seen += key + "(";
    if (member.kind == JsonMember::Kind::kArray) SEAWALL_CHECK(reader.elements(again));
    if (member.kind == JsonMember::Kind::kObject) SEAWALL_CHECK(reader.members(again));
    if (member.kind < JsonMember::Kind::kArray) seen += whole;
    EXPECT_EQ(member.text, whole) << "inner visits must leave the outer member's text alone";
    seen += ")";
    return {};
  };
  ASSERT_TRUE(reader.read(std::string_view(text).substr(0, size),
                          [&](const JsonMember& member) { return visit(visit, member); }));
  EXPECT_EQ(seen, "a(b((c(1))(c(2)d((3)((4)))))e(5))f(6)");
}

}  // namespace
}  // namespace seawall
