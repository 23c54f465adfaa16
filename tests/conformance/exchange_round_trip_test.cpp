// Every exchange format: parse(print(x)) = x but for what the writer says is lost, on generated records.
#include <gtest/gtest.h>

#include "exchange_support.h"

namespace seawall::test {
namespace {

constexpr std::uint64_t kSeed = 20261121;

class ExchangeRoundTrip : public testing::TestWithParam<const ExchangeFormat*> {};

std::vector<ExchangeRecord> generated(std::size_t count, bool hard) {
  std::mt19937_64 random(kSeed);
  std::vector<ExchangeRecord> records(count);
  for (ExchangeRecord& record : records) record = random_record(random, hard);
  return records;
}

bool is_written(const std::vector<std::string>& losses) {
  return !has(losses, "withdrawn") && !has(losses, "record");
}

/// Writes and reads back; the records that came, in order.
std::vector<ExchangeRecord> there_and_back(const ExchangeFormat& format,
                                           const std::vector<ExchangeRecord>& records) {
  const Written written = write_all(format, records);
  const ReadBack back = read_text(format, written.document, 1000);
  EXPECT_EQ(back.error, "") << "seed " << kSeed;
  for (const ExchangeOutcome& refusal : back.refusals) {
    ADD_FAILURE() << "seed " << kSeed << ": " << refusal.place << ": " << refusal.reason << ": "
                  << refusal.detail;
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (const std::string& loss : written.losses.at(i)) EXPECT_FALSE(loss.starts_with("error")) << loss;
    if (!is_written(written.losses[i])) continue;
    if (at == back.records.size()) {
      ADD_FAILURE() << "record " << i << " did not come back; seed " << kSeed;
      break;
    }
    EXPECT_EQ(difference(records[i], back.records[at], written.losses[i]), "")
        << "record " << i << " with key " << records[i].key << ", seed " << kSeed;
    ++at;
  }
  EXPECT_EQ(at, back.records.size());
  return back.records;
}

TEST_P(ExchangeRoundTrip, GivesBackAllThatTheWriterDidNotNameAsLost) {
  EXPECT_FALSE(there_and_back(*GetParam(), generated(2000, true)).empty());
}

TEST_P(ExchangeRoundTrip, LosesNothingMoreTheSecondTime) {
  const auto once = there_and_back(*GetParam(), generated(1000, true));
  const auto twice = there_and_back(*GetParam(), once);
  ASSERT_EQ(once.size(), twice.size());
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i], twice[i]) << i << ", seed " << kSeed;
}

TEST_P(ExchangeRoundTrip, ReadsTheSameInPiecesOfAnySize) {
  const std::string document = write_all(*GetParam(), generated(6, true)).document;
  const ReadBack whole = read_text(*GetParam(), document);
  for (std::size_t piece = 1; piece < 70; ++piece) {
    const ReadBack again = read_text(*GetParam(), document, piece);
    EXPECT_EQ(again.records, whole.records) << "pieces of " << piece;
    EXPECT_EQ(again.error, whole.error);
  }
}

TEST_P(ExchangeRoundTrip, WritesAnEmptyListThatReadsAsOne) {
  const ReadBack back = read_text(*GetParam(), write_all(*GetParam(), {}).document);
  EXPECT_EQ(back.error, "");
  EXPECT_TRUE(back.records.empty());
  EXPECT_TRUE(back.refusals.empty());
}

TEST_P(ExchangeRoundTrip, RefusesToWriteWhatNoReaderWouldGive) {
  const auto refuses = [&](auto change) {
    std::mt19937_64 random(kSeed);
    ExchangeRecord record = random_record(random, false);
    while (record.withdrawn) record = random_record(random, false);
    change(record);
    TextSink sink;
    const auto writer = GetParam()->writer(sink, write_options());
    std::vector<std::string> losses;
    const auto added = (*writer)->add(record, losses);
    return !added && added.error().code == Code::kInvalidInput;
  };
  EXPECT_TRUE(refuses([](ExchangeRecord& r) { r.key.clear(); }));
  EXPECT_TRUE(refuses([](ExchangeRecord& r) { r.key = "\xFF"; }));
  EXPECT_TRUE(refuses([](ExchangeRecord& r) { r.key.assign(257, 'k'); }));
  EXPECT_TRUE(refuses([](ExchangeRecord& r) { r.content.signals = {}; }));
  EXPECT_TRUE(refuses([](ExchangeRecord& r) { r.content.tags = {"b", "a"}; }));
  EXPECT_TRUE(refuses([](ExchangeRecord& r) { r.content.attributes = {{"n", "\xC3("}}; }));
  EXPECT_TRUE(refuses([](ExchangeRecord& r) { r.content.signals.carried = {{"Bad Type", "x"}}; }));
  EXPECT_TRUE(refuses([](ExchangeRecord& r) {
    r.content.classification = {ClassificationScheme::kNcmec, "Z"};
  }));
}

std::string name_of_case(const testing::TestParamInfo<const ExchangeFormat*>& info) {
  std::string name(info.param->name());
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Formats, ExchangeRoundTrip,
                         testing::ValuesIn(exchange_formats().begin(), exchange_formats().end()),
                         name_of_case);

TEST(ExchangeFormats, AreSortedByNameAndFoundByIt) {
  std::string_view before;
  for (const ExchangeFormat* format : exchange_formats()) {
    EXPECT_LT(before, format->name());
    before = format->name();
    EXPECT_EQ(exchange_format_named(before).value(), format);
    EXPECT_FALSE(format->description().empty());
  }
  const auto none = exchange_format_named("none");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kNotFound);
  EXPECT_NE(none.error().message.find("vics-2.0"), std::string::npos);
}

}  // namespace
}  // namespace seawall::test
