#include "seawall/exchange/detail/test_support.h"

namespace seawall::exchange_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string stop_page(const std::string& records, const std::string& rest) {
  return "{\"count\":2,\"hashRecords\":[" + records + "]" + rest + "}";
}
std::string stop_record(const std::string& type, const std::string& value, const std::string& status) {
  return "{\"lastModtimestamp\":1625167804,\"hashValue\":\"" + value + "\",\"hashStatus\":\"" + status +
         "\",\"caseNumbers\":{\"c-1\":\"Active\"},\"signalType\":\"" + type + "\"}";
}

TEST(StopNcii, ReadsHashesOfEachTypeAndStatus) {
  const Got got = read("stopncii", stop_page(stop_record("ImagePDQ", kPdq, "Active") + "," +
                                                 stop_record("VideoMD5", kMd5, "Received") + "," +
                                                 stop_record("VideoTMK", "AAAA", "Active") + "," +
                                                 stop_record("ImagePDQ", kPdq, "Withdrawn") + "," +
                                                 stop_record("VideoMD5", kMd5, "Deleted"),
                                             ",\"hasMoreRecords\":false"));
  ASSERT_EQ(got.error, "");
  ASSERT_EQ(got.records.size(), 5U);
  EXPECT_EQ(got.records[0].key, "ImagePDQ:" + kPdq);
  EXPECT_EQ(got.records[0].content.decided_at->time_since_epoch().count(), 1625167804000);
  EXPECT_EQ(attribute(got.records[0], "caseNumbers"), "{\"c-1\":\"Active\"}");
  EXPECT_EQ(attribute(got.records[0], "hashStatus"), "(none)");
  EXPECT_EQ(attribute(got.records[1], "hashStatus"), "Received");
  EXPECT_EQ(got.records[2].content.signals.carried.at(0), (CarriedSignal{"tmk", std::string(3, '\0')}));
  EXPECT_TRUE(got.records[3].withdrawn);
  EXPECT_EQ(got.records[3].key, got.records[0].key) << "a tombstone takes off the same key";
  EXPECT_TRUE(got.records[4].withdrawn);
}

TEST(StopNcii, GoesOnOnlyWhenThePageSaysSoThoughTheLastHasATokenToo) {
  EXPECT_EQ(read("stopncii", stop_page("", ",\"nextPageToken\":\"t1\",\"hasMoreRecords\":true"))
                .document.continuation,
            "t1");
  EXPECT_EQ(read("stopncii", stop_page("", ",\"nextPageToken\":\"t2\",\"hasMoreRecords\":false"))
                .document.continuation,
            "");
  EXPECT_EQ(read("stopncii", stop_page("", ",\"hasMoreRecords\":true")).code, Code::kInvalidInput);
  const Got newest =
      read("stopncii", stop_page("", ",\"nextSetTimestamp\":1625175071,\"nextPageToken\":null"));
  EXPECT_EQ(newest.document.newest->time_since_epoch().count(), 1625175071000);
}

TEST(StopNcii, RefusesWhatItDoesNotKnowAlone) {
  const Got got = read(
      "stopncii",
      stop_page(stop_record("Text", "x", "Active") + "," + stop_record("ImagePDQ", kPdq, "Unknown") + "," +
                    stop_record("ImagePDQ", "12", "Active") + ",5," + stop_record("ImagePDQ", kPdq, "Active"),
                ""));
  EXPECT_THAT(got.refusals, ElementsAre("record 1 unknown_type", "record 2 unknown_status",
                                        "record 3 malformed_hash", "record 4 malformed_record"));
  EXPECT_EQ(got.records.size(), 1U);
  EXPECT_EQ(read("stopncii", "{\"message\":\"Access denied\"}").code, Code::kInvalidInput);
}

std::string update(const std::string& type, const std::string& indicator, const std::string& rest) {
  return "{\"id\":\"77\",\"type\":\"" + type + "\",\"indicator\":\"" + indicator +
         "\",\"last_updated\":\"1600000000\"" + rest + "}";
}
std::string opinion(const std::string& owner, const std::string& status, const std::string& tags) {
  return "{\"id\":\"9\",\"owner\":{\"id\":\"" + owner + "\"},\"status\":\"" + status + "\",\"tags\":" + tags +
         "}";
}
std::string descriptors(const std::string& list) {
  return ",\"should_delete\":false,\"descriptors\":{\"data\":[" + list + "]}";
}
std::string te_page(const std::string& data, const std::string& rest = "") {
  return "{\"data\":[" + data + "]" + rest + "}";
}

