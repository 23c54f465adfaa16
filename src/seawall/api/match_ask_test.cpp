#include "seawall/api/match_ask.h"

#include <gmock/gmock.h>

#include "seawall/base/base64.h"
#include "seawall/video_print/tmk.h"

namespace seawall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHash = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
constexpr const char* kOther = "e64cc9d91c623882f8d1f1d9a398e78c9f199b3bd83924f2b7e11e0bf861b064";

Result<MatchAsk> ask(std::string text) {
  text.reserve(text.size() + JsonObjectReader::kPaddingBytes);
  JsonObjectReader reader;
  return match_ask_from_json(reader, text);
}

/// `text` with H and O for the two hashes and ' for ".
std::string json(std::string text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += '"';
    } else if (c == 'H' || c == 'O') {
      out += std::string("\"") + (c == 'H' ? kHash : kOther) + "\"";
    } else {
      out += c;
    }
  }
  return out;
}

MatchAsk good(const std::string& text) {
  auto read = ask(json(text));
  EXPECT_TRUE(read) << read.error().message << "\n" << text;
  return read ? std::move(*read) : MatchAsk{};
}

std::string complaint(const std::string& text, Code code = Code::kInvalidInput) {
  const auto read = ask(json(text));
  EXPECT_FALSE(read) << text;
  if (read) return "";
  EXPECT_EQ(read.error().code, code) << text;
  return read.error().message;
}

TEST(MatchAsk, ReadsSignalsWithAllOptions) {
  const MatchAsk read = good(
      "{'id':'post-17','place':'p','signals':{'pdq':H,'quality':99,'md5':'cab08b36195edb1a1231d2d09fa450e0'},"
      "'banks':['known','other'],'radius':0,'profile':'thorough','on_error':'fail_closed','mode':'async',"
      "'webhook':'https://a.example/hook','include_silent':true,'timings':true}");
  ASSERT_EQ(read.items.size(), 1U);
  EXPECT_FALSE(read.batch);
  const AskedItem& item = read.items[0].asked;
  EXPECT_EQ(item.id, "post-17");
  EXPECT_EQ(item.place, "p");
  ASSERT_EQ(item.signals.pdq.size(), 1U);
  EXPECT_EQ(item.signals.pdq[0].quality, 99);
  EXPECT_EQ(item.signals.pdq[0].bits, *fingerprint_from_text(kHash));
  EXPECT_TRUE(item.signals.md5);
  EXPECT_THAT(read.banks, ElementsAre("known", "other"));
  EXPECT_EQ(read.options.radius_bits, 0);
  EXPECT_EQ(read.options.profile, VariantProfile::kThorough);
  EXPECT_EQ(read.options.on_error, OnError::kFailClosed);
  EXPECT_TRUE(read.async && read.include_silent && read.timings);
  EXPECT_EQ(read.webhook, "https://a.example/hook");
}

TEST(MatchAsk, ReadsATmkSignal) {
  TmkPrint print;
  print.frame_count = 3;
  print.periods = {7};
  print.coefficients = {0.5F};
  print.average = {1, 2};
  print.cosines = {3, 4};
  print.sines = {5, 6};
  const auto file = write_tmk(print);
  const std::string text = to_base64(std::string(reinterpret_cast<const char*>(file.data()), file.size()));
  const auto read = ask("{\"signals\":{\"tmk\":\"" + text + "\"}}");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->items.size(), 1U);
  ASSERT_TRUE(read->items[0].asked.signals.tmk);
  EXPECT_EQ(*read->items[0].asked.signals.tmk, print);
  EXPECT_NE(complaint("{'signals':{'tmk':'AAAA'}}").find("tmk"), std::string::npos);
  EXPECT_NE(complaint("{'signals':{'tmk':7}}").find("tmk"), std::string::npos);
}

TEST(MatchAsk, DefaultsAreThoseOfTheContract) {
  const MatchAsk read = good("{'url':'https://media.example/1.jpg'}");
  EXPECT_EQ(read.items[0].url, "https://media.example/1.jpg");
  EXPECT_FALSE(read.options.radius_bits || read.async || read.include_silent || read.timings || read.batch);
  EXPECT_EQ(read.options.profile, VariantProfile::kDefault);
  EXPECT_EQ(read.options.on_error, OnError::kTell);
}

TEST(MatchAsk, ReadsABatch) {
  const MatchAsk read =
      good("{'items':[{'id':'a','signals':{'pdq':[H,O],'quality':[null,7]}},{'url':'http://b'}]}");
  EXPECT_TRUE(read.batch);
  ASSERT_EQ(read.items.size(), 2U);
  ASSERT_EQ(read.items[0].asked.signals.pdq.size(), 2U);
  EXPECT_EQ(read.items[0].asked.signals.pdq[0].quality, kPdqQualityMin);
  EXPECT_EQ(read.items[0].asked.signals.pdq[1].quality, 7);
  EXPECT_EQ(read.items[1].url, "http://b");
}

