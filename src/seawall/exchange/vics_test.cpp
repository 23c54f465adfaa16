#include "seawall/exchange/detail/test_support.h"

namespace seawall::exchange_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kContext2 = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata";
const std::string kContext1 = "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml";

std::string set_2(const std::string& media) {
  return "{\"@odata.context\":\"" + kContext2 + "#Media\",\"value\":[" + media + "]}";
}
std::string set_1(const std::string& media) {
  return "{\"odata.metadata\":\"" + kContext1 + "#Media\",\"value\":[" + media + "]}";
}
const std::string kMd5Member = "\"MD5\":\"" + kMd5 + "\"";

TEST(Vics, ReadsAHashSetWithMediaDirectlyUnderValue) {
  const Got got =
      read("vics-2.0", set_2("{\"MediaID\":1,\"Category\":1," + kMd5Member + ",\"SHA1\":\"" + kSha1 +
                             "\",\"MediaSize\":2835,\"MimeType\":\"image/jpeg\","
                             "\"DateUpdated\":\"2023-06-07T02:31:49.8300Z\",\"Tags\":\"b, a\"}"));
  ASSERT_EQ(got.error, "");
  ASSERT_EQ(got.records.size(), 1U);
  const ExchangeRecord& record = got.records[0];
  EXPECT_EQ(record.key, "md5:" + kMd5);
  EXPECT_TRUE(record.content.signals.sha1);
  EXPECT_EQ(record.content.size_bytes, 2835U);
  EXPECT_EQ(record.content.media_type, "image/jpeg");
  EXPECT_EQ(record.content.decided_at->time_since_epoch().count(), 1686105109830);
  EXPECT_THAT(record.content.tags, ElementsAre("a", "b"));
  EXPECT_EQ(got.document.edition, "2.0/UK");
}

TEST(Vics, ReadsACaseFileWithMediaInsideEachCase) {
  const Got got =
      read("vics-1.3", "\xEF\xBB\xBF{\"odata.metadata\":\"" + kContext1 +
                           "#Cases\",\"value\":[{\"CaseID\":\"x\",\"Media\":[{" + kMd5Member +
                           "}],\"CaseMetadata\":[{\"PropertyName\":\"Media\"}]},{\"Media\":[{\"SHA1\":\"" +
                           kSha1 + "\"}]},{\"Media\":null}]}");
  EXPECT_EQ(got.error, "");
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[1].key, "sha1:" + kSha1);
}

TEST(Vics, ReadsBooleansWrittenAsText) {
  const Got got = read(
      "vics-1.3", set_1("{" + kMd5Member +
                        ",\"IsDistributed\":\"True\",\"VictimIdentified\":true,\"IsSuspected\":\"FALSE\"}"));
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_EQ(attribute(got.records[0], "IsDistributed"), "true");
  EXPECT_EQ(attribute(got.records[0], "VictimIdentified"), "true");
  EXPECT_EQ(attribute(got.records[0], "IsSuspected"), "false");
}

TEST(Vics, ReadsASeriesAsTextOrAsAnObject) {
  const Got got = read("vics-2.0", set_2("{" + kMd5Member + ",\"Series\":\"harbour\"},{\"SHA1\":\"" + kSha1 +
                                         "\",\"Series\":{\"SeriesName\":\"quay\",\"Number\":3}}"));
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[0].content.series, "harbour");
  EXPECT_EQ(got.records[1].content.series, "quay");
  EXPECT_EQ(attribute(got.records[1], "Series"), "{\"SeriesName\":\"quay\",\"Number\":3}");
}

TEST(Vics, SaysUnderWhichEditionACategoryWasGiven) {
  const std::string media = "{" + kMd5Member + ",\"Category\":\"0\"}";
  const auto zero_2 = read("vics-2.0", set_2(media)).records.at(0);
  const auto zero_1 = read("vics-1.3", set_1(media)).records.at(0);
  // Category 0 is "non-pertinent" in one edition and "uncategorised" in another: it is never taken for
  // either.
  EXPECT_EQ(zero_2.content.classification->value, "vics-2.0/UK/0");
  EXPECT_EQ(zero_1.content.classification->value, "vics-1/0");
  EXPECT_EQ(zero_1.content.classification->scheme, ClassificationScheme::kOther);
  EXPECT_EQ(attribute(zero_1, "Category"), "0");
  std::vector<std::string> losses;
  ExchangeWriteOptions us;
  us.edition = "US";
  write("vics-2.0", {zero_1}, losses, us);
  EXPECT_THAT(losses, ElementsAre("classification"))
      << "a category does not pass from one edition into another";
}

TEST(Vics, ReadsPhotoDnaInBase64AndInHex) {
  for (const std::string& text : {kPhotoDnaBase64, kPhotoDnaHex}) {
    const Got got =
        read("vics-2.0",
             set_2("{" + kMd5Member + ",\"AlternativeHashes\":[{\"HashName\":\"PhotoDNA\",\"HashValue\":\"" +
                   text + "\"}]}"));
    ASSERT_EQ(got.records.size(), 1U);
    EXPECT_EQ(got.records[0].content.signals.carried.at(0),
              (CarriedSignal{"photodna", std::string(144, '\0')}));
  }
}

