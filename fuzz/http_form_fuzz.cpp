// Property: any bytes are read as a form without a crash; each part lies within the body, parts stand in
// order, and a form written anew from those parts under another boundary reads as the same parts.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/http/multipart.h"

namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=b";
constexpr std::string_view kOther = "multipart/form-data; boundary=\"another one, that is not in the input\"";

std::string_view text_of(const seawall::FormPart& part) {
  return {reinterpret_cast<const char*>(part.content.data()), part.content.size()};
}

std::string written(const std::vector<seawall::FormPart>& parts) {
  const std::string boundary = "--another one, that is not in the input";
  std::string body;
  for (const auto& part : parts) {
    body += boundary + "\r\nContent-Disposition: form-data; name=\"" + std::string(part.name) + "\"";
    if (part.filename) body += "; filename=\"" + std::string(*part.filename) + "\"";
    if (!part.content_type.empty()) body += "\r\nContent-Type: " + std::string(part.content_type);
    body += "\r\n\r\n" + std::string(text_of(part)) + "\r\n";
  }
  return body + boundary + "--\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span body(reinterpret_cast<const std::byte*>(data), size);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(seawall::parse_form_data(text, body, {}));
  const auto parts = seawall::parse_form_data(kType, body, {});
  if (!parts || text.find("another one") != std::string_view::npos) return 0;
  const std::byte* from = body.data();
  for (const auto& part : *parts) {
    if (part.content.data() < from || part.content.data() + part.content.size() > body.data() + size)
      std::abort();
    from = part.content.data() + part.content.size();
  }
  const std::string again = written(*parts);
  const auto read = seawall::parse_form_data(kOther, std::as_bytes(std::span(again)), {});
  // Headers that were left out or written in fewer bytes cannot pass a limit.
  if (!read || read->size() != parts->size()) std::abort();
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const auto& a = (*parts)[i];
    const auto& b = (*read)[i];
    if (a.name != b.name || a.filename != b.filename || text_of(a) != text_of(b)) std::abort();
  }
  return 0;
}
