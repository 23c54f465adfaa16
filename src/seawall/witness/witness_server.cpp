#include "seawall/witness/witness_server.h"

#include <array>
#include <utility>

#include "seawall/http/router.h"
#include "seawall/metrics/metrics_text.h"

namespace seawall {
namespace {

enum Row : int { kAdd, kHead, kVkey, kMetrics, kHealth };

constexpr std::array<Route, 5> kRoutes{{{HttpMethod::kPost, "/add-checkpoint", kAdd},
                                        {HttpMethod::kGet, "/{origin}/checkpoint", kHead},
                                        {HttpMethod::kGet, "/vkey", kVkey},
                                        {HttpMethod::kGet, "/metrics", kMetrics},
                                        {HttpMethod::kGet, "/health", kHealth}}};
static_assert(routes_are_sound(kRoutes));

const Router& router() {
  static const Router kRouter(kRoutes);
  return kRouter;
}

struct Context final : HttpContext {
  int row = 0;
  std::string origin_hash;
};

constexpr std::string_view kText = "text/plain; charset=utf-8";

HttpAnswer to_http(WitnessAnswer answer) {
  return text_answer(answer.status, answer.content_type, std::move(answer.body));
}

}  // namespace

WitnessServer::WitnessServer(Witness& witness) : witness_(witness), thread_([this] { run(); }) {}

WitnessServer::~WitnessServer() {
  letters_.close();
  thread_.join();
}

void WitnessServer::run() {
  while (auto letter = letters_.pop()) {
    auto answer = letter->origin_hash.empty() ? witness_.add_checkpoint(letter->body)
                                              : witness_.checkpoint(letter->origin_hash);
    std::move(letter->responder).send(to_http(std::move(answer)));
  }
}

HttpHandler::Decision WitnessServer::admit(const HttpHead& head) {
  auto found = router().find(head.method(), head.path());
  if (const auto* refusal = std::get_if<RouteRefusal>(&found)) {
    HttpAnswer answer = text_answer(refusal->status, kText, "there is no such path here\n");
    if (!refusal->allow.empty()) answer.fields.emplace_back("Allow", refusal->allow);
    return answer;
  }
  const auto& match = std::get<RouteMatch>(found);
  auto context = std::make_unique<Context>();
  context->row = match.route->number;
  if (context->row == kHead) context->origin_hash = match.captured.at(0);
  return HttpAdmission{.body_bytes_max = kBodyBytesMax, .secret_body = false, .context = std::move(context)};
}

void WitnessServer::handle(HttpRequest request, HttpResponder responder) {
  const auto& context = static_cast<const Context&>(*request.context);
  switch (context.row) {
    case kVkey:
      return std::move(responder).send(text_answer(200, kText, witness_.verifier().vkey() + "\n"));
    case kMetrics:
      return std::move(responder).send(
          text_answer(200, "text/plain; version=0.0.4; charset=utf-8", witness_metrics(witness_)));
    case kHealth:
      return std::move(responder).send(text_answer(200, kText, "ok\n"));
    default:
      break;
  }
  Letter letter{std::string(request.body.text()), context.origin_hash, std::move(responder)};
  if (letters_.try_push(letter)) return;
  HttpAnswer busy = text_answer(503, kText, "too many requests wait: try again\n");
  busy.fields.emplace_back("Retry-After", "1");
  std::move(letter.responder).send(std::move(busy));
}

}  // namespace seawall
