#include "seawall/service/api_handler.h"

#include <algorithm>

#include "seawall/http/syntax.h"
#include "seawall/service/routes.h"

namespace seawall {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string key_of(const std::optional<Identity>& identity) {
  if (!identity) return {};
  return identity->kind == IdentityKind::kKey ? "k_" + identity->key_id : "session";
}

void add_rate(HttpAnswer& answer, const std::optional<RateAnswer>& rate,
              const std::optional<KeyRate>& quota) {
  if (!rate || !quota) return;
  answer.fields.emplace_back("RateLimit",
                             rate_limit_field("key", rate->remaining, std::chrono::seconds(rate->reset_s)));
  answer.fields.emplace_back(
      "RateLimit-Policy", rate_limit_policy_field("key", quota->items, std::chrono::seconds(quota->per_s)));
}

bool is_json(const HttpHead& head) {
  const auto type = head.field("content-type");
  return type && equal_ignoring_case(http_trimmed(HttpParameters(*type).value()), "application/json");
}

}  // namespace

/// What is known of a request before its body.
struct ApiHandler::Context final : HttpContext {
  Operation operation{};
  bool routed = false;
  const ServedOperation* served = nullptr;
  std::vector<std::string> captured;
  std::string request_id;
  Caller caller;
  Gatekeeper::Question question;
  std::chrono::nanoseconds waited{};  // In the lane of callers.
  SteadyClock::time_point begun = SteadyClock::now();
  BodyBudget::Share share;
  std::string idempotency_key;  // Empty: none was sent.
};

/// A request under way, with the right to answer it.
struct ApiHandler::Pending {
  Pending(std::unique_ptr<Context> of, HttpRequest request, HttpResponder to)
      : context(std::move(of)), responder(std::move(to)) {
    call.head = std::move(request.head);
    call.body = std::move(request.body);
    bytes_in = call.body.size();
    call.operation = context->operation;
    call.captured = std::move(context->captured);
    call.request_id = context->request_id;
    call.caller = std::move(context->caller);
    call.share = std::move(context->share);
    call.begun = context->begun;
    call.waited = context->waited;
  }
  std::unique_ptr<Context> context;
  HttpResponder responder;
  Call call;
  std::uint64_t bytes_in = 0;  // An asynchronous look-up takes the body along.
};

ApiHandler::ApiHandler(const Parts& parts) : parts_(parts), router_(service_routes()) {}

ApiHandler::~ApiHandler() = default;

std::optional<HttpAnswer> ApiHandler::page(const HttpHead& head) {
  const auto begun = SteadyClock::now();
  auto answer = parts_.console.answer(head);
  if (!answer) return std::nullopt;
  const std::string request_id = request_id_of(head);
  answer->fields.emplace_back("X-Request-Id", request_id);
  parts_.metrics.answered_nothing(answer->status);
  RequestLine line;
  line.request_id = request_id;
  line.method = to_text(head.method());
  line.path = "/console/";
  line.status = answer->status;
  line.bytes_out = answer->body_text().size();
  line.took = SteadyClock::now() - begun;
  parts_.log.request(line);
  return answer;
}

ApiHandler::Decision ApiHandler::admit(const HttpHead& head) {
  if (auto answer = page(head)) return *std::move(answer);
  auto context = std::make_unique<Context>();
  context->request_id = request_id_of(head);
  auto let = route(head, *context);
  if (let) let = parts_.gate.admit(head, context->operation, context->caller, context->question);
  if (let && context->question.open) return decide_later(head, std::move(context));
  auto decision = decided(head, std::move(context), std::move(let));
  if (auto* answer = std::get_if<HttpAnswer>(&decision)) return std::move(*answer);
  return std::get<HttpAdmission>(std::move(decision));
}

/// A head about which the store must be asked.
struct ApiHandler::Undecided {
  HttpHead head;
  std::unique_ptr<Context> context;
  std::optional<HttpDecider> decider;
};

HttpHandler::Decision ApiHandler::decide_later(const HttpHead& head, std::unique_ptr<Context> context) {
  const auto undecided = std::make_shared<Undecided>(Undecided{head, std::move(context), std::nullopt});
  const auto decide = [this, undecided](tl::expected<void, CallProblem> let) {
    auto decision = decided(undecided->head, std::move(undecided->context), std::move(let));
    std::move(*undecided->decider).decide(std::move(decision));
  };
  const auto run_it = [this, undecided, decide](std::chrono::nanoseconds waited) {
    Context& of = *undecided->context;
    of.waited = waited;
    try {
      decide(parts_.gate.ask(undecided->head, of.operation, of.caller, of.question));
    } catch (const std::bad_alloc&) {
      undecided->decider.reset();  // Which has 500 sent.
    }
  };
  const auto refuse_it = [this, undecided, decide] {
    undecided->context->waited = SteadyClock::now() - undecided->context->begun;
    const auto wait = parts_.lanes.of(Lane::kCallers).retry_after();
    CallProblem problem(ProblemKind::kOverloaded, "Try again in " + std::to_string(wait.count()) + " s.");
    problem.retry_after_s = static_cast<std::uint32_t>(wait.count());
    decide(tl::unexpected(std::move(problem)));
  };
  return HttpDecideLater{[this, undecided, run_it, refuse_it](HttpDecider decider) {
    undecided->decider.emplace(std::move(decider));
    if (!parts_.lanes.of(Lane::kCallers).submit({0, run_it, refuse_it})) refuse_it();
  }};
}

