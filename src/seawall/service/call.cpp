#include "seawall/service/call.h"

#include <algorithm>

#include "seawall/http/syntax.h"

namespace seawall {

CallProblem::CallProblem(const Error& error) : kind(problem_kind_of(error.code)) {
  if (error.code == Code::kUnavailable || error.code == Code::kCorrupt) {
    detail = error.code == Code::kCorrupt ? "An operator runs: seawall doctor."
                                          : "A part of the service did not answer; try again.";
    cause = error;
    return;
  }
  detail = error.message;
}

CallProblem::CallProblem(const ListError& error) : CallProblem(static_cast<const Error&>(error)) {
  if (error.rule != ListRule::kNone) kind = problem_kind_of(error.rule);
}

CallProblem::CallProblem(const Denial& denial)
    : kind(problem_kind_of(denial.why)),
      detail(seawall::meaning_of(denial.why).words),
      retry_after_s(denial.retry_after_s) {}

tl::unexpected<CallProblem> refuse_at(std::string at, std::string detail) {
  CallProblem problem(ProblemKind::kInvalidInput, at + ": " + detail);
  problem.faults.push_back({std::move(at), std::move(detail)});
  return tl::unexpected(std::move(problem));
}

HttpAnswer json_answer(int status, std::string body) {
  HttpAnswer answer;
  answer.status = status;
  answer.fields.emplace_back("Content-Type", "application/json");
  answer.body = std::move(body);
  return answer;
}

std::string Call::media_type() const {
  const auto field = head.field("content-type");
  if (!field) return {};
  std::string type(http_trimmed(HttpParameters(*field).value()));
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type;
}

void ServedOperations::serve(Operation operation, ServedOperation how) {
  const auto at = static_cast<std::size_t>(operation);
  if (by_number_.size() <= at) by_number_.resize(at + 1);
  by_number_[at] = std::make_unique<const ServedOperation>(std::move(how));
}

const ServedOperation* ServedOperations::find(Operation operation) const {
  const auto at = static_cast<std::size_t>(operation);
  return at < by_number_.size() ? by_number_[at].get() : nullptr;
}

}  // namespace seawall
