#include "seawall/lists/decision.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

constexpr std::string_view kNcmec = "ncmec-v2";
constexpr std::array<std::string_view, 4> kTakeFeedback = {kNcmec, "stopncii", "threatexchange", "seawall"};

std::vector<std::string_view> signals_of(const EntrySignals& signals) {
  std::vector<std::string_view> names;
  if (!signals.pdq.empty()) names.emplace_back("pdq");
  if (signals.md5) names.emplace_back("md5");
  if (signals.sha1) names.emplace_back("sha1");
  if (signals.sha256) names.emplace_back("sha256");
  return names;
}

Result<std::string> signal_of(const Decision& decision, const Entry& entry) {
  const auto names = signals_of(entry.content.signals);
  if (decision.signal.empty()) return std::string(names.empty() ? std::string_view() : names.front());
  if (std::ranges::find(names, decision.signal) != names.end()) return decision.signal;
  return fail(Code::kInvalidInput, "entry " + to_text(entry.id) + " has no " + decision.signal);
}

Result<Source> source_in(StoreView& view, SourceId id) {
  SEAWALL_TRY(const auto sources, view.sources());
  const auto found = std::ranges::find(sources, id, &Source::id);
  if (found == sources.end()) return fail(Code::kCorrupt, "an entry's source is not in the store");
  return *found;
}

/// NCMEC takes a rejection only with the id of one of its reasons.
Result<void> check_reason(const Decision& decision, const Source& source) {
  if (source.kind != kNcmec || decision.confirmed || !decision.send_back) return {};
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  };
  if (!decision.reason.empty() && std::ranges::all_of(decision.reason, fits)) return {};
  return fail(Code::kInvalidInput,
              "source " + source.name + " takes a false match only with the id of one of its reasons (GET " +
                  "/v2/feedback/negative/reasons lists them): give it, or keep the decision to yourself");
}

}  // namespace

bool takes_feedback(std::string_view source_kind) {
  return std::ranges::find(kTakeFeedback, source_kind) != kTakeFeedback.end();
}

Result<DecisionOutcome> record_decision(Store& store, FeedbackStore& feedback, const Decision& decision,
                                        const Authorship& by) {
  SEAWALL_CHECK(check_actor({by.who, by.why}));
  SEAWALL_TRY(const auto view, store.view());
  SEAWALL_TRY(const auto found, view->entries(std::span(&decision.entry, 1)));
  if (found.empty()) return fail(Code::kNotFound, "there is no entry " + to_text(decision.entry));
  const Entry& entry = found.front();
  DecisionOutcome outcome;
  SEAWALL_TRY(outcome.source, source_in(*view, entry.source));
  SEAWALL_CHECK(check_reason(decision, outcome.source));
  SEAWALL_TRY(std::string signal, signal_of(decision, entry));
  outcome.decision = {entry.id,           entry.bank,        entry.source,    entry.key, decision.match,
                      decision.confirmed, std::move(signal), decision.reason, by};
  outcome.waits = decision.send_back && takes_feedback(outcome.source.kind);
  SEAWALL_CHECK(feedback.record(outcome.decision, outcome.waits));
  return outcome;
}

}  // namespace seawall
