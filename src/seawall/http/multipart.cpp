#include "seawall/http/multipart.h"

#include <string.h>

#include <algorithm>
#include <string>

#include "seawall/http/syntax.h"

namespace seawall {
namespace {

tl::unexpected<Error> bad_form(std::string why) {
  return fail(Code::kInvalidInput, "the form: " + std::move(why));
}
tl::unexpected<Error> form_too_large(std::string why) {
  return fail(Code::kLimitExceeded, "the form: " + std::move(why));
}

/// RFC 2046 section 5.1.1.
bool is_boundary(std::string_view text) {
  static constexpr std::string_view kOthers = "'()+_,-./:=? ";
  return !text.empty() && text.size() <= 70 && text.back() != ' ' && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

Result<std::string_view> boundary_of(std::string_view content_type) {
  HttpParameters parameters(content_type);
  if (!equal_ignoring_case(parameters.value(), "multipart/form-data")) {
    return fail(Code::kUnsupported, "the form: Content-Type is not multipart/form-data");
  }
  std::optional<std::string_view> boundary;
  while (!parameters.at_end()) {
    SEAWALL_TRY(const auto parameter, parameters.next());
    if (!equal_ignoring_case(parameter.name, "boundary")) continue;
    if (boundary) return bad_form("Content-Type has two boundaries");
    boundary = parameter.value;
  }
  if (!boundary || !is_boundary(*boundary)) {
    return bad_form("Content-Type needs a boundary of 1 to 70 characters (RFC 2046 section 5.1.1)");
  }
  return *boundary;
}

/// What is known of a part while its headers are read.
struct PartDraft {
  FormPart part;
  bool has_disposition = false;
  bool has_type = false;
};

Result<void> read_disposition(PartDraft& draft, std::string_view value, const MultipartLimits& limits) {
  if (draft.has_disposition) return bad_form("a part has two Content-Disposition");
  draft.has_disposition = true;
  HttpParameters parameters(value);
  if (!equal_ignoring_case(parameters.value(), "form-data")) return bad_form("a part is not form-data");
  bool named = false;
  while (!parameters.at_end()) {
    SEAWALL_TRY(const auto parameter, parameters.next());
    if (equal_ignoring_case(parameter.name, "name")) {
      if (named) return bad_form("a part has two names");
      named = true;
      draft.part.name = parameter.value;
    } else if (equal_ignoring_case(parameter.name, "filename")) {
      if (draft.part.filename) return bad_form("a part has two file names");
      draft.part.filename = parameter.value;
    } else if (equal_ignoring_case(parameter.name, "filename*")) {
      return bad_form("filename* has no place in a form (RFC 7578 section 4.2); send filename");
    }
  }
  if (draft.part.name.empty() || draft.part.name.size() > limits.name_bytes_max ||
      draft.part.name.find('\\') != std::string_view::npos) {
    return bad_form("a part needs a name of 1 to " + std::to_string(limits.name_bytes_max) +
                    " bytes without backslashes");
  }
  return {};
}

Result<void> read_header(PartDraft& draft, std::string_view line, const MultipartLimits& limits) {
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_http_token(name))
    return bad_form("a part's header is not `Name: value`");
  const auto value = http_trimmed(line.substr(colon + 1));
  if (!is_http_field_value(value)) return bad_form("a control character in a part's header");
  if (equal_ignoring_case(name, "content-disposition")) return read_disposition(draft, value, limits);
  if (equal_ignoring_case(name, "content-type")) {
    if (draft.has_type) return bad_form("a part has two Content-Type");
    draft.has_type = true;
    draft.part.content_type = value;
    if (value.size() >= 10 && equal_ignoring_case(value.substr(0, 10), "multipart/")) {
      return bad_form("forms within forms are not read; send the parts themselves");
    }
  }
  if (equal_ignoring_case(name, "content-transfer-encoding") && !equal_ignoring_case(value, "binary") &&
      !equal_ignoring_case(value, "8bit") && !equal_ignoring_case(value, "7bit")) {
    return bad_form("a part is encoded; send its bytes as they are");
  }
  return {};
}

/// Reads the headers that `rest` begins with, up to and including the empty line.
Result<PartDraft> read_headers(std::string_view& rest, const MultipartLimits& limits) {
  PartDraft draft;
  const std::size_t size_before = rest.size();
  for (std::size_t count = 0;; ++count) {
    const auto room =
        limits.part_header_bytes_max - std::min(limits.part_header_bytes_max, size_before - rest.size());
    const auto end = rest.substr(0, room).find("\r\n");
    if (end == std::string_view::npos) {
      if (rest.size() > room) {
        return form_too_large("a part's headers are over " + std::to_string(limits.part_header_bytes_max) +
                              " bytes");
      }
      return bad_form("it ends within a part's headers");
    }
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (line.empty()) break;
    if (count == limits.part_headers_max) {
      return form_too_large("a part has more than " + std::to_string(limits.part_headers_max) + " headers");
    }
    SEAWALL_CHECK(read_header(draft, line, limits));
  }
  if (!draft.has_disposition) return bad_form("a part has no Content-Disposition");
  return draft;
}

/// Whether `rest`, right after a boundary, goes on with a further part; takes the line's end away.
Result<bool> another_part(std::string_view& rest) {
  if (rest.starts_with("--")) {
    rest.remove_prefix(2);
    if (!rest.empty() && rest != "\r\n") return bad_form("text stands after its last boundary");
    return false;
  }
  const auto blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
  rest.remove_prefix(std::min<std::size_t>(blanks, 70));
  if (!rest.starts_with("\r\n")) return bad_form("a boundary is followed by neither -- nor a line's end");
  rest.remove_prefix(2);
  return true;
}

/// Whether what stands at `rest` right after "\r\n--boundary" makes it a boundary, and no longer word in
/// content.
bool ends_boundary(std::string_view rest) {
  if (rest.starts_with("--")) return true;
  const auto blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
  return rest.substr(blanks).starts_with("\r\n");
}

/// Where the content that `rest` begins with ends: at the next delimiter. npos: nowhere.
std::size_t content_end(std::string_view rest, std::string_view delimiter) {
  for (std::size_t from = 0;;) {
    // memmem stays linear on content that is made of beginnings of the delimiter; find() does not.
    const void* found = ::memmem(rest.data() + from, rest.size() - from, delimiter.data(), delimiter.size());
    if (found == nullptr) return std::string_view::npos;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - rest.data());
    if (ends_boundary(rest.substr(at + delimiter.size()))) return at;
    from = at + delimiter.size();
  }
}

}  // namespace

