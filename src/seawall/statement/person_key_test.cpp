#include "seawall/statement/person_key.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "seawall/base/base64.h"
#include "seawall/statement/person_role.h"

namespace seawall {
namespace {

constexpr Argon2Cost kCheap{8, 1};
constexpr std::string_view kPassphrase = "correct horse battery";

// The example of C2SP signed-note, but for its name, which no person has: example.com/foo+530d903a+Aeky...
TEST(PersonPublicKey, HasTheIdOfSignedNote) {
  const std::string text = "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  const std::string bytes = from_base64(text)->substr(1);
  PersonPublicKey key{.name = "example.com/foo"};
  std::ranges::copy(std::as_bytes(std::span(bytes)), key.key.begin());
  EXPECT_EQ(to_hex_text(id_of(key)), "530d903a");
  EXPECT_EQ(to_text(key), "person+example.com/foo+530d903a+" + text);
  EXPECT_FALSE(person_public_key_from(to_text(key))) << "no person has such a name";
}

TEST(PersonPublicKey, HasOneText) {
  const auto key = PersonKey::make("ann");
  ASSERT_TRUE(key);
  const std::string text = to_text(key->public_key());
  EXPECT_TRUE(text.starts_with("person+ann+" + to_hex_text(id_of(key->public_key())) + "+A"));
  EXPECT_EQ(*person_public_key_from(text), key->public_key());
  for (std::string bad : {std::string(), std::string("person+"), text.substr(7), text + "=", text + "\n",
                          "person+bob" + text.substr(10), "person+Ann" + text.substr(10), text.substr(0, 20),
                          "person+ann+00000000" + text.substr(19), std::string(300, 'a')}) {
    EXPECT_FALSE(person_public_key_from(bad)) << bad;
  }
}

TEST(PersonKey, OpensWithItsPassphraseAndSignsAsBefore) {
  const auto key = PersonKey::make("ann");
  const auto sealed = key->seal(kPassphrase, kCheap);
  ASSERT_TRUE(sealed) << sealed.error().message;
  const std::string file = to_text(*sealed);
  EXPECT_EQ(std::count(file.begin(), file.end(), '\n'), 1);
  const auto read = sealed_person_key_from(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, *sealed);
  const auto again = PersonKey::open(*read, kPassphrase);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->public_key(), key->public_key());
  EXPECT_EQ(*again->sign("x"), *key->sign("x"));
}

TEST(PersonKey, StaysShutForAnotherPassphraseAndAnotherName) {
  const auto key = PersonKey::make("ann");
  auto sealed = *key->seal(kPassphrase, kCheap);
  EXPECT_EQ(PersonKey::open(sealed, "correct horse batterx").error().code, Code::kInvalidInput);
  EXPECT_EQ(PersonKey::open(sealed, "").error().code, Code::kInvalidInput);
  SealedPersonKey renamed = sealed;
  renamed.public_key.name = "bob";
  EXPECT_FALSE(PersonKey::open(renamed, kPassphrase)) << "the name is sealed with the key";
  sealed.sealed[20] ^= 1;
  EXPECT_FALSE(PersonKey::open(sealed, kPassphrase));
  EXPECT_EQ(key->seal("short", kCheap).error().code, Code::kInvalidInput);
}

TEST(PersonKey, FileIsReadStrictly) {
  const std::string good = to_text(*PersonKey::make("ann")->seal(kPassphrase, kCheap));
  const auto with = [&](std::string_view old, std::string_view now) {
    std::string text = good;
    return text.replace(text.find(old), old.size(), now);
  };
  EXPECT_TRUE(sealed_person_key_from(good));
  for (const std::string& bad :
       {std::string(), std::string("\n"), good.substr(0, good.size() - 1), good + "\n",
        with("\"memory_kib\":8", "\"memory_kib\":99999999"), with("\"passes\":1", "\"passes\":1000"),
        with("\"v\":1", "\"v\":2"), with("\"public\":\"person+ann", "\"public\":\"person+eve"),
        with("\"sealed\":\"", "\"sealed\":\"AAAA"), with("{\"argon2id\"", "{ \"argon2id\"")}) {
    EXPECT_FALSE(sealed_person_key_from(bad)) << bad;
  }
  EXPECT_EQ(sealed_person_key_from(std::string(5000, ' ') + "\n").error().code, Code::kLimitExceeded);
}

TEST(PersonName, IsLowerCaseAndOnePieceOfAPath) {
  for (const char* good : {"ann", "a", "0", "ann.b-c_d", "9lives"}) EXPECT_TRUE(is_person_name(good)) << good;
  for (const char* bad : {"", "Ann", ".ann", "-ann", "ann b", "ann/b", "ann+b", "\xc3\xa9ve"}) {
    EXPECT_FALSE(is_person_name(bad)) << bad;
  }
  EXPECT_FALSE(is_person_name(std::string(65, 'a')));
  EXPECT_FALSE(PersonKey::make("Ann"));
}

}  // namespace
}  // namespace seawall
