#include "seawall/base/line_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace seawall {
namespace {

std::vector<std::string> lines_of(std::string_view text, std::size_t piece_bytes,
                                  std::size_t limit = 1 << 20) {
  MemorySource source(text, piece_bytes);
  LineReader reader(source, limit);
  std::vector<std::string> lines;
  std::span<char> line;
  for (;;) {
    const auto any = reader.next(line);
    if (any && !*any) return lines;
    lines.push_back(any ? std::to_string(reader.line_number()) + ":" + std::string(line.begin(), line.end())
                        : std::to_string(reader.line_number()) + "!");
  }
}

TEST(LineReader, CutsAtLineEndsWhateverTheBlocks) {
  for (std::size_t piece = 1; piece < 12; ++piece) {
    EXPECT_EQ(lines_of("a\n\nbc\r\nlast", piece),
              (std::vector<std::string>{"1:a", "2:", "3:bc\r", "4:last"}));
    EXPECT_EQ(lines_of("a\n", piece), (std::vector<std::string>{"1:a"}));
    EXPECT_EQ(lines_of("", piece), std::vector<std::string>());
    EXPECT_EQ(lines_of("\n\n", piece), (std::vector<std::string>{"1:", "2:"}));
  }
}

TEST(LineReader, SkipsALineOverTheLimitAndGoesOn) {
  const std::string text = "ab\n" + std::string(700'000, 'x') + "\ncd\n" + std::string(50, 'y');
  EXPECT_EQ(lines_of(text, 1000, 10), (std::vector<std::string>{"1:ab", "2!", "3:cd", "4!"}));
}

TEST(LineReader, ExtendsALineOverItsEndAndReturns) {
  for (std::size_t piece = 1; piece < 9; ++piece) {
    MemorySource source("a\nb\nc", piece);
    LineReader reader(source);
    std::span<char> line;
    ASSERT_TRUE(*reader.next(line));
    ASSERT_TRUE(*reader.extend(line));
    EXPECT_EQ(std::string(line.begin(), line.end()), "a\nb");
    ASSERT_TRUE(*reader.extend(line));
    EXPECT_EQ(std::string(line.begin(), line.end()), "a\nb\nc");
    ASSERT_FALSE(*reader.extend(line));
    EXPECT_EQ(std::string(line.begin(), line.end()), "a\nb\nc");
    reader.return_to_first_line();
    ASSERT_TRUE(*reader.next(line));
    EXPECT_EQ(std::string(line.begin(), line.end()), "b");
    EXPECT_EQ(reader.line_number(), 2U);
  }
}

TEST(LineReader, PeekWaitsForNothingAfterALine) {
  MemorySource source("\xEF\xBB\xBF \n\nid,pdq\nrow 1\nrow 2\n", 5);
  LineReader reader(source);
  EXPECT_EQ(*reader.peek(), "\xEF\xBB\xBF \n\nid,pdq\nro");
  const std::string no_end(10'000, 'x');
  MemorySource endless(no_end, 1000);
  LineReader long_line(endless);
  EXPECT_EQ(long_line.peek()->size(), 4096U);
}

TEST(LineReader, PeeksWithoutTaking) {
  MemorySource source("abc\ndef", 2);
  LineReader reader(source);
  EXPECT_EQ(reader.peek().value(), "abc\n");
  std::span<char> line;
  ASSERT_TRUE(*reader.next(line));
  EXPECT_EQ(std::string(line.begin(), line.end()), "abc");
}

}  // namespace
}  // namespace seawall
