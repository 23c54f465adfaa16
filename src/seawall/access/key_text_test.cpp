#include "seawall/access/key_text.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "seawall/access/detail/base32.h"

namespace seawall {
namespace {

constexpr unsigned kSeed = 20261122;

std::string made(std::byte fill) {
  KeyText::SecretBytes secret;
  secret.fill(fill);
  return std::string(KeyText("abcdefghij234567", secret).text().reveal());
}

TEST(KeyText, IsReadBackAsItWasWritten) {
  const std::string text = made(std::byte{0xa5});
  EXPECT_EQ(text.size(), KeyText::kChars);
  KeyText read;
  ASSERT_EQ(read.read(text), KeyTextFault::kNone);
  EXPECT_EQ(read.id(), "abcdefghij234567");
  EXPECT_EQ(read.text().reveal(), text);
}

TEST(KeyText, LooksAsItDidInTheFirstVersion) {
  // Computed with Python's base64 and hashlib; keys lie in people's settings, so their form never changes.
  EXPECT_EQ(made(std::byte{0}),
            "swk_abcdefghij234567_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa5oadfsj");
}

TEST(KeyText, TellsADamagedKeyFromWhatIsNone) {
  const std::string text = made(std::byte{0x3c});
  KeyText read;
  for (const std::string_view other : {"", "swk", "Bearer x", "whsec_abc", "SWK_abc"}) {
    EXPECT_EQ(read.read(other), KeyTextFault::kNotAKey) << other;
  }
  for (std::size_t size = 4; size < text.size(); ++size) {
    EXPECT_EQ(read.read(text.substr(0, size)), KeyTextFault::kDamaged) << size;
  }
  EXPECT_EQ(read.read(text + "a"), KeyTextFault::kDamaged);
  for (std::size_t at = 4; at < text.size(); ++at) {
    for (const char other : {'a', '7', 'A', '_', '0', '\0', '\xff'}) {
      if (text[at] == other) continue;
      std::string mistyped = text;
      mistyped[at] = other;
      EXPECT_EQ(read.read(mistyped), KeyTextFault::kDamaged) << at << " " << other;
    }
    if (at + 1 == text.size() || text[at] == text[at + 1]) continue;
    std::string swapped = text;
    std::swap(swapped[at], swapped[at + 1]);
    EXPECT_EQ(read.read(swapped), KeyTextFault::kDamaged) << at;
  }
  EXPECT_EQ(read.id(), "") << "nothing of what was refused is kept";
}

TEST(KeyText, IsNewEachTime) {
  std::set<std::string> ids;
  std::set<KeyText::SecretBytes> secrets;
  for (int i = 0; i < 100; ++i) {
    ids.insert(*KeyText::new_id());
    secrets.insert(*KeyText::new_secret());
  }
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(secrets.size(), 100U);
  EXPECT_EQ(ids.begin()->size(), KeyText::kIdChars);
}

/// The slow twin: bit by bit.
std::string textbook_base32(std::span<const std::byte> bytes) {
  std::string bits;
  for (const std::byte byte : bytes) {
    for (unsigned i = 8; i-- > 0;) bits.push_back((static_cast<unsigned>(byte) >> i) & 1U ? '1' : '0');
  }
  while (bits.size() % 5 != 0) bits.push_back('0');
  std::string text;
  for (std::size_t at = 0; at < bits.size(); at += 5) {
    const auto value = std::stoul(bits.substr(at, 5), nullptr, 2);
    text.push_back("abcdefghijklmnopqrstuvwxyz234567"[value]);
  }
  return text;
}

TEST(Base32, AgreesWithItsTextbookTwinAndReadsItBack) {
  std::mt19937_64 random(kSeed);
  for (std::size_t size = 0; size < 70; ++size) {
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    const std::string text = access_detail::to_base32(bytes);
    EXPECT_EQ(text, textbook_base32(bytes)) << "seed " << kSeed;
    std::vector<std::byte> read(size);
    EXPECT_TRUE(access_detail::from_base32(text, read));
    EXPECT_EQ(read, bytes);
    EXPECT_FALSE(access_detail::from_base32(text + "a", read));
  }
  std::array<std::byte, 1> one;
  EXPECT_TRUE(access_detail::from_base32("aa", one));
  EXPECT_FALSE(access_detail::from_base32("ab", one)) << "each value has one text";
}

}  // namespace
}  // namespace seawall
