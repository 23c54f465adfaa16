#include "seawall/http/problem.h"

#include <algorithm>

#include "seawall/json/text.h"

namespace seawall {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += out.ends_with('{') ? "\"" : ",\"";
  out += name;
  out += "\":";
  append_json_string(out, text);
}

}  // namespace

std::string to_json(const Problem& problem) {
  std::string out = "{";
  append_member(out, "type", "/problems/" + problem.type);
  append_member(out, "title", problem.title);
  out += ",\"status\":";
  append_json_number(out, problem.status);
  append_member(out, "code", problem.code);
  append_member(out, "detail", problem.detail);
  if (!problem.request_id.empty()) append_member(out, "request_id", problem.request_id);
  if (!problem.faults.empty()) {
    out += ",\"errors\":[";
    const auto count = std::min(problem.faults.size(), kProblemFaultsMax);
    for (std::size_t i = 0; i < count; ++i) {
      out += i == 0 ? "{" : ",{";
      append_member(out, "at", problem.faults[i].at);
      append_member(out, "detail", problem.faults[i].detail);
      out += '}';
    }
    out += ']';
  }
  return out + '}';
}

}  // namespace seawall
