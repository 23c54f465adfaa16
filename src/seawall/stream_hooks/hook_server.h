#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "seawall/base/clock.h"
#include "seawall/http/answer.h"
#include "seawall/net/secret.h"
#include "seawall/stream_hooks/hook_words.h"
#include "seawall/stream_watch/stream_hub.h"

namespace seawall {

struct HookOptions {
  /// Where a published stream is played, with {path}, {app}, {name}: "rtmp://127.0.0.1/{app}/{name}".
  std::string tap;
  /// Asked of every call, as ?token= or "Authorization: Bearer"; empty: of none.
  Secret token;
};

/// Calls of media servers: streams that somebody publishes are attached, those that end are detached. And
/// what Prometheus and people want to know.
///     POST /hooks/nginx-rtmp, /hooks/srs, /hooks/mediamtx      GET /metrics, /streams, /health
/// A publisher is never refused for what this cannot do: the answer is 200 whatever becomes of following the
/// stream, which is told as any stream's trouble is. Refused are calls without the token (401), of other
/// layouts (400), and over 64 KiB (413). Threads: as HttpHandler. Lifetime: borrows hub, watch and clock.
class HookServer final : public HttpHandler {
 public:
  struct Stats {
    std::uint64_t begun = 0;  ///< Calls that a stream begins.
    std::uint64_t ended = 0;
    std::uint64_t refused = 0;  ///< Calls that were not understood or not allowed.
    std::uint64_t failed = 0;   ///< Streams that could not be attached.
  };
  /// Errors: kInvalidInput (a tap without a name in it).
  static Result<std::unique_ptr<HookServer>> make(HookOptions options, StreamHub& hub,
                                                  const StreamWatch& watch, const Clock& clock);

  Decision admit(const HttpHead& head) override;
  void handle(HttpRequest request, HttpResponder responder) override;
  [[nodiscard]] Stats stats() const { return {begun_, ended_, refused_, failed_}; }

 private:
  HookServer(HookOptions options, StreamHub& hub, const StreamWatch& watch, const Clock& clock)
      : options_(std::move(options)), hub_(hub), watch_(watch), clock_(clock) {}
  [[nodiscard]] bool is_allowed(const HttpHead& head) const;
  HttpAnswer answer(const HttpRequest& request);
  void follow(const StreamHook& hook);

  const HookOptions options_;
  StreamHub& hub_;
  const StreamWatch& watch_;
  const Clock& clock_;
  std::atomic<std::uint64_t> begun_{0}, ended_{0}, refused_{0}, failed_{0};
};

}  // namespace seawall