std::variant<HttpAdmission, HttpAnswer> ApiHandler::decided(const HttpHead& head,
                                                            std::unique_ptr<Context> context,
                                                            tl::expected<void, CallProblem> let) {
  auto admitted = let ? take_in(head, *context) : Admitted(tl::unexpected(std::move(let).error()));
  if (admitted) {
    admitted->context = std::move(context);
    return *std::move(admitted);
  }
  const CallProblem& problem = admitted.error();
  HttpAnswer answer =
      problem_answer(problem, context->request_id, context->routed && is_hma(context->operation));
  if (context->caller.identity)
    add_rate(answer, context->caller.rate, parts_.gate.rate_of(*context->caller.identity));
  if (problem.cause && (problem.cause->code != Code::kUnavailable || parts_.gate.store_answers())) {
    parts_.log.event("let_in", *problem.cause, context->request_id);
  }
  note(*context, head, context->caller, answer, {meaning_of(problem.kind).type, 0, context->waited});
  return answer;
}

tl::expected<void, CallProblem> ApiHandler::route(const HttpHead& head, Context& context) {
  auto found = router_.find(head.method(), head.path());
  if (const auto* refusal = std::get_if<RouteRefusal>(&found)) {
    if (refusal->status == 400)
      return refuse(ProblemKind::kInvalidInput, "The path does not decode to UTF-8.");
    if (refusal->status == 404) return refuse(ProblemKind::kNotFound, "There is no such path here.");
    CallProblem problem(ProblemKind::kMethodNotAllowed, "This path has: " + refusal->allow + ".");
    problem.allow = refusal->allow;
    return tl::unexpected(std::move(problem));
  }
  auto& match = std::get<RouteMatch>(found);
  context.operation = static_cast<Operation>(match.route->number);
  context.routed = true;
  context.captured = std::move(match.captured);
  context.served = parts_.operations.find(context.operation);
  return {};
}

ApiHandler::Admitted ApiHandler::take_in(const HttpHead& head, Context& context) {
  if (context.served == nullptr) {
    return refuse(ProblemKind::kNotServed, "This build does not serve this operation yet.");
  }
  if (const auto field = head.field("idempotency-key"); field && takes_idempotency_key(context.operation)) {
    const auto key = idempotency_key(*field);
    if (!key) return refuse_at("Idempotency-Key", key.error().message);
    if (context.caller.identity) context.idempotency_key = *key;
  }
  auto limit = body_limit(head, *context.served);
  if (!limit) return tl::unexpected(std::move(limit).error());
  auto share = parts_.bodies.take(head.has_body() ? head.content_length().value_or(*limit) : 0);
  if (!share) {
    return refuse(ProblemKind::kOverloaded, "The bodies of all requests together are too large now.");
  }
  context.share = *std::move(share);
  HttpAdmission admission;
  admission.body_bytes_max = *limit;
  admission.secret_body = is_json(head) ? context.served->secret_json : context.served->media_bytes_max != 0;
  return admission;
}

tl::expected<std::size_t, CallProblem> ApiHandler::body_limit(const HttpHead& head,
                                                              const ServedOperation& served) const {
  if (!head.has_body()) return 0;
  std::size_t most = 0;
  if (is_json(head)) {
    most = served.json_bytes_max;
    if (most == 0 && served.media_bytes_max != 0) {
      return refuse(ProblemKind::kUnsupported, "This path does not take JSON; see docs/openapi.yaml.");
    }
  } else {
    most = served.media_bytes_max;
    if (most == 0 && served.json_bytes_max != 0) {
      return refuse(ProblemKind::kUnsupported, "Send application/json.");
    }
  }
  if (most == 0) return refuse(ProblemKind::kInvalidInput, "This path takes no body.");
  if (head.content_length().value_or(0) > most) {
    return refuse(ProblemKind::kLimitExceeded,
                  "The body is over " + std::to_string(most) + " bytes; send less, or signals instead.");
  }
  return head.is_chunked() ? std::min(most, kChunkedBytesMax) : most;
}

