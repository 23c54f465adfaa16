// Every exchange format on hostile bytes: no crash, an end in bounded steps, bounded memory, and no record
// that was not there.
#include <gtest/gtest.h>

#include "exchange_support.h"

namespace seawall::test {
namespace {

constexpr std::uint64_t kSeed = 3;
constexpr std::int64_t kMiB = 1024 * 1024;
constexpr int kBitsAtATime =
    kSanitized ? 5 : 1;  // 5 and 8 have no common divisor: no bit is left out for good.

class ExchangeHostile : public testing::TestWithParam<const ExchangeFormat*> {
 protected:
  /// A document of a few records.
  static std::string sample(std::size_t count = 4) {
    std::mt19937_64 random(kSeed);
    std::vector<ExchangeRecord> records(count);
    for (ExchangeRecord& record : records) record = random_record(random, false);
    return write_all(*GetParam(), records).document;
  }
  /// Line formats without a last line: they cannot tell that they were cut between two lines.
  static bool has_no_end_mark() {
    const std::string_view name = GetParam()->name();
    return name == "csv" || name == "ndjson" || name == "interpol-csv";
  }
  /// Of these, those whose last line can be cut inside a text and still be a line.
  static bool has_open_fields() { return has_no_end_mark() && GetParam()->name() != "ndjson"; }
};

TEST_P(ExchangeHostile, GivesOnlyRecordsThatWereThereWhenCutAtAnyByte) {
  const std::string document = sample();
  const ReadBack whole = read_text(*GetParam(), document);
  ASSERT_EQ(whole.error, "");
  ASSERT_GE(whole.records.size(), 3U);
  for (std::size_t cut = 0; cut + 1 < document.size(); ++cut) {
    const ReadBack back = read_text(*GetParam(), std::string_view(document).substr(0, cut));
    ASSERT_NE(back.error, "endless") << cut;
    ASSERT_LE(back.records.size(), whole.records.size()) << cut;
    ASSERT_TRUE(has_no_end_mark() || !back.error.empty())
        << "the end was not missed when cut at byte " << cut;
    for (std::size_t i = 0; i < back.records.size(); ++i) {
      if (has_open_fields() && i + 1 == back.records.size()) continue;
      ASSERT_EQ(back.records[i], whole.records[i]) << "cut at byte " << cut;
    }
  }
}

TEST_P(ExchangeHostile, OutlivesEveryFlippedBit) {
  std::string document = sample(2);
  std::size_t ended = 0;
  int bit = 0;
  for (std::size_t i = 0; i < document.size(); ++i, bit -= 8) {
    for (; bit < 8; bit += kBitsAtATime) {
      const char mask = static_cast<char>(1 << bit);
      document[i] = static_cast<char>(document[i] ^ mask);
      const ReadBack back = read_text(*GetParam(), document);
      document[i] = static_cast<char>(document[i] ^ mask);
      ASSERT_NE(back.error, "endless") << "byte " << i << " bit " << bit;
      ended += back.error.empty() ? 1U : 0U;
    }
  }
  EXPECT_TRUE(ended == 0 || GetParam()->name() != "seawall") << "a signed list was changed and passed";
}

TEST_P(ExchangeHostile, RefusesOrOutlivesRandomBytes) {
  std::mt19937_64 random(kSeed);
  const std::string document = sample();
  for (int round = 0; round < 500; ++round) {
    std::string text = document;
    for (std::size_t i = 1 + random() % 20; i > 0; --i) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 30);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), random() % 60));
          break;
        default:
          text.insert(at, 1, "\"'{}[]<>,;:\\&\n\r"[random() % 16]);
      }
      if (text.empty()) text = "x";
    }
    ASSERT_NE(read_text(*GetParam(), text, 1 + random() % 300).error, "endless") << "seed " << kSeed;
  }
}

