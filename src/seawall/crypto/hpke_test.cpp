#include "seawall/crypto/hpke.h"

#include <gtest/gtest.h>

#include "seawall/base/hex.h"
#include "seawall/crypto/detail/hpke_schedule.h"

namespace seawall {
namespace {

template <std::size_t kBytes>
std::array<std::byte, kBytes> bytes_of(const char* hex) {
  std::array<std::byte, kBytes> bytes{};
  EXPECT_TRUE(from_hex(hex, bytes));
  return bytes;
}
template <std::size_t kBytes>
std::string text_of(const char* hex) {
  const auto bytes = bytes_of<kBytes>(hex);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// RFC 9180 appendix A.1.1.
constexpr const char* kPrivate = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8";
constexpr const char* kPublic = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d";
constexpr const char* kEnc = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431";
constexpr const char* kShared = "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc";
// X25519 (RFC 7748) of kPrivate and kEnc.
constexpr const char* kAgreed = "b3b5c19eab3f088ac18f23f774ff6414ba4fde45404d10085efc3e4dc9c72e35";
constexpr const char* kInfo = "Ode on a Grecian Urn";

TEST(Hpke, MakesTheKeysOfTheStandardsExample) {
  EXPECT_EQ(to_hex(HpkeKey::from_bytes(bytes_of<32>(kPrivate))->public_key()), kPublic);
  const auto schedule = hpke_detail::key_schedule(bytes_of<32>(kShared), kInfo, 1);
  EXPECT_EQ(to_hex(schedule.key).substr(0, 32), "4531685d41d65f03dc48f6b8302c05b0");
  EXPECT_EQ(to_hex(schedule.nonce), "56d890e5accaaf011cff4b7d");
}

// The same recipient and info; sealed by pyca/cryptography 48.0.0 (hpke.Suite, X25519, HKDF_SHA256,
// AES_256_GCM).
TEST(Hpke, OpensWhatAnotherProgramSealed) {
  const auto key = HpkeKey::from_bytes(bytes_of<32>(kPrivate));
  const std::string sealed = text_of<77>(
      "9aa32a5973136598b31c8856012d3985336d5220ff3af1d3280e565dda56b92da99224808dfd034a9fff1cee4cf0ca1fcb9421"
      "af6c"
      "4092ecf419b83815919baa0cf1cbb1f0fcb9a90e68cd9db8");
  const auto opened = key->open(sealed, kInfo);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(*opened, "Beauty is truth, truth beauty");
}

TEST(Hpke, OpensForItsOwnerAndWhatForAlone) {
  const auto key = HpkeKey::generate(), other = HpkeKey::generate();
  const std::string sealed = *hpke_seal(key->public_key(), "harmless", "a");
  EXPECT_EQ(sealed.size(), 8 + kHpkeMoreBytes);
  EXPECT_EQ(*key->open(sealed, "a"), "harmless");
  EXPECT_EQ(key->open(sealed, "b").error().code, Code::kCorrupt);
  EXPECT_EQ(other->open(sealed, "a").error().code, Code::kCorrupt);
  EXPECT_NE(*hpke_seal(key->public_key(), "harmless", "a"), sealed) << "a fresh key each time";
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key->open(changed, "a")) << i;
    EXPECT_FALSE(key->open(std::string_view(sealed).substr(0, i), "a")) << i;
  }
}

TEST(Hpke, SealsForNoKeyThatAgreesOnNothing) {
  EXPECT_EQ(hpke_seal({}, "harmless", "a").error().code, Code::kInvalidInput);
  const auto key = HpkeKey::generate();
  EXPECT_FALSE(key->open(std::string(64, '\0'), "a"));
  EXPECT_EQ(hpke_seal(key->public_key(), std::string(kHpkeTextBytesMax + 1, 'x'), "a").error().code,
            Code::kLimitExceeded);
}

TEST(Hpke, AgreesWithTheStandardsKeyEncapsulation) {
  const std::string dh = text_of<32>(kAgreed);
  EXPECT_EQ(to_hex(hpke_detail::shared_secret(dh, text_of<32>(kEnc), text_of<32>(kPublic))), kShared);
}

}  // namespace
}  // namespace seawall
