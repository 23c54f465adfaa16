#include "seawall/net/url.h"

#include <algorithm>
#include <charconv>

namespace seawall {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_unreserved(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

tl::unexpected<Error> bad_url(std::string_view why) {
  return fail(Code::kInvalidInput, "not an address that can be asked: " + std::string(why));
}

Result<std::uint16_t> port_from(std::string_view digits) {
  unsigned value = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || at != end || digits.size() > 5 || value == 0 || value > 65535) {
    return bad_url("its port is not 1 to 65535");
  }
  return static_cast<std::uint16_t>(value);
}

Result<void> check_host(std::string_view host) {
  const bool bracketed = host.size() > 4 && host.front() == '[' && host.back() == ']';
  const std::string_view inner = bracketed ? host.substr(1, host.size() - 2) : host;
  const bool good = std::ranges::all_of(inner, [bracketed](char c) {
    return bracketed ? is_digit(c) || is_letter(c) || c == ':' || c == '.'
                     : is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_';
  });
  if (inner.empty() || !good || host.size() > 255) return bad_url("its host is not a name or an IP address");
  return {};
}

Result<void> read_authority(std::string_view authority, HttpUrl& url) {
  if (authority.find('@') != std::string_view::npos) {
    return bad_url("credentials do not belong in it; use credentials_file or credentials_env");
  }
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  SEAWALL_CHECK(check_host(authority.substr(0, colon)));
  url.host = lower(authority.substr(0, colon));
  url.port = url.https ? 443 : 80;
  if (colon != std::string_view::npos) {
    SEAWALL_TRY(url.port, port_from(authority.substr(colon + 1)));
  }
  return {};
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<HttpUrl> http_url_from_text(std::string_view text) {
  if (text.size() > kUrlBytesMax) return bad_url("it is too long");
  if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; })) {
    return bad_url("it holds blanks or characters that must be percent-encoded");
  }
  text = text.substr(0, text.find('#'));
  HttpUrl url;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return bad_url("it must begin with https://");
  const std::string scheme = lower(text.substr(0, colon));
  if (scheme != "https" && scheme != "http") return bad_url("it must begin with https://");
  url.https = scheme == "https";
  text.remove_prefix(colon + 3);
  const auto end = std::min(text.find_first_of("/?\\"), text.size());
  SEAWALL_CHECK(read_authority(text.substr(0, end), url));
  text.remove_prefix(end);
  if (text.find('\\') != std::string_view::npos) return bad_url("it holds a backslash");
  url.target = (text.empty() || text.front() != '/' ? "/" : "") + std::string(text);
  return url;
}

std::string to_text(const HttpUrl& url) {
  std::string text = (url.https ? "https://" : "http://") + url.host;
  if (url.port != (url.https ? 443 : 80)) text += ":" + std::to_string(url.port);
  return text + url.target;
}

bool same_origin(const HttpUrl& a, const HttpUrl& b) {
  return a.https == b.https && a.host == b.host && a.port == b.port;
}

bool is_loopback(const HttpUrl& url) {
  if (url.host == "localhost" || url.host == "[::1]") return true;
  return url.host.starts_with("127.") &&
         std::ranges::all_of(url.host, [](char c) { return is_digit(c) || c == '.'; });
}

Result<HttpUrl> resolve(const HttpUrl& base, std::string_view location) {
  if (location.starts_with("//")) {
    return http_url_from_text((base.https ? "https:" : "http:") + std::string(location));
  }
  if (location.starts_with("/")) {
    HttpUrl origin = base;
    origin.target.clear();
    return http_url_from_text(to_text(origin) + std::string(location));
  }
  return http_url_from_text(location);
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return fail(Code::kInvalidInput, "a % without two hex digits after it");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string to_query(const QueryPairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += percent_encoded(name) + "=" + percent_encoded(value);
  }
  return out;
}

Result<QueryPairs> query_of(std::string_view target) {
  QueryPairs pairs;
  const auto mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    if (pairs.size() == 64) return fail(Code::kInvalidInput, "a query of more than 64 parts");
    const auto equals = std::min(pair.find('='), pair.size());
    SEAWALL_TRY(auto name, percent_decoded(pair.substr(0, equals)));
    SEAWALL_TRY(auto value, percent_decoded(pair.substr(std::min(equals + 1, pair.size()))));
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

}  // namespace seawall