TEST(MatchAsk, SaysWhichMemberIsWrong) {
  EXPECT_THAT(complaint("{'signals':{'pdq':'f8'}}"), HasSubstr("64 hex"));
  EXPECT_THAT(complaint("{'signals':{'pdq':7}}"), HasSubstr("pdq"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H,'quality':101}}"), HasSubstr("quality"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H,'quality':[1,2]}}"), HasSubstr("one for each hash"));
  EXPECT_THAT(complaint("{'signals':{'quality':1}}"), HasSubstr("signals"));
  EXPECT_THAT(complaint("{'signals':{'md5':'x'}}"), HasSubstr("32 hex digits"));
  EXPECT_THAT(complaint("{'signals':{'sha1':1}}"), HasSubstr("40 hex digits"));
  EXPECT_THAT(complaint("{'signals':{}}"), HasSubstr("signals"));
  EXPECT_THAT(complaint("{'signals':[]}"), HasSubstr("an object"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'radius':257}"), HasSubstr("0 to 256"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'radius':'31'}"), HasSubstr("radius"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'radius':1.5}"), HasSubstr("radius"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'profile':'all'}"), HasSubstr("none or default or thorough"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'on_error':'fail'}"), HasSubstr("fail_closed or fail_open"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'banks':[]}"), HasSubstr("banks"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'banks':['a','a']}"), HasSubstr("each once"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'timings':1}"), HasSubstr("true or false"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'webhook':'https://a'}"), HasSubstr("async"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'mode':'async','webhook':'http://a'}"), HasSubstr("https"));
  EXPECT_THAT(complaint("{'items':[{'signals':{'pdq':H}},{'id':'b'}]}"), HasSubstr("item 2"));
  EXPECT_THAT(complaint("{'items':[]}"), HasSubstr("1 item or more"));
  EXPECT_THAT(complaint("{'items':[1]}"), HasSubstr("an object"));
  EXPECT_THAT(complaint("{'id':'','signals':{'pdq':H}}"), HasSubstr("id"));
}

TEST(MatchAsk, RefusesWhatIsUnknownTwiceOrBothWays) {
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'raduis':3}"), HasSubstr("raduis"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'https://secret.example/x':3}"), Not(HasSubstr("secret")));
  EXPECT_THAT(complaint("{'signals':{'pdq':H,'tmk':'x'}}"), HasSubstr("tmk"));
  // What may be a signal or an id in a name's place is not told.
  for (const std::string& text : {std::string(kHash), std::string("cab08b36195edb1a1231d2d09fa450e0"),
                                  std::string("cab08b36195edb1a"), std::string("a_name_of_21_letters_")}) {
    EXPECT_THAT(complaint("{'signals':{'pdq':H},'" + text + "':3}"), Not(HasSubstr(text)));
    EXPECT_THAT(complaint("{'signals':{'pdq':H,'" + text + "':3}}"), Not(HasSubstr(text)));
  }
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'signals':{'pdq':O}}"), HasSubstr("twice"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H,'pdq':O}}"), HasSubstr("twice"));
  EXPECT_THAT(complaint("{'radius':1,'radius':2,'signals':{'pdq':H}}"), HasSubstr("twice"));
  EXPECT_THAT(complaint("{'signals':{'pdq':H},'url':'http://a'}"), HasSubstr("either"));
  EXPECT_THAT(complaint("{}"), HasSubstr("either"));
  EXPECT_THAT(complaint("{'id':'a','items':[{'signals':{'pdq':H}}]}"), HasSubstr("in its items"));
  complaint("[]");
  complaint("");
  complaint("{'signals':{'pdq':H}");
  complaint("{'signals':{'pdq':H}} x");
}

TEST(MatchAsk, KeepsItsLimits) {
  std::string many = "{\"items\":[";
  for (std::size_t i = 0; i <= MatchAsk::kItemsMax; ++i)
    many += std::string(i == 0 ? "" : ",") + R"({"signals":{"md5":"cab08b36195edb1a1231d2d09fa450e0"}})";
  const auto over = ask(many + "]}");
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::kLimitExceeded);
  std::string urls = "{'items':[";
  for (std::size_t i = 0; i <= MatchAsk::kUrlsMax; ++i)
    urls += std::string(i == 0 ? "" : ",") + "{'url':'http://a'}";
  EXPECT_THAT(complaint(urls + "]}", Code::kLimitExceeded), HasSubstr("16"));
  std::string hashes = "{'signals':{'pdq':[H";
  for (std::size_t i = 0; i < AskedSignals::kPdqMax; ++i) hashes += ",H";
  EXPECT_THAT(complaint(hashes + "]}}"), HasSubstr("256"));
  // 256 items of 256 hashes are taken, one more hash is not.
  std::string item = "{'signals':{'pdq':[H";
  for (std::size_t i = 1; i < AskedSignals::kPdqMax; ++i) item += ",H";
  item += "]}}";
  std::string batch = "{'items':[" + item;
  for (std::size_t i = 1; i < AskedSignals::kPdqOfBatchMax / AskedSignals::kPdqMax; ++i) batch += "," + item;
  EXPECT_EQ(good(batch + "]}").items.size(), 256U);
  EXPECT_THAT(complaint(batch + ",{'signals':{'pdq':H}}]}", Code::kLimitExceeded), HasSubstr("65536"));
  complaint("{'id':'" + std::string(129, 'x') + "','signals':{'pdq':H}}");
}

}  // namespace
}  // namespace seawall
