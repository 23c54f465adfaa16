#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "seawall/signal_file/signal_reader.h"

namespace seawall {
namespace {

using testing::HasSubstr;

const std::string kA(64, 'a');
const std::string kB(64, 'b');

struct ReadFile {
  std::vector<SignalRecord> records;
  std::vector<std::string> errors;
};

ReadFile read_all(std::string_view text, const SignalReaderOptions& options = {}) {
  ReadFile read;
  MemorySource source(text, 7);
  auto reader = SignalReader::open(source, options);
  if (!reader) return {{}, {reader.error().message}};
  SignalRecord record;
  for (;;) {
    const auto any = reader->next(record);
    if (!any) {
      read.errors.push_back(any.error().message);
    } else if (*any) {
      read.records.push_back(record);
    } else {
      return read;
    }
  }
}

TEST(SignalReader, ReadsCsvWithItsColumnsInAnyOrder) {
  const auto read = read_all("\xEF\xBB\xBFNote,PDQ, ID \r\n\"a, b\"," + kA + ",x1\r\n," + kB + ",x2\r\n");
  ASSERT_EQ(read.errors, std::vector<std::string>());
  ASSERT_EQ(read.records.size(), 2U);
  EXPECT_EQ(read.records[0].id, "x1");
  EXPECT_EQ(to_text(read.records[0].pdq[0].bits), kA);
  EXPECT_EQ(read.records[0].pdq[0].quality, ListedPdq::kQualityUnknown);
  ASSERT_EQ(read.records[0].attributes.size(), 1U);
  EXPECT_EQ(read.records[0].attributes[0].second, "a, b");
  EXPECT_TRUE(read.records[1].attributes.empty());
}

TEST(SignalReader, ReadsNdjsonAndWhatHashPrints) {
  const auto read = read_all(R"({"path":"p.jpg","type":"image/jpeg","width":3,"pdq":")" + kA +
                             R"(","pdq_quality":88,"md5":"00112233445566778899aabbccddeeff"})" + "\n\n" +
                             R"({"id":"y","pdq":[")" + kA + "\",\"" + kB + R"("],"quality":[50,null]})");
  ASSERT_EQ(read.errors, std::vector<std::string>());
  ASSERT_EQ(read.records.size(), 2U);
  EXPECT_EQ(read.records[0].id, "p.jpg");
  EXPECT_EQ(read.records[0].pdq[0].quality, 88);
  EXPECT_TRUE(read.records[0].md5);
  EXPECT_EQ(read.records[0].attributes.size(), 2U);
  ASSERT_EQ(read.records[1].pdq.size(), 2U);
  EXPECT_EQ(read.records[1].pdq[0].quality, 50);
  EXPECT_EQ(read.records[1].pdq[1].quality, ListedPdq::kQualityUnknown);
}

TEST(SignalReader, NamesTheLineAndTheFaultOfABadRowAndGoesOn) {
  const auto read = read_all("id,pdq,quality\na,xyz,\nb," + kA + ",101\nc," + kA + "\n," + kA + ",\nd,,\n\"" +
                             std::string(257, 'e') + "\"," + kA + ",\nok," + kA + ",50\n");
  ASSERT_EQ(read.errors.size(), 6U);
  EXPECT_THAT(read.errors[0], HasSubstr("line 2: a PDQ hash is 64 hex digits"));
  EXPECT_THAT(read.errors[1], HasSubstr("line 3: the quality"));
  EXPECT_THAT(read.errors[2], HasSubstr("line 4: 2 fields where the header names 3"));
  EXPECT_THAT(read.errors[3], HasSubstr("line 5: the id is empty"));
  EXPECT_THAT(read.errors[4], HasSubstr("line 6: no signal"));
  EXPECT_THAT(read.errors[5], HasSubstr("line 7: the id is 257 bytes long"));
  ASSERT_EQ(read.records.size(), 1U);
  EXPECT_EQ(read.records[0].id, "ok");
}

TEST(SignalReader, SaysWhatAHeaderLacks) {
  const auto error = [](std::string_view text) { return read_all(text).errors.at(0); };
  EXPECT_THAT(error(""), HasSubstr("the file is empty"));
  EXPECT_THAT(error("id,name\n"), HasSubstr("no pdq, md5, sha1 or sha256 column"));
  EXPECT_THAT(error("pdq\n"), HasSubstr("no id column"));
  EXPECT_THAT(error("id,pdq,ID\n"), HasSubstr("twice"));
  EXPECT_THAT(error("1," + kA + "\n"), HasSubstr("the first line must name the columns"));
  EXPECT_THAT(error("[1,2]\n"), HasSubstr("first line must name"));
}

TEST(SignalReader, CallsAQueryWithoutAnIdByItsLine) {
  const auto read = read_all("pdq\n" + kA + "\n", {.id_required = false});
  ASSERT_EQ(read.records.size(), 1U);
  EXPECT_EQ(read.records[0].id, "2");
}

SignalRecord random_record(std::mt19937& random) {
  SignalRecord record;
  record.id = "id " + std::to_string(random()) + (random() % 2 == 0 ? "\",\n\xC3\xA9" : "");
  record.pdq.resize(random() % 4);
  for (ListedPdq& pdq : record.pdq) {
    for (auto& word : pdq.bits.words) word = (std::uint64_t{random()} << 32) | random();
    pdq.quality = random() % 3 == 0 ? ListedPdq::kQualityUnknown : static_cast<int>(random() % 101);
  }
  if (record.pdq.empty() || random() % 2 == 0) record.sha256.emplace().fill(std::byte{9});
  if (random() % 2 == 0) record.md5.emplace().fill(std::byte{7});
  if (random() % 2 == 0) record.attributes.emplace_back("note", "x,\"y\"\r\n");
  if (random() % 2 == 0) record.attributes.emplace_back("source \xC3\xA9", "z");
  return record;
}

TEST(SignalFile, ComesBackAsWrittenInBothFormats) {
  constexpr unsigned kSeed = 42;
  std::mt19937 random(kSeed);
  std::vector<SignalRecord> records(400);
  const std::vector<std::string> attributes{"note", "source \xC3\xA9"};
  std::string csv;
  std::string ndjson;
  append_csv_header(csv, attributes);
  for (SignalRecord& record : records) {
    record = random_record(random);
    append_record_csv(csv, record, attributes);
    append_record_ndjson(ndjson, record);
  }
  EXPECT_EQ(read_all(csv).errors, std::vector<std::string>()) << "seed " << kSeed;
  EXPECT_EQ(read_all(csv).records, records);
  EXPECT_EQ(read_all(ndjson).errors, std::vector<std::string>());
  EXPECT_EQ(read_all(ndjson).records, records);
}

}  // namespace
}  // namespace seawall
