#include "seawall/outbox/outbox.h"

#include <algorithm>
#include <vector>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"

namespace seawall {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr std::size_t kIdHexDigits = 32;

/// One attempt to empty the outbox of one source.
class Sending {
 public:
  Sending(FeedbackStore& store, SourceId source, RemoteClient& client, const Clock& clock,
          RandomSource& random, const OutboxOptions& options)
      : store_(store), source_(source), client_(client), clock_(clock), random_(random), options_(options) {}

  Result<OutboxReport> run(const std::stop_token& stop);

 private:
  /// False: no more of this source for now.
  Result<bool> send(const FeedbackRow& row, const std::stop_token& stop);
  Result<bool> wait(const FeedbackRow& row, Time retry_at, std::string reason);
  Result<void> count_what_waits();

  FeedbackStore& store_;
  SourceId source_;
  RemoteClient& client_;
  const Clock& clock_;
  RandomSource& random_;
  const OutboxOptions& options_;
  OutboxReport report_;
};

Result<OutboxReport> Sending::run(const std::stop_token& stop) {
  std::uint64_t after = 0;
  for (bool go_on = true; go_on && !stop.stop_requested();) {  // Ends with the rows, at most kWaitingMax.
    SEAWALL_TRY(const auto rows, store_.waiting(source_, after, kPage));
    for (const FeedbackRow& row : rows) {
      if (!go_on || stop.stop_requested()) break;
      after = row.id;
      if (row.delivery.held && !options_.held) continue;
      SEAWALL_TRY(go_on, send(row, stop));
    }
    if (rows.size() < kPage) break;
  }
  SEAWALL_CHECK(count_what_waits());
  return std::move(report_);
}

Result<bool> Sending::send(const FeedbackRow& row, const std::stop_token& stop) {
  if (!row.delivery.held && row.delivery.not_before > clock_.now()) {
    report_.next_at = row.delivery.not_before;
    report_.error = row.delivery.error;
    return false;
  }
  auto outcome = client_.send(feedback_of(row), stop);
  if (!outcome) {
    if (stop.stop_requested()) return false;
    return wait(row, clock_.now(), std::move(outcome).error().message);
  }
  if (outcome->sent) {
    SEAWALL_CHECK(store_.sent(source_, row.id));
    ++report_.sent;
    return true;
  }
  if (!outcome->refused) return wait(row, outcome->retry_at, std::move(outcome->reason));
  report_.error = outcome->reason;
  SEAWALL_CHECK(store_.tried(source_, row.id, {row.delivery.attempts + 1, {}, report_.error, true}));
  return true;
}

Result<bool> Sending::wait(const FeedbackRow& row, Time retry_at, std::string reason) {
  FeedbackDelivery delivery;
  delivery.attempts = row.delivery.attempts + 1;
  // The client's own wait begins anew with each process; attempts are counted in the store.
  delivery.not_before =
      std::max(retry_at, clock_.now() + options_.back_off.delay(delivery.attempts, random_));
  delivery.error = std::move(reason);
  SEAWALL_CHECK(store_.tried(source_, row.id, delivery));
  report_.next_at = delivery.not_before;
  report_.error = std::move(delivery.error);
  return false;
}

Result<void> Sending::count_what_waits() {
  std::uint64_t after = 0;
  for (std::size_t page = kPage; page == kPage;) {
    SEAWALL_TRY(const auto rows, store_.waiting(source_, after, kPage));
    for (const FeedbackRow& row : rows) {
      after = row.id;
      ++(row.delivery.held ? report_.held : report_.waiting);
    }
    page = rows.size();
  }
  return {};
}

}  // namespace

std::string feedback_id(const FeedbackRow& row) {
  const MatchDecision& decision = row.decision;
  const std::string text = "seawall-feedback-1\n" + std::to_string(row.id) + "\n" +
                           std::to_string(static_cast<std::uint64_t>(decision.entry)) + "\n" + decision.key +
                           "\n" + decision.match + "\n" + (decision.confirmed ? "1" : "0") + "\n" +
                           std::to_string(decision.by.when.time_since_epoch().count());
  return to_hex(sha256_of(text)).substr(0, kIdHexDigits);
}

RemoteFeedback feedback_of(const FeedbackRow& row) {
  RemoteFeedback feedback;
  feedback.key = row.decision.key;
  feedback.signal_type = row.decision.signal;
  for (char& c : feedback.signal_type) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  feedback.verdict =
      row.decision.confirmed ? RemoteFeedback::Verdict::kConfirmed : RemoteFeedback::Verdict::kRejected;
  feedback.reason = row.decision.reason;
  feedback.id = feedback_id(row);
  return feedback;
}

Result<OutboxReport> send_outbox(FeedbackStore& store, SourceId source, RemoteClient& client,
                                 const Clock& clock, RandomSource& random, const OutboxOptions& options,
                                 const std::stop_token& stop) {
  return Sending(store, source, client, clock, random, options).run(stop);
}

}  // namespace seawall