TEST(ThreatExchange, ReadsUpdatesWithTheOpinionsOfSeveralOwners) {
  const Got got =
      read("threatexchange",
           te_page(update(
               "HASH_PDQ", kPdq,
               descriptors(opinion("1", "MALICIOUS", "[\"b\",\"a\"]") + "," +
                           opinion("2", "NON_MALICIOUS", "{\"data\":[{\"id\":\"5\",\"text\":\"c\"}]}")))));
  ASSERT_EQ(got.error, "");
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_EQ(got.records[0].key, "77");
  EXPECT_THAT(got.records[0].content.tags, ElementsAre("a", "b", "c"));
  EXPECT_EQ(attribute(got.records[0], "opinions"), "1:MALICIOUS 2:NON_MALICIOUS");
  EXPECT_EQ(got.records[0].content.media_type, "image");
  EXPECT_EQ(got.records[0].content.decided_at->time_since_epoch().count(), 1600000000000);
}

TEST(ThreatExchange, TakesEveryFormOfADeletionForATombstone) {
  const Got got = read("threatexchange",
                       te_page(update("HASH_PDQ", kPdq, ",\"should_delete\":true") + "," +
                               update("HASH_PDQ", kPdq, ",\"should_delete\":false") + "," +
                               update("HASH_MD5", kMd5, descriptors(opinion("1", "NON_MALICIOUS", "null")))));
  ASSERT_EQ(got.records.size(), 3U) << got.error;
  for (const ExchangeRecord& record : got.records) EXPECT_TRUE(record.withdrawn);
}

TEST(ThreatExchange, SaysNothingByADescriptorWhoseOwnerIsHidden) {
  const Got got =
      read("threatexchange",
           te_page(update("HASH_MD5", kMd5, descriptors("{\"id\":\"9\",\"status\":\"MALICIOUS\"}"))));
  EXPECT_THAT(got.refusals, ElementsAre("record 1 no_opinion"));
  EXPECT_EQ(got.document.left_aside, 1U);
}

TEST(ThreatExchange, ReadsDescriptorsToo) {
  const Got got =
      read("threatexchange",
           te_page("{\"id\":\"5\",\"raw_indicator\":\"" + kMd5 +
                   "\",\"type\":\"HASH_VIDEO_MD5\",\"owner\":{\"id\":\"616912251743987\",\"name\":\"x\"},"
                   "\"status\":\"MALICIOUS\",\"tags\":null,\"added_on\":\"2020-07-01T18:31:15+0000\"}"));
  ASSERT_EQ(got.records.size(), 1U) << got.error;
  EXPECT_EQ(got.records[0].content.media_type, "video");
  EXPECT_EQ(attribute(got.records[0], "opinions"), "616912251743987:MALICIOUS");
  EXPECT_EQ(got.records[0].content.decided_at->time_since_epoch().count(), 1593628275000);
}

TEST(ThreatExchange, HandsOnTheCursorAndNeverAnAccessToken) {
  const std::string next =
      ",\"next\":\"https:\\/\\/host\\/v21.0\\/1\\/threat_updates?access_token=1|secret&limit=100&after=QQ\"}";
  const Got cursor = read(
      "threatexchange", te_page("", ",\"paging\":{\"cursors\":{\"before\":\"PP\",\"after\":\"QQ\"}" + next));
  EXPECT_EQ(cursor.document.continuation, "QQ");
  const Got address = read("threatexchange", te_page("", ",\"paging\":{\"cursors\":{}" + next));
  EXPECT_EQ(address.document.continuation, "https://host/v21.0/1/threat_updates?limit=100&after=QQ");
  const Got last = read("threatexchange", te_page("", ",\"paging\":{\"cursors\":{\"after\":\"QQ\"}}"));
  EXPECT_EQ(last.document.continuation, "") << "the last page has a cursor, but no next address";
}

TEST(ThreatExchange, RefusesTypesThatItDoesNotKnowAndPagesThatAreErrors) {
  const Got got =
      read("threatexchange", te_page(update("URI", "x", descriptors(opinion("1", "MALICIOUS", "[]")))));
  EXPECT_THAT(got.refusals, ElementsAre("record 1 unknown_type"));
  const Got error =
      read("threatexchange", "{\"error\":{\"message\":\"Invalid OAuth access token\",\"code\":190}}");
  EXPECT_EQ(error.code, Code::kInvalidInput);
  EXPECT_THAT(error.error, HasSubstr("data"));
}

}  // namespace
}  // namespace seawall::exchange_test
