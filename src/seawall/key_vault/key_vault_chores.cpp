#include <system_error>

#include "seawall/base/hex.h"
#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

using vault_rows::count_of;
using vault_rows::ms_of;

constexpr std::chrono::hours kTidyEvery{1};
constexpr std::uint64_t kEraseAtOnce = 1'000;
constexpr std::string_view kBusyAsEver = "PRAGMA busy_timeout = 5000";

}  // namespace

/// In the transaction that erases, so that a kill forgets nothing of what is still to be done.
Result<void> KeyVault::begin_erasing(Time now) {
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO residue VALUES (1, ?1) ON CONFLICT DO NOTHING"));
  return put.bind(1, ms_of(now)).run();
}

/// False: somebody reads the file, and what was erased may still be read in its journal.
Result<bool> KeyVault::finish_erasing(std::chrono::milliseconds wait) {
  for (bool more = true; more;) {
    SEAWALL_TRY(more, rewrap_some());
  }
  SEAWALL_TRY(const std::int64_t left, number("SELECT count(*) FROM residue"));
  if (left == 0) return true;
  SEAWALL_TRY(const bool emptied, empty_journal(wait));
  if (!emptied) return false;
  SEAWALL_CHECK(database_.run("DELETE FROM residue"));
  return true;
}

Result<bool> KeyVault::empty_journal(std::chrono::milliseconds wait) {
  SEAWALL_CHECK(number("PRAGMA busy_timeout = " + std::to_string(wait.count())));
  const auto busy = number("PRAGMA wal_checkpoint(TRUNCATE)");
  SEAWALL_CHECK(number(kBusyAsEver));
  if (!busy && busy.error().code == Code::kConflict) return false;
  if (!busy) return tl::unexpected(busy.error());
  return *busy == 0;
}

Result<std::uint64_t> KeyVault::bytes_pending() {
  SEAWALL_TRY(const std::int64_t left, number("SELECT count(*) FROM residue"));
  if (left == 0) return std::uint64_t{0};
  std::error_code none;
  const auto bytes = std::filesystem::file_size(folder_ / "vault.db-wal", none);
  return none ? std::uint64_t{0} : std::uint64_t{bytes};
}

Result<void> KeyVault::tidy() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, vault_time());
  SEAWALL_TRY(const std::int64_t over,
              number("SELECT count(*) FROM frozen WHERE ends <= " + std::to_string(ms_of(now))));
  if (over != 0) {
    SEAWALL_TRY(auto transaction, Transaction::begin(database_));
    SEAWALL_TRY(const Time then, advance());
    SEAWALL_CHECK(end_freezes(then));
    SEAWALL_CHECK(commit(transaction));
  }
  if (now >= tidied_ + kTidyEvery) {
    SEAWALL_TRY(auto transaction, Transaction::begin(database_));
    SEAWALL_TRY(const Time then, advance());
    SEAWALL_CHECK(drop_what_is_over(then));
    SEAWALL_TRY(const bool all, erase_old(then));
    SEAWALL_CHECK(commit(transaction));
    if (all) tidied_ = then;
  }
  SEAWALL_CHECK(finish_erasing(kChoreWait));
  return {};
}

/// What only limits and freshness asked for; each had its entry of the log.
Result<void> KeyVault::drop_what_is_over(Time now) {
  const std::string at = std::to_string(ms_of(now));
  const std::string hour = std::to_string(ms_of(now) - vault_rows::kHourMs);
  const std::string day = std::to_string(ms_of(now) - vault_rows::kDayMs);
  return database_.run("DELETE FROM said WHERE until < " + at + "; DELETE FROM froze WHERE until <= " + at +
                       "; DELETE FROM refusals WHERE at <= " + hour + "; DELETE FROM copied WHERE at <= " +
                       hour + "; DELETE FROM uses WHERE at <= " + day + ";");
}

