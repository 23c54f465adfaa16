#include "seawall/model/signal.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

TEST(Fingerprint256, TextPutsTheHighestBitLeftmost) {
  EXPECT_EQ(to_text({{1, 0, 0, 0}}), std::string(63, '0') + "1");
  EXPECT_EQ(to_text({{0, 0, 0, std::uint64_t{1} << 63}}), "8" + std::string(63, '0'));
}

TEST(Fingerprint256, TextRoundTrips) {
  const Fingerprint256 f{{0x0123456789abcdef, 0xfedcba9876543210, 0x1111222233334444, 0x9999aaaabbbbcccc}};
  EXPECT_EQ(*fingerprint_from_text(to_text(f)), f);
}

TEST(Fingerprint256, RefusesTextThatIsNotSixtyFourHexDigits) {
  EXPECT_EQ(fingerprint_from_text("00").error().code, Code::kInvalidInput);
  EXPECT_EQ(fingerprint_from_text(std::string(63, '0') + "g").error().code, Code::kInvalidInput);
}

TEST(HammingDistance, CountsDifferingBits) {
  EXPECT_EQ(hamming_distance({}, {}), 0);
  EXPECT_EQ(hamming_distance({}, {{~0ULL, ~0ULL, ~0ULL, ~0ULL}}), 256);
  EXPECT_EQ(hamming_distance({{5, 0, 0, 0}}, {{0, 0, 0, 1}}), 3);
}

}  // namespace
}  // namespace seawall
