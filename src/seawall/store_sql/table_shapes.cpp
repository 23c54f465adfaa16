#include "seawall/store_sql/detail/table_shapes.h"

#include <array>

namespace seawall::store_sql_detail {
namespace {

constexpr auto kInteger = ColumnKind::kInteger;
constexpr auto kText = ColumnKind::kText;
constexpr auto kBlob = ColumnKind::kBlob;

constexpr ColumnShape kListState[] = {{"one", kInteger},         {"version", kInteger},
                                      {"chain", kBlob},          {"last_bank", kInteger},
                                      {"last_source", kInteger}, {"last_release", kInteger}};
constexpr ColumnShape kBanks[] = {{"id", kInteger},
                                  {"tenant", kText},
                                  {"name", kText},
                                  {"purpose", kText},
                                  {"owner", kText},
                                  {"kind", kInteger},
                                  {"action", kInteger},
                                  {"radius", kInteger},
                                  {"two_person", kInteger},
                                  {"active", kInteger},
                                  {"expires_at", kInteger, true},
                                  {"version", kInteger}};
constexpr ColumnShape kBankChanges[] = {{"bank", kInteger}, {"version", kInteger}, {"previous", kBlob}};
constexpr ColumnShape kSources[] = {{"id", kInteger}, {"name", kText}, {"kind", kText}};
constexpr ColumnShape kReleases[] = {{"id", kInteger},
                                     {"bank", kInteger},
                                     {"source", kInteger},
                                     {"state", kInteger},
                                     {"state_version", kInteger},
                                     {"version", kInteger},
                                     {"who", kText},
                                     {"why", kText},
                                     {"at", kInteger},
                                     {"added", kInteger},
                                     {"updated", kInteger},
                                     {"withdrawn", kInteger},
                                     {"unchanged", kInteger},
                                     {"quarantined", kInteger},
                                     {"refused", kInteger},
                                     {"refusals", kInteger},
                                     {"bank_entries_before", kInteger},
                                     {"digest", kBlob},
                                     {"load_checkpoint", kBlob},
                                     {"load_digest", kBlob},
                                     {"load_steps", kInteger},
                                     {"load_fence", kInteger},
                                     {"load_sealing", kInteger}};
constexpr ColumnShape kApprovals[] = {
    {"release", kInteger}, {"who", kText}, {"why", kText}, {"at", kInteger}, {"version", kInteger}};
constexpr ColumnShape kStateCounts[] = {{"release", kInteger}, {"state", kInteger}, {"entries", kInteger}};
constexpr ColumnShape kEntries[] = {{"id", kInteger},
                                    {"key", kText},
                                    {"content", kBlob},
                                    {"state", kInteger, true},
                                    {"reason", kText, true},
                                    {"radius", kInteger, true},
                                    {"action", kInteger, true},
                                    {"review_at", kInteger, true},
                                    {"expires_at", kInteger, true},
                                    {"version", kInteger, true}};
constexpr ColumnShape kVideoEntries[] = {{"entry", kInteger}, {"bytes", kInteger}};
constexpr ColumnShape kEntryKeys[] = {{"scope", kInteger}, {"hash", kInteger}, {"entry", kInteger}};
constexpr ColumnShape kEntryChanges[] = {
    {"entry", kInteger}, {"version", kInteger}, {"what", kText}, {"previous", kBlob}};
constexpr ColumnShape kPending[] = {{"release", kInteger}, {"entry", kInteger}, {"content", kBlob, true}};
constexpr ColumnShape kRefusals[] = {{"release", kInteger}, {"place", kInteger}, {"key", kText},
                                     {"reason", kText},     {"detail", kText},   {"quarantined", kInteger}};
constexpr ColumnShape kLoadKeys[] = {
    {"release", kInteger}, {"part", kInteger}, {"step", kInteger}, {"pairs", kBlob}};
constexpr ColumnShape kFeedItems[] = {
    {"version", kInteger}, {"kind", kInteger}, {"subject", kInteger}, {"release_state", kInteger},
    {"digest", kBlob},     {"chain", kBlob},   {"who", kText},        {"why", kText},
    {"at", kInteger}};

constexpr ColumnShape kRecordCounters[] = {{"name", kText}, {"last", kInteger}};
constexpr ColumnShape kRequests[] = {{"id", kInteger},
                                     {"bank", kInteger},
                                     {"body", kText},
                                     {"state", kInteger},
                                     {"who", kText},
                                     {"why", kText},
                                     {"at", kInteger},
                                     {"closed_who", kText, true},
                                     {"closed_why", kText, true},
                                     {"closed_at", kInteger, true}};
constexpr ColumnShape kRequestApprovals[] = {
    {"request", kInteger}, {"who", kText}, {"why", kText}, {"at", kInteger}};
constexpr ColumnShape kDecisions[] = {{"entry", kInteger},  {"match_name", kText}, {"bank", kInteger},
                                      {"source", kInteger}, {"key", kText},        {"confirmed", kInteger},
                                      {"who", kText},       {"why", kText},        {"at", kInteger},
                                      {"signal", kText},    {"reason", kText}};
constexpr ColumnShape kOutbox[] = {{"source", kInteger},  {"id", kInteger},       {"entry", kInteger},
                                   {"match_name", kText}, {"attempts", kInteger}, {"not_before", kInteger},
                                   {"error", kText},      {"held", kInteger}};

constexpr ColumnShape kAlerts[] = {{"id", kInteger},
                                   {"entry", kInteger},
                                   {"bank", kInteger},
                                   {"matches", kInteger},
                                   {"match_limit", kInteger},
                                   {"state", kInteger},
                                   {"who", kText},
                                   {"why", kText},
                                   {"at", kInteger},
                                   {"request", kInteger, true},
                                   {"closed_who", kText, true},
                                   {"closed_why", kText, true},
                                   {"closed_at", kInteger, true}};

constexpr ColumnShape kAccessChanges[] = {{"version", kInteger}, {"deed", kInteger}, {"subject", kText},
                                          {"who", kText},        {"why", kText},     {"at", kInteger}};
constexpr ColumnShape kAccessKeys[] = {{"id", kText},
                                       {"tenant", kText},
                                       {"name", kText},
                                       {"name_key", kText},
                                       {"scopes", kInteger},
                                       {"banks", kText},
                                       {"networks", kText},
                                       {"certificate", kBlob, true},
                                       {"rate_items", kInteger, true},
                                       {"rate_per_s", kInteger, true},
                                       {"expires_at", kInteger},
                                       {"who", kText},
                                       {"why", kText},
                                       {"at", kInteger},
                                       {"revoked_who", kText, true},
                                       {"revoked_why", kText, true},
                                       {"revoked_at", kInteger, true},
                                       {"last_used", kInteger, true}};
constexpr ColumnShape kAccessSecrets[] = {{"key", kText},           {"serial", kInteger}, {"digest", kBlob},
                                          {"who", kText},           {"why", kText},       {"at", kInteger},
                                          {"until", kInteger, true}};
constexpr ColumnShape kAccessAccounts[] = {{"name_key", kText}, {"name", kText}, {"active", kInteger},
                                           {"password", kText}, {"totp", kText}, {"totp_step", kInteger},
                                           {"who", kText},      {"why", kText},  {"at", kInteger}};
constexpr ColumnShape kAccessGrants[] = {{"account", kText}, {"tenant", kText}, {"roles", kInteger}};
constexpr ColumnShape kAccessRecoveries[] = {
    {"account", kText}, {"place", kInteger}, {"digest", kBlob}, {"used_at", kInteger, true}};

constexpr ColumnShape kLogRecords[] = {
    {"id", kInteger}, {"source", kText},        {"source_id", kInteger},
    {"entry", kText}, {"salt", kBlob, true},    {"record", kText, true},
    {"at", kInteger}, {"leaf", kInteger, true}, {"erased_at", kInteger, true}};
constexpr ColumnShape kLogPublished[] = {{"source", kText}, {"source_id", kInteger}};
constexpr ColumnShape kRequestEvents[] = {{"number", kInteger}, {"request", kInteger}, {"what", kInteger},
                                          {"who", kText},       {"why", kText},        {"at", kInteger}};

constexpr std::array kTables = {
    TableShape{"list_state", 1, kListState},
    TableShape{"banks", 1, kBanks},
    TableShape{"bank_changes", 2, kBankChanges},
    TableShape{"sources", 1, kSources},
    TableShape{"releases", 1, kReleases},
    TableShape{"approvals", 2, kApprovals},
    TableShape{"state_counts", 2, kStateCounts},
    TableShape{"entries", 1, kEntries},
    TableShape{"video_entries", 1, kVideoEntries},
    TableShape{"entry_keys", 3, kEntryKeys},
    TableShape{"entry_changes", 2, kEntryChanges},
    TableShape{"pending", 2, kPending},
    TableShape{"refusals", 2, kRefusals},
    TableShape{"load_keys", 3, kLoadKeys},
    TableShape{"feed_items", 1, kFeedItems},
    TableShape{"record_counters", 1, kRecordCounters},
    TableShape{"requests", 1, kRequests},
    TableShape{"request_approvals", 2, kRequestApprovals},
    TableShape{"decisions", 2, kDecisions},
    TableShape{"outbox", 2, kOutbox},
    TableShape{"alerts", 1, kAlerts},
    TableShape{"access_changes", 1, kAccessChanges},
    TableShape{"access_keys", 1, kAccessKeys},
    TableShape{"access_secrets", 2, kAccessSecrets},
    TableShape{"access_accounts", 1, kAccessAccounts},
    TableShape{"access_grants", 2, kAccessGrants},
    TableShape{"access_recoveries", 2, kAccessRecoveries},
    TableShape{"log_records", 1, kLogRecords},
    TableShape{"log_published", 1, kLogPublished},
    TableShape{"request_events", 1, kRequestEvents},
};

// A sign-in is of its moment: nobody shall come back signed in from a file of last year. So is what the
// service remembers of requests: their senders have had their answers, or have asked again.
constexpr std::array<std::string_view, 5> kLeftOut = {"access_sessions", "service_processes", "service_use",
                                                      "idempotency", "lookup_jobs"};

}  // namespace

std::span<const TableShape> table_shapes() { return kTables; }
std::span<const std::string_view> tables_left_out() { return kLeftOut; }

}  // namespace seawall::store_sql_detail
