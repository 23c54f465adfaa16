#include "seawall/net/reach.h"

#include <gtest/gtest.h>

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

PeerAddress address(const char* text) { return *PeerAddress::from_text(text); }
Network network(const char* text) { return *Network::from_text(text); }

TEST(Reach, IsAnywhereUnlessToldOtherwise) {
  EXPECT_TRUE(Reach{}.allows(address("127.0.0.1"), 22));
  EXPECT_TRUE(Reach{}.allows(address("10.1.2.3"), 22));
}

TEST(Reach, OfStrangersIsThePublicInternetAtHighPortsAndTheWebs) {
  const Reach strangers{.public_only = true};
  EXPECT_TRUE(strangers.allows(address("8.8.8.8"), 443));
  EXPECT_TRUE(strangers.allows(address("8.8.8.8"), 80));
  EXPECT_TRUE(strangers.allows(address("2001:4860::8888"), 1935));
  EXPECT_FALSE(strangers.allows(address("8.8.8.8"), 22));
  const Reach rtsp{.public_only = true, .ports = {554}};
  EXPECT_TRUE(rtsp.allows(address("8.8.8.8"), 554));
  EXPECT_FALSE(rtsp.allows(address("8.8.8.8"), 22));
  EXPECT_FALSE(rtsp.allows(address("10.1.2.3"), 554));
  for (const char* kept :
       {"127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "::1", "64:ff9b::7f00:1"})
    EXPECT_FALSE(strangers.allows(address(kept), 1935)) << kept;
}

TEST(Reach, HoldsTheOperatorsOwnNetworksWhereTheyAreNamed) {
  Reach reach{.public_only = true, .allowed_networks = {network("10.0.0.0/8")}};
  EXPECT_TRUE(reach.allows(address("10.1.2.3"), 1935));
  EXPECT_FALSE(reach.allows(address("10.1.2.3"), 22));
  EXPECT_FALSE(reach.allows(address("192.168.0.1"), 1935));
  reach.allowed_networks = {network("127.0.0.0/8")};
  EXPECT_FALSE(reach.allows(address("127.0.0.1"), 1935)) << "this machine: only where it is named alone";
  reach.allowed_networks = {network("127.0.0.1/32")};
  EXPECT_TRUE(reach.allows(address("127.0.0.1"), 1935));
  reach.refused_networks = {network("127.0.0.0/8")};
  EXPECT_FALSE(reach.allows(address("127.0.0.1"), 1935));
}

}  // namespace
