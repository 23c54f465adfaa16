// Every exchange format: a document of 300 MB goes through writer and reader in a few megabytes.
#include <gtest/gtest.h>

#include "exchange_support.h"

namespace seawall::test {
namespace {

constexpr std::uint64_t kDocumentBytes = kSanitized ? 30'000'000 : 300'000'000;
constexpr std::int64_t kGrowthBytesMax = 16LL * 1024 * 1024;

class ExchangeMemory : public testing::TestWithParam<const ExchangeFormat*> {};

/// Writes a document while it is being read: nothing of it is ever whole in memory.
class WritingSource final : public ByteSource {
 public:
  explicit WritingSource(const ExchangeFormat& format) {
    std::mt19937_64 random(1);
    for (ExchangeRecord& record : records_) record = random_record(random, false);
    for (ExchangeRecord& record : records_) {
      if (record.withdrawn) continue;
      // Much of what some format carries, so that there are fewer records.
      record.content.series = std::string(1000, 's');
      record.content.attributes.emplace_back("zz", std::string(3000, 'z'));
      record.content.signals.carried.push_back({"netclean", std::string(2000, 'n')});
    }
    auto writer = format.writer(sink_, write_options());
    if (writer) writer_ = std::move(*writer);
  }

  Result<std::size_t> read(std::span<char> out) override {
    while (at_ == sink_.text.size()) {
      most = std::max(most, resident_bytes());
      produced += at_;
      at_ = 0;
      sink_.text.clear();
      if (writer_ == nullptr) return std::size_t{0};
      if (produced < kDocumentBytes) {
        std::vector<std::string> losses;
        for (int i = 0; i < 16; ++i) SEAWALL_CHECK(add(losses));
      } else {
        SEAWALL_CHECK(writer_->finish());
        writer_.reset();
      }
    }
    const std::size_t count = std::min(out.size(), sink_.text.size() - at_);
    std::copy_n(sink_.text.data() + at_, count, out.data());
    at_ += count;
    return count;
  }

  std::uint64_t produced = 0;
  std::uint64_t written = 0;
  std::int64_t most = 0;

 private:
  Result<void> add(std::vector<std::string>& losses) {
    losses.clear();
    SEAWALL_CHECK(writer_->add(records_[next_++ % records_.size()], losses));
    if (!has(losses, "withdrawn") && !has(losses, "record")) ++written;
    return {};
  }

  std::array<ExchangeRecord, 61> records_;
  std::size_t next_ = 0;
  TextSink sink_;
  std::size_t at_ = 0;
  std::unique_ptr<ExchangeWriter> writer_;
};

TEST_P(ExchangeMemory, StaysAtAFewMegabytesForADocumentOf300) {
  WritingSource source(*GetParam());
  auto reader = GetParam()->reader(source, read_options());
  ASSERT_TRUE(reader);
  ExchangeRecord record;
  std::uint64_t count = 0;
  std::int64_t before = 0;
  for (;;) {
    const auto outcome = (*reader)->next(record);
    ASSERT_TRUE(outcome) << outcome.error().message;
    if (outcome->kind == ExchangeOutcome::Kind::kEnd) break;
    ASSERT_EQ(outcome->kind, ExchangeOutcome::Kind::kRecord) << outcome->reason << outcome->detail;
    if (++count == 1000) before = resident_bytes();
  }
  EXPECT_GE(source.produced, kDocumentBytes);
  EXPECT_EQ(count, source.written);
  ASSERT_GT(before, 0);
  EXPECT_TRUE(kSanitized || source.most - before < kGrowthBytesMax) << source.most - before << " bytes more";
}

std::string name_of_case(const testing::TestParamInfo<const ExchangeFormat*>& info) {
  std::string name(info.param->name());
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Formats, ExchangeMemory,
                         testing::ValuesIn(exchange_formats().begin(), exchange_formats().end()),
                         name_of_case);

}  // namespace
}  // namespace seawall::test
