#include "seawall/http/request.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "seawall/http/syntax.h"

namespace seawall {
namespace {

using Reason = HttpRefusalReason;
using Refused = std::optional<HttpRefusal>;

HttpRefusal bad(std::string detail) { return {Reason::kBadRequest, std::move(detail)}; }

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

Refused over_target(const HttpHeadLimits& limits) {
  return HttpRefusal{
      Reason::kTargetTooLong,
      "The address is over " + std::to_string(limits.target_bytes_max) + " bytes; shorten it."};
}

bool is_host(std::string_view text) {
  const bool good = std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._~:[]%").find(c) != std::string_view::npos;
  });
  return good && text.size() <= 255;
}

}  // namespace

std::optional<std::string_view> HttpHead::field(std::string_view lower_case_name) const {
  for (const auto& field : fields_) {
    if (part(field.name) == lower_case_name) return part(field.value);
  }
  return std::nullopt;
}

/// Fills an HttpHead line by line.
class HttpHeadReader {
 public:
  HttpHeadReader(std::string_view head, const HttpHeadLimits& limits) : limits_(limits) {
    head_.text_ = head;
  }

  std::variant<HttpHead, HttpRefusal> read() {
    if (auto refused = read_all()) return *std::move(refused);
    return std::move(head_);
  }

 private:
  using Part = HttpHead::Part;

  Refused read_all();
  Refused read_request_line(std::string_view line);
  Refused read_version(std::string_view version);
  Refused read_target(std::string_view target);
  Refused read_absolute_target(std::string_view target);
  Refused read_field(std::string_view line);
  Refused read_framing();
  Refused read_meaning();
  Refused check_host();
  /// The next line without its end; null data: there is none that ends in CRLF.
  std::string_view next_line();
  [[nodiscard]] Part part_of(std::string_view text) const {
    return {static_cast<std::uint32_t>(text.data() - head_.text_.data()),
            static_cast<std::uint32_t>(text.size())};
  }

  const HttpHeadLimits& limits_;
  HttpHead head_;
  std::size_t at_ = 0;
  std::string_view authority_;  ///< Of a target in absolute form.
};

std::string_view HttpHeadReader::next_line() {
  const std::string_view text = head_.text_;
  const auto end = text.find("\r\n", at_);
  if (end == std::string_view::npos) return {};
  const auto line = text.substr(at_, end - at_);
  at_ = end + 2;
  return line;
}

Refused HttpHeadReader::read_all() {
  if (head_.text_.size() > limits_.bytes_max) {
    return HttpRefusal{Reason::kHeadTooLarge,
                       "The headers are over " + std::to_string(limits_.bytes_max) + " bytes; send fewer."};
  }
  const auto request_line = next_line();
  if (request_line.data() == nullptr) return bad("The request line has no end.");
  if (auto refused = read_request_line(request_line)) return refused;
  for (;;) {
    const auto line = next_line();
    if (line.data() == nullptr) return bad("The headers have no end.");
    if (line.empty()) break;
    if (head_.fields_.size() == limits_.fields_max) {
      return HttpRefusal{Reason::kHeadTooLarge, "There are more than " + std::to_string(limits_.fields_max) +
                                                    " headers; send fewer."};
    }
    if (auto refused = read_field(line)) return refused;
  }
  if (at_ != head_.text_.size()) return bad("Text stands after the headers.");
  if (auto refused = check_host()) return refused;
  if (auto refused = read_framing()) return refused;
  return read_meaning();
}

Refused HttpHeadReader::read_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return bad("The request line is not `METHOD target HTTP/1.1`.");
  const auto method = line.substr(0, first);
  if (!is_http_token(method)) return bad("The method is not a token.");
  if (auto refused = read_version(line.substr(last + 1))) return refused;
  const auto known = http_method_from_text(method);
  if (!known) {
    return HttpRefusal{Reason::kNotImplemented, "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS."};
  }
  head_.method_ = *known;
  return read_target(line.substr(first + 1, last - first - 1));
}

Refused HttpHeadReader::read_version(std::string_view version) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' || !is_digit(version[5]) ||
      !is_digit(version[7])) {
    return bad("The request line does not end in HTTP/1.1.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return HttpRefusal{Reason::kVersion, "Speak HTTP/1.1."};
  head_.minor_version_ = version.back() - '0';
  return std::nullopt;
}

Refused HttpHeadReader::read_target(std::string_view target) {
  if (target.size() > limits_.target_bytes_max) return over_target(limits_);
  if (!std::ranges::all_of(target, is_visible) || target.find('#') != std::string_view::npos) {
    return bad("The address holds what must be percent-encoded.");
  }
  head_.target_ = part_of(target);
  if (target.starts_with('/')) return std::nullopt;
  if (target == "*" && head_.method_ == HttpMethod::kOptions) return std::nullopt;
  return read_absolute_target(target);
}

Refused HttpHeadReader::read_absolute_target(std::string_view target) {
  std::size_t from = 0;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() > scheme.size() && equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      from = scheme.size();
    }
  }
  const auto slash = target.find('/', from);
  if (from == 0 || slash == std::string_view::npos) return bad("The address must begin with '/'.");
  authority_ = target.substr(from, slash - from);
  head_.target_ = part_of(target.substr(slash));
  return std::nullopt;
}

