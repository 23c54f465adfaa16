#include "seawall/stream_srt/srt_address.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

TEST(SrtAddress, IsReadInParts) {
  const auto address = srt_address_from_text(
      "srt://"
      "Live.example:9000?streamid=%23!::r%3Dcam,m%3Drequest&passphrase=long%20enough%21&pbkeylen=32&latency="
      "300");
  ASSERT_TRUE(address.has_value()) << address.error().message;
  EXPECT_EQ(address->host, "live.example");
  EXPECT_EQ(address->port, 9000);
  EXPECT_EQ(address->stream_id, "#!::r=cam,m=request");
  EXPECT_EQ(address->passphrase.reveal(), "long enough!");
  EXPECT_EQ(address->key_bytes, 32);
  EXPECT_EQ(address->latency_ms, 300);
  const auto plain = srt_address_from_text("srt://[::1]:9000/?mode=caller&transtype=live");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->host, "::1");
  EXPECT_TRUE(plain->passphrase.empty());
}

TEST(SrtAddress, RefusesWhatIsNoneWithoutRepeatingIt) {
  for (const char* text :
       {"srt://secret", "srt://:9000", "http://secret:9000", "srt://u:secret@h:9000", "srt://h:9000/secret",
        "srt://h:9000?passphrase=secret", "srt://h:9000?mode=listener&streamid=secret",
        "srt://h:9000?secret=1", "srt://h:9000?latency=secret", "srt://h:9000?latency=-1",
        "srt://h:9000?latency=10001", "srt://h:9000?pbkeylen=8", "srt://h:9000?transtype=file",
        "srt://h:9000?streamid=%zzsecret"}) {
    const auto address = srt_address_from_text(text);
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error().message.find("secret"), std::string::npos) << text;
  }
  EXPECT_FALSE(srt_address_from_text("srt://h:1?streamid=" + std::string(513, 'a')).has_value());
}

}  // namespace
}  // namespace seawall
