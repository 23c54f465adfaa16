#include "seawall/streams/stream_address.h"

#include <algorithm>

#include "seawall/net/network.h"
#include "seawall/stream_link/link_address.h"

namespace seawall {
namespace {

/// Of an address that names none: whether its host may be reached is what is asked.
constexpr std::uint16_t kAnyPort = 1935;
constexpr std::string_view kForm =
    "scheme://host[:port]/path, of 1 to 8192 printable characters, others percent-encoded";

tl::unexpected<Error> refuse_address(std::string_view why) {
  return fail(Code::kInvalidInput, "the stream's address " + std::string(why));
}

}  // namespace

std::string stream_scheme(std::string_view url) { return link_scheme(url); }

Result<void> check_stream_address(std::string_view url, const Reach& reach) {
  SEAWALL_TRY(const LinkAddress address, link_address_from_text(url, kForm));
  const bool is_rtsp = address.scheme == "rtsp" || address.scheme == "rtsps";
  if (!address.login.empty() && !is_rtsp)
    return refuse_address("must not hold a user or password, as only RTSP's may");
  const bool here = address.host == "localhost" || address.host.ends_with(".localhost");
  const auto peer = PeerAddress::from_text(here ? "127.0.0.1" : address.host);
  Reach allowed = reach;
  if (is_rtsp) allowed.ports.insert(allowed.ports.end(), {554, 322});
  if (peer && !allowed.allows(*peer, address.port != 0 ? address.port : kAnyPort)) {
    return refuse_address(
        "is not one of the public internet at port 80, 443 (RTSP: 554, 322) or from 1024, nor in a network "
        "that the operator allows");
  }
  return {};
}

}  // namespace seawall
