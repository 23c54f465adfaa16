#include "seawall/crypto/aes_cbc.h"

#include <gtest/gtest.h>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

AesBlock block(std::string_view hex) {
  AesBlock out{};
  EXPECT_TRUE(from_hex(hex, out));
  return out;
}
std::vector<std::byte> bytes(std::string_view hex) {
  std::vector<std::byte> out(hex.size() / 2);
  EXPECT_TRUE(from_hex(hex, out));
  return out;
}

// NIST SP 800-38A, F.2.2: CBC-AES128.
constexpr std::string_view kKey = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr std::string_view kIv = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view kSealed =
    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7";
constexpr std::string_view kPlain =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
// What `openssl enc -aes-128-cbc` writes behind those blocks: a block of padding.
constexpr std::string_view kPadding = "8cb82807230e1321d3fae00d18cc2012";

TEST(AesCbc, UndoesTheExampleOfTheStandard) {
  const auto plain =
      aes128_cbc_decrypted(block(kKey), block(kIv), bytes(std::string(kSealed) + std::string(kPadding)));
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(to_hex(*plain), kPlain);
}

TEST(AesCbc, RefusesWhatIsNotWholeOrHasNoPadding) {
  for (const std::string_view sealed :
       {std::string_view(""), std::string_view("00"), kSealed.substr(0, 62), kSealed}) {
    const auto plain = aes128_cbc_decrypted(block(kKey), block(kIv), bytes(sealed));
    ASSERT_FALSE(plain);
    EXPECT_EQ(plain.error().code, Code::kInvalidInput);
  }
}

TEST(AesCbc, RefusesAnotherKey) {
  AesBlock other = block(kKey);
  other[0] ^= std::byte{1};
  EXPECT_FALSE(aes128_cbc_decrypted(other, block(kIv), bytes(std::string(kSealed) + std::string(kPadding))));
}

}  // namespace
}  // namespace seawall
