#include "seawall/stream_rtsp/rtsp_auth.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

struct Numbers final : RandomSource {
  std::uint64_t next() override { return 0x0123456789abcdefU; }
};

struct Asked {
  Secret user{"Mufasa"};
  Secret password{"Circle Of Life"};
  Numbers random;
  RtspAuth auth{user, password, random};
};

TEST(RtspAuth, SaysNothingUntilItIsAsked) {
  Asked asked;
  EXPECT_EQ(asked.auth.authorization("DESCRIBE", "rtsp://h/x"), "");
}

TEST(RtspAuth, AnswersADigestWithoutQualityOfProtection) {
  // Both digests here were computed with Python's hashlib.
  Asked asked;
  ASSERT_TRUE(asked.auth.challenged(
      {R"(Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093")"}));
  EXPECT_EQ(asked.auth.authorization("GET", "/dir/index.html"),
            R"(Digest username="Mufasa", realm="testrealm@host.com", )"
            R"(nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", )"
            R"(response="670fd8c2df070c60b045671b8b24ff02")");
}

TEST(RtspAuth, PrefersTheStrongerAndCountsTheUsesOfANonce) {
  Asked asked;
  ASSERT_TRUE(asked.auth.challenged(
      {R"(Basic realm="x")", R"(Digest realm="a\"b", nonce="n1", algorithm=MD5)",
       R"(Digest realm="a\"b", nonce="n2", qop="auth-int, auth", algorithm=SHA-256, opaque="")"}));
  const std::string words = asked.auth.authorization("DESCRIBE", "rtsp://h/x");
  EXPECT_NE(words.find(R"(realm="a\"b", nonce="n2")"), std::string::npos) << words;
  EXPECT_NE(words.find("nc=00000001"), std::string::npos);
  EXPECT_NE(words.find("algorithm=SHA-256"), std::string::npos);
  EXPECT_NE(words.find(R"(response="6cbf61f230b17fd79822890abe0d31ce323404bfc6365d4f88c6174af66d7456")"),
            std::string::npos)
      << words;
  EXPECT_NE(asked.auth.authorization("SETUP", "rtsp://h/x").find("nc=00000002"), std::string::npos);
}

TEST(RtspAuth, AnswersBasicWhereNothingElseIsAsked) {
  Asked asked;
  ASSERT_TRUE(asked.auth.challenged({"Basic realm=\"x\""}));
  EXPECT_EQ(asked.auth.authorization("DESCRIBE", "rtsp://h/x"), "Basic TXVmYXNhOkNpcmNsZSBPZiBMaWZl");
  asked.auth.forget();
  EXPECT_EQ(asked.auth.authorization("DESCRIBE", "rtsp://h/x"), "");
}

TEST(RtspAuth, IsRefusedOnceButANonceMayGrowOld) {
  Asked asked;
  ASSERT_TRUE(asked.auth.challenged({R"(Digest realm="r", nonce="1")"}));
  ASSERT_TRUE(asked.auth.challenged({R"(Digest realm="r", nonce="2", stale=TRUE)"}));
  const auto again = asked.auth.challenged({R"(Digest realm="r", nonce="3")"});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().message, "the server refuses the user and password");
}

TEST(RtspAuth, SaysWhatIsMissing) {
  const Secret none;
  Numbers random;
  RtspAuth auth(none, none, random);
  EXPECT_EQ(auth.challenged({R"(Digest realm="r", nonce="1")"}).error().code, Code::kUnavailable);
  EXPECT_EQ(auth.challenged({R"(Digest realm="r", nonce="1", algorithm=MD5-sess)"}).error().code,
            Code::kUnsupported);
  EXPECT_EQ(auth.challenged({R"(Digest realm="r", nonce="1", qop="auth-int")"}).error().code,
            Code::kUnsupported);
  EXPECT_EQ(auth.challenged({}).error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace seawall
