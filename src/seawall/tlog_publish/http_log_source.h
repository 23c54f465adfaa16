#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "seawall/log_outbox/log_source.h"
#include "seawall/net/fetcher.h"
#include "seawall/tlog_publish/published_log.h"

namespace seawall {

/// Until when a round of asking another process goes on, whatever it asks: a slow one holds up nobody for
/// longer. Threads: one.
class RoundDeadline {
 public:
  using Ticks = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::chrono::milliseconds kRound{10'000};

  explicit RoundDeadline(Ticks ticks = std::chrono::steady_clock::now) : ticks_(std::move(ticks)) { begin(); }
  void begin() { end_ = ticks_() + kRound; }
  /// Errors: kUnavailable: none is left.
  [[nodiscard]] Result<std::chrono::milliseconds> left() const;

 private:
  Ticks ticks_;
  std::chrono::steady_clock::time_point end_{};
};

/// The entries of another process that does not believe the sequencer: it is shown a tlog-proof of each (the
/// key service: GET /pending/NAME, POST /settled). Until the published log holds an entry, settling it does
/// nothing; it is asked again. Threads: one. Lifetime: borrows all. Limits: an answer of kAnswerBytesMax; the
/// round's deadline for all requests together, errors of which are kUnavailable; what was settled stays so.
class HttpLogSource final : public LogSource {
 public:
  static constexpr std::uint64_t kAnswerBytesMax = std::uint64_t{8} << 20;

  /// `url`: before "/pending/...". `name`: "vault", "orders".
  HttpLogSource(std::string url, std::string name, Fetcher& fetcher, const PublishedLog& log,
                const RoundDeadline& round)
      : url_(std::move(url)), name_(std::move(name)), fetcher_(fetcher), log_(log), round_(round) {}

  Result<std::vector<PendingLogEntry>> pending(std::size_t max) override;
  Result<void> settle(std::span<const std::int64_t> ids, std::uint64_t first_index) override;

 private:
  Result<std::string> ask(FetchRequest request);
  Result<bool> show(std::int64_t id, std::uint64_t leaf);

  const std::string url_;
  const std::string name_;
  Fetcher& fetcher_;
  const PublishedLog& log_;
  const RoundDeadline& round_;
};

}  // namespace seawall
