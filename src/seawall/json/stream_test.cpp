#include "seawall/json/stream.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace seawall {
namespace {

/// Everything that captures of the elements of one array give, or "!" and the error.
std::string elements_of(std::string_view text, std::size_t piece_bytes = 1 << 16,
                        std::size_t value_bytes_max = 1 << 16) {
  MemorySource source(text, piece_bytes);
  JsonStream stream(source, value_bytes_max);
  std::string seen;
  if (auto opened = stream.open_array(); !opened) return "! " + opened.error().message;
  for (;;) {
    const auto any = stream.next_element();
    if (!any) return "! " + any.error().message;
    if (!*any) break;
    const auto value = stream.capture();
    if (!value) return "! " + value.error().message;
    seen += "<" + (value->too_large ? std::string("too large") : std::string(value->text)) + ">";
  }
  const auto finished = stream.finish();
  return finished ? seen : "! " + finished.error().message;
}

TEST(JsonStream, CapturesEachElementAsItStandsThere) {
  EXPECT_EQ(elements_of("\xEF\xBB\xBF [ {\"a\":[1,{}]} , \"x\\\"]\" ,-1.5e3,true,null , [ ] ]\n"),
            "<{\"a\":[1,{}]}><\"x\\\"]\"><-1.5e3><true><null><[ ]>");
  EXPECT_EQ(elements_of("[]"), "");
}

TEST(JsonStream, GivesTheSameInPiecesOfAnySize) {
  const std::string text = R"([{"k":"a\\","l":"\\\"]}"},"\\\\\"",{"m":[[],[{}]]},12345678901234567890])";
  const std::string whole = elements_of(text);
  EXPECT_EQ(whole[0], '<');
  for (std::size_t piece = 1; piece < text.size(); ++piece)
    EXPECT_EQ(elements_of(text, piece), whole) << piece;
}

TEST(JsonStream, RefusesWhatIsNotJson) {
  for (const char* text : {"",      "{",      "[",    "[1",   "[1,",  "[1,]", "[,1]",  "[1 2]",
                           "[tru]", "[nulL]", "[01]", "[1.]", "[-]",  "[1e]", "[\"a]", "[\"a\\\"]",
                           "[{]",   "[{]}",   "[[}]", "[]]",  "[] x", "[a]",  "1"}) {
    EXPECT_EQ(elements_of(text)[0], '!') << text;
  }
}

TEST(JsonStream, PassesOverAValueThatIsTooLargeAndGoesOn) {
  const std::string big =
      "[1,\"" + std::string(500'000, 'x') + "\",{\"a\":[" + std::string(400'000, ' ') + "]},2]";
  for (const std::size_t piece : {1000U, 1U << 20U}) {
    EXPECT_EQ(elements_of(big, piece, 1000), "<1><too large><too large><2>");
  }
}

TEST(JsonStream, NamesTheLimitOfNesting) {
  EXPECT_NE(elements_of(std::string(5000, '[')).find("deeper than 1024"), std::string::npos);
  const std::string fine = "[" + std::string(1000, '[') + std::string(1000, ']') + "]";
  EXPECT_EQ(elements_of(fine)[0], '<');
}

TEST(JsonStream, WalksIntoObjectsAndPassesOverWhatIsNotWanted) {
  const std::string text =
      R"({"skip":{"value":["no"]},"value":[{"Media":[1,2]},{"Media":[],"x":[3]}],"end":"e\u0041"})";
  for (std::size_t piece = 1; piece < 20; ++piece) {
    MemorySource source(text, piece);
    JsonStream stream(source);
    std::string seen;
    std::string_view name;
    ASSERT_TRUE(stream.open_object());
    while (*stream.next_member(name)) {
      seen += std::string(name) + ";";
      if (name == "skip") {
        ASSERT_TRUE(stream.skip());
      } else if (name == "end") {
        seen += json_value_text(stream.capture()->text).value();
      } else {
        ASSERT_TRUE(stream.open_array());
        while (*stream.next_element()) {
          ASSERT_TRUE(stream.open_object());
          while (*stream.next_member(name)) {
            seen += std::string(name) + "=";
            seen += std::string(stream.capture()->text) + ";";
          }
        }
      }
    }
    EXPECT_TRUE(stream.finish());
    EXPECT_EQ(seen, "skip;value;Media=[1,2];Media=[];x=[3];end;eA");
  }
}

nlohmann::json random_value(std::mt19937& random, int depth) {
  switch (random() % (depth > 3 ? 4 : 6)) {
    case 0:
      return static_cast<int>(random()) / 7;
    case 1:
      return random() % 2 == 0;
    case 2: {
      std::string text(random() % 12, 'x');
      for (char& c : text) c = "\"\\/[]{},: a\n"[random() % 12];
      return text;
    }
    case 3:
      return nullptr;
    case 4: {
      nlohmann::json list = nlohmann::json::array();
      for (std::size_t i = random() % 4; i > 0; --i) list.push_back(random_value(random, depth + 1));
      return list;
    }
    default: {
      nlohmann::json object = nlohmann::json::object();
      for (std::size_t i = random() % 4; i > 0; --i) {
        object["k" + std::to_string(random() % 9)] = random_value(random, depth + 1);
      }
      return object;
    }
  }
}

TEST(JsonStream, AgreesWithNlohmannOnGeneratedDocuments) {
  constexpr unsigned kSeed = 77;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    nlohmann::json list = nlohmann::json::array();
    for (std::size_t i = random() % 6; i > 0; --i) list.push_back(random_value(random, 0));
    std::string expected;
    const int indent = round % 2 == 0 ? -1 : 1;
    for (const auto& item : list) expected += "<" + item.dump() + ">";
    const std::string text = list.dump(indent);
    std::string seen;
    MemorySource source(text, 1 + random() % 40);
    JsonStream stream(source);
    ASSERT_TRUE(stream.open_array());
    while (*stream.next_element()) seen += "<" + nlohmann::json::parse(stream.capture()->text).dump() + ">";
    EXPECT_TRUE(stream.finish());
    EXPECT_EQ(seen, expected) << "seed " << kSeed << " round " << round << ": " << text;
  }
}

}  // namespace
}  // namespace seawall