TEST(Vics, KeepsAlternativeHashesThatItDoesNotKnow) {
  const Got got =
      read("vics-2.0",
           set_2("{" + kMd5Member + ",\"AlternativeHashes\":[{\"HashName\":\"pdq\",\"HashValue\":\"" + kPdq +
                 "\"},{\"HashName\":\"F1\",\"HashValue\":\"x\"},{\"HashName\":\"MD5\",\"HashValue\":\"" +
                 kMd5 + "\"}]}"));
  ASSERT_EQ(got.records.size(), 1U) << got.refusals.at(0);
  EXPECT_EQ(got.records[0].content.signals.pdq.size(), 1U);
  EXPECT_EQ(attribute(got.records[0], "AlternativeHashes"), "[{\"HashName\":\"F1\",\"HashValue\":\"x\"}]");
}

TEST(Vics, NeverKeepsMiniatures) {
  const Got got =
      read("vics-1.3", set_1("{" + kMd5Member + ",\"Miniature\":\"" + std::string(5000, 'A') + "\"}"));
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_THAT(got.records[0].content.attributes, IsEmpty());
  EXPECT_EQ(got.document.left_aside, 1U);
}

TEST(Vics, LeavesMediaFilesAsideThatPassTheLimitAndKeepsTheRecord) {
  const auto with_files = [](std::size_t bytes) {
    return read("vics-1.3",
                set_1("{" + kMd5Member + ",\"MediaFiles\":[{\"FileName\":\"" + std::string(bytes, 'f') +
                      "\"}],\"Exifs\":[{\"PropertyName\":\"Model\",\"PropertyValue\":\"m\"}]}"));
  };
  EXPECT_EQ(attribute(with_files(10).records.at(0), "MediaFiles"), "[{\"FileName\":\"ffffffffff\"}]");
  const Got large = with_files(70'000);
  ASSERT_EQ(large.records.size(), 1U);
  EXPECT_EQ(attribute(large.records[0], "MediaFiles"), "(none)");
  EXPECT_NE(attribute(large.records[0], "Exifs"), "(none)");
  EXPECT_EQ(large.document.left_aside, 1U);
}

TEST(Vics, LeavesHashesOfEmptyFilesToTheGuardsOfImport) {
  const Got got = read("vics-1.3", set_1("{\"MD5\":\"D41D8CD98F00B204E9800998ECF8427E\"}"));
  EXPECT_EQ(got.records.size(), 1U);
}

TEST(Vics, TakesAKeyFromTheHashUnlessTheIdIsAName) {
  const Got got = read(
      "vics-2.0", set_2("{\"MediaID\":7," + kMd5Member + "},{\"MediaID\":\"2f0c-9\",\"SHA1\":\"" + kSha1 +
                        "\"},{\"MediaID\":3,\"AlternativeHashes\":[{\"HashName\":\"PDQ\",\"HashValue\":\"" +
                        kPdq + "\"}]}"));
  ASSERT_EQ(got.records.size(), 3U);
  EXPECT_EQ(got.records[0].key, "md5:" + kMd5);
  EXPECT_EQ(attribute(got.records[0], "MediaID"), "7");
  EXPECT_EQ(got.records[1].key, "2f0c-9");
  EXPECT_EQ(got.records[2].key, "3");
}

TEST(Vics, RefusesBadRecordsAloneAndSaysWhy) {
  const Got got =
      read("vics-1.3", set_1("{\"MD5\":\"xyz\"},7,{\"MediaID\":1},{" + kMd5Member + "," + kMd5Member + "},{" +
                             kMd5Member + ",\"a\":" + std::string(100, '[') + std::string(100, ']') + "},{" +
                             kMd5Member + ",\"big\":\"" + std::string(5'000'000, 'b') + "\"},{" + kMd5Member +
                             ",\"c\":\"\xFF\"},{" + kMd5Member + "}"));
  EXPECT_EQ(got.error, "");
  EXPECT_THAT(got.refusals,
              ElementsAre("record 1 malformed_hash", "record 2 malformed_record", "record 3 no_signal",
                          "record 4 duplicate_member", "record 5 record_too_large",
                          "record 6 record_too_large", "record 7 malformed_record"));
  EXPECT_EQ(got.records.size(), 1U);
}

TEST(Vics, NamesTheFormatThatReadsADocumentOfTheOtherEdition) {
  const Got got = read("vics-1.3", set_2("{}"));
  EXPECT_EQ(got.code, Code::kUnsupported);
  EXPECT_THAT(got.error, HasSubstr("vics-2.0"));
  EXPECT_EQ(read("vics-2.0", set_1("{}")).code, Code::kUnsupported);
  EXPECT_EQ(read("vics-2.0", "{\"@odata.context\":\"http://x/DataModels/3.0.xml#Media\",\"value\":[]}").code,
            Code::kUnsupported);
  EXPECT_EQ(read("vics-2.0", "{\"value\":[]}").code, Code::kInvalidInput);
  EXPECT_EQ(read("vics-2.0", "{\"@odata.context\":\"" + kContext2 + "#Media\"}").code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall::exchange_test
