#include "seawall/exchange/detail/json_text.h"

namespace seawall::exchange_detail {

Result<void> read_object(JsonObjectReader& reader, std::string_view json,
                         FunctionRef<Result<void>(const JsonMember&)> visit) {
  std::string padded(json);
  padded.append(JsonObjectReader::kPaddingBytes, ' ');
  return reader.read(std::string_view(padded).substr(0, json.size()), visit);
}

bool is_minified(std::string_view json, char bracket) {
  if (!json.starts_with(bracket)) return false;
  JsonObjectReader reader;
  int members = 0;
  bool same = false;
  const auto read = read_object(reader, "{\"v\":" + std::string(json) + "}", [&](const JsonMember& member) {
    ++members;
    same = member.key == "v" && member.text == json;
    return Result<void>();
  });
  return read && members == 1 && same;
}

}  // namespace seawall::exchange_detail
