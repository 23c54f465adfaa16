#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/service/hma_match_calls.h"

namespace seawall {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{64} << 10;

tl::unexpected<CallProblem> wrong(std::string words) {
  return refuse(ProblemKind::kInvalidInput, std::move(words));
}

/// One member of the answer.
HmaRead<std::string> compared(const std::string& name, const Json& pair) {
  const std::string shown = name.substr(0, 64);
  if (!pair.is_array()) return wrong("Comparison hashes for " + shown + " was not a list");
  if (pair.size() != 2) return wrong("Comparison hash list length must be exactly 2");
  const auto type = hma_type_named(name);
  if (!type) return wrong("No such SignalType '" + shown + "'");
  std::array<HmaSignal, 2> sides;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const auto side = hma_signal_from_text(*type, pair[i].is_string() ? pair[i].get<std::string>() : "");
    if (!side) return wrong("Invalid " + shown + " hash: " + side.error().message);
    sides[i] = *side;
  }
  if (*type == HmaType::kVideoMd5)
    return std::string(sides[0].md5 == sides[1].md5 ? "[true,{}]" : "[false,{}]");
  const int distance = hamming_distance(sides[0].pdq, sides[1].pdq);
  return std::string(distance <= kPdqRadiusDefault ? "[true" : "[false") +
         ",{\"distance\":" + std::to_string(distance) + "}]";
}

}  // namespace

CallResult hma_compare(const Call& call) {
  if (call.media_type() != "application/json") {
    return refuse(ProblemKind::kUnsupported, "Send application/json.");
  }
  const auto asked = parse_json(call.body.text(), kBodyBytesMax);
  if (!asked) return tl::unexpected(hma_problem(asked.error()));
  if (!asked->is_object()) return wrong("Request input was not a dict");
  std::string body = "{";
  for (const auto& member : asked->items()) {
    auto one = compared(member.key(), member.value());
    if (!one) return tl::unexpected(std::move(one).error());
    if (body.size() > 1) body += ',';
    append_json_string(body, member.key());
    body += ':' + *one;
  }
  return json_answer(200, body + "}");
}

}  // namespace seawall
