#include "seawall/exchange/detail/test_support.h"

namespace seawall::exchange_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string page(const std::string& inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
         "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\">" +
         inside + "</queryResult>";
}
std::string image(const std::string& inside) {
  return "<image><member id=\"42\">Body</member><id>image1</id>" + inside + "</image>";
}
std::string images(const std::string& inside) {
  return page("<images count=\"1\" maxTimestamp=\"2017-10-24T15:10:00Z\">" + inside + "</images>");
}
std::string prints(const std::string& inside) { return "<fingerprints>" + inside + "</fingerprints>"; }

TEST(Ncmec, ReadsImagesVideosAndTombstones) {
  const Got got = read(
      "ncmec-v2",
      page("<images count=\"2\" maxTimestamp=\"2017-10-24T15:10:00Z\"><image>\n <member "
           "id=\"42\">Body</member>"
           "<timestamp>2017-10-24T15:00:00Z</timestamp><id> image1 "
           "</id><classification>A1</classification><fingerprints><md5>" +
           kMd5 + "</md5><sha1>" + kSha1 + "</sha1><pdna>" + kPhotoDnaHex + "</pdna><pdq>" + kPdq +
           "</pdq></fingerprints>"
           "<categorizations><categorization>01234567-abcd</categorization></categorizations>"
           "<feedback><affirmativeFeedback type=\"Md5\"><members><member "
           "id=\"7\">Other</member></members></affirmativeFeedback></feedback>"
           "</image><deletedImage><member "
           "id=\"43\"/><id>image4</id><timestamp>2017-10-24T15:10:00Z</timestamp></deletedImage></images>"
           "<videos count=\"1\" maxTimestamp=\"2017-10-24T15:20:00Z\"><video><member "
           "id=\"42\"/><id>video-1</id>" +
           prints("<md5>" + kMd5 + "</md5>") + "</video></videos>"));
  ASSERT_EQ(got.error, "");
  ASSERT_EQ(got.records.size(), 3U);
  const EntryContent& first = got.records[0].content;
  EXPECT_EQ(got.records[0].key, "42-image1");
  EXPECT_EQ(first.classification, (Classification{ClassificationScheme::kNcmec, "A1"}));
  EXPECT_EQ(first.decided_at->time_since_epoch().count(), 1508857200000);
  EXPECT_EQ(first.media_type, "image");
  EXPECT_EQ(first.signals.pdq.size(), 1U);
  EXPECT_EQ(first.signals.carried.at(0).type, "photodna");
  EXPECT_EQ(attribute(got.records[0], "categorizations"), "01234567-abcd");
  EXPECT_EQ(got.records[1].key, "43-image4");
  EXPECT_TRUE(got.records[1].withdrawn);
  EXPECT_EQ(got.records[2].key, "42-video-1");
  EXPECT_EQ(got.records[2].content.media_type, "video");
  EXPECT_EQ(got.document.continuation, "");
}

TEST(Ncmec, HandsTheNextPageToItsCallerAsItStands) {
  const Got got = read(
      "ncmec-v2", page("<paging><next>/v2/"
                       "entries?from=2017-10-20T00%3A00%3A00.000Z&amp;start=2001&amp;size=1000&amp;max=3000"
                       "</next></paging>"));
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(got.document.continuation,
            "/v2/entries?from=2017-10-20T00%3A00%3A00.000Z&start=2001&size=1000&max=3000");
}

TEST(Ncmec, SaysTheNewestTimeOfThePageThoughEntriesAreInNoOrder) {
  const Got got = read(
      "ncmec-v2",
      page("<images maxTimestamp=\"2019-10-24T15:10:00Z\"/><videos maxTimestamp=\"2018-10-24T15:10:00Z\"/>"));
  ASSERT_TRUE(got.document.newest);
  EXPECT_EQ(got.document.newest->time_since_epoch().count(), 1571929800000);
}

TEST(Ncmec, CountsFingerprintsBehindAddressesAndKeepsNone) {
  const Got got =
      read("ncmec-v2", images(image(prints("<md5>" + kMd5 +
                                           "</md5><tmk-pdqf rel=\"self\" href=\"/v2/secret/TMK\"/>"
                                           "<videntifier rel=\"self\" href=\"/v2/secret/V\"/>"))));
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_EQ(got.document.left_aside, 2U);
  EXPECT_TRUE(got.records[0].content.attributes.empty());
}

TEST(Ncmec, KeepsAClassThatItDoesNotKnowAsAnotherScheme) {
  const Got got = read(
      "ncmec-v2", images(image("<classification>C9</classification>" + prints("<md5>" + kMd5 + "</md5>"))));
  EXPECT_EQ(got.records.at(0).content.classification,
            (Classification{ClassificationScheme::kOther, "ncmec/C9"}));
}

TEST(Ncmec, RefusesBadEntriesAlone) {
  const Got got =
      read("ncmec-v2", images(image(prints("<md5>zz</md5>")) + image("") + "<image><id>x</id></image>" +
                              image(prints("<md5>" + kMd5 + "</md5><md5>" + kMd5 + "</md5>")) +
                              image(prints("<md5>" + kMd5 + "</md5>"))));
  EXPECT_EQ(got.error, "");
  EXPECT_THAT(got.refusals, ElementsAre("record 1 malformed_hash", "record 2 no_signal",
                                        "record 3 missing_key", "record 4 duplicate_member"));
  EXPECT_EQ(got.records.size(), 1U);
}

TEST(Ncmec, RefusesEntitiesAndOtherDocuments) {
  const Got entity = read("ncmec-v2", "<!DOCTYPE q [<!ENTITY a \"b\">]><queryResult/>");
  EXPECT_EQ(entity.code, Code::kInvalidInput);
  EXPECT_THAT(entity.error, HasSubstr("document type"));
  EXPECT_EQ(read("ncmec-v2", "<status/>").code, Code::kInvalidInput);
  EXPECT_EQ(read("ncmec-v2", "").code, Code::kInvalidInput);
  std::string deep = "<queryResult>";
  for (int i = 0; i < 40; ++i) deep += "<a>";
  EXPECT_EQ(read("ncmec-v2", deep).code, Code::kLimitExceeded);
}

}  // namespace
}  // namespace seawall::exchange_test
