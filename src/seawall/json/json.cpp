#include "seawall/json/json.h"

namespace seawall {
namespace {

constexpr int kDepthMax = 64;

// Deepest nesting of brackets outside strings; a cheap scan that keeps the parser off hostile depths.
int nesting_depth(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') deepest = std::max(deepest, ++depth);
    if (c == '}' || c == ']') --depth;
  }
  return deepest;
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return fail(Code::kLimitExceeded, "JSON of " + std::to_string(text.size()) + " bytes, at most " +
                                          std::to_string(bytes_max) + " are read");
  }
  if (nesting_depth(text) > kDepthMax) {
    return fail(Code::kLimitExceeded, "JSON nested deeper than " + std::to_string(kDepthMax) + " levels");
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return fail(Code::kInvalidInput, "not JSON (at byte " + std::to_string(error.byte) + ")");
  } catch (const std::exception&) {
    return fail(Code::kInvalidInput, "not JSON that this program reads (a number out of range?)");
  }
}

std::string to_line(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string to_pretty(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace seawall
