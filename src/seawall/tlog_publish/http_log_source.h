#pragma once

#include <string>

#include "seawall/log_outbox/log_source.h"
#include "seawall/net/fetcher.h"
#include "seawall/tlog_publish/published_log.h"

namespace seawall {

/// The entries of another process that does not believe the sequencer: it is shown a tlog-proof of each (the
/// key service: GET /pending/NAME, POST /settled). Until the published log holds an entry, settling it does
/// nothing; it is asked again. Threads: one. Lifetime: borrows both. Limits: an answer of kAnswerBytesMax,
/// kDeadline a request.
class HttpLogSource final : public LogSource {
 public:
  static constexpr std::uint64_t kAnswerBytesMax = std::uint64_t{8} << 20;
  static constexpr std::chrono::milliseconds kDeadline{10'000};

  /// `url`: before "/pending/...". `name`: "vault", "orders".
  HttpLogSource(std::string url, std::string name, Fetcher& fetcher, const PublishedLog& log)
      : url_(std::move(url)), name_(std::move(name)), fetcher_(fetcher), log_(log) {}

  Result<std::vector<PendingLogEntry>> pending(std::size_t max) override;
  Result<void> settle(std::span<const std::int64_t> ids, std::uint64_t first_index) override;

 private:
  Result<std::string> ask(FetchRequest request);
  Result<bool> show(std::int64_t id, std::uint64_t leaf);

  const std::string url_;
  const std::string name_;
  Fetcher& fetcher_;
  const PublishedLog& log_;
};

}  // namespace seawall
