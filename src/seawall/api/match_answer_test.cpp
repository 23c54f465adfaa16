#include "seawall/api/match_answer.h"

#include <gtest/gtest.h>

#include "seawall/json/json.h"

namespace seawall {
namespace {

LookupMatch match_of(std::uint32_t place, Standing standing, BankAction action) {
  LookupMatch met;
  met.match.entry = entry_id(ReleaseId{12}, place);
  met.match.distance_bits = 4;
  met.match.radius_bits = 31;
  met.match.standing = standing;
  met.match.action = action;
  met.variant.symmetry = Dihedral::kRotate90;
  met.quality = 100;
  return met;
}

LookupAnswer answer_of(const std::string& id) {
  LookupAnswer answer;
  answer.id = id;
  answer.verdict = BankAction::kBlock;
  answer.matches = {match_of(345, Standing::kEnforced, BankAction::kBlock),
                    match_of(346, Standing::kStaged, BankAction::kReview)};
  answer.reasons = {"because \"so\""};
  answer.list_version.number = 41;
  answer.observed = true;
  return answer;
}

constexpr auto names = [](const LookupMatch&) -> MatchNames {
  return {"known", "ncmec-industry", Classification{ClassificationScheme::kNcmec, "A1"}, "s", 38};
};

Json written(const LookupAnswer& answer, const AnswerStyle& style) {
  std::string out;
  append_answer(out, answer, style, names);
  auto json = parse_json(out);
  EXPECT_TRUE(json) << out;
  return json ? *json : Json{};
}

TEST(MatchAnswer, SaysAllOfAMatch) {
  const Json json = written(answer_of("post-17"), {.request_id = "r_1"});
  EXPECT_EQ(json["request_id"], "r_1");
  EXPECT_EQ(json["id"], "post-17");
  EXPECT_EQ(json["verdict"], "block");
  ASSERT_EQ(json["matches"].size(), 1U) << "the staged one is silent";
  const Json& match = json["matches"][0];
  EXPECT_EQ(match["match"], "12.345@post-17");
  EXPECT_EQ(match["entry"], "12.345");
  EXPECT_EQ(match["bank"], "known");
  EXPECT_EQ(match["source"], "ncmec-industry");
  EXPECT_EQ(match["signal"], "pdq");
  EXPECT_EQ(match["distance"], 4);
  EXPECT_EQ(match["radius"], 31);
  EXPECT_EQ(match["variant"], "rotate90");
  EXPECT_EQ(match["quality"], 100);
  EXPECT_EQ(match["standing"], "enforced");
  EXPECT_EQ(match["action"], "block");
  EXPECT_EQ(match["classification"]["scheme"], "ncmec");
  EXPECT_EQ(match["list_version"], 38);
  EXPECT_EQ(json["reasons"][0], "because \"so\"");
  EXPECT_EQ(json["list_version"]["number"], 41);
  EXPECT_EQ(json["list_version"]["chain"].get<std::string>().size(), 64U);
  EXPECT_EQ(json["observed"], true);
  EXPECT_FALSE(json.contains("media") || json.contains("failed") || json.contains("timings"));
}

TEST(MatchAnswer, SaysWhereAVideoShowsWhatOfAListedOne) {
  LookupAnswer answer = answer_of("up");
  answer.matches.resize(1);
  answer.matches[0].match.met_by = MetBy::kVideo;
  answer.matches[0].quality.reset();
  answer.matches[0].parts = {{"three-aligned", 9'000, 14'455, 1'000, 7'000, 1.0994, 7, 6, "flip_y"},
                             {"single-frame", 0, 0, 5, 5, 1, 1, 30, "original"}};
  LookedAt& media = answer.media.emplace();
  media.decoded = true;
  media.video = LookedAtVideo{"video/mp4", 480, 270, 24'000, 49, false, true, false};
  const Json json = written(answer, {.request_id = "r"});
  const Json& match = json["matches"][0];
  EXPECT_EQ(match["signal"], "video");
  ASSERT_EQ(match["parts"].size(), 2U);
  EXPECT_EQ(match["parts"][0]["tier"], "three-aligned");
  EXPECT_EQ(match["parts"][0]["begin_ms"], 9'000);
  EXPECT_EQ(match["parts"][0]["end_ms"], 14'455);
  EXPECT_EQ(match["parts"][0]["listed_begin_ms"], 1'000);
  EXPECT_EQ(match["parts"][0]["listed_end_ms"], 7'000);
  EXPECT_EQ(match["parts"][0]["speed"], 1.099);
  EXPECT_EQ(match["parts"][0]["frames"], 7);
  EXPECT_EQ(match["parts"][0]["variant"], "flip_y");
  EXPECT_EQ(match["parts"][1]["speed"], 1.0);
  EXPECT_EQ(json["media"]["type"], "video/mp4");
  EXPECT_EQ(json["media"]["length_ms"], 24'000);
  EXPECT_EQ(json["media"]["looked_at"], "closely");
  EXPECT_EQ(json["media"]["frames_decoded"], 49);
  EXPECT_FALSE(json["media"].contains("frames"));
}

TEST(MatchAnswer, NamesSilentMatchesWhereAsked) {
  const Json json = written(answer_of(""), {.request_id = "r", .include_silent = true});
  ASSERT_EQ(json["matches"].size(), 2U);
  EXPECT_EQ(json["matches"][1]["standing"], "staged");
  EXPECT_EQ(json["matches"][1]["match"], "12.346");
  EXPECT_FALSE(json.contains("id"));
}

TEST(MatchAnswer, SaysWhatFailedAndWhatTheVerdictIsThen) {
  LookupAnswer answer;
  answer.verdict = BankAction::kBlock;
  answer.failed = Error{Code::kDecoderCrashed, "the decoder died"};
  answer.media.emplace().size_bytes = 9;
  const Json json = written(answer, {.request_id = "r", .on_error = OnError::kFailClosed});
  EXPECT_EQ(json["verdict"], "block");
  EXPECT_EQ(json["failed"]["mode"], "fail_closed");
  EXPECT_EQ(json["failed"]["error"]["code"], "decoder_crashed");
  EXPECT_EQ(json["reasons"].size(), 1U);
  EXPECT_EQ(json["media"]["decoded"], false);
  EXPECT_FALSE(json["media"].contains("width"));
}

TEST(MatchAnswer, GivesTimesInMicrosecondsWhereAsked) {
  LookupAnswer answer = answer_of("a");
  answer.times.search = std::chrono::microseconds(7);
  const Json json =
      written(answer, {.request_id = "r", .timings = true, .total = std::chrono::milliseconds(2)});
  EXPECT_EQ(json["timings"]["search_us"], 7);
  EXPECT_EQ(json["timings"]["total_us"], 2000);
}

TEST(MatchAnswer, ABatchHasTheStrongestVerdictAndAnErrorForWhatHasNone) {
  LookupAnswer review = answer_of("a");
  review.verdict = BankAction::kReview;
  LookupAnswer failed;
  failed.id = "b";
  failed.decided = false;
  failed.failed = Error{Code::kUnavailable, "the lists are away"};
  const LookupAnswer answers[] = {review, failed};
  std::string out;
  append_batch(out, answers, {.request_id = "r"}, names);
  const auto json = parse_json(out);
  ASSERT_TRUE(json) << out;
  EXPECT_EQ((*json)["verdict"], "review");
  ASSERT_EQ((*json)["answers"].size(), 2U);
  EXPECT_EQ((*json)["answers"][1]["id"], "b");
  EXPECT_EQ((*json)["answers"][1]["error"]["code"], "unavailable");
  EXPECT_FALSE((*json)["answers"][1].contains("verdict"));
}

LookupAnswer undecided() {
  LookupAnswer answer;
  answer.decided = false;
  answer.failed = Error{Code::kUnavailable, "the lists are away"};
  return answer;
}

TEST(MatchAnswer, ABatchThatIsNotWhollyKnownIsNeverAllowed) {
  const LookupAnswer allow;
  LookupAnswer block;
  block.verdict = BankAction::kBlock;
  const auto verdict = [](std::vector<LookupAnswer> answers) {
    std::string out;
    append_batch(out, answers, {.request_id = "r"}, names);
    const auto json = parse_json(out);
    EXPECT_TRUE(json) << out;
    return json && json->contains("verdict") ? (*json)["verdict"].get<std::string>() : "none";
  };
  EXPECT_EQ(verdict({undecided(), undecided()}), "none");
  EXPECT_EQ(verdict({allow, undecided()}), "none");
  EXPECT_EQ(verdict({undecided(), allow}), "none");
  EXPECT_EQ(verdict({undecided(), block, allow}), "block");
  EXPECT_EQ(verdict({allow, allow}), "allow");
}

TEST(MatchAnswer, AReasonOfAHiddenMatchIsHiddenToo) {
  LookupAnswer answer;
  answer.matches = {match_of(1, Standing::kOverruled, BankAction::kBlock),
                    match_of(2, Standing::kStaged, BankAction::kBlock),
                    match_of(3, Standing::kEnforced, BankAction::kReview)};
  answer.reasons = {"of 12.1", "of 12.3"};
  const Json shown = written(answer, {.request_id = "r"});
  EXPECT_EQ(shown["matches"].size(), 1U);
  EXPECT_EQ(shown["reasons"], Json({"of 12.3"}));
  const Json all = written(answer, {.request_id = "r", .include_silent = true});
  EXPECT_EQ(all["reasons"], Json({"of 12.1", "of 12.3"}));
}

}  // namespace
}  // namespace seawall
