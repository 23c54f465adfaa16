#include "seawall/stream_rtsp/rtsp_address.h"

#include "seawall/net/url.h"
#include "seawall/stream_link/link_address.h"

namespace seawall {
namespace {

constexpr std::string_view kForm = "rtsp://[user:password@]host[:port]/path";
constexpr std::uint16_t kTlsPort = 322;

Result<Secret> decoded(std::string_view text) {
  auto plain = percent_decoded(text);
  if (!plain || plain->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
    return fail(Code::kInvalidInput, "the user and password of an RTSP address are not percent-encoded");
  Secret secret(*plain);
  wipe_bytes(plain->data(), plain->size());
  return secret;
}

}  // namespace

Result<RtspAddress> rtsp_address_from_text(std::string_view text) {
  SEAWALL_TRY(LinkAddress parts, link_address_from_text(text, kForm));
  if (parts.scheme != "rtsp" && parts.scheme != "rtsps")
    return fail(Code::kInvalidInput, "not an address of the form " + std::string(kForm));
  RtspAddress address;
  address.tls = parts.scheme == "rtsps";
  if (address.tls) address.port = kTlsPort;
  if (parts.port != 0) address.port = parts.port;
  address.host = std::move(parts.host);
  const std::string path = parts.rest.empty() ? "/" : parts.rest;
  address.url = parts.scheme + "://" + host_and_port(address.host, address.port) + path;
  if (parts.login.empty()) return address;
  const std::string_view login = parts.login;
  const std::size_t colon = std::min(login.find(':'), login.size());
  SEAWALL_TRY(address.user, decoded(login.substr(0, colon)));
  if (colon < login.size()) {
    SEAWALL_TRY(address.password, decoded(login.substr(colon + 1)));
  }
  wipe_bytes(parts.login.data(), parts.login.size());
  return address;
}

}  // namespace seawall
