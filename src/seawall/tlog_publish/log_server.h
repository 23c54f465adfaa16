#pragma once

#include <string>

#include "seawall/http/answer.h"
#include "seawall/tlog_publish/sequencer.h"
#include "seawall/tlog_store/log_reader.h"

namespace seawall {

/// A log over HTTP, read-only, as C2SP tlog-tiles asks:
///     GET /checkpoint, /tile/L/N[.p/W], /tile/entries/N[.p/W]      and /metrics, /health
/// Guarantees: nothing beyond the log's head is given. Full tiles and bundles may be kept for ever, a
/// checkpoint for a second. Anybody may ask from anywhere: there is nothing secret here. Threads: as
/// HttpHandler; a request reads at most two files. Lifetime: borrows the reader and the clock, and the
/// sequencer if there is one (nullptr: none, a mirror).
class LogServer final : public HttpHandler {
 public:
  LogServer(const tlog::LogReader& reader, const Sequencer* sequencer, const Clock& clock)
      : reader_(reader), sequencer_(sequencer), clock_(clock) {}

  Decision admit(const HttpHead& head) override;
  void handle(HttpRequest request, HttpResponder responder) override;

 private:
  [[nodiscard]] HttpAnswer answer_to(std::string_view path) const;

  const tlog::LogReader& reader_;
  const Sequencer* sequencer_;
  const Clock& clock_;
};

/// Prometheus's text: seawall_log_*.
[[nodiscard]] std::string log_metrics(const SequencerState& state, Time now);

}  // namespace seawall