Refused HttpHeadReader::read_field(std::string_view line) {
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_http_token(name)) return bad("A header is not `Name: value`.");
  const auto value = http_trimmed(line.substr(colon + 1));
  if (!is_http_field_value(value)) return bad("A header holds a control character.");
  const Part at = part_of(name);
  for (char& c : std::span(head_.text_).subspan(at.from, at.size)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (std::ranges::find(kSingleFields, name) != kSingleFields.end() && head_.field(name)) {
    return bad("A header that may be sent once was sent twice.");
  }
  // An empty value may have no place in the text.
  head_.fields_.push_back({at, value.empty() ? Part{at.from, 0} : part_of(value)});
  return std::nullopt;
}

Refused HttpHeadReader::check_host() {
  const auto host = head_.field("host");
  if (!host && head_.minor_version_ == 1) return bad("HTTP/1.1 needs the header Host.");
  if (host && !is_host(*host)) return bad("Host is not a name or an address.");
  if (authority_.data() != nullptr && (!host || !equal_ignoring_case(*host, authority_))) {
    return bad("The address names another host than Host.");
  }
  return std::nullopt;
}

Refused HttpHeadReader::read_framing() {
  const auto length = head_.field("content-length");
  const auto coding = head_.field("transfer-encoding");
  if (length && coding) return bad("Content-Length and Transfer-Encoding exclude each other.");
  if (length) {
    std::uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(length->data(), length->data() + length->size(), bytes);
    if (error != std::errc{} || end != length->data() + length->size() || length->size() > 18) {
      return bad("Content-Length is not a number of bytes.");
    }
    head_.content_length_ = bytes;
  }
  if (!coding) return std::nullopt;
  if (head_.minor_version_ == 0) return bad("HTTP/1.0 has no Transfer-Encoding.");
  if (!equal_ignoring_case(*coding, "chunked")) {
    if (http_list_has(*coding, "chunked") || http_list_has(*coding, "identity")) {
      return bad("Transfer-Encoding must be chunked alone.");
    }
    return HttpRefusal{Reason::kNotImplemented, "Transfer-Encoding must be chunked."};
  }
  head_.chunked_ = true;
  return std::nullopt;
}

Refused HttpHeadReader::read_meaning() {
  if (const auto encoding = head_.field("content-encoding")) {
    if (!encoding->empty() && !equal_ignoring_case(*encoding, "identity")) {
      return HttpRefusal{Reason::kContentEncoding, "Send the body as it is, without Content-Encoding."};
    }
  }
  head_.keeps_alive_ = head_.minor_version_ == 1;
  for (const auto& field : head_.fields_) {
    if (head_.part(field.name) != "connection") continue;
    const auto value = head_.part(field.value);
    if (http_list_has(value, "keep-alive")) head_.keeps_alive_ = true;
    if (http_list_has(value, "close")) {
      head_.keeps_alive_ = false;
      break;
    }
  }
  const auto expect = head_.field("expect");
  if (!expect || head_.minor_version_ == 0) return std::nullopt;
  if (!equal_ignoring_case(*expect, "100-continue")) {
    return HttpRefusal{Reason::kExpectation, "Expect may only be 100-continue."};
  }
  head_.expects_continue_ = true;
  return std::nullopt;
}

std::variant<HttpHead, HttpRefusal> read_http_head(std::string_view head, const HttpHeadLimits& limits) {
  return HttpHeadReader(head, limits).read();
}

std::optional<HttpRefusal> refusal_of_partial_head(std::string_view begun, const HttpHeadLimits& limits) {
  constexpr std::size_t kRestOfRequestLine = 32;  // Method, version, blanks.
  const bool in_first_line = begun.find("\r\n") == std::string_view::npos;
  if (!begun.empty() && !is_http_token(begun.substr(0, 1))) return bad("This port speaks HTTP/1.1.");
  if (in_first_line && begun.size() > limits.target_bytes_max + kRestOfRequestLine)
    return over_target(limits);
  if (begun.size() < limits.bytes_max) return std::nullopt;
  if (in_first_line) return over_target(limits);
  return HttpRefusal{Reason::kHeadTooLarge,
                     "The headers are over " + std::to_string(limits.bytes_max) + " bytes; send fewer."};
}

}  // namespace seawall
