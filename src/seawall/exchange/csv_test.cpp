#include "seawall/exchange/detail/test_support.h"

namespace seawall::exchange_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(OwnCsv, ReadsTheBankFilesOfToday) {
  const Got got = read("csv", "\xEF\xBB\xBFNote,Quality,PDQ, ID \r\n\"a, b\",88," + kPdq + ",x1\r\n,?," +
                                  kPdq + " " + kPdq + ",x2\r\n,50 ?," + kPdq + " " + kPdq + ",x3\r\n");
  ASSERT_EQ(got.error, "");
  EXPECT_THAT(got.refusals, ElementsAre("line 3 malformed_quality"));
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[0].key, "x1");
  EXPECT_EQ(attribute(got.records[0], "Note"), "a, b");
  EXPECT_EQ(got.records[0].content.signals.pdq[0].quality, 88);
  EXPECT_EQ(got.records[1].content.signals.pdq[1].quality, ListedPdq::kQualityUnknown);
}

TEST(OwnCsv, ReadsClassificationsSeriesTagsAndTheRest) {
  const Got got =
      read("csv",
           "id,md5,classification,series,tags,media_type,size_bytes,decided_at,photodna,withdrawn\n"
           "a," +
               kMd5 + ",ncmec:A1,quay,b|a\\|c,image/jpeg,12,2024-01-02T03:04:05Z," + kPhotoDnaHex +
               ",\n"
               "b," +
               kMd5 +
               ",csam,,,,huge,last week,,no\n"
               "c,,,,,,,,,true\n");
  ASSERT_EQ(got.error, "");
  EXPECT_THAT(got.refusals, IsEmpty());
  ASSERT_EQ(got.records.size(), 3U);
  const EntryContent& a = got.records[0].content;
  EXPECT_EQ(a.classification, (Classification{ClassificationScheme::kNcmec, "A1"}));
  EXPECT_THAT(a.tags, ElementsAre("a|c", "b"));
  EXPECT_EQ(a.size_bytes, 12U);
  EXPECT_EQ(a.signals.carried.at(0).bytes.size(), 144U);
  EXPECT_EQ(got.records[1].content.classification, (Classification{ClassificationScheme::kOther, "csam"}));
  EXPECT_EQ(attribute(got.records[1], "decided_at"), "last week")
      << "what cannot be read is kept, not guessed";
  EXPECT_EQ(attribute(got.records[1], "size_bytes"), "huge");
  EXPECT_TRUE(got.records[2].withdrawn);
}

TEST(OwnCsv, SaysWhatAHeaderLacks) {
  const auto error = [](std::string_view text) { return read("csv", text).error; };
  EXPECT_THAT(error(""), HasSubstr("the document is empty"));
  EXPECT_THAT(error("id,name\n"), HasSubstr("no column holds signals"));
  EXPECT_THAT(error("pdq\n"), HasSubstr("no id column"));
  EXPECT_THAT(error("id,pdq,ID\n"), HasSubstr("twice"));
  EXPECT_THAT(error("[1,2]\n"), HasSubstr("the first line must name"));
}

TEST(OwnCsv, RefusesBadRowsAloneAndSaysWhy) {
  const Got got =
      read("csv", "id,pdq,quality,md5,error\na,xyz,,,\nb," + kPdq + ",101,,\nc\n," + kPdq +
                      ",,,\nd,,,,\ne,,,,failed\n" + "f\xFF,,," + kMd5 + ",\nok,,," + kMd5 + ",\n");
  EXPECT_THAT(got.refusals, ElementsAre("line 2 malformed_hash", "line 3 malformed_quality",
                                        "line 4 malformed_record", "line 5 missing_key", "line 6 no_signal",
                                        "line 7 hashing_failed", "line 8 malformed_text"));
  EXPECT_EQ(got.records.size(), 1U);
}

TEST(OwnNdjson, ReadsTheBankFilesOfTodayAndWhatHashPrints) {
  const Got got = read("ndjson", R"({"path":"p.jpg","type":"image/jpeg","width":3,"pdq_quality":88,"pdq":")" +
                                     kPdq + "\"}\n\n" + R"({"quality":[50,null],"id":"y","pdq":[")" + kPdq +
                                     "\",\"" + kPdq + "\"],\"path\":\"q\"}");
  ASSERT_EQ(got.error, "");
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[0].key, "p.jpg");
  EXPECT_EQ(got.records[0].content.signals.pdq[0].quality, 88);
  EXPECT_EQ(attribute(got.records[0], "width"), "3");
  EXPECT_EQ(got.records[1].content.signals.pdq[0].quality, 50);
  EXPECT_EQ(attribute(got.records[1], "path"), "q");
}

TEST(OwnNdjson, NamesTheFirstLineThatIsNoObject) {
  EXPECT_THAT(read("ndjson", "\n\nid,pdq\n").error, HasSubstr("line 3"));
  const Got got = read("ndjson", "{\"id\":\"a\",\"md5\":\"" + kMd5 +
                                     "\"}\nnonsense\n{\"id\":\"b\",\"md5\":\"" + kMd5 + "\"}\n");
  EXPECT_THAT(got.refusals, ElementsAre("line 2 malformed_record"));
  EXPECT_EQ(got.records.size(), 2U);
}

const std::string kInterpolHeader =
    "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;"
    "Number of submissions;File Available;Media Type;Baseline\r\n";

TEST(Interpol, ReadsItsTwelveColumns) {
  const Got got = read(
      "interpol-csv", "\xEF\xBB\xBF" + kInterpolHeader + kMd5 + ";" + kSha1 + ";" + kPhotoDnaBase64 +
                          ";123;Yes;No;;\"quay; north\";4;Yes;Image;Yes\r\n" + kMd5 + ";;;;;;;;;;PDF;no\r\n");
  ASSERT_EQ(got.error, "");
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[0].key, "123");
  EXPECT_EQ(got.records[0].content.series, "quay; north");
  EXPECT_EQ(got.records[0].content.media_type, "image");
  EXPECT_EQ(got.records[0].content.classification,
            (Classification{ClassificationScheme::kInterpol, "baseline"}));
  EXPECT_EQ(attribute(got.records[0], "Number of submissions"), "4");
  EXPECT_EQ(got.records[1].key, "md5:" + kMd5);
  EXPECT_EQ(attribute(got.records[1], "Media Type"), "PDF");
  EXPECT_EQ(got.records[1].content.classification->value, "not-baseline");
}

TEST(Interpol, TakesNoCommaFileForItsOwn) {
  EXPECT_THAT(read("interpol-csv", "id,pdq,md5\n").error, HasSubstr("not the header"));
  EXPECT_THAT(read("interpol-csv", "").error, HasSubstr("not the header"));
}

TEST(Interpol, NamesWhatItCannotCarry) {
  ExchangeRecord record{"k", false, {}};
  record.content.signals.md5.emplace();
  record.content.signals.sha256.emplace();
  record.content.signals.pdq.resize(1);
  record.content.classification = {ClassificationScheme::kUk, "A"};
  record.content.tags = {"t"};
  record.content.media_type = "image/png";
  std::vector<std::string> losses;
  write("interpol-csv", {record}, losses);
  EXPECT_THAT(losses, testing::UnorderedElementsAre("sha256", "pdq", "classification", "tags", "media_type"));
}

}  // namespace
}  // namespace seawall::exchange_test
