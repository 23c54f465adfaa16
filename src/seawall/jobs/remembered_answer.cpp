#include "seawall/jobs/remembered_answer.h"

#include <optional>

namespace seawall {
namespace {

constexpr std::string_view kFirstLine = "seawall-answer-1";
constexpr std::string_view kTypeName = "content-type";

bool is_value(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}
bool is_name(std::string_view text) {
  return !text.empty() && is_value(text) && text.find_first_of(" \t:") == std::string_view::npos;
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\n");
}

/// Takes a line off `text`; none: there is no whole line.
std::optional<std::string_view> next_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

tl::unexpected<Error> damaged() { return fail(Code::kCorrupt, "a remembered answer is damaged"); }

}  // namespace

Result<std::string> to_text(const RememberedAnswer& answer) {
  std::string text(kFirstLine);
  text += '\n';
  bool fits = is_value(answer.content_type) && answer.headers.size() <= RememberedAnswer::kHeadersMax;
  append_line(text, kTypeName, answer.content_type);
  for (const auto& [name, value] : answer.headers) {
    fits = fits && is_name(name) && is_value(value);
    append_line(text, name, value);
  }
  if (!fits) return fail(Code::kInvalidInput, "an answer's headers are not such as can be remembered");
  text += '\n';
  if (text.size() > RememberedAnswer::kHeadBytesMax || answer.body.size() > RememberedAnswer::kBodyBytesMax) {
    return fail(Code::kLimitExceeded, "an answer of more than 1 MiB is not remembered");
  }
  return text + answer.body;
}

Result<RememberedAnswer> remembered_answer_from_text(int status, std::string_view text) {
  const std::size_t whole = text.size();
  const auto first = next_line(text);
  const auto type = next_line(text);
  if (first != kFirstLine || !type || !type->starts_with("content-type: ")) return damaged();
  RememberedAnswer answer;
  answer.status = status;
  answer.content_type = type->substr(kTypeName.size() + 2);
  for (;;) {  // Ends with the text, or at kHeadersMax.
    const auto line = next_line(text);
    if (!line || whole - text.size() > RememberedAnswer::kHeadBytesMax) return damaged();
    if (line->empty()) break;
    const auto colon = line->find(": ");
    if (colon == std::string_view::npos || answer.headers.size() == RememberedAnswer::kHeadersMax) {
      return damaged();
    }
    answer.headers.emplace_back(line->substr(0, colon), line->substr(colon + 2));
    if (!is_name(answer.headers.back().first) || !is_value(answer.headers.back().second)) return damaged();
  }
  if (!is_value(answer.content_type) || text.size() > RememberedAnswer::kBodyBytesMax) return damaged();
  answer.body = text;
  return answer;
}

}  // namespace seawall
