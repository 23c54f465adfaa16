#include "seawall/crypto/digest.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// RFC 1321 A.5, FIPS 180-4 examples.
TEST(FileDigester, MatchesThePublishedVectorsForAbc) {
  const auto d = digests_of(bytes_of("abc"));
  EXPECT_EQ(to_hex(d.md5), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(to_hex(d.sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(d.sha256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(d.size_bytes, 3U);
}

TEST(FileDigester, MatchesThePublishedVectorsForNothing) {
  const auto d = digests_of({});
  EXPECT_EQ(to_hex(d.md5), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(d.sha1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(FileDigester, DoesNotDependOnHowTheStreamIsCut) {
  std::vector<std::byte> bytes(100'003);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7);
  FileDigester digester;
  std::span<const std::byte> rest(bytes);
  for (std::size_t step = 1; !rest.empty(); step = step * 3 + 1) {
    const auto part = rest.first(std::min(step, rest.size()));
    digester.update(part);
    rest = rest.subspan(part.size());
  }
  EXPECT_EQ(digester.finish(), digests_of(bytes));
}

TEST(FileDigester, StartsAnewAfterFinish) {
  FileDigester digester;
  digester.update(bytes_of("something"));
  (void)digester.finish();
  digester.update(bytes_of("abc"));
  EXPECT_EQ(digester.finish(), digests_of(bytes_of("abc")));
}

}  // namespace
}  // namespace seawall
