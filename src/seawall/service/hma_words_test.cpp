#include "seawall/service/hma_words.h"

#include <gtest/gtest.h>

#include "seawall/json/json.h"
#include "seawall/service/hma_content.h"

namespace seawall {
namespace {

const std::string kPdq = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const std::string kMd5 = "9dd4e461268c8034f5c8564e155c67a6";

TEST(HmaWords, APdqHashIsTakenAsStrictlyAsHmaTakesIt) {
  const auto signal = hma_signal_from_text(HmaType::kPdq, kPdq);
  ASSERT_TRUE(signal);
  EXPECT_EQ(signal->text, kPdq);
  EXPECT_EQ(to_text(signal->pdq), kPdq);
  EXPECT_EQ(hma_signal_from_text(HmaType::kPdq, kPdq + "\n").value().text, kPdq);
  std::string upper = kPdq;
  upper[0] = 'F';
  for (const std::string& wrong : {upper, kPdq + "\n\n", " " + kPdq, kPdq.substr(1), std::string(), kMd5}) {
    const auto refused = hma_signal_from_text(HmaType::kPdq, wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().message, "invalid PDQ hash");
  }
}

TEST(HmaWords, AnMd5IsStrippedAndMadeLower) {
  const auto signal = hma_signal_from_text(HmaType::kVideoMd5, " \t9DD4E461268C8034F5C8564E155C67A6\n");
  ASSERT_TRUE(signal);
  EXPECT_EQ(signal->text, kMd5);
  const auto refused = hma_signal_from_text(HmaType::kVideoMd5, std::string(500, 'z'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "'" + std::string(64, 'z') + "' is not a valid MD5 hash");
}

TEST(HmaWords, ABooleanIsReadAsPydanticReadsIt) {
  for (const char* word : {"true", "True", "1", "yes", "ON", "t", "y"}) EXPECT_EQ(hma_boolean(word), true);
  for (const char* word : {"false", "0", "no", "Off", "F", "n"}) EXPECT_EQ(hma_boolean(word), false);
  for (const char* word : {"", "2", "perhaps", " true", "truee"}) EXPECT_EQ(hma_boolean(word), std::nullopt);
}

TEST(HmaWords, ASelectionNamesTheOneTypeOfItsContent) {
  EXPECT_TRUE(hma_check_selection(HmaType::kPdq, std::nullopt));
  EXPECT_TRUE(hma_check_selection(HmaType::kPdq, " pdq ,, "));
  EXPECT_EQ(hma_check_selection(HmaType::kPdq, "pdq,x").error().detail,
            "signal type 'x' doesn't exist or is disabled");
  EXPECT_EQ(hma_check_selection(HmaType::kVideoMd5, " , ").error().detail, "empty signal type selection");
}

TEST(HmaWords, AnEntryIsANumberAndBack) {
  const EntryId entry = entry_id(ReleaseId{12}, 345);
  EXPECT_EQ(hma_id(entry), "51539607897");
  EXPECT_EQ(hma_entry("51539607897"), entry);
  for (const char* wrong : {"", "abc", "-1", "1.5", "12 ", "99999999999999999999"}) {
    EXPECT_EQ(hma_entry(wrong), std::nullopt) << wrong;
  }
}

TEST(HmaWords, NamesKeepTheirBlanks) {
  EXPECT_EQ(hma_names("A,, B"), (std::vector<std::string>{"A", "", " B"}));
}

TEST(HmaWords, FaultsAreOneArray) {
  const HttpAnswer answer = hma_faults_answer({hma_missing("url"), {"model_type", "", "words", "null"}});
  EXPECT_EQ(answer.status, 422);
  const auto json = parse_json(answer.body_text());
  ASSERT_TRUE(json);
  EXPECT_EQ(
      (*json)[0],
      (Json{{"type", "missing"}, {"loc", {"url"}}, {"msg", "Field required"}, {"input", Json::object()}}));
  EXPECT_EQ((*json)[1]["loc"], Json::array());
}

TEST(HmaContent, TheSameSignalsHaveTheSameKeyInAnyOrder) {
  const HmaSignal pdq = *hma_signal_from_text(HmaType::kPdq, kPdq);
  const HmaSignal md5 = *hma_signal_from_text(HmaType::kVideoMd5, kMd5);
  EXPECT_EQ(hma_key({pdq, md5}), hma_key({md5, pdq}));
  EXPECT_NE(hma_key({pdq}), hma_key({pdq, md5}));
  EXPECT_EQ(hma_key({pdq}).find(kPdq.substr(0, 8)), std::string::npos);
  EXPECT_EQ(hma_signals_json(hma_content({pdq, md5}, {}).signals),
            (Json{{"pdq", kPdq}, {"video_md5", kMd5}}));
}

TEST(HmaContent, NotesAndMetadataAreKeptAndTakenAway) {
  const Json body = {
      {"note", "seen"},
      {"metadata", {{"content_id", "x"}, {"content_uri", nullptr}, {"json", {{"a", 1}}}, {"collab", 7}}}};
  const auto notes = hma_notes(body, {});
  ASSERT_TRUE(notes);
  EntryContent content = hma_content({}, *notes);
  EXPECT_EQ(note_of(content), "seen");
  EXPECT_EQ(hma_user_metadata(content), (Json{{"content_id", "x"}, {"json", {{"a", 1}}}}));
  content = with_note(std::move(content), "");
  EXPECT_EQ(note_of(content), "");
  EXPECT_EQ(content.attributes.size(), 1U);
}

TEST(HmaContent, ANoteIsTextOfAtMost255Characters) {
  std::string most;
  for (int i = 0; i < 255; ++i) most += "ü";
  EXPECT_EQ(hma_note(most).value(), most);
  EXPECT_EQ(hma_note(most + "x").error().detail, "note must be at most 255 characters");
  EXPECT_EQ(hma_note(7).error().detail, "note should be a string");
  for (const Json& nothing : {Json(), Json(false), Json(0), Json(""), Json::array(), Json::object()}) {
    EXPECT_EQ(hma_note(nothing).value(), "");
  }
}

TEST(HmaContent, MetadataOfAFormIsJson) {
  HmaForm form;
  form.fields["metadata"] = R"({"content_id":"x"})";
  form.fields["note"] = "n";
  EXPECT_EQ(hma_notes(Json(), form).value().metadata, R"({"content_id":"x"})");
  form.fields["metadata"] = "{";
  EXPECT_EQ(hma_notes(Json(), form).error().detail, "metadata form field must be valid JSON");
}

}  // namespace
}  // namespace seawall