/// The records of what was done, and alarms, once keep-days are over. False: there is more.
Result<bool> KeyVault::erase_old(Time now) {
  SEAWALL_TRY(const VaultLimits limits, this->limits());
  const Time before = now - std::chrono::days(limits.keep_days);
  SEAWALL_CHECK(database_.run("DELETE FROM alarms WHERE at < " + std::to_string(ms_of(before))));
  const std::uint64_t alarms = count_of(database_.rows_changed());
  SEAWALL_TRY(const std::uint64_t records, erase_old_records(before, now));
  if (alarms + records == 0) return true;
  SEAWALL_CHECK(tell(LogKind::kRetention, now,
                     {{"before", second_text(before)}, {"rows", alarms + records}, {"what", "key-rows-over"}},
                     alarms + records));
  SEAWALL_CHECK(begin_erasing(now));
  return records < kEraseAtOnce;
}

/// Salt and record: the entry in the log stays, and says nothing any more.
Result<std::uint64_t> KeyVault::erase_old_records(Time before, Time now) {
  SEAWALL_TRY(Statement each,
              database_.prepare("SELECT id, entry FROM log_records WHERE erased IS NULL AND leaf IS NOT NULL "
                                "ORDER BY id LIMIT ?1"));
  each.bind(1, std::int64_t{kEraseAtOnce});
  std::vector<std::int64_t> old;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    SEAWALL_TRY(const LogEntry entry, log_entry_from_text(each.text(1)));
    if (entry.at >= before) break;
    old.push_back(each.integer(0));
  }
  each.reset();
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM receipts WHERE entry = ?1"));
  for (const std::int64_t id : old) {
    SEAWALL_CHECK(LogOutbox(database_).erase(id, now));
    SEAWALL_CHECK(drop.bind(1, id).run());
  }
  return old.size();
}

/// Those that one custodian alone asked for, and no second did.
Result<void> KeyVault::end_freezes(Time now) {
  SEAWALL_TRY(Statement each, database_.prepare("SELECT person, who FROM frozen WHERE ends <= ?1"));
  each.bind(1, ms_of(now));
  std::vector<std::pair<std::string, std::string>> over;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    over.emplace_back(each.text(0), each.text(1));
  }
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM frozen WHERE person = ?1"));
  for (const auto& [person, who] : over) {
    SEAWALL_CHECK(drop.bind(1, std::string_view(person)).run());
    SEAWALL_CHECK(
        tell(LogKind::kKeyChange, now, {{"by", who}, {"person", person}, {"what", "key-freeze-over"}}));
  }
  return {};
}

/// The receipt of a destruction that was carried out before, for whoever has the whole statement.
Result<std::optional<OfficeReceipt>> KeyVault::receipt_before(const SignedStatement& statement) {
  using Before = std::optional<OfficeReceipt>;
  const std::string id = to_hex(statement.id());
  SEAWALL_TRY(Statement find,
              database_.prepare("SELECT kind, entry, records FROM receipts WHERE statement = ?1"));
  SEAWALL_TRY(const bool any, find.bind(1, std::string_view(id)).step());
  if (!any || !statement.is_complete()) return Before();
  SEAWALL_TRY(const Roster roster, book_->roster());
  if (!roster.check_signatures(statement, statement.at())) return Before();
  OfficeReceipt receipt{.kind = std::string(find.text(0)),
                        .statement = id,
                        .entry = find.integer(1),
                        .records = count_of(find.integer(2))};
  SEAWALL_TRY(const std::int64_t left, number("SELECT count(*) FROM residue"));
  receipt.residue = left != 0;
  return Before(std::move(receipt));
}

Result<void> KeyVault::keep_receipt(const OfficeReceipt& receipt) {
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO receipts VALUES (?1, ?2, ?3, ?4)"));
  put.bind(1, std::string_view(receipt.statement)).bind(2, std::string_view(receipt.kind));
  return put.bind(3, receipt.entry).bind(4, static_cast<std::int64_t>(receipt.records)).run();
}

}  // namespace seawall
