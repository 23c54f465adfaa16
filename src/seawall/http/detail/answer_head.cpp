#include <array>

#include "seawall/http/detail/connection.h"
#include "seawall/http/syntax.h"

namespace seawall {
namespace {

struct Phrase {
  int status;
  std::string_view text;
};

constexpr std::array<Phrase, 35> kPhrases{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

std::string_view phrase_of(int status) {
  for (const auto& phrase : kPhrases) {
    if (phrase.status == status) return phrase.text;
  }
  return "Other";
}

/// Those that the server writes itself.
bool is_own(std::string_view name) {
  for (const std::string_view own :
       {"content-length", "transfer-encoding", "connection", "date", "keep-alive"}) {
    if (equal_ignoring_case(name, own)) return true;
  }
  return false;
}

}  // namespace

bool append_answer_head(std::string& out, const HttpAnswer& answer, std::string_view date, bool keeps_open,
                        int minor_version) {
  if (answer.status < 200 || answer.status > 599) return false;
  out += "HTTP/1.1 ";
  out += std::to_string(answer.status);
  out += ' ';
  out += phrase_of(answer.status);
  out += "\r\nDate: ";
  out += date;
  for (const auto& [name, value] : answer.fields) {
    if (!is_http_token(name) || !is_http_field_value(value)) return false;
    if (is_own(name)) continue;
    out += "\r\n";
    out += name;
    out += ": ";
    out += value;
  }
  if (answer.stream != nullptr) {
    if (minor_version == 1) out += "\r\nTransfer-Encoding: chunked";
  } else if (answer.status != 204 && answer.status != 304) {
    out += "\r\nContent-Length: ";
    out += std::to_string(answer.body_text().size());
  }
  if (!keeps_open) out += "\r\nConnection: close";
  if (keeps_open && minor_version == 0) out += "\r\nConnection: keep-alive";
  out += "\r\n\r\n";
  return true;
}

}  // namespace seawall
