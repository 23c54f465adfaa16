#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/model/list_ids.h"
#include "seawall/net/back_off.h"
#include "seawall/remote/remote_client.h"
#include "seawall/store/feedback.h"

namespace seawall {

/// Names a row of the outbox to its source: the same for every attempt to send it, another for every other
/// decision. 32 hex digits, a digest of the row's number, entry, match, verdict and time; who decided is not
/// in it. A restored backup gives its rows the same names again.
[[nodiscard]] std::string feedback_id(const FeedbackRow& row);
/// What the source is told: its own key for the entry, what met, the verdict and its reason. Nothing of who
/// decided, why, or of the match.
[[nodiscard]] RemoteFeedback feedback_of(const FeedbackRow& row);

struct OutboxOptions {
  BackOff back_off = {};
  bool held = false;  ///< Rows that the source refused are tried again.
};

/// How the outbox of one source stands after an attempt to empty it.
struct OutboxReport {
  std::uint64_t sent = 0;
  std::uint64_t waiting = 0;    ///< Still to be sent.
  std::uint64_t held = 0;       ///< Refused by the source: people decide.
  std::optional<Time> next_at;  ///< Rows wait, and the source is not to be asked before this.
  std::string error;            ///< Why rows wait, in the words of the last attempt.
};

/// Sends what waits for one source, oldest first, until nothing does, the source asks to wait or cannot be
/// reached, or `stop`. Each row is taken off the list only after the source has answered that it has it, so
/// whatever ends the process nothing is lost; what was on its way then is sent again, under the same
/// feedback_id(). A row that the source will never take is held and the next one goes on.
/// Two processes may do this at once: then a row may be sent twice, under the same name.
/// Threads: one; blocks. Errors: those of the store. What the remote says is in the report.
Result<OutboxReport> send_outbox(FeedbackStore& store, SourceId source, RemoteClient& client,
                                 const Clock& clock, RandomSource& random, const OutboxOptions& options,
                                 const std::stop_token& stop);

}  // namespace seawall
