#include "seawall/net/own_address.h"

#include <gtest/gtest.h>
#include <ifaddrs.h>

#include "seawall/net/public_address.h"

namespace seawall {
namespace {

PeerAddress address(std::string_view text) { return PeerAddress::from_text(text).value_or(PeerAddress()); }

TEST(OwnAddress, KnowsEveryInterfaceAndNothingElse) {
  ifaddrs* first = nullptr;
  ASSERT_EQ(::getifaddrs(&first), 0);
  int found = 0;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    const bool v6 = at->ifa_addr->sa_family == AF_INET6;
    const auto own = PeerAddress::of(at->ifa_addr, v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    if (!own) continue;
    ++found;
    EXPECT_TRUE(is_own_address(*own)) << own->to_text();
  }
  ::freeifaddrs(first);
  EXPECT_GE(found, 1);
  EXPECT_TRUE(is_own_address(address("127.0.0.1")));
  EXPECT_TRUE(is_own_address(address("::ffff:127.0.0.1")));
  for (const char* other : {"8.8.8.8", "2606:4700:4700::1111", "203.0.113.77"}) {
    EXPECT_FALSE(is_own_address(address(other))) << other;
  }
}

TEST(OwnAddress, IsFoundBehindATranslatorToo) {
  EXPECT_EQ(behind_nat64(address("64:ff9b::7f00:1")).to_text(), "127.0.0.1");
  EXPECT_EQ(behind_nat64(address("64:ff9b:1::7f00:1")).to_text(), "64:ff9b:1::7f00:1");
  EXPECT_EQ(behind_nat64(address("192.0.2.1")).to_text(), "192.0.2.1");
}

}  // namespace
}  // namespace seawall
