#include "seawall/service/trusted_proxies.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

/// "" where nobody is to be let in.
std::string peer_of(const std::vector<std::string>& trusted, const std::string& from,
                    const std::vector<std::string>& forwarded) {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (const std::string& value : forwarded) text += "X-Forwarded-For: " + value + "\r\n";
  auto read = read_http_head(text + "\r\n", {});
  HttpHead head = std::get<HttpHead>(std::move(read));
  auto peer = std::make_shared<HttpPeer>();
  peer->address = from;
  head.set_peer(peer);
  const auto proxies = TrustedProxies::from(trusted);
  EXPECT_TRUE(proxies);
  const auto found = proxies->peer_of(head);
  return found ? found->to_text() : "";
}

TEST(TrustedProxies, AreNobodyUnlessTheyAreNamed) {
  EXPECT_EQ(peer_of({}, "198.51.100.7", {"192.0.2.1"}), "198.51.100.7");
  EXPECT_EQ(peer_of({}, "127.0.0.1", {"192.0.2.1"}), "127.0.0.1");
  EXPECT_EQ(peer_of({}, "unix", {"192.0.2.1"}), "127.0.0.1");
  EXPECT_EQ(peer_of({"10.0.0.0/8"}, "198.51.100.7", {"192.0.2.1"}), "198.51.100.7");
  EXPECT_EQ(peer_of({"127.0.0.1"}, "unix", {"192.0.2.1"}), "127.0.0.1");
}

TEST(TrustedProxies, NameTheLastAddressThatIsNotTheirs) {
  const std::vector<std::string> trusted = {"10.0.0.0/8", "2001:db8:1::/48"};
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {"192.0.2.1"}), "192.0.2.1");
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {"203.0.113.9, 192.0.2.1"}), "192.0.2.1") << "the caller lies";
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {"203.0.113.9", "192.0.2.1"}), "192.0.2.1") << "in two headers";
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {"203.0.113.9, 192.0.2.1, 10.1.1.1", "10.2.2.2"}), "192.0.2.1");
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {"nonsense, 192.0.2.1"}), "192.0.2.1") << "never read";
  EXPECT_EQ(peer_of(trusted, "2001:db8:1::5", {"2001:db8:2::1"}), "2001:db8:2::1");
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {"::ffff:10.3.3.3, 192.0.2.1,,  , ::ffff:10.3.3.3"}), "192.0.2.1");
}

TEST(TrustedProxies, AreThemselvesThePeerWhereTheyNameNobodyElse) {
  const std::vector<std::string> trusted = {"10.0.0.0/8", "unix"};
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {}), "10.0.0.1");
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {"", " , "}), "10.0.0.1");
  EXPECT_EQ(peer_of(trusted, "10.0.0.1", {"10.9.9.9, 10.8.8.8"}), "10.9.9.9");
  EXPECT_EQ(peer_of(trusted, "unix", {}), "127.0.0.1");
  EXPECT_EQ(peer_of(trusted, "unix", {"192.0.2.1"}), "192.0.2.1");
}

TEST(TrustedProxies, MayWritePortsAndBrackets) {
  const std::vector<std::string> trusted = {"127.0.0.1"};
  EXPECT_EQ(peer_of(trusted, "127.0.0.1", {"192.0.2.1:4711"}), "192.0.2.1");
  EXPECT_EQ(peer_of(trusted, "127.0.0.1", {"[2001:db8::1]:4711"}), "2001:db8::1");
  EXPECT_EQ(peer_of(trusted, "127.0.0.1", {"[2001:db8::1]"}), "2001:db8::1");
}

TEST(TrustedProxies, LetNobodyInWhereTheyWroteNoAddress) {
  for (const char* wrong : {"unknown", "_hidden", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:123456", "[::1",
                            "[::1]x", "[]", "host:80", "1.2.3", "fe80::1%eth0", "\"192.0.2.1\""}) {
    EXPECT_EQ(peer_of({"127.0.0.1"}, "127.0.0.1", {"192.0.2.7, " + std::string(wrong)}), "") << wrong;
  }
}

TEST(TrustedProxies, AreNetworksOfWhichNoBitIsLeftOver) {
  EXPECT_FALSE(TrustedProxies::from({"10.0.0.1/8"}));
  EXPECT_FALSE(TrustedProxies::from({"proxy.example"}));
  EXPECT_FALSE(TrustedProxies::from(std::vector<std::string>(65, "10.0.0.0/8")));
  EXPECT_TRUE(TrustedProxies::from(std::vector<std::string>(64, "10.0.0.0/8")));
}

}  // namespace
}  // namespace seawall
