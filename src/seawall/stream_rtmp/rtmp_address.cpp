#include "seawall/stream_rtmp/rtmp_address.h"

#include "seawall/stream_link/link_address.h"

namespace seawall {
namespace {

constexpr std::string_view kForm = "rtmp://host[:port]/app/name";

constexpr std::uint16_t kTlsPort = 443;

}  // namespace

std::string RtmpAddress::application_url() const {
  return (tls ? "rtmps://" : "rtmp://") + host_and_port(host, port) + "/" + app;
}

Result<RtmpAddress> rtmp_address_from_text(std::string_view text) {
  SEAWALL_TRY(LinkAddress parts, link_address_from_text(text, kForm));
  const auto refused = [] {
    return fail(Code::kInvalidInput, "not an address of the form " + std::string(kForm));
  };
  if ((parts.scheme != "rtmp" && parts.scheme != "rtmps") || !parts.rest.starts_with('/')) return refused();
  if (!parts.login.empty())
    return fail(Code::kInvalidInput, "an RTMP address with a user or password is not followed");
  RtmpAddress address;
  address.host = std::move(parts.host);
  address.tls = parts.scheme == "rtmps";
  if (address.tls) address.port = kTlsPort;
  if (parts.port != 0) address.port = parts.port;
  const std::string_view path = std::string_view(parts.rest).substr(1);
  const std::size_t end = path.find('/');
  if (end == std::string_view::npos || end == 0 || end + 1 == path.size()) return refused();
  address.app = path.substr(0, end);
  address.name = path.substr(end + 1);
  if (address.app.size() > RtmpAddress::kPartBytesMax || address.name.size() > RtmpAddress::kPartBytesMax)
    return refused();
  return address;
}

}  // namespace seawall
