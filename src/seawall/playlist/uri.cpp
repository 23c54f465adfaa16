#include "seawall/playlist/uri.h"

#include <algorithm>
#include <optional>

namespace seawall {
namespace {

/// RFC 3986 section 3. Views into the text that was split.
struct Parts {
  std::optional<std::string_view> scheme, authority, query, fragment;
  std::string_view path;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_scheme(std::string_view text) {
  const auto good = [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, good);
}

Parts split(std::string_view text) {
  Parts parts;
  if (const auto at = text.find('#'); at != std::string_view::npos) {
    parts.fragment = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (const auto at = text.find('?'); at != std::string_view::npos) {
    parts.query = text.substr(at + 1);
    text = text.substr(0, at);
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto end = std::min(text.find('/'), text.size());
    parts.authority = text.substr(0, end);
    text.remove_prefix(end);
  }
  parts.path = text;
  return parts;
}

/// Section 5.2.4.
std::string without_dots(std::string_view in) {
  std::string out;
  const auto drop_last = [&out] { out.resize(out.rfind('/') == std::string::npos ? 0 : out.rfind('/')); };
  while (!in.empty()) {
    if (in.starts_with("../")) {
      in.remove_prefix(3);
    } else if (in.starts_with("./") || in.starts_with("/./")) {
      in.remove_prefix(2);
    } else if (in == "/.") {
      in = "/";
    } else if (in.starts_with("/../")) {
      in.remove_prefix(3);
      drop_last();
    } else if (in == "/..") {
      in = "/";
      drop_last();
    } else if (in == "." || in == "..") {
      in = {};
    } else {
      const auto end = std::min(in.find('/', 1), in.size());
      out += in.substr(0, end);
      in.remove_prefix(end);
    }
  }
  return out;
}

/// Section 5.2.3.
std::string merged(const Parts& base, std::string_view reference) {
  if (base.authority && base.path.empty()) return "/" + std::string(reference);
  const auto slash = base.path.rfind('/');
  const std::string_view folder = slash == std::string_view::npos ? "" : base.path.substr(0, slash + 1);
  return std::string(folder) + std::string(reference);
}

std::string joined(const Parts& parts, std::string_view path) {
  std::string out(*parts.scheme);
  out += ':';
  if (parts.authority) out.append("//").append(*parts.authority);
  out += path;
  if (parts.query) out.append("?").append(*parts.query);
  if (parts.fragment) out.append("#").append(*parts.fragment);
  return out;
}

Result<std::string> encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\') {
      return fail(Code::kInvalidInput, "an address holds a control character or a backslash");
    }
    if (byte > 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out.append("%").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace

Result<std::string> resolve_uri(std::string_view base, std::string_view reference) {
  if (base.size() > kUriBytesMax || reference.size() > kUriBytesMax) {
    return fail(Code::kLimitExceeded, "an address has more than 8 KiB");
  }
  SEAWALL_TRY(const std::string clean, encoded(reference));
  const Parts from = split(base);
  if (!from.scheme) return fail(Code::kInvalidInput, "the address of the playlist is not absolute");
  Parts to = split(clean);
  std::string path;
  if (to.scheme || to.authority) {
    path = without_dots(to.path);
  } else if (to.path.empty()) {
    path = from.path;
    if (!to.query) to.query = from.query;
  } else {
    path = without_dots(to.path.starts_with('/') ? std::string(to.path) : merged(from, to.path));
  }
  if (!to.scheme && !to.authority) to.authority = from.authority;
  if (!to.scheme) to.scheme = from.scheme;
  std::string out = joined(to, path);
  if (out.size() > kUriBytesMax) return fail(Code::kLimitExceeded, "an address has more than 8 KiB");
  return out;
}

std::string_view file_name_of(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  const auto slash = uri.rfind('/');
  return slash == std::string_view::npos ? uri : uri.substr(slash + 1);
}

}  // namespace seawall
