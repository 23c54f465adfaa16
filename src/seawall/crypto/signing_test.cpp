#include "seawall/crypto/signing.h"

#include <gtest/gtest.h>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

// RFC 8032 section 7.1, test 2; the key wrapped as PKCS #8 (RFC 8410).
constexpr const char* kPrivate =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kSignature =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

TEST(SigningKey, SignsAsInRfc8032) {
  const auto key = SigningKey::from_pem(kPrivate);
  ASSERT_TRUE(key) << key.error().message;
  const auto signature = key->sign("\x72");
  ASSERT_TRUE(signature);
  EXPECT_EQ(to_hex(*signature), kSignature);
  const auto verifying = VerifyingKey::from_pem(key->public_key_pem().value());
  ASSERT_TRUE(verifying);
  EXPECT_TRUE(verifying->verifies("\x72", *signature));
  EXPECT_FALSE(verifying->verifies("\x73", *signature));
  Signature other = *signature;
  other[63] ^= std::byte{1};
  EXPECT_FALSE(verifying->verifies("\x72", other));
}

TEST(SigningKey, ComesBackFromItsSeedAndItsPublicHalfFromRawBytes) {
  // RFC 8032 section 7.1, test 2.
  KeySeed seed;
  ASSERT_TRUE(from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed));
  const auto key = SigningKey::from_seed(seed);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->seed().value(), seed);
  EXPECT_EQ(to_hex(key->public_key().value()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(to_hex(key->sign("\x72").value()), kSignature);
  const auto verifying = VerifyingKey::from_raw(key->public_key().value());
  ASSERT_TRUE(verifying);
  EXPECT_TRUE(verifying->verifies("\x72", key->sign("\x72").value()));
  EXPECT_FALSE(VerifyingKey::from_raw(RawPublicKey{})->verifies("\x72", key->sign("\x72").value()));
}

TEST(SigningKey, ComesBackFromItsPemForm) {
  const auto key = SigningKey::generate();
  ASSERT_TRUE(key);
  const auto again = SigningKey::from_pem(key->private_key_pem().value());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key_pem().value(), key->public_key_pem().value());
  EXPECT_NE(SigningKey::generate()->public_key_pem().value(), key->public_key_pem().value());
}

TEST(SigningKey, RefusesOtherKeysAndKeysOfTheOtherKind) {
  const std::string public_pem = SigningKey::generate()->public_key_pem().value();
  for (const std::string& text :
       {std::string(), std::string("no key"), public_pem, std::string(20'000, 'x')}) {
    EXPECT_FALSE(SigningKey::from_pem(text));
  }
  EXPECT_FALSE(VerifyingKey::from_pem(kPrivate));
  EXPECT_FALSE(VerifyingKey::from_pem(""));
  const auto error = SigningKey::from_pem(std::string(kPrivate).replace(60, 3, "!!!"));
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().message.find("MC4CAQ"), std::string::npos) << "a message must not hold a key";
}

// RFC 8032 section 7.1, test 2.
constexpr const char* kPublic = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

TEST(SigningKey, OpensSealedWithTheSameKeyAndContextOnly) {
  const std::array<std::byte, SealingKey::kBytes> zero{};
  const std::array<std::byte, SealingKey::kBytes> one{std::byte{1}};
  const SealingKey sealing(zero);
  const auto key = SigningKey::from_pem(kPrivate);
  const auto sealed = key->sealed_seed(sealing, "ann");
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->size(), 60U);
  const auto again = SigningKey::from_sealed_seed(*sealed, sealing, "ann");
  ASSERT_TRUE(again);
  EXPECT_EQ(to_hex(*again->public_key()), kPublic);
  EXPECT_EQ(SigningKey::from_sealed_seed(*sealed, sealing, "bob").error().code, Code::kCorrupt);
  EXPECT_EQ(SigningKey::from_sealed_seed(*sealed, SealingKey(one), "ann").error().code, Code::kCorrupt);
  const auto short_one = sealing.seal("31 bytes are no key............", "ann");
  EXPECT_EQ(SigningKey::from_sealed_seed(*short_one, sealing, "ann").error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace seawall
