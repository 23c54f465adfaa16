#include "seawall/crypto/sealing.h"

#include <gtest/gtest.h>

#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"

namespace seawall {
namespace {

using Key = std::array<std::byte, SealingKey::kBytes>;

std::string text_of(std::string_view hex) {
  std::string text(hex.size() / 2, '\0');
  EXPECT_TRUE(from_hex(hex, std::as_writable_bytes(std::span(text))));
  return text;
}

Key key_of(std::string_view hex) {
  Key key{};
  EXPECT_TRUE(from_hex(hex, key));
  return key;
}

TEST(Sealing, OpensTestCase16OfTheGcmSpecification) {
  const SealingKey key(key_of("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const auto opened = key.open(
      text_of("cafebabefacedbaddecaf888"
              "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
              "56828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"),
      text_of("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(*opened,
            text_of("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e"
                    "2449a6b525b16aedf5aa0de657ba637b39"));
}

TEST(Sealing, OpensWhatItSealedAndNothingThatWasChanged) {
  const SealingKey key(Key{std::byte{1}});
  const SealingKey other(Key{std::byte{2}});
  for (const std::string& text :
       {std::string(), std::string("twenty bytes of text"), std::string(1000, 'x')}) {
    const auto sealed = key.seal(text, "totp ann");
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->size(), text.size() + 28);
    EXPECT_EQ(*key.open(*sealed, "totp ann"), text);
    EXPECT_NE(*key.seal(text, "totp ann"), *sealed) << "a nonce is never used again";
    EXPECT_FALSE(key.open(*sealed, "totp bob"));
    EXPECT_FALSE(other.open(*sealed, "totp ann"));
    for (std::size_t i = 0; i < sealed->size(); i += 7) {
      std::string changed = *sealed;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      EXPECT_FALSE(key.open(changed, "totp ann")) << i;
      EXPECT_FALSE(key.open(sealed->substr(0, i), "totp ann")) << i;
    }
  }
  EXPECT_EQ(key.open("short", "").error().code, Code::kCorrupt);
  EXPECT_EQ(key.seal(std::string(SealingKey::kTextBytesMax + 1, 'x'), "").error().code, Code::kLimitExceeded);
}

TEST(RandomBytes, DifferEachTime) {
  Key first{};
  Key second{};
  ASSERT_TRUE(fill_with_random_bytes(first));
  ASSERT_TRUE(fill_with_random_bytes(second));
  EXPECT_NE(first, second);
  EXPECT_TRUE(fill_with_random_bytes({}));
}

}  // namespace
}  // namespace seawall
