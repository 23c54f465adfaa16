#include "seawall/stream_hooks/hook_server.h"

#include <array>

#include "seawall/crypto/constant_time.h"
#include "seawall/http/router.h"
#include "seawall/net/url.h"
#include "seawall/stream_hooks/watch_metrics.h"

namespace seawall {
namespace {

enum Row : int { kNginx, kSrs, kMediaMtx, kMetrics, kStreams, kHealth };

constexpr std::array<Route, 6> kRoutes{{{HttpMethod::kPost, "/hooks/nginx-rtmp", kNginx},
                                        {HttpMethod::kPost, "/hooks/srs", kSrs},
                                        {HttpMethod::kPost, "/hooks/mediamtx", kMediaMtx},
                                        {HttpMethod::kGet, "/metrics", kMetrics},
                                        {HttpMethod::kGet, "/streams", kStreams},
                                        {HttpMethod::kGet, "/health", kHealth}}};
static_assert(routes_are_sound(kRoutes));

const Router& router() {
  static const Router kRouter(kRoutes);
  return kRouter;
}

struct Context final : HttpContext {
  int row = 0;
};

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kBearer = "Bearer ";

std::string token_of(const HttpHead& head) {
  const auto field = head.field("authorization").value_or("");
  if (field.starts_with(kBearer)) return std::string(field.substr(kBearer.size()));
  const auto pairs = query_of(head.target());
  if (!pairs) return {};
  for (const auto& [name, value] : *pairs) {
    if (name == "token") return value;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<HookServer>> HookServer::make(HookOptions options, StreamHub& hub,
                                                     const StreamWatch& watch, const Clock& clock) {
  const bool named =
      options.tap.find("{name}") != std::string::npos || options.tap.find("{path}") != std::string::npos;
  if (!named) {
    return fail(Code::kInvalidInput,
                "the tap must say where a stream is played by its {name} or {path}, such as "
                "rtmp://127.0.0.1/{app}/{name}");
  }
  return std::unique_ptr<HookServer>(new HookServer(std::move(options), hub, watch, clock));
}

bool HookServer::is_allowed(const HttpHead& head) const {
  return options_.token.empty() || equal_in_constant_time(options_.token.reveal(), token_of(head));
}

HttpHandler::Decision HookServer::admit(const HttpHead& head) {
  auto found = router().find(head.method(), head.path());
  if (const auto* refusal = std::get_if<RouteRefusal>(&found)) {
    HttpAnswer answer = text_answer(refusal->status, kText, "there is no such path here\n");
    if (!refusal->allow.empty()) answer.fields.emplace_back("Allow", refusal->allow);
    return answer;
  }
  const int row = std::get<RouteMatch>(found).route->number;
  if (row != kHealth && !is_allowed(head)) {
    ++refused_;
    return text_answer(401, kText, "needs ?token= or Authorization: Bearer\n");
  }
  auto context = std::make_unique<Context>();
  context->row = row;
  return HttpAdmission{.body_bytes_max = kHookBytesMax, .secret_body = false, .context = std::move(context)};
}

void HookServer::follow(const StreamHook& hook) {
  if (hook.kind == StreamHook::Kind::kOther) return;
  // A server that begins a stream anew may not have said that it ended.
  (void)hub_.detach(hook.path);
  if (hook.kind == StreamHook::Kind::kEnds) {
    ++ended_;
    return;
  }
  ++begun_;
  if (!hub_.attach(hook.path, {.url = tap_address(options_.tap, hook.path)})) ++failed_;
}

HttpAnswer HookServer::answer(const HttpRequest& request) {
  const int row = static_cast<const Context&>(*request.context).row;
  const std::string_view body = request.body.text();
  switch (row) {
    case kMetrics:
      return text_answer(200, "text/plain; version=0.0.4; charset=utf-8",
                         watch_metrics(watch_.states(), watch_.counts(), clock_.now()));
    case kStreams:
      return text_answer(200, "application/json", watch_states_json(watch_.states(), watch_.counts()) + "\n");
    case kHealth:
      return text_answer(200, kText, "ok\n");
    default:
      break;
  }
  const auto hook = row == kNginx ? hook_of_nginx_rtmp(body)
                    : row == kSrs ? hook_of_srs(body)
                                  : hook_of_mediamtx(body);
  if (!hook) {
    ++refused_;
    return text_answer(400, kText, hook.error().message + "\n");
  }
  follow(*hook);
  // SRS wants a 0 for "go on"; the others look at the status alone.
  return text_answer(200, kText, "0");
}

void HookServer::handle(HttpRequest request, HttpResponder responder) {
  std::move(responder).send(answer(request));
}

}  // namespace seawall
