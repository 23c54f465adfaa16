#include "seawall/stream_link/link_address.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace seawall {
namespace {

constexpr std::size_t kHostBytesMax = 253;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// False: that is no host and port.
bool read_host(std::string_view text, LinkAddress& address) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return false;
    port = rest.empty() ? rest : rest.substr(1);
    text = text.substr(1, end - 1);
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    port = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  if (text.empty() || text.size() > kHostBytesMax) return false;
  address.host = lower(text);
  if (port.empty()) return true;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  return error == std::errc{} && end == port.data() + port.size() && address.port != 0;
}

}  // namespace

std::string link_scheme(std::string_view text) {
  const std::size_t end = text.find("://");
  return end == std::string_view::npos ? std::string() : lower(text.substr(0, end));
}

Result<LinkAddress> link_address_from_text(std::string_view text, std::string_view form) {
  const auto refused = [&] {
    return fail(Code::kInvalidInput, "not an address of the form " + std::string(form));
  };
  if (text.size() > LinkAddress::kBytesMax || !is_printable(text)) return refused();
  LinkAddress address;
  address.scheme = link_scheme(text);
  if (address.scheme.empty()) return refused();
  text.remove_prefix(address.scheme.size() + 3);
  text = text.substr(0, text.find('#'));
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  address.rest = text.substr(end);
  if (const std::size_t sign = authority.rfind('@'); sign != std::string_view::npos) {
    address.login = authority.substr(0, sign);
    authority.remove_prefix(sign + 1);
  }
  if (!read_host(authority, address)) return refused();
  return address;
}

std::string host_and_port(std::string_view host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return (v6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + std::to_string(port);
}

}  // namespace seawall
