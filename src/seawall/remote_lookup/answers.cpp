#include "seawall/remote_lookup/answers.h"

#include "seawall/base/codes.h"
#include "seawall/json/json.h"

namespace seawall {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 << 20;
constexpr std::size_t kProblemBytesMax = 64 << 10;
constexpr std::size_t kTextBytesMax = 200;
constexpr std::int64_t kFrameMax = 1 << 20;

Result<std::string> text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) {
    return fail(Code::kInvalidInput, std::string("a match lacks the text \"") + name + "\"");
  }
  return found->get<std::string>().substr(0, kTextBytesMax);
}

Result<int> number_in(const Json& object, const char* name, std::int64_t most) {
  const auto found = object.find(name);
  const bool whole = found != object.end() && found->is_number_integer();
  const std::int64_t value = whole ? found->get<std::int64_t>() : -1;
  if (value < 0 || value > most) {
    return fail(Code::kInvalidInput, std::string("a match lacks the number \"") + name + "\"");
  }
  return static_cast<int>(value);
}

Result<SignalType> signal_from(std::string_view name) {
  for (const SignalType type : {SignalType::kPdq, SignalType::kMd5, SignalType::kSha1, SignalType::kSha256}) {
    if (name_of(type) == name) return type;
  }
  return fail(Code::kInvalidInput, "a match has a signal of a type that is not known");
}

Result<RecordedMatch> match_from(const Json& object) {
  if (!object.is_object()) return fail(Code::kInvalidInput, "a match is no object");
  RecordedMatch match;
  SEAWALL_TRY(match.bank, text_in(object, "bank"));
  SEAWALL_TRY(match.entry, text_in(object, "entry"));
  SEAWALL_TRY(const std::string signal, text_in(object, "signal"));
  SEAWALL_TRY(match.type, signal_from(signal));
  SEAWALL_TRY(match.distance_bits, number_in(object, "distance", 256));
  SEAWALL_TRY(const std::string action, text_in(object, "action"));
  SEAWALL_TRY(match.verdict, verdict_from_text(action));
  if (object.contains("frame")) {
    SEAWALL_TRY(match.frame_index, number_in(object, "frame", kFrameMax));
  }
  return match;
}

/// `error` of an item: its code may be newer than this program.
Error error_from(const Json& value) {
  Error error{Code::kUnavailable, "the service could not look this up"};
  if (!value.is_object()) return error;
  const std::string code = value.value("code", Json()).is_string() ? value["code"].get<std::string>() : "";
  for (const CodeMeaning& meaning : kCodeMeanings) {
    if (meaning.name == code) error.code = meaning.code;
  }
  const auto message = value.find("message");
  if (message != value.end() && message->is_string()) {
    error.message = message->get<std::string>().substr(0, kTextBytesMax);
  }
  return error;
}

Result<LookupItemAnswer> item_from(const Json& object) {
  if (!object.is_object()) return fail(Code::kInvalidInput, "an answer is no object");
  LookupItemAnswer answer;
  if (const auto error = object.find("error"); error != object.end()) answer.error = error_from(*error);
  if (const auto failed = object.find("failed"); failed != object.end() && failed->is_object()) {
    answer.error = error_from(failed->value("error", Json()));
  }
  const auto matches = object.find("matches");
  if (matches == object.end() && answer.error) return answer;
  if (matches == object.end() || !matches->is_array() || !object.contains("verdict")) {
    return fail(Code::kInvalidInput, "an answer has neither matches nor an error");
  }
  for (const Json& one : *matches) {
    SEAWALL_TRY(RecordedMatch match, match_from(one));
    answer.matches.push_back(std::move(match));
  }
  return answer;
}

}  // namespace

Result<std::vector<LookupItemAnswer>> lookup_answers_from(std::string_view json, std::size_t items) {
  SEAWALL_TRY(const Json document, parse_json(json, kAnswerBytesMax));
  const auto list = document.is_object() ? document.find("answers") : document.end();
  if (list == document.end() || !list->is_array() || list->size() != items) {
    return fail(Code::kInvalidInput, "it does not answer each item");
  }
  std::vector<LookupItemAnswer> answers;
  answers.reserve(items);
  for (const Json& one : *list) {
    SEAWALL_TRY(LookupItemAnswer answer, item_from(one));
    answers.push_back(std::move(answer));
  }
  return answers;
}

std::string problem_detail_from(std::string_view json, std::string& type) {
  const auto document = parse_json(json, kProblemBytesMax);
  if (!document || !document->is_object()) return {};
  const auto text = [&](const char* name) {
    const auto found = document->find(name);
    return found != document->end() && found->is_string() ? found->get<std::string>().substr(0, kTextBytesMax)
                                                          : std::string();
  };
  type = text("type");
  return text("detail");
}

}  // namespace seawall
