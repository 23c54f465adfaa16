#include "seawall/streams/stream_address.h"

#include <algorithm>
#include <charconv>

#include "seawall/net/network.h"

namespace seawall {
namespace {

constexpr std::size_t kBytesMax = 8 * 1024;
/// Of an address that names none: whether its host may be reached is what is asked.
constexpr std::uint16_t kAnyPort = 1935;

/// "host:port" or "[v6]:port" in parts.
struct Authority {
  std::string_view host;
  std::string_view port;
};

Authority authority_of(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view rest = text.substr(end + 1);
    return {text.substr(1, end - 1), rest.starts_with(':') ? rest.substr(1) : std::string_view()};
  }
  const std::size_t colon = std::min(text.find(':'), text.size());
  return {text.substr(0, colon), text.substr(std::min(colon + 1, text.size()))};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

tl::unexpected<Error> refuse_address(std::string_view why) {
  return fail(Code::kInvalidInput, "the stream's address " + std::string(why));
}

}  // namespace

std::string stream_scheme(std::string_view url) {
  const std::size_t end = url.find("://");
  return end == std::string_view::npos ? std::string() : lower(url.substr(0, end));
}

Result<void> check_stream_address(std::string_view url, const Reach& reach) {
  const auto printable = [](char c) { return c > 0x20 && c < 0x7f; };
  if (url.empty() || url.size() > kBytesMax || !std::ranges::all_of(url, printable))
    return refuse_address("must be 1 to 8192 printable characters, others percent-encoded");
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme == 0)
    return refuse_address("must begin with a scheme, such as https://");
  std::string_view rest = url.substr(scheme + 3);
  rest = rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
  const std::string spoken = stream_scheme(url);
  const bool is_rtsp = spoken == "rtsp" || spoken == "rtsps";
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    if (!is_rtsp) return refuse_address("must not hold a user or password, as only RTSP's may");
    rest.remove_prefix(at + 1);
  }
  const Authority authority = authority_of(rest);
  if (authority.host.empty()) return refuse_address("needs a host");
  std::uint16_t port = kAnyPort;
  if (!authority.port.empty()) {
    const char* const end = authority.port.data() + authority.port.size();
    const auto read = std::from_chars(authority.port.data(), end, port);
    if (read.ec != std::errc{} || read.ptr != end || port == 0) return refuse_address("has no proper port");
  }
  const std::string host = lower(authority.host);
  const bool here = host == "localhost" || host.ends_with(".localhost");
  const auto peer = PeerAddress::from_text(here ? "127.0.0.1" : host);
  Reach allowed = reach;
  if (is_rtsp) allowed.ports.insert(allowed.ports.end(), {554, 322});
  if (peer && !allowed.allows(*peer, port)) {
    return refuse_address(
        "is not one of the public internet at port 80, 443 (RTSP: 554, 322) or from 1024, nor in a network "
        "that the operator "
        "allows");
  }
  return {};
}

}  // namespace seawall
