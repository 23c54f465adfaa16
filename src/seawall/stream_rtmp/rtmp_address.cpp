#include "seawall/stream_rtmp/rtmp_address.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace seawall {
namespace {

constexpr std::string_view kScheme = "rtmp://";

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

tl::unexpected<Error> not_an_address() {
  return fail(Code::kInvalidInput, "not an address of the form rtmp://host[:port]/app/name");
}

Result<void> read_authority(std::string_view text, RtmpAddress& address) {
  if (text.find('@') != std::string_view::npos)
    return fail(Code::kInvalidInput, "an RTMP address with a user or password is not followed");
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return not_an_address();
    host = text.substr(1, end - 1);
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return not_an_address();
    port = rest.empty() ? rest : rest.substr(1);
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (host.empty() || host.size() > 253) return not_an_address();
  address.host = lower(host);
  if (port.empty()) return {};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc{} || end != port.data() + port.size() || address.port == 0) return not_an_address();
  return {};
}

}  // namespace

std::string RtmpAddress::application_url() const {
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(kScheme) + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/" + app;
}

Result<RtmpAddress> rtmp_address_from_text(std::string_view text) {
  if (text.size() > RtmpAddress::kBytesMax || !is_printable(text)) return not_an_address();
  const std::string scheme = lower(text.substr(0, kScheme.size()));
  if (scheme == "rtmps:/") return fail(Code::kUnsupported, "rtmps:// is not followed yet; rtmp:// is");
  if (scheme != kScheme) return not_an_address();
  text.remove_prefix(kScheme.size());
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return not_an_address();
  RtmpAddress address;
  SEAWALL_CHECK(read_authority(text.substr(0, slash), address));
  std::string_view path = text.substr(slash + 1);
  path = path.substr(0, path.find('#'));
  const std::size_t end = path.find('/');
  if (end == std::string_view::npos || end == 0 || end + 1 == path.size()) return not_an_address();
  address.app = path.substr(0, end);
  address.name = path.substr(end + 1);
  if (address.app.size() > RtmpAddress::kPartBytesMax || address.name.size() > RtmpAddress::kPartBytesMax)
    return not_an_address();
  return address;
}

}  // namespace seawall
