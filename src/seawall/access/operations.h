#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "seawall/access/admission.h"
#include "seawall/access/identity.h"
#include "seawall/store/access.h"

namespace seawall {

/// What can be asked for over HTTP: the operationIds of docs/openapi.yaml.
enum class Operation : std::uint8_t {
  kMatch,
  kMatchResult,
  kMatchReplay,
  kGate,
  kGateSignals,
  kHash,
  kCompare,
  kEntry,
  kAlterEntry,
  kEntryHistory,
  kQuarantineEntry,
  kEndQuarantine,
  kFeedback,
  kBanks,
  kCreateBank,
  kBank,
  kAlterBank,
  kBankEntries,
  kProposeEntry,
  kWithdrawEntries,
  kReleases,
  kRelease,
  kApproveRelease,
  kStageRelease,
  kActivateRelease,
  kRejectRelease,
  kTakeBackRelease,
  kRequests,
  kRequest,
  kApproveRequest,
  kDropRequest,
  kObservations,
  kLogTrust,
  kLogFile,
  kOrders,
  kOversightRegister,
  kStreams,
  kAttachStream,
  kStream,
  kDetachStream,
  kStreamAlerts,
  kStreamHook,
  kReviewItems,
  kReviewItem,
  kClaimReview,
  kReleaseReview,
  kGradeReview,
  kUndoReview,
  kViewedReview,
  kReviewStill,
  kMyReview,
  kLimitMyReview,
  kReviewSettings,
  kAlterReviewSettings,
  kReviewTotals,
  kReportPage,
  kSendReport,
  kReportState,
  kReports,
  kReport,
  kClaimReport,
  kDecideReport,
  kNoteReport,
  kKeys,
  kCreateKey,
  kRotateKey,
  kRevokeKey,
  kAccounts,
  kCreateAccount,
  kAlterAccount,
  kAccessChanges,
  kSignIn,
  kSession,
  kSignOut,
  kEvents,
  kFigures,
  kServiceStatus,
  kLive,
  kReady,
  kMetrics,
  kProblem,
  kHmaStatus,
  kHmaLive,
  kHmaSiteMap,
  kHmaHashUrl,
  kHmaHashFile,
  kHmaRawLookup,
  kHmaLookup,
  kHmaLookupFile,
  kHmaCompare,
  kHmaIndexStatus,
  kHmaBanks,
  kHmaCreateBank,
  kHmaBank,
  kHmaAlterBank,
  kHmaDeleteBank,
  kHmaAddContent,
  kHmaAddSignals,
  kHmaContent,
  kHmaAlterContent,
  kHmaDeleteContent,
  kHmaSignalTypes,
  kHmaSignalTypeIndex,
  kHmaAlterSignalType,
  kHmaContentTypes,
  kHmaExchangeKinds,
  kHmaExchangeKind,
  kHmaSetCredentials,
  kHmaExchangeKindSchema,
  kHmaExchanges,
  kHmaCreateExchange,
  kHmaExchange,
  kHmaAlterExchange,
  kHmaDeleteExchange,
  kHmaExchangeStatus,
};

enum class OperationKind : std::uint8_t {
  kOpen = 1,    ///< Nobody need say who asks.
  kOpenChange,  ///< As kOpen, and not a GET.
  kRead,        ///< A GET.
  kChange,      ///< Not a GET: with a cookie it needs the CSRF token.
};

/// Who may do one operation.
struct OperationRule {
  Operation operation;
  std::string_view name;  ///< The operationId.
  OperationKind kind;
  ScopeSet scopes;  ///< Any of them suffices for a key; empty: no key may.
  RoleSet roles;    ///< Any of them suffices for a person; empty: no person's session may.
};
/// All rules, in the order of Operation. tests/access compares them with docs/openapi.yaml.
[[nodiscard]] std::span<const OperationRule> operation_rules();
[[nodiscard]] const OperationRule& rule_of(Operation operation);
[[nodiscard]] std::optional<Operation> operation_named(std::string_view name);

/// Why `identity` may not do this; nullopt if it may. `identity` null: nobody has said who asks.
/// Says nothing of tenants, banks and orders: those are looked at where the thing itself is.
[[nodiscard]] std::optional<AccessRefusal> authorise(const Identity* identity, Operation operation);

}  // namespace seawall
