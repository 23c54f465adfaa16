#include "seawall/access/operations.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

using enum OperationKind;

constexpr RoleSet kNobody = {};
constexpr RoleSet kManagers = {Role::kListManager};
constexpr RoleSet kReviewers = {Role::kReviewer};
constexpr RoleSet kMatchers = {Role::kReviewer, Role::kListManager};
constexpr RoleSet kEntryReaders = {Role::kListManager, Role::kOverseer};
constexpr RoleSet kReaders = {Role::kReviewer, Role::kListManager, Role::kOverseer};
constexpr RoleSet kBankReaders = {Role::kViewer, Role::kReviewer, Role::kListManager, Role::kOverseer};
constexpr RoleSet kAdministrators = {Role::kAdministrator};
constexpr RoleSet kKeyReaders = {Role::kAdministrator, Role::kOverseer};
constexpr RoleSet kEveryone = {Role::kViewer, Role::kReviewer, Role::kListManager, Role::kAdministrator,
                               Role::kOverseer};

constexpr std::array kRules = std::to_array<OperationRule>({
    {Operation::kMatch, "match", kChange, ScopeSet{Scope::kMatch}, kMatchers},
    {Operation::kMatchResult, "match_result", kRead, ScopeSet{Scope::kMatch}, kMatchers},
    {Operation::kMatchReplay, "match_replay", kChange, ScopeSet{Scope::kMatch}, kMatchers},
    {Operation::kGate, "gate", kChange, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kGateSignals, "gate_signals", kRead, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kHash, "hash", kChange, ScopeSet{Scope::kMatch}, kMatchers},
    {Operation::kCompare, "compare", kChange, ScopeSet{Scope::kMatch}, kMatchers},
    {Operation::kEntry, "entry", kRead, ScopeSet{Scope::kEntriesRead}, kReaders},
    {Operation::kAlterEntry, "alter_entry", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kEntryHistory, "entry_history", kRead, ScopeSet{Scope::kEntriesRead}, kReaders},
    {Operation::kQuarantineEntry, "quarantine_entry", kChange, ScopeSet{Scope::kListsWrite}, kMatchers},
    {Operation::kEndQuarantine, "end_quarantine", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kFeedback, "feedback", kChange, ScopeSet{Scope::kFeedback}, kMatchers},
    {Operation::kBanks, "banks", kRead, ScopeSet{Scope::kBanksRead}, kBankReaders},
    {Operation::kCreateBank, "create_bank", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kBank, "bank", kRead, ScopeSet{Scope::kBanksRead}, kBankReaders},
    {Operation::kAlterBank, "alter_bank", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kBankEntries, "bank_entries", kRead, ScopeSet{Scope::kEntriesRead}, kEntryReaders},
    {Operation::kProposeEntry, "propose_entry", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kWithdrawEntries, "withdraw_entries", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kReleases, "releases", kRead, ScopeSet{Scope::kBanksRead}, kReaders},
    {Operation::kRelease, "release", kRead, ScopeSet{Scope::kBanksRead}, kReaders},
    {Operation::kApproveRelease, "approve_release", kChange, ScopeSet{}, kManagers},
    {Operation::kStageRelease, "stage_release", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kActivateRelease, "activate_release", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kRejectRelease, "reject_release", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kTakeBackRelease, "take_back_release", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kRequests, "requests", kRead, ScopeSet{Scope::kBanksRead}, kReaders},
    {Operation::kRequest, "request", kRead, ScopeSet{Scope::kBanksRead}, kReaders},
    {Operation::kApproveRequest, "approve_request", kChange, ScopeSet{}, kManagers},
    {Operation::kDropRequest, "drop_request", kChange, ScopeSet{Scope::kListsWrite}, kManagers},
    {Operation::kObservations, "observations", kRead, ScopeSet{Scope::kObservationsRead}, kEntryReaders},
    {Operation::kLogTrust, "log_trust", kRead, ScopeSet{}, kEveryone},
    {Operation::kLogFile, "log_file", kRead, ScopeSet{}, kEveryone},
    {Operation::kOrders, "orders", kRead, ScopeSet{}, kEntryReaders},
    {Operation::kOversightRegister, "oversight_register", kRead, ScopeSet{}, kKeyReaders},
    {Operation::kStreams, "streams", kRead, ScopeSet{Scope::kStreamsRead}, kReaders},
    {Operation::kAttachStream, "attach_stream", kChange, ScopeSet{Scope::kStreamsWrite}, kManagers},
    {Operation::kStream, "stream", kRead, ScopeSet{Scope::kStreamsRead}, kReaders},
    {Operation::kDetachStream, "detach_stream", kChange, ScopeSet{Scope::kStreamsWrite}, kManagers},
    {Operation::kStreamAlerts, "stream_alerts", kRead, ScopeSet{Scope::kStreamsRead}, kReaders},
    {Operation::kStreamHook, "stream_hook", kChange, ScopeSet{Scope::kStreamsWrite}, kNobody},
    {Operation::kReviewItems, "review_items", kRead, ScopeSet{}, kReviewers},
    {Operation::kReviewItem, "review_item", kRead, ScopeSet{}, kReviewers},
    {Operation::kClaimReview, "claim_review", kChange, ScopeSet{}, kReviewers},
    {Operation::kReleaseReview, "release_review", kChange, ScopeSet{}, kReviewers},
    {Operation::kGradeReview, "grade_review", kChange, ScopeSet{}, kReviewers},
    {Operation::kUndoReview, "undo_review", kChange, ScopeSet{}, kReviewers},
    {Operation::kViewedReview, "viewed_review", kChange, ScopeSet{}, kReviewers},
    {Operation::kReviewStill, "review_still", kRead, ScopeSet{}, kReviewers},
    {Operation::kMyReview, "my_review", kRead, ScopeSet{}, kReviewers},
    {Operation::kLimitMyReview, "limit_my_review", kChange, ScopeSet{}, kReviewers},
    {Operation::kReviewSettings, "review_settings", kRead, ScopeSet{}, kReaders},
    {Operation::kAlterReviewSettings, "alter_review_settings", kChange, ScopeSet{}, kManagers},
    {Operation::kReviewTotals, "review_totals", kRead, ScopeSet{}, kEntryReaders},
    {Operation::kReportPage, "report_page", kOpen, ScopeSet{}, kNobody},
    {Operation::kSendReport, "send_report", kOpenChange, ScopeSet{}, kNobody},
    {Operation::kReportState, "report_state", kOpen, ScopeSet{}, kNobody},
    {Operation::kReports, "reports", kRead, ScopeSet{}, kMatchers},
    {Operation::kReport, "report", kRead, ScopeSet{}, kMatchers},
    {Operation::kClaimReport, "claim_report", kChange, ScopeSet{}, kMatchers},
    {Operation::kDecideReport, "decide_report", kChange, ScopeSet{}, kMatchers},
    {Operation::kNoteReport, "note_report", kChange, ScopeSet{}, kMatchers},
    {Operation::kKeys, "keys", kRead, ScopeSet{}, kKeyReaders},
    {Operation::kCreateKey, "create_key", kChange, ScopeSet{}, kAdministrators},
    {Operation::kRotateKey, "rotate_key", kChange, ScopeSet{}, kAdministrators},
    {Operation::kRevokeKey, "revoke_key", kChange, ScopeSet{}, kAdministrators},
    {Operation::kAccounts, "accounts", kRead, ScopeSet{}, kKeyReaders},
    {Operation::kCreateAccount, "create_account", kChange, ScopeSet{}, kAdministrators},
    {Operation::kAlterAccount, "alter_account", kChange, ScopeSet{}, kAdministrators},
    {Operation::kAccessChanges, "access_changes", kRead, ScopeSet{}, kKeyReaders},
    {Operation::kSignIn, "sign_in", kOpenChange, ScopeSet{}, kNobody},
    {Operation::kSession, "session", kRead, ScopeSet{}, kEveryone},
    {Operation::kSignOut, "sign_out", kChange, ScopeSet{}, kEveryone},
    {Operation::kEvents, "events", kRead, ScopeSet{Scope::kStatus}, kEveryone},
    {Operation::kFigures, "figures", kRead, ScopeSet{Scope::kStatus}, kEveryone},
    {Operation::kServiceStatus, "service_status", kRead, ScopeSet{Scope::kStatus}, kEveryone},
    {Operation::kLive, "live", kOpen, ScopeSet{}, kNobody},
    {Operation::kReady, "ready", kOpen, ScopeSet{}, kNobody},
    {Operation::kMetrics, "metrics", kRead, ScopeSet{Scope::kMetrics}, kNobody},
    {Operation::kProblem, "problem", kOpen, ScopeSet{}, kNobody},
    {Operation::kHmaStatus, "hma_status", kOpen, ScopeSet{}, kNobody},
    {Operation::kHmaLive, "hma_live", kOpen, ScopeSet{}, kNobody},
    {Operation::kHmaSiteMap, "hma_site_map", kOpen, ScopeSet{}, kNobody},
    {Operation::kHmaHashUrl, "hma_hash_url", kRead, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kHmaHashFile, "hma_hash_file", kChange, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kHmaRawLookup, "hma_raw_lookup", kRead, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kHmaLookup, "hma_lookup", kRead, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kHmaLookupFile, "hma_lookup_file", kChange, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kHmaCompare, "hma_compare", kChange, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kHmaIndexStatus, "hma_index_status", kRead, ScopeSet{Scope::kMatch}, kNobody},
    {Operation::kHmaBanks, "hma_banks", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaCreateBank, "hma_create_bank", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaBank, "hma_bank", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaAlterBank, "hma_alter_bank", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaDeleteBank, "hma_delete_bank", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaAddContent, "hma_add_content", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaAddSignals, "hma_add_signals", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaContent, "hma_content", kRead, ScopeSet{Scope::kEntriesRead}, kNobody},
    {Operation::kHmaAlterContent, "hma_alter_content", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaDeleteContent, "hma_delete_content", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaSignalTypes, "hma_signal_types", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaSignalTypeIndex, "hma_signal_type_index", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaAlterSignalType, "hma_alter_signal_type", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaContentTypes, "hma_content_types", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaExchangeKinds, "hma_exchange_kinds", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaExchangeKind, "hma_exchange_kind", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaSetCredentials, "hma_set_credentials", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaExchangeKindSchema, "hma_exchange_kind_schema", kRead, ScopeSet{Scope::kBanksRead},
     kNobody},
    {Operation::kHmaExchanges, "hma_exchanges", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaCreateExchange, "hma_create_exchange", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaExchange, "hma_exchange", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
    {Operation::kHmaAlterExchange, "hma_alter_exchange", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaDeleteExchange, "hma_delete_exchange", kChange, ScopeSet{Scope::kListsWrite}, kNobody},
    {Operation::kHmaExchangeStatus, "hma_exchange_status", kRead, ScopeSet{Scope::kBanksRead}, kNobody},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (static_cast<std::size_t>(kRules[i].operation) != i) return false;
  }
  return true;
}
static_assert(in_order(), "rule_of() finds a rule at the number of its operation");

constexpr bool no_key_approves_or_breeds_keys() {
  for (const OperationRule& rule : kRules) {
    const bool people_only = rule.name.starts_with("approve_") || rule.name.find("_key") != rule.name.npos;
    if (people_only && !rule.scopes.empty()) return false;
  }
  return true;
}
static_assert(no_key_approves_or_breeds_keys());

constexpr bool overseers_change_nothing() {
  for (const OperationRule& rule : kRules) {
    const bool own_session = rule.operation == Operation::kSignOut;
    if (rule.kind == kChange && rule.roles.has(Role::kOverseer) && !own_session) return false;
  }
  return true;
}
static_assert(overseers_change_nothing());

}  // namespace

std::span<const OperationRule> operation_rules() { return kRules; }

const OperationRule& rule_of(Operation operation) { return kRules[static_cast<std::size_t>(operation)]; }

std::optional<Operation> operation_named(std::string_view name) {
  const auto found = std::ranges::find(kRules, name, &OperationRule::name);
  if (found == kRules.end()) return std::nullopt;
  return found->operation;
}

std::optional<AccessRefusal> authorise(const Identity* identity, Operation operation) {
  const OperationRule& rule = rule_of(operation);
  if (rule.kind == kOpen || rule.kind == kOpenChange) return std::nullopt;
  if (identity == nullptr) return AccessRefusal::kNoCredentials;
  if (identity->kind == IdentityKind::kKey) {
    if (rule.scopes.empty()) return AccessRefusal::kPeopleOnly;
    if (!rule.scopes.meets(identity->scopes)) return AccessRefusal::kScopeMissing;
    return std::nullopt;
  }
  if (rule.roles.empty()) return AccessRefusal::kProgramsOnly;
  if (!rule.roles.meets(identity->roles)) return AccessRefusal::kRoleMissing;
  return std::nullopt;
}

}  // namespace seawall
