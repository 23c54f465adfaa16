#include "seawall/service/trusted_proxies.h"

#include <algorithm>

#include "seawall/http/syntax.h"

namespace seawall {
namespace {

constexpr std::string_view kField = "x-forwarded-for";

/// "192.0.2.1", "192.0.2.1:1234", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:1234".
Result<PeerAddress> address_in(std::string_view hop) {
  const auto fault = [] {
    return fail(Code::kInvalidInput, "X-Forwarded-For: what a trusted proxy wrote there is no address");
  };
  const auto is_port = [](std::string_view text) {
    return text.size() >= 2 && text.size() <= 6 && text[0] == ':' &&
           std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
  };
  std::string_view host = hop;
  if (hop.starts_with('[')) {
    const auto end = hop.find(']');
    if (end == std::string_view::npos) return fault();
    const auto rest = hop.substr(end + 1);
    if (!rest.empty() && !is_port(rest)) return fault();
    host = hop.substr(1, end - 1);
  } else if (std::ranges::count(hop, ':') == 1) {
    const auto colon = hop.find(':');
    if (!is_port(hop.substr(colon))) return fault();
    host = hop.substr(0, colon);
  }
  const auto address = PeerAddress::from_text(host);
  if (!address) return fault();
  return *address;
}

/// All that was written there, the last first.
std::vector<std::string_view> hops_of(const HttpHead& head) {
  std::vector<std::string_view> hops;
  for (std::size_t i = head.field_count(); i-- > 0;) {
    const HttpHead::Field field = head.field_at(i);
    if (field.name != kField) continue;
    std::string_view rest = field.value;
    for (bool more = true; more;) {
      const auto comma = rest.rfind(',');
      more = comma != std::string_view::npos;
      const auto hop = http_trimmed(more ? rest.substr(comma + 1) : rest);
      if (!hop.empty()) hops.push_back(hop);
      if (more) rest = rest.substr(0, comma);
    }
  }
  return hops;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::from(const std::vector<std::string>& texts) {
  if (texts.size() > kMax) {
    return fail(Code::kInvalidInput, "at most " + std::to_string(kMax) + " proxies are trusted");
  }
  TrustedProxies proxies;
  for (const std::string& text : texts) {
    if (text == kUnix) {
      proxies.unix_ = true;
      continue;
    }
    SEAWALL_TRY(const Network network, Network::from_text(text));
    proxies.networks_.push_back(network);
  }
  return proxies;
}

bool TrustedProxies::holds(const PeerAddress& address) const {
  return std::ranges::any_of(networks_, [&](const Network& network) { return network.holds(address); });
}

Result<PeerAddress> TrustedProxies::peer_of(const HttpHead& head) const {
  const bool by_unix = head.peer().address == kUnix;
  SEAWALL_TRY(PeerAddress peer, PeerAddress::from_text(by_unix ? "127.0.0.1" : head.peer().address));
  if (by_unix ? !unix_ : !holds(peer)) return peer;
  for (const std::string_view hop : hops_of(head)) {
    SEAWALL_TRY(peer, address_in(hop));
    if (!holds(peer)) break;
  }
  return peer;
}

}  // namespace seawall