void ApiHandler::handle(HttpRequest request, HttpResponder responder) {
  auto* raw = static_cast<Context*>(request.context.release());
  start(std::make_shared<Pending>(std::unique_ptr<Context>(raw), std::move(request), std::move(responder)));
}

void ApiHandler::start(std::shared_ptr<Pending> pending) {
  const ServedOperation& served = *pending->context->served;
  if (!pending->context->idempotency_key.empty()) {
    // What is claimed first is done whole on one thread; JSON may name a host to wait for.
    const bool json = served.media_bytes_max != 0 && is_json(pending->call.head);
    const bool waits = json && served.lane != Lane::kStore;
    const Lane lane = served.media_lane && !json ? served.media_lane(pending->call) : served.lane;
    return queue(std::move(pending), waits ? Lane::kFetch : lane);
  }
  if (!served.begin) return queue(std::move(pending), served.lane);
  std::variant<Lane, CallResult> begun;
  try {
    begun = served.begin(pending->call);
  } catch (const std::bad_alloc&) {
    begun = CallResult(refuse(ProblemKind::kOverloaded, "No memory is left."));
  }
  if (auto* result = std::get_if<CallResult>(&begun)) return finish(*pending, std::move(*result));
  queue(std::move(pending), std::get<Lane>(begun));
}

void ApiHandler::queue(std::shared_ptr<Pending> pending, Lane lane) {
  WorkQueue& work = parts_.lanes.of(lane);
  const auto refuse_it = [this, pending, &work] {
    CallProblem problem(ProblemKind::kOverloaded, "");
    problem.retry_after_s = static_cast<std::uint32_t>(work.retry_after().count());
    problem.detail = "Try again in " + std::to_string(problem.retry_after_s) + " s.";
    finish(*pending, tl::unexpected(std::move(problem)));
  };
  const auto run_it = [this, pending](std::chrono::nanoseconds waited) {
    pending->call.waited += waited;
    if (!pending->context->idempotency_key.empty()) return run_once(*pending);
    CallResult result = run(*pending);
    if (const auto next = std::exchange(pending->call.go_on, {})) return queue(pending, *next);
    finish(*pending, std::move(result));
  };
  if (!work.submit({pending->call.body.size(), run_it, refuse_it})) refuse_it();
}

CallResult ApiHandler::run(Pending& pending) {
  const ServedOperation& served = *pending.context->served;
  try {
    if (pending.call.state == nullptr && served.begin) {
      auto begun = served.begin(pending.call);
      if (auto* result = std::get_if<CallResult>(&begun)) return std::move(*result);
    }
    return served.run(pending.call);
  } catch (const std::bad_alloc&) {
    return refuse(ProblemKind::kOverloaded, "No memory is left.");
  }
}

tl::expected<IdempotencyVerdict, CallProblem> ApiHandler::claim(const Pending& pending) {
  const HttpHead& head = pending.call.head;
  Sha256Hasher hasher =
      begin_request_digest({to_text(head.method()), head.target(), head.field("content-type").value_or("")});
  hasher.update(pending.call.body.bytes());
  auto verdict = parts_.idempotency.begin(caller_of(pending.call.who()), pending.context->idempotency_key,
                                          hasher.finish());
  if (!verdict) {
    if (verdict.error().code != Code::kLimitExceeded) return tl::unexpected(CallProblem(verdict.error()));
    return refuse(ProblemKind::kRateLimited, verdict.error().message);
  }
  using Kind = IdempotencyVerdict::Kind;
  if (verdict->kind == Kind::kOtherRequest) {
    return refuse(ProblemKind::kIdempotencyKeyReused, "Take another Idempotency-Key for another request.");
  }
  if (verdict->kind == Kind::kUnderWay) {
    CallProblem problem(ProblemKind::kInProgress, "Ask again with the same Idempotency-Key.");
    problem.retry_after_s = static_cast<std::uint32_t>(Idempotency::kRetryAfter.count());
    return tl::unexpected(std::move(problem));
  }
  if (verdict->kind == Kind::kNotKept) {
    return refuse(ProblemKind::kAnswerNotKept, "It was carried out and answered with status " +
                                                   std::to_string(verdict->answer.status) +
                                                   "; the answer was too large to keep.");
  }
  return *std::move(verdict);
}

namespace {

/// What of an answer is kept for its repeats.
RememberedAnswer remembered(const HttpAnswer& answer) {
  RememberedAnswer kept;
  kept.status = answer.status;
  kept.body = answer.body_text();
  for (const auto& [name, value] : answer.fields) {
    if (name == "Content-Type") kept.content_type = value;
    const bool is_answer = name == "Location" || name == "Seawall-Verdict" || name == "X-Accel-Redirect";
    if (is_answer) kept.headers.emplace_back(name, value);
  }
  return kept;
}

HttpAnswer replayed(const RememberedAnswer& kept) {
  HttpAnswer answer;
  answer.status = kept.status;
  if (!kept.content_type.empty()) answer.fields.emplace_back("Content-Type", kept.content_type);
  for (const auto& field : kept.headers) answer.fields.push_back(field);
  answer.fields.emplace_back("Idempotency-Replayed", "true");
  answer.body = kept.body;
  return answer;
}

}  // namespace

