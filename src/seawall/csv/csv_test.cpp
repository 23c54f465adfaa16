#include "seawall/csv/csv.h"

#include <gtest/gtest.h>

#include <random>

namespace seawall {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// Rows as read; a row in error is {"!", message}.
Rows rows_of(std::string_view text, std::size_t piece_bytes = 1 << 16, std::size_t limit = 1 << 20) {
  MemorySource source(text, piece_bytes);
  LineReader lines(source, limit);
  CsvReader reader(lines);
  Rows rows;
  std::vector<std::string_view> fields;
  for (;;) {
    const auto any = reader.next(fields);
    if (!any) {
      rows.push_back({"!", std::to_string(reader.line_number()) + " " + any.error().message});
    } else if (*any) {
      rows.emplace_back(fields.begin(), fields.end());
    } else {
      return rows;
    }
  }
}

// RFC 4180, section 2, by its numbers.
TEST(CsvReader, ReadsTheExamplesOfTheStandard) {
  const Rows two{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}};
  EXPECT_EQ(rows_of("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n"), two);
  EXPECT_EQ(rows_of("aaa,bbb,ccc\r\nzzz,yyy,xxx"), two);
  EXPECT_EQ(rows_of("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx"), two);
  EXPECT_EQ(rows_of("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx\r\n"),
            (Rows{{"aaa", "b\r\nbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(rows_of("\"aaa\",\"b\"\"bb\",\"ccc\"\n"), (Rows{{"aaa", "b\"bb", "ccc"}}));
}

TEST(CsvReader, PassesOverAByteOrderMarkAndEmptyLines) {
  EXPECT_EQ(rows_of("\xEF\xBB\xBFid,x\n\n\r\n1,2\n"), (Rows{{"id", "x"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("\xEF\xBB\xBF\"i\nd\",x\n", 3), (Rows{{"i\nd", "x"}}));
  EXPECT_EQ(rows_of(""), Rows());
  EXPECT_EQ(rows_of(",\n"), (Rows{{"", ""}}));
}

TEST(CsvReader, RefusesOneBadRowAndGoesOnAfterIt) {
  const auto rows = rows_of("a\n\"b\"c\nd\ne\"f\ng\n");
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[1][1].substr(0, 2), "2 ");
  EXPECT_EQ(rows[2], (std::vector<std::string>{"d"}));
  EXPECT_EQ(rows[3][1].substr(0, 2), "4 ");
  EXPECT_EQ(rows[4], (std::vector<std::string>{"g"}));
}

TEST(CsvReader, FindsItsWayBackAfterAQuoteThatIsNeverClosed) {
  const auto rows = rows_of("a\n\"b\nc\nd\n");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_NE(rows[1][1].find("not closed"), std::string::npos);
  EXPECT_EQ(rows[2], (std::vector<std::string>{"c"}));
  EXPECT_EQ(rows_of("\"" + std::string(90, 'x') + "\n" + std::string(90, 'y') + "\nz\n", 7, 100).back(),
            (std::vector<std::string>{"z"}));
}

TEST(CsvReader, LimitsTheFieldsOfARow) {
  EXPECT_EQ(rows_of(std::string(255, ','))[0].size(), 256U);
  EXPECT_EQ(rows_of(std::string(256, ','))[0][0], "!");
}

TEST(Csv, ComesBackAsWrittenWhateverTheBytes) {
  constexpr unsigned kSeed = 20'261'121;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 3000; ++round) {
    Rows rows(random() % 5);
    std::string text;
    for (auto& row : rows) {
      row.resize(1 + random() % 4);
      for (std::string& field : row) {
        constexpr std::string_view kAlphabet = "a,\"\r\n \xEF\xBB\xBF;";
        for (auto length = random() % 6; length > 0; --length)
          field += kAlphabet[random() % kAlphabet.size()];
      }
      append_csv_row(text, std::vector<std::string_view>(row.begin(), row.end()));
    }
    EXPECT_EQ(rows_of(text, 1 + random() % 20), rows) << "seed " << kSeed << ", round " << round;
  }
}

}  // namespace
}  // namespace seawall
