#include <algorithm>

#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"
#include "seawall/statement/canonical_json.h"

namespace seawall {
namespace {

using vault_rows::count_of;

constexpr std::size_t kAlarmsMax = 1000;

Result<std::vector<std::string>> names_from(std::string_view text) {
  SEAWALL_TRY(const Json json, read_canonical_json(text, kStatementBytesMax));
  std::vector<std::string> names;
  for (const Json& one : json) names.push_back(one.get<std::string>());
  return names;
}

}  // namespace

Result<std::int64_t> KeyVault::number(std::string_view sql) { return vault_rows::one_number(database_, sql); }

Result<KeyVault::Unsettled> KeyVault::unsettled() {
  Unsettled all;
  SEAWALL_TRY(all.count, LogOutbox(database_).count_pending());
  SEAWALL_TRY(const auto own, LogOutbox(database_).pending(1));
  SEAWALL_TRY(const auto orders, book_->pending(LogOutbox::kPendingMax));
  all.count += orders.size();
  for (const auto* source : {&own, &orders}) {
    if (source->empty()) continue;
    SEAWALL_TRY(const LogEntry oldest, log_entry_from_text(source->front().entry));
    all.oldest = std::min(all.oldest.value_or(oldest.at), oldest.at);
  }
  return all;
}

Result<std::vector<PendingLogEntry>> KeyVault::pending(VaultSource source, std::size_t max) {
  if (source == VaultSource::kOrders) return book_->pending(max);
  const std::scoped_lock lock(mutex_);
  return LogOutbox(database_).pending(max);
}

Result<bool> KeyVault::settle(VaultSource source, std::int64_t id, std::string_view proof) {
  SEAWALL_TRY(const auto waiting, pending(source, LogOutbox::kPendingMax));
  const auto found = std::ranges::find(waiting, id, &PendingLogEntry::id);
  if (found == waiting.end()) return fail(Code::kNotFound, "no entry of that number waits for the log");
  const auto place = place_in_log(log_, found->entry, proof);
  if (!place) return false;
  const std::array<std::int64_t, 1> ids{id};
  if (source == VaultSource::kOrders) {
    SEAWALL_CHECK(book_->settle(ids, *place));
    return true;
  }
  const std::scoped_lock lock(mutex_);
  SEAWALL_CHECK(LogOutbox(database_).settle(ids, *place));
  return true;
}

Result<VaultStatus> KeyVault::status() {
  const std::scoped_lock lock(mutex_);
  VaultStatus status;
  status.root = root_->name();
  if (next_root_ != nullptr) status.next_root = next_root_->name();
  SEAWALL_TRY(status.now, vault_time());
  SEAWALL_TRY(const std::int64_t tenants, number("SELECT count(*) FROM known_tenants WHERE removed IS NULL"));
  SEAWALL_TRY(const std::int64_t cases, number("SELECT count(*) FROM cases WHERE wrapped IS NOT NULL"));
  SEAWALL_TRY(const std::int64_t gone, number("SELECT count(*) FROM cases WHERE destroyed IS NOT NULL"));
  SEAWALL_TRY(const std::int64_t canaries, number("SELECT count(*) FROM canaries"));
  const std::string hour_ago = std::to_string(vault_rows::ms_of(status.now) - vault_rows::kHourMs);
  SEAWALL_TRY(const std::int64_t given,
              number("SELECT coalesce(sum(records), 0) FROM uses WHERE at > " + hour_ago));
  status.tenants = count_of(tenants);
  status.cases = count_of(cases);
  status.destroyed = count_of(gone);
  status.canaries = count_of(canaries);
  status.given_hour = count_of(given);
  SEAWALL_TRY(status.limits, limits());
  SEAWALL_TRY(const Unsettled waiting, unsettled());
  status.unsettled = waiting.count;
  if (waiting.oldest && *waiting.oldest < status.now)
    status.unsettled_age_s = count_of((status.now - *waiting.oldest).count() / 1000);
  SEAWALL_TRY(status.bytes_pending, bytes_pending());
  SEAWALL_TRY(Statement each, database_.prepare("SELECT person, ends FROM frozen ORDER BY person"));
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return status;
    status.frozen.emplace_back(each.text(0));
    if (!each.is_null(1)) status.frozen_until[status.frozen.back()] = vault_rows::time_of(each.integer(1));
  }
}

Result<std::vector<VaultAlarm>> KeyVault::alarms(std::size_t max) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement each, database_.prepare("SELECT kind, person, at, detail, told, times FROM alarms "
                                                "ORDER BY number DESC LIMIT ?1"));
  each.bind(1, static_cast<std::int64_t>(std::min(max, kAlarmsMax)));
  std::vector<VaultAlarm> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    VaultAlarm& one = all.emplace_back();
    one.kind = static_cast<VaultAlarm::Kind>(each.integer(0));
    one.person = each.text(1);
    one.at = vault_rows::time_of(each.integer(2));
    one.detail = each.text(3);
    SEAWALL_TRY(one.told, names_from(each.text(4)));
    one.times = count_of(each.integer(5));
  }
}

VaultCounts KeyVault::counts() {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

Result<LogOpening> KeyVault::opening(std::int64_t entry) {
  const std::scoped_lock lock(mutex_);
  return LogOutbox(database_).opening(entry);
}

}  // namespace seawall
