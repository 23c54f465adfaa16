#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "seawall/access/identity.h"
#include "seawall/access/operations.h"
#include "seawall/access/rate_limiter.h"
#include "seawall/http/answer.h"
#include "seawall/http/problem.h"
#include "seawall/http/request.h"
#include "seawall/lists/list_error.h"
#include "seawall/net/network.h"
#include "seawall/service/body_budget.h"
#include "seawall/service/problem_kinds.h"

namespace seawall {

/// Why a call is refused; becomes a problem document (HMA's paths write it their own way).
/// `detail` goes to the caller: it holds no secret, no URL, no media and no text of a database.
struct CallProblem {
  CallProblem(ProblemKind why, std::string what) : kind(why), detail(std::move(what)) {}
  /// Of an error of the program. Its text goes to the caller only where the caller can act on it; that of
  /// kUnavailable and kCorrupt goes to the log instead (`cause`).
  CallProblem(const Error& error);  // NOLINT(google-explicit-constructor): SEAWALL_TRY needs it.
  /// The finer kind that the broken rule has.
  CallProblem(const ListError& error);  // NOLINT(google-explicit-constructor): likewise.
  CallProblem(const Denial& denial);    // NOLINT(google-explicit-constructor): likewise.

  ProblemKind kind;
  std::string detail;
  std::vector<ProblemFault> faults = {};
  std::uint32_t retry_after_s = 0;  ///< 0: as the kind has it.
  std::string allow = {};           ///< With 405.
  std::optional<Error> cause = {};  ///< For the log.
};

/// What a call is answered with.
class [[nodiscard]] CallResult : public tl::expected<HttpAnswer, CallProblem> {
 public:
  using tl::expected<HttpAnswer, CallProblem>::expected;
};
inline tl::unexpected<CallProblem> refuse(ProblemKind why, std::string detail) {
  return tl::unexpected(CallProblem(why, std::move(detail)));
}
/// The same with the place of the fault: "/signals/pdq", "?limit", or a header's name.
tl::unexpected<CallProblem> refuse_at(std::string at, std::string detail);

[[nodiscard]] HttpAnswer json_answer(int status, std::string body);

/// Somebody who was let in.
struct Caller {
  std::optional<Identity> identity;  ///< None: an open operation, and nobody said who asks.
  std::optional<RateAnswer> rate;    ///< Of a key that has one: what is left.
  PeerAddress peer;  ///< Whose request it is, by trusted proxies too. Not of operations that are kOpen.
};

/// What an operation keeps between its begin and its run.
class CallState {
 public:
  virtual ~CallState() = default;
};

/// Which threads do an operation's work. What blocks must not run on the server's own.
enum class Lane : std::uint8_t {
  kSignals,      ///< Look-ups of signals that wait for the log of observations, or are many.
  kMedia,        ///< Decoding.
  kFetch,        ///< Waiting for other hosts.
  kStore,        ///< Reading and changing the lists.
  kLater,        ///< Asynchronous look-ups: they may wait for minutes.
  kSignIn,       ///< Hashing passwords.
  kCallers,      ///< Asking the store who it is that asks.
  kVideos,       ///< Looking into videos: seconds each, so that they hold up no pictures.
  kVideosLater,  ///< The same, asynchronously.
};
inline constexpr std::size_t kLanes = 9;

/// One request that was let in, on its way to its answer.
struct Call {
  HttpHead head;
  BodyBytes body;
  Operation operation{};
  std::vector<std::string> captured;  ///< The {segments} of its path.
  std::string request_id;
  Caller caller;
  BodyBudget::Share share;  ///< Of the memory for bodies; goes with the body.
  std::chrono::steady_clock::time_point begun;
  std::chrono::nanoseconds waited{};  ///< In a queue.
  std::unique_ptr<CallState> state;
  /// Set by run(): what it returns does not count, and it is called again in this lane.
  std::optional<Lane> go_on = {};

  /// Precondition, of both: no open operation.
  [[nodiscard]] const Identity& who() const { return *caller.identity; }
  [[nodiscard]] const std::string& tenant() const { return caller.identity->tenant; }
  /// The body's Content-Type without its parameters, in lower case; empty: none was sent.
  [[nodiscard]] std::string media_type() const;
};

/// How an operation is served.
struct ServedOperation {
  Lane lane = Lane::kStore;
  std::size_t json_bytes_max = 0;   ///< Of a body of JSON; 0: takes none.
  bool secret_json = false;         ///< A body of JSON is kept secret, too.
  std::size_t media_bytes_max = 0;  ///< Of any other body, which is kept secret (BodyBytes); 0: takes none.
  /// Does the work. May block, on a thread of the lane.
  std::function<CallResult(Call&)> run;
  /// Where it is there: called first, on the server's thread; must not block. An answer, or the lane in which
  /// run() goes on.
  std::function<std::variant<Lane, CallResult>(Call&)> begin = nullptr;
  /// Where it is there: the lane of a body that is not JSON, told from its first bytes; must not block.
  std::function<Lane(const Call&)> media_lane = nullptr;
};

/// All operations that this server serves, by Operation. Filled once, then read only.
class ServedOperations {
 public:
  void serve(Operation operation, ServedOperation how);
  /// Null: not served.
  [[nodiscard]] const ServedOperation* find(Operation operation) const;

 private:
  std::vector<std::unique_ptr<const ServedOperation>> by_number_;
};

}  // namespace seawall
