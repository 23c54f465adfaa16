#pragma once

#include <memory>
#include <optional>
#include <string>

#include "seawall/cli/command.h"
#include "seawall/http/server.h"
#include "seawall/stream_hooks/cut_off.h"
#include "seawall/stream_hooks/hook_server.h"

namespace seawall::cli {

/// What a watch has to do with others: calls of media servers, metrics, and the webhook that cuts streams
/// off. Each where it is asked for. Threads: one; its own.
class StreamOutside {
 public:
  /// Errors: kInvalidInput (options that do not go together, a file of secrets), those of HttpServer.
  static Result<std::unique_ptr<StreamOutside>> open(const Arguments& arguments, StreamHub& hub,
                                                     const StreamWatch& watch, const Clock& clock);
  ~StreamOutside();

  /// Whether streams may come that nobody named.
  [[nodiscard]] bool listens() const { return server_ != nullptr; }
  [[nodiscard]] std::vector<std::string> addresses() const;
  /// Sends the webhook where the match is strong enough.
  void on_alert(const WatchAlert& alert, const std::string& evidence);
  /// Waits for webhooks that are under way, for a moment at most. What could not be sent.
  std::uint64_t finish(Console& console);

 private:
  StreamOutside() = default;
  Result<void> open_server(const Arguments& arguments, StreamHub& hub, const StreamWatch& watch,
                           const Clock& clock);
  Result<void> open_cut_off(const Arguments& arguments, const Clock& clock);

  std::unique_ptr<Fetcher> fetcher_;
  std::unique_ptr<CutOffSender> cut_off_;
  ClipTier tier_ = ClipTier::kThreeAligned;
  std::unique_ptr<HookServer> hooks_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace seawall::cli
