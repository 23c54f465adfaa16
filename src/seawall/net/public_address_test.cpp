#include "seawall/net/public_address.h"

#include <gtest/gtest.h>

#include <cstring>

namespace seawall {
namespace {

TEST(PublicAddress, TakesThoseThatAnybodyMayAsk) {
  for (const char* text : {"1.1.1.1",
                           "8.8.8.8",
                           "9.255.255.255",
                           "11.0.0.0",
                           "100.63.255.255",
                           "100.128.0.0",
                           "126.255.255.255",
                           "128.0.0.0",
                           "169.253.255.255",
                           "169.255.0.0",
                           "172.15.255.255",
                           "172.32.0.0",
                           "192.0.1.0",
                           "192.167.255.255",
                           "192.169.0.0",
                           "198.17.255.255",
                           "198.20.0.0",
                           "223.255.255.255",
                           "168.63.129.15",
                           "168.63.129.17",
                           "2606:4700:4700::1111",
                           "[2a00:1450:4001:81b::200e]",
                           "2001:200::1",
                           "2001:db7:ffff::",
                           "2001:db9::",
                           "2003::",
                           "::ffff:8.8.8.8",
                           "64:ff9b::808:808",
                           "3ffe:ffff::1",
                           "3fff:1000::1"}) {
    EXPECT_TRUE(is_public_address(text)) << text;
  }
}

TEST(PublicAddress, RefusesAllOthers) {
  for (const char* text : {"0.0.0.0",
                           "0.255.255.255",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "100.100.100.200",
                           "127.0.0.1",
                           "127.255.255.255",
                           "168.63.129.16",
                           "169.254.0.0",
                           "169.254.169.254",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.192",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.0.1",
                           "198.18.0.0",
                           "198.19.255.255",
                           "198.51.100.9",
                           "203.0.113.9",
                           "224.0.0.1",
                           "239.1.1.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "[::1]",
                           "fe80::1",
                           "fec0::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "ff02::1",
                           "2001::1",
                           "2001:1ff:ffff::",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "2002:808:808::",
                           "2620:4f:8000::1",
                           "3fff::1",
                           "3fff:0fff::1",
                           "4000::1",
                           "5f00::1",
                           "::ffff:127.0.0.1",
                           "::ffff:169.254.169.254",
                           "64:ff9b::7f00:1",
                           "64:ff9b:1::808:808",
                           "::127.0.0.1",
                           "::8.8.8.8",
                           "",
                           "[]",
                           "[",
                           "localhost",
                           "8.8.8",
                           "8.8.8.8.",
                           " 8.8.8.8",
                           "0x8.8.8.8",
                           "fe80::1%eth0"}) {
    EXPECT_FALSE(is_public_address(text)) << text;
  }
}

TEST(PublicAddress, ReadsSocketAddressesAsLongAsTheyAreWhole) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x08080808);
  const auto* const plain = reinterpret_cast<const sockaddr*>(&v4);
  EXPECT_TRUE(is_public_address(plain, sizeof v4));
  EXPECT_FALSE(is_public_address(plain, sizeof v4 - 1));
  EXPECT_FALSE(is_public_address(plain, 1));
  EXPECT_FALSE(is_public_address(static_cast<const sockaddr*>(nullptr), 0));
  v4.sin_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(plain, sizeof v4));
}

}  // namespace
}  // namespace seawall
