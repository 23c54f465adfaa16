#include "seawall/net/network.h"

#include <gtest/gtest.h>

#include <random>

namespace seawall {
namespace {

constexpr unsigned kSeed = 20261122;

PeerAddress address(std::string_view text) {
  auto read = PeerAddress::from_text(text);
  EXPECT_TRUE(read) << text;
  return read.value_or(PeerAddress());
}
Network network(std::string_view text) {
  auto read = Network::from_text(text);
  EXPECT_TRUE(read) << text << ": " << (read ? "" : read.error().message);
  return read.value_or(Network());
}

TEST(Network, HoldsItsAddressesAndNoOthers) {
  EXPECT_TRUE(network("192.0.2.0/24").holds(address("192.0.2.0")));
  EXPECT_TRUE(network("192.0.2.0/24").holds(address("192.0.2.255")));
  EXPECT_FALSE(network("192.0.2.0/24").holds(address("192.0.3.0")));
  EXPECT_TRUE(network("192.0.2.7").holds(address("192.0.2.7")));
  EXPECT_FALSE(network("192.0.2.7").holds(address("192.0.2.6")));
  EXPECT_TRUE(network("192.0.2.128/25").holds(address("192.0.2.129")));
  EXPECT_FALSE(network("192.0.2.128/25").holds(address("192.0.2.127")));
  EXPECT_TRUE(network("2001:db8::/32").holds(address("2001:db8:ffff::1")));
  EXPECT_FALSE(network("2001:db8::/32").holds(address("2001:db9::1")));
  EXPECT_TRUE(network("0.0.0.0/0").holds(address("203.0.113.9")));
  EXPECT_TRUE(network("::/0").holds(address("2001:db8::1")));
}

TEST(Network, TakesAnIpv4AddressForOneHoweverItArrives) {
  EXPECT_TRUE(network("192.0.2.0/24").holds(address("::ffff:192.0.2.9")));
  EXPECT_EQ(address("::ffff:192.0.2.9"), address("192.0.2.9"));
  EXPECT_EQ(address("::ffff:192.0.2.9").to_text(), "192.0.2.9");
  EXPECT_FALSE(network("::/0").holds(address("192.0.2.9"))) << "all of IPv6 is not all of IPv4";
  EXPECT_FALSE(network("0.0.0.0/0").holds(address("2001:db8::1")));
}

TEST(Network, IsWrittenInOneWay) {
  EXPECT_EQ(network("192.0.2.7").to_text(), "192.0.2.7/32");
  EXPECT_EQ(network("2001:DB8:0:0::/48").to_text(), "2001:db8::/48");
  for (const std::string_view wrong : {"", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/024", "192.0.2.0/+8",
                                       "192.0.2.0/-1", "192.0.2.0/2 4", "192.0.2/24", "192.0.2.0.1", "::/129",
                                       "::ffff:192.0.2.0/120", "fe80::1%eth0", "localhost", "1/1/1"}) {
    EXPECT_FALSE(Network::from_text(wrong)) << wrong;
  }
  EXPECT_FALSE(PeerAddress::from_text(std::string_view("192.0.2.1\0", 10)));
}

TEST(Network, SaysWhichNetworkAnAddressWithinItIsOf) {
  const auto read = Network::from_text("192.0.2.9/24");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("192.0.2.0/24"), std::string::npos) << read.error().message;
}

TEST(Network, IsCutToTheBitsThatAreAskedFor) {
  EXPECT_EQ(Network::around(address("203.0.113.77"), 24, 48).to_text(), "203.0.113.0/24");
  EXPECT_EQ(Network::around(address("2001:db8:1:2::3"), 24, 48).to_text(), "2001:db8:1::/48");
}

/// The slow twin: bit by bit.
bool textbook_holds(const PeerAddress& first, unsigned bits, const PeerAddress& address) {
  for (unsigned i = 0; i < bits; ++i) {
    const auto bit = [i](const PeerAddress& of) {
      return (static_cast<unsigned>(of.bytes()[i / 8]) >> (7 - i % 8)) & 1U;
    };
    if (bit(first) != bit(address)) return false;
  }
  return true;
}

TEST(Network, AgreesWithItsTextbookTwin) {
  std::mt19937 random(kSeed);
  for (int i = 0; i < 20'000; ++i) {
    const auto near = [&] {
      std::string text = "10." + std::to_string(random() % 2) + "." + std::to_string(random() % 4 * 64);
      return address(text + "." + std::to_string(random() % 8 * 32));
    };
    const PeerAddress first = near();
    const PeerAddress other = near();
    const auto bits = static_cast<unsigned>(random() % 33);
    EXPECT_EQ(Network::around(first, bits, 0).holds(other), textbook_holds(first, 96 + bits, other))
        << first.to_text() << "/" << bits << " " << other.to_text() << " seed " << kSeed;
  }
}

}  // namespace
}  // namespace seawall