void ApiHandler::run_once(Pending& pending) {
  if (!parts_.gate.store_answers()) {
    return finish(pending, tl::unexpected(silent_store()));
  }
  auto verdict = claim(pending);
  if (!verdict) return finish(pending, tl::unexpected(std::move(verdict).error()));
  if (verdict->kind == IdempotencyVerdict::Kind::kReplay) return finish(pending, replayed(verdict->answer));
  std::string_view problem;
  CallResult result = run(pending);
  // What is claimed is done whole on this thread.
  while (std::exchange(pending.call.go_on, {})) result = run(pending);
  HttpAnswer answer = written(pending, std::move(result), problem);
  if (answer.status == 429 || answer.status >= 500) {
    verdict->attempt->release();
  } else if (const auto kept = verdict->attempt->settle(remembered(answer)); !kept) {
    parts_.log.event("idempotency", kept.error(), pending.context->request_id);
  }
  send(pending, std::move(answer), problem);
}

HttpAnswer ApiHandler::written(Pending& pending, CallResult result, std::string_view& problem) {
  Context& context = *pending.context;
  HttpAnswer answer;
  if (result) {
    answer = *std::move(result);
    answer.fields.emplace_back("X-Request-Id", context.request_id);
    const bool cacheable =
        std::ranges::any_of(answer.fields, [](const auto& field) { return field.first == "Cache-Control"; });
    if (!cacheable) answer.fields.emplace_back("Cache-Control", "no-store");
  } else {
    problem = meaning_of(result.error().kind).type;
    if (result.error().cause) parts_.log.event("call", *result.error().cause, context.request_id);
    answer = problem_answer(result.error(), context.request_id, is_hma(context.operation));
  }
  const Caller& caller = pending.call.caller;
  if (caller.identity) add_rate(answer, caller.rate, parts_.gate.rate_of(*caller.identity));
  return answer;
}

void ApiHandler::finish(Pending& pending, CallResult result) {
  std::string_view problem;
  HttpAnswer answer = written(pending, std::move(result), problem);
  send(pending, std::move(answer), problem);
}

void ApiHandler::send(Pending& pending, HttpAnswer answer, std::string_view problem) {
  Context& context = *pending.context;
  note(context, pending.call.head, pending.call.caller, answer,
       {problem, pending.bytes_in, pending.call.waited});
  // Media is zeroed before the answer leaves, and its memory is free for the next.
  pending.call.body = BodyBytes();
  pending.call.share = BodyBudget::Share();
  std::move(pending.responder).send(std::move(answer));
}

void ApiHandler::note(const Context& context, const HttpHead& head, const Caller& caller,
                      const HttpAnswer& answer, const Noted& noted) {
  const auto took = SteadyClock::now() - context.begun;
  if (context.routed) {
    parts_.metrics.answered(context.operation, answer.status, took);
  } else {
    parts_.metrics.answered_nothing(answer.status);
  }
  RequestLine line;
  const std::string key = key_of(caller.identity);
  line.request_id = context.request_id;
  line.method = to_text(head.method());
  line.path = context.routed ? path_of(context.operation) : "none";
  line.key = key;
  line.problem = noted.problem;
  line.status = answer.status;
  line.bytes_in = noted.bytes_in;
  line.bytes_out = answer.body_text().size();
  line.took = took;
  line.waited = noted.waited;
  parts_.log.request(line);
}

HttpAnswer ApiHandler::refused(const HttpRefusal& refusal, std::chrono::seconds retry_after) {
  const auto& meaning = meaning_of(refusal.reason);
  Problem problem{std::string(meaning.type),
                  std::string(meaning.title),
                  meaning.status,
                  std::string(meaning.code),
                  refusal.detail,
                  new_request_id(),
                  {}};
  HttpAnswer answer = text_answer(meaning.status, kProblemType, to_json(problem));
  answer.fields.emplace_back("X-Request-Id", problem.request_id);
  if (meaning.status == 503) answer.fields.emplace_back("Retry-After", std::to_string(retry_after.count()));
  parts_.metrics.answered_nothing(meaning.status);
  RequestLine line;
  line.request_id = problem.request_id;
  line.path = "none";
  line.problem = meaning.type;
  line.status = meaning.status;
  parts_.log.request(line);
  return answer;
}

}  // namespace seawall
