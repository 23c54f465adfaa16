#include "seawall/stream_srt/srt_address.h"

#include <charconv>
#include <optional>

#include "seawall/net/url.h"
#include "seawall/stream_link/link_address.h"

namespace seawall {
namespace {

constexpr std::string_view kForm = "srt://host:port[?streamid=...&passphrase=...&pbkeylen=...&latency=MS]";

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<void> read_parameter(std::string_view name, std::string& value, SrtAddress& address) {
  if (name == "streamid") {
    if (value.size() > SrtAddress::kStreamIdBytesMax)
      return fail(Code::kInvalidInput, "the streamid of an SRT address has more than 512 bytes");
    address.stream_id = value;
  } else if (name == "passphrase") {
    if (value.size() < SrtAddress::kPassphraseBytesMin || value.size() > SrtAddress::kPassphraseBytesMax)
      return fail(Code::kInvalidInput, "the passphrase of an SRT address has 10 to 79 bytes");
    address.passphrase = Secret(value);
    wipe_bytes(value.data(), value.size());
  } else if (name == "pbkeylen") {
    const int bytes = number_of(value).value_or(-1);
    if (bytes != 0 && bytes != 16 && bytes != 24 && bytes != 32)
      return fail(Code::kInvalidInput, "the pbkeylen of an SRT address is 16, 24 or 32");
    address.key_bytes = bytes;
  } else if (name == "latency") {
    const int ms = number_of(value).value_or(-1);
    if (ms < 0 || ms > SrtAddress::kLatencyMsMax)
      return fail(Code::kInvalidInput, "the latency of an SRT address is 0 to 10000 ms");
    address.latency_ms = ms;
  } else if (name == "mode") {
    if (value != "caller") return fail(Code::kInvalidInput, "SRT streams are called: mode=caller, or none");
  } else if (name != "transtype" || value != "live") {
    return fail(Code::kInvalidInput,
                "an SRT address has only streamid, passphrase, pbkeylen, latency, mode and transtype=live");
  }
  return {};
}

}  // namespace

Result<SrtAddress> srt_address_from_text(std::string_view text) {
  SEAWALL_TRY(LinkAddress parts, link_address_from_text(text, kForm));
  const auto refused = [] {
    return fail(Code::kInvalidInput, "not an address of the form " + std::string(kForm));
  };
  const std::string_view rest = parts.rest;
  const std::string_view path = rest.substr(0, rest.find('?'));
  if (parts.scheme != "srt" || parts.port == 0 || !parts.login.empty() || (!path.empty() && path != "/"))
    return refused();
  SrtAddress address;
  address.host = std::move(parts.host);
  address.port = parts.port;
  auto pairs = query_of(rest);
  if (!pairs) return refused();
  for (auto& [name, value] : *pairs) SEAWALL_CHECK(read_parameter(name, value, address));
  return address;
}

}  // namespace seawall
