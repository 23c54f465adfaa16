#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "seawall/remote/remote_client.h"

namespace seawall {

/// Asks a remote and sorts its answers into those to use, those to wait for and those that need a person.
/// Counts failures in a row for the back-off. Threads: one.
class Asker {
 public:
  explicit Asker(const RemoteContext& context) : context_(context) {}

  struct Answer {
    std::optional<FetchResponse> response;  ///< 2xx, or a status in `wanted`; else ask again:
    Time retry_at{};
    std::string reason;
  };
  /// `wanted`: further statuses that are answers here (304, 410, ...).
  Result<Answer> ask(const FetchRequest& request, std::stop_token stop,
                     std::initializer_list<int> wanted = {});

  /// Reads a document through, once. None: it is not whole or not of the format; `later` says when to ask
  /// again. A page that is read well ends the row of failures.
  struct Read {
    std::optional<RemotePage> page;
    ExchangeDocument document;
    Time retry_at{};
    std::string reason;
  };
  Result<Read> read(const FetchRequest& request, const FetchResponse& response, const ExchangeFormat& format,
                    ExchangeReadOptions options);

  /// Sends feedback in the body's own words, once, under its id. Refused: 400, 404, 410 and 422, which speak
  /// of what was sent.
  Result<FeedbackOutcome> tell(FetchRequest request, const RemoteFeedback& feedback, std::stop_token stop);

  /// After an answer that was good.
  void succeeded() { failures_ = 0; }
  [[nodiscard]] const RemoteContext& context() const { return context_; }

 private:
  Time again_at(std::optional<std::chrono::milliseconds> asked_for);

  RemoteContext context_;
  std::uint32_t failures_ = 0;
};

/// Feedback that cannot be put into the remote's words.
[[nodiscard]] FeedbackOutcome refused(std::string reason);
[[nodiscard]] RemoteStep later(Time retry_at, std::string reason);
/// The host of a request, for messages.
[[nodiscard]] std::string host_of(const FetchRequest& request);

}  // namespace seawall
