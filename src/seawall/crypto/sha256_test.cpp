#include "seawall/crypto/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "seawall/base/hex.h"
#include "seawall/crypto/digest.h"

namespace seawall {
namespace {

TEST(Sha256Hasher, GivesTheDigestsOfTheStandard) {  // FIPS 180-2, B.1 and B.2.
  EXPECT_EQ(to_hex(sha256_of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256_of("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256Hasher, DoesNotDependOnThePiecesAndStartsAnew) {
  const std::string text(1000, 'x');
  Sha256Hasher hasher;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t at = 0; at < text.size(); at += 77) hasher.update(std::string_view(text).substr(at, 77));
    EXPECT_EQ(hasher.finish(), digests_of(std::as_bytes(std::span(text))).sha256);
  }
}

}  // namespace
}  // namespace seawall
