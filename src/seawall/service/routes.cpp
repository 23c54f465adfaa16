#include "seawall/service/routes.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

using enum HttpMethod;

constexpr Route row(HttpMethod method, std::string_view path, Operation operation) {
  return {method, path, static_cast<int>(operation)};
}

constexpr std::array kRoutes = std::to_array<Route>({
    row(kPost, "/v1/match", Operation::kMatch),
    row(kGet, "/v1/match/{request_id}", Operation::kMatchResult),
    row(kPost, "/v1/match/{request_id}/replay", Operation::kMatchReplay),
    row(kPost, "/v1/gate", Operation::kGate),
    row(kGet, "/v1/gate", Operation::kGateSignals),
    row(kPost, "/v1/hash", Operation::kHash),
    row(kPost, "/v1/compare", Operation::kCompare),
    row(kGet, "/v1/entries/{entry}", Operation::kEntry),
    row(kPatch, "/v1/entries/{entry}", Operation::kAlterEntry),
    row(kGet, "/v1/entries/{entry}/history", Operation::kEntryHistory),
    row(kPost, "/v1/entries/{entry}/quarantine", Operation::kQuarantineEntry),
    row(kPost, "/v1/entries/{entry}/end-quarantine", Operation::kEndQuarantine),
    row(kPost, "/v1/feedback", Operation::kFeedback),
    row(kGet, "/v1/banks", Operation::kBanks),
    row(kPost, "/v1/banks", Operation::kCreateBank),
    row(kGet, "/v1/banks/{bank}", Operation::kBank),
    row(kPatch, "/v1/banks/{bank}", Operation::kAlterBank),
    row(kGet, "/v1/banks/{bank}/entries", Operation::kBankEntries),
    row(kPost, "/v1/banks/{bank}/entries", Operation::kProposeEntry),
    row(kPost, "/v1/banks/{bank}/withdrawals", Operation::kWithdrawEntries),
    row(kGet, "/v1/releases", Operation::kReleases),
    row(kGet, "/v1/releases/{release}", Operation::kRelease),
    row(kPost, "/v1/releases/{release}/approve", Operation::kApproveRelease),
    row(kPost, "/v1/releases/{release}/stage", Operation::kStageRelease),
    row(kPost, "/v1/releases/{release}/activate", Operation::kActivateRelease),
    row(kPost, "/v1/releases/{release}/reject", Operation::kRejectRelease),
    row(kPost, "/v1/releases/{release}/take-back", Operation::kTakeBackRelease),
    row(kGet, "/v1/requests", Operation::kRequests),
    row(kGet, "/v1/requests/{request}", Operation::kRequest),
    row(kPost, "/v1/requests/{request}/approve", Operation::kApproveRequest),
    row(kPost, "/v1/requests/{request}/drop", Operation::kDropRequest),
    row(kGet, "/v1/observations", Operation::kObservations),
    row(kGet, "/v1/log", Operation::kLogTrust),
    row(kGet, "/v1/log/file", Operation::kLogFile),
    row(kGet, "/v1/orders", Operation::kOrders),
    row(kGet, "/v1/oversight/register", Operation::kOversightRegister),
    row(kGet, "/v1/streams", Operation::kStreams),
    row(kPost, "/v1/streams", Operation::kAttachStream),
    row(kGet, "/v1/streams/{stream}", Operation::kStream),
    row(kDelete, "/v1/streams/{stream}", Operation::kDetachStream),
    row(kGet, "/v1/stream-alerts", Operation::kStreamAlerts),
    row(kPost, "/v1/stream-hooks/{server}", Operation::kStreamHook),
    row(kGet, "/v1/review/items", Operation::kReviewItems),
    row(kGet, "/v1/review/items/{item}", Operation::kReviewItem),
    row(kPost, "/v1/review/items/{item}/claim", Operation::kClaimReview),
    row(kPost, "/v1/review/items/{item}/release", Operation::kReleaseReview),
    row(kPost, "/v1/review/items/{item}/grade", Operation::kGradeReview),
    row(kPost, "/v1/review/items/{item}/undo", Operation::kUndoReview),
    row(kPost, "/v1/review/items/{item}/viewed", Operation::kViewedReview),
    row(kGet, "/v1/review/items/{item}/stills/{still}", Operation::kReviewStill),
    row(kGet, "/v1/review/me", Operation::kMyReview),
    row(kPatch, "/v1/review/me", Operation::kLimitMyReview),
    row(kGet, "/v1/review/settings", Operation::kReviewSettings),
    row(kPatch, "/v1/review/settings", Operation::kAlterReviewSettings),
    row(kGet, "/v1/review/totals", Operation::kReviewTotals),
    row(kGet, "/report", Operation::kReportPage),
    row(kPost, "/report", Operation::kSendReport),
    row(kGet, "/report/{code}", Operation::kReportState),
    row(kGet, "/v1/reports", Operation::kReports),
    row(kGet, "/v1/reports/{report}", Operation::kReport),
    row(kPost, "/v1/reports/{report}/claim", Operation::kClaimReport),
    row(kPost, "/v1/reports/{report}/decide", Operation::kDecideReport),
    row(kPost, "/v1/reports/{report}/note", Operation::kNoteReport),
    row(kGet, "/v1/keys", Operation::kKeys),
    row(kPost, "/v1/keys", Operation::kCreateKey),
    row(kPost, "/v1/keys/{key}/rotate", Operation::kRotateKey),
    row(kPost, "/v1/keys/{key}/revoke", Operation::kRevokeKey),
    row(kGet, "/v1/accounts", Operation::kAccounts),
    row(kPost, "/v1/accounts", Operation::kCreateAccount),
    row(kPatch, "/v1/accounts/{account}", Operation::kAlterAccount),
    row(kGet, "/v1/access-changes", Operation::kAccessChanges),
    row(kGet, "/v1/session", Operation::kSession),
    row(kPost, "/v1/session", Operation::kSignIn),
    row(kDelete, "/v1/session", Operation::kSignOut),
    row(kGet, "/v1/events", Operation::kEvents),
    row(kGet, "/v1/figures", Operation::kFigures),
    row(kGet, "/v1/status", Operation::kServiceStatus),
    row(kGet, "/healthz/live", Operation::kLive),
    row(kGet, "/healthz/ready", Operation::kReady),
    row(kGet, "/metrics", Operation::kMetrics),
    row(kGet, "/problems/{problem}", Operation::kProblem),
    row(kGet, "/status", Operation::kHmaStatus),
    row(kGet, "/status/live", Operation::kHmaLive),
    row(kGet, "/site-map", Operation::kHmaSiteMap),
    row(kGet, "/h/hash", Operation::kHmaHashUrl),
    row(kPost, "/h/hash", Operation::kHmaHashFile),
    row(kGet, "/m/raw_lookup", Operation::kHmaRawLookup),
    row(kGet, "/m/lookup", Operation::kHmaLookup),
    row(kPost, "/m/lookup", Operation::kHmaLookupFile),
    row(kPost, "/m/compare", Operation::kHmaCompare),
    row(kGet, "/m/index/status", Operation::kHmaIndexStatus),
    row(kGet, "/c/banks", Operation::kHmaBanks),
    row(kPost, "/c/banks", Operation::kHmaCreateBank),
    row(kGet, "/c/bank/{bank_name}", Operation::kHmaBank),
    row(kPut, "/c/bank/{bank_name}", Operation::kHmaAlterBank),
    row(kDelete, "/c/bank/{bank_name}", Operation::kHmaDeleteBank),
    row(kPost, "/c/bank/{bank_name}/content", Operation::kHmaAddContent),
    row(kPost, "/c/bank/{bank_name}/signal", Operation::kHmaAddSignals),
    row(kGet, "/c/bank/{bank_name}/content/{content_id}", Operation::kHmaContent),
    row(kPut, "/c/bank/{bank_name}/content/{content_id}", Operation::kHmaAlterContent),
    row(kDelete, "/c/bank/{bank_name}/content/{content_id}", Operation::kHmaDeleteContent),
    row(kGet, "/c/signal_type", Operation::kHmaSignalTypes),
    row(kGet, "/c/signal_type/index", Operation::kHmaSignalTypeIndex),
    row(kPut, "/c/signal_type/{signal_type_name}", Operation::kHmaAlterSignalType),
    row(kGet, "/c/content_type", Operation::kHmaContentTypes),
    row(kGet, "/c/exchanges/apis", Operation::kHmaExchangeKinds),
    row(kGet, "/c/exchanges/api/{api_name}", Operation::kHmaExchangeKind),
    row(kPost, "/c/exchanges/api/{api_name}", Operation::kHmaSetCredentials),
    row(kGet, "/c/exchanges/api/{api_name}/schema", Operation::kHmaExchangeKindSchema),
    row(kGet, "/c/exchanges", Operation::kHmaExchanges),
    row(kPost, "/c/exchanges", Operation::kHmaCreateExchange),
    row(kGet, "/c/exchange/{exchange_name}", Operation::kHmaExchange),
    row(kPut, "/c/exchange/{exchange_name}", Operation::kHmaAlterExchange),
    row(kDelete, "/c/exchange/{exchange_name}", Operation::kHmaDeleteExchange),
    row(kGet, "/c/exchange/{exchange_name}/status", Operation::kHmaExchangeStatus),
});
static_assert(routes_are_sound(kRoutes));

}  // namespace

std::span<const Route> service_routes() { return kRoutes; }

std::string_view path_of(Operation operation) {
  const auto found = std::ranges::find(kRoutes, static_cast<int>(operation), &Route::number);
  return found == kRoutes.end() ? std::string_view("none") : found->path;
}

bool is_hma(Operation operation) { return rule_of(operation).name.starts_with("hma_"); }

bool takes_idempotency_key(Operation operation) {
  const auto found = std::ranges::find(kRoutes, static_cast<int>(operation), &Route::number);
  if (found == kRoutes.end() || is_hma(operation)) return false;
  if (found->method != kPost && found->method != kPatch) return false;
  return operation != Operation::kHash && operation != Operation::kCompare &&
         operation != Operation::kSignIn && operation != Operation::kStreamHook &&
         operation != Operation::kSendReport;
}

}  // namespace seawall
