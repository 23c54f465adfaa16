#include "seawall/argon2/password_hash.h"

#include <gtest/gtest.h>

#include "seawall/base/base64.h"

namespace seawall {
namespace {

constexpr Argon2Cost kSmall{256, 2};
// From the reference implementation's own test of argon2id, version 19: t=2, m=2^8 and 2^16, p=1.
constexpr std::string_view kKnownSmall =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
constexpr std::string_view kKnownLarge =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

std::span<const std::byte> salt() { return std::as_bytes(std::span(std::string_view("somesalt"))); }

TEST(PasswordHash, IsThatOfTheReferenceImplementation) {
  EXPECT_EQ(*argon2id_hash("password", salt(), kSmall), kKnownSmall);
  EXPECT_EQ(*argon2id_hash("password", salt(), {65536, 2}), kKnownLarge);
}

TEST(PasswordHash, GivesTheSameBytesAsAKey) {
  Argon2Key key;
  ASSERT_TRUE(argon2id_derive("password", salt(), kSmall, key));
  const std::string_view bytes(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
  EXPECT_TRUE(kKnownSmall.ends_with("$" + to_base64(bytes).substr(0, 43)));
  EXPECT_EQ(argon2id_derive(std::string(1025, 'x'), salt(), kSmall, key).error().code, Code::kInvalidInput);
  EXPECT_EQ(argon2id_derive("x", salt(), {4, 1}, key).error().code, Code::kInvalidInput);
  EXPECT_EQ(argon2id_derive("x", salt().first(4), kSmall, key).error().code, Code::kInvalidInput);
}

TEST(PasswordHash, VerifiesThePasswordAndNoOther) {
  EXPECT_TRUE(*argon2id_verifies(kKnownSmall, "password"));
  EXPECT_FALSE(*argon2id_verifies(kKnownSmall, "Password"));
  EXPECT_FALSE(*argon2id_verifies(kKnownSmall, ""));
  EXPECT_FALSE(*argon2id_verifies(kKnownSmall, std::string(5000, 'x')));
  EXPECT_EQ(*argon2id_cost_of(kKnownSmall), kSmall);
}

TEST(PasswordHash, HasADecoyThatNoPasswordFits) {
  const auto decoy = argon2id_decoy(salt(), kSmall);
  ASSERT_TRUE(decoy);
  EXPECT_EQ(*argon2id_cost_of(*decoy), kSmall);
  EXPECT_EQ(decoy->size(), kKnownSmall.size());
  for (const char* password : {"", "password", "no account has this password"}) {
    EXPECT_FALSE(*argon2id_verifies(*decoy, password)) << "read as a hash, and none of this password";
  }
  EXPECT_FALSE(argon2id_decoy(salt(), {kArgon2MemoryKibMax + 1, 1}));
}

TEST(PasswordHash, RefusesAStoredHashThatWouldTakeTooMuch) {
  for (const std::string_view wrong :
       {"", "$argon2id$",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$x", "$argon2id$v=19$m=256,t=999,p=1$c29tZXNhbHQ$x",
        "$argon2id$v=19$m=256,t=2,p=64$c29tZXNhbHQ$x", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"}) {
    const auto verified = argon2id_verifies(wrong, "password");
    ASSERT_FALSE(verified) << wrong;
    EXPECT_EQ(verified.error().code, Code::kCorrupt);
  }
  EXPECT_EQ(argon2id_hash("x", salt(), {kArgon2MemoryKibMax + 1, 1}).error().code, Code::kInvalidInput);
  EXPECT_EQ(argon2id_hash(std::string(1025, 'x'), salt(), kSmall).error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
