#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <variant>

#include "seawall/http/answer.h"
#include "seawall/http/router.h"
#include "seawall/jobs/idempotency.h"
#include "seawall/service/body_budget.h"
#include "seawall/service/call.h"
#include "seawall/service/console_calls.h"
#include "seawall/service/gatekeeper.h"
#include "seawall/service/json_log.h"
#include "seawall/service/lanes.h"
#include "seawall/service/service_metrics.h"

namespace seawall {

/// What stands between the HTTP server and the operations: routes, lets in, queues, answers, counts and logs.
///
/// Guarantees: a body is read only for somebody who was let in, of a size and type that the operation takes,
/// and within the memory that all bodies may hold; what blocks runs on the lanes' threads behind their
/// bounded queues, and is refused with 503 and Retry-After when they are full; so does asking the store who
/// it is that asks. Each answer names its request (X-Request-Id), is counted and logged once. Threads: any.
/// Lifetime: borrows all its parts, and must outlive the server.
class ApiHandler final : public HttpHandler {
 public:
  struct Parts {
    const ServedOperations& operations;
    Gatekeeper& gate;
    Lanes& lanes;
    BodyBudget& bodies;
    ServiceMetrics& metrics;
    JsonLog& log;
    Idempotency& idempotency;
    const ConsoleCalls& console;
  };
  /// A chunked body, whose size nobody has said, may have this much at most.
  static constexpr std::size_t kChunkedBytesMax = 32U << 20;

  explicit ApiHandler(const Parts& parts);
  ~ApiHandler() override;

  Decision admit(const HttpHead& head) override;
  void handle(HttpRequest request, HttpResponder responder) override;
  HttpAnswer refused(const HttpRefusal& refusal, std::chrono::seconds retry_after) override;

 private:
  struct Context;
  struct Pending;
  struct Undecided;
  using Admitted = tl::expected<HttpAdmission, CallProblem>;
  /// What metrics and log are told besides.
  struct Noted {
    std::string_view problem;
    std::uint64_t bytes_in = 0;
    std::chrono::nanoseconds waited{};
  };

  /// Of the console's files; counted and logged as all others.
  std::optional<HttpAnswer> page(const HttpHead& head);
  tl::expected<void, CallProblem> route(const HttpHead& head, Context& context);
  Decision decide_later(const HttpHead& head, std::unique_ptr<Context> context);
  std::variant<HttpAdmission, HttpAnswer> decided(const HttpHead& head, std::unique_ptr<Context> context,
                                                  tl::expected<void, CallProblem> let);
  /// Of somebody who was let in.
  Admitted take_in(const HttpHead& head, Context& context);
  tl::expected<std::size_t, CallProblem> body_limit(const HttpHead& head,
                                                    const ServedOperation& served) const;
  void start(std::shared_ptr<Pending> pending);
  void queue(std::shared_ptr<Pending> pending, Lane lane);
  CallResult run(Pending& pending);
  void run_once(Pending& pending);
  tl::expected<IdempotencyVerdict, CallProblem> claim(const Pending& pending);
  /// The answer as it goes out; `problem`: its type, if it is one.
  HttpAnswer written(Pending& pending, CallResult result, std::string_view& problem);
  void finish(Pending& pending, CallResult result);
  void send(Pending& pending, HttpAnswer answer, std::string_view problem);
  void note(const Context& context, const HttpHead& head, const Caller& caller, const HttpAnswer& answer,
            const Noted& noted);

  Parts parts_;
  Router router_;
};

/// The document that a problem becomes, with the headers that belong to it.
[[nodiscard]] HttpAnswer problem_answer(const CallProblem& problem, const std::string& request_id,
                                        bool as_hma);
/// One that the caller sent, if it fits docs/openapi.yaml, else a new one.
[[nodiscard]] std::string request_id_of(const HttpHead& head);
[[nodiscard]] std::string new_request_id();

}  // namespace seawall
