#include <algorithm>
#include <atomic>

#include "seawall/base/random_source.h"
#include "seawall/json/text.h"
#include "seawall/service/api_handler.h"

namespace seawall {
namespace {

constexpr std::size_t kRequestIdMin = 8;
constexpr std::size_t kRequestIdMax = 64;

bool is_request_id(std::string_view text) {
  return text.size() >= kRequestIdMin && text.size() <= kRequestIdMax &&
         std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                  c == '-';
         });
}

void append_base32(std::string& out, std::uint64_t value, int characters) {
  static constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  for (int i = 0; i < characters; ++i, value >>= 5) out += kAlphabet[value & 31];
}

/// A bijection of 64 bits, so that counted numbers stay different and look like none. Source: SplitMix64
/// (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

std::uint32_t retry_after(const CallProblem& problem) {
  if (problem.retry_after_s != 0) return std::min<std::uint32_t>(problem.retry_after_s, 3'600);
  const int status = meaning_of(problem.kind).status;
  return status == 503 || status == 429 || problem.kind == ProblemKind::kInProgress ? 1 : 0;
}

std::string hma_body(const CallProblem& problem) {
  std::string body = "{\"message\":";
  append_json_string(body, problem.detail);
  return body + "}";
}

}  // namespace

std::string new_request_id() {
  static const std::uint64_t process = SystemRandom().next();
  static std::atomic<std::uint64_t> next{SystemRandom().next()};
  std::string id = "r_";
  append_base32(id, process, 6);
  append_base32(id, mixed(next.fetch_add(1, std::memory_order_relaxed)), 13);
  return id;
}

std::string request_id_of(const HttpHead& head) {
  const auto sent = head.field("x-request-id");
  return sent && is_request_id(*sent) ? std::string(*sent) : new_request_id();
}

HttpAnswer problem_answer(const CallProblem& problem, const std::string& request_id, bool as_hma) {
  const ProblemMeaning& meaning = meaning_of(problem.kind);
  HttpAnswer answer;
  answer.status = meaning.status;
  if (as_hma) {
    answer.fields.emplace_back("Content-Type", "application/json");
    answer.body = hma_body(problem);
  } else {
    answer.fields.emplace_back("Content-Type", std::string(kProblemType));
    answer.body = to_json(Problem{std::string(meaning.type), std::string(meaning.title), meaning.status,
                                  std::string(meaning.code), problem.detail, request_id, problem.faults});
  }
  answer.fields.emplace_back("X-Request-Id", request_id);
  answer.fields.emplace_back("Cache-Control", "no-store");
  if (meaning.status == 401) {
    answer.fields.emplace_back("WWW-Authenticate",
                               as_hma ? "Basic realm=\"seawall\"" : "Bearer realm=\"seawall\"");
  }
  if (!problem.allow.empty()) answer.fields.emplace_back("Allow", problem.allow);
  if (const auto wait = retry_after(problem); wait != 0) {
    answer.fields.emplace_back("Retry-After", std::to_string(wait));
  }
  return answer;
}

}  // namespace seawall
