#include "seawall/base/base64.h"

#include <gtest/gtest.h>

#include <random>

namespace seawall {
namespace {

TEST(Base64, IsThatOfRfc4648Section10) {
  const std::pair<const char*, const char*> pairs[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text).value(), bytes);
  }
  EXPECT_EQ(from_base64("Zm8").value(), "fo");
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const char* text :
       {"Z", "Zg=", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm 8", "Zm8\n", "Zm8-", "====", "="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

TEST(Base64, ComesBackAsWritten) {
  constexpr unsigned kSeed = 5;
  std::mt19937 random(kSeed);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(from_base64(to_base64(bytes)).value(), bytes) << "seed " << kSeed << " size " << size;
  }
}

}  // namespace
}  // namespace seawall