/// Reads and says by how much memory grew meanwhile at most; `back` gets what came.
std::int64_t growth_of(const ExchangeFormat& format, ByteSource& source, ReadBack& back) {
  class Watched final : public ByteSource {
   public:
    explicit Watched(ByteSource& inner) : inner_(inner) {}
    Result<std::size_t> read(std::span<char> out) override {
      if (++reads_ % 8 == 0) most = std::max(most, resident_bytes());
      return inner_.read(out);
    }
    std::int64_t most = resident_bytes();

   private:
    ByteSource& inner_;
    std::uint64_t reads_ = 0;
  };
  Watched watched(source);
  const std::int64_t before = watched.most;
  back = read_all(format, watched, 50'000'000);
  return std::max(watched.most, resident_bytes()) - before;
}

TEST_P(ExchangeHostile, StaysSmallOverNestingAndTextsWithoutEnd) {
  const std::string document = sample();
  const std::size_t middle = document.size() / 2;
  std::vector<std::string> heads{document.substr(0, middle)};
  // Inside the value of the first member or element that can be found.
  if (const std::size_t at = document.find("\":\""); at != std::string::npos)
    heads.push_back(document.substr(0, at + 3));
  if (const std::size_t at = document.find("\":"); at != std::string::npos)
    heads.push_back(document.substr(0, at + 2));
  if (const std::size_t at = document.find("<md5>"); at != std::string::npos)
    heads.push_back(document.substr(0, at + 5));
  for (const std::string& head : heads) {
    for (const char* body : {"a", "[", "{\"a\":", "<a>", "\\", " ", "\"\n", "&amp;", "<a b=\"c\"/>", ","}) {
      RepeatingSource source(head, body, "", 6 * kMiB);
      ReadBack back;
      const std::int64_t growth = growth_of(*GetParam(), source, back);
      EXPECT_NE(back.error, "endless") << body;
      EXPECT_TRUE(kSanitized || growth < 40 * kMiB)
          << growth << " bytes more, repeating " << body << " after " << head.size() << " bytes";
    }
  }
}

TEST_P(ExchangeHostile, TakesNoOtherEncodingForItsOwn) {
  const std::string document = sample();
  std::string wide = "\xFF\xFE";
  for (const char c : document) wide.append(1, c).append(1, '\0');
  EXPECT_TRUE(read_text(*GetParam(), wide).records.empty());
  std::string latin = document;
  for (char& c : latin) c = c == 'w' ? '\xE9' : c;
  for (const ExchangeRecord& record : read_text(*GetParam(), latin).records) {
    EXPECT_EQ(record.key.find('\xE9'), std::string::npos) << "text that is not UTF-8 came through";
  }
  EXPECT_NE(read_text(*GetParam(), std::string(4096, '\0')).error, "endless");
}

TEST_P(ExchangeHostile, ReadsADocumentThatBeginsWithAByteOrderMark) {
  const std::string document = sample();
  EXPECT_EQ(read_text(*GetParam(), "\xEF\xBB\xBF" + document).records,
            read_text(*GetParam(), document).records);
}

TEST_P(ExchangeHostile, GivesTheSameErrorAgain) {
  MemorySource source("\x01 no document");
  auto reader = GetParam()->reader(source, read_options());
  ASSERT_TRUE(reader);
  ExchangeRecord record;
  const auto first = (*reader)->next(record);
  ASSERT_FALSE(first);
  const auto second = (*reader)->next(record);
  ASSERT_FALSE(second);
  EXPECT_EQ(first.error().message, second.error().message);
}

class FailingSource final : public ByteSource {
 public:
  Result<std::size_t> read(std::span<char>) override { return fail(Code::kUnavailable, "the disk is gone"); }
};

TEST_P(ExchangeHostile, PassesOnThatTheSourceFailed) {
  FailingSource source;
  auto reader = GetParam()->reader(source, read_options());
  ASSERT_TRUE(reader);
  ExchangeRecord record;
  const auto outcome = (*reader)->next(record);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::kUnavailable);
}

std::string name_of_case(const testing::TestParamInfo<const ExchangeFormat*>& info) {
  std::string name(info.param->name());
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Formats, ExchangeHostile,
                         testing::ValuesIn(exchange_formats().begin(), exchange_formats().end()),
                         name_of_case);

}  // namespace
}  // namespace seawall::test