bool is_form_data(std::string_view content_type) {
  return equal_ignoring_case(HttpParameters(content_type).value(), "multipart/form-data");
}

Result<std::vector<FormPart>> parse_form_data(std::string_view content_type, std::span<const std::byte> body,
                                              const MultipartLimits& limits) {
  SEAWALL_TRY(const auto boundary, boundary_of(content_type));
  const std::string delimiter = "\r\n--" + std::string(boundary);
  std::string_view rest(reinterpret_cast<const char*>(body.data()), body.size());
  if (rest.starts_with("\r\n")) rest.remove_prefix(2);
  if (!rest.starts_with(std::string_view(delimiter).substr(2)))
    return bad_form("it does not begin with its boundary");
  rest.remove_prefix(delimiter.size() - 2);
  std::vector<FormPart> parts;
  for (;;) {
    SEAWALL_TRY(const bool more, another_part(rest));
    if (!more) return parts;
    if (parts.size() == limits.parts_max) {
      return form_too_large("it has more than " + std::to_string(limits.parts_max) + " parts");
    }
    SEAWALL_TRY(auto draft, read_headers(rest, limits));
    const auto end = content_end(rest, delimiter);
    if (end == std::string_view::npos) return bad_form("it ends before its last boundary");
    draft.part.content = std::as_bytes(std::span(rest.substr(0, end)));
    parts.push_back(draft.part);
    rest.remove_prefix(end + delimiter.size());
  }
}

}  // namespace seawall
