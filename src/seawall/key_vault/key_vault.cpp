#include "seawall/key_vault/key_vault.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "seawall/key_vault/detail/page_table.h"
#include "seawall/key_vault/detail/ratchet_clock.h"
#include "seawall/key_vault/detail/root_check.h"
#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/detail/vault_schema.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

std::filesystem::path file_in(const std::filesystem::path& folder) { return folder / "vault.db"; }

Result<void> make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(Code::kUnavailable, folder.string() + ": " + std::strerror(errno));
}

Result<Database> open_database(const std::filesystem::path& folder, bool create) {
  SEAWALL_TRY(Database database, Database::open(file_in(folder), {.create = create}));
  // What is erased is overwritten in the file, too.
  SEAWALL_CHECK(database.run("PRAGMA secure_delete = ON;"));
  return database;
}

Result<void> fill(Database& database, const RootKey& root, const Clock& clock, const VaultLimits& limits) {
  SEAWALL_CHECK(LogOutbox(database).make_table());
  SEAWALL_TRY(auto transaction, Transaction::begin(database));
  SEAWALL_CHECK(vault_rows::make_tables(database));
  SEAWALL_TRY(const std::string text, canonical_json(to_json(limits)));
  SEAWALL_TRY(const std::string check, vault_rows::seal_root_check(root));
  SEAWALL_TRY(Statement put, database.prepare("INSERT INTO vault VALUES (1, ?1, ?2, ?3)"));
  put.bind(1, vault_rows::ms_of(clock.now())).bind(2, std::string_view(text));
  SEAWALL_CHECK(put.bind(3, vault_rows::blob_of(check)).run());
  return transaction.commit();
}

/// Two custodians who are not the person.
std::vector<std::string> two_others(const Roster& roster, std::string_view person, Time now) {
  std::vector<std::string> all = roster.people_with(PersonRole::kCustodian, now);
  std::erase(all, std::string(person));
  if (all.size() > 2) all.resize(2);
  return all;
}

}  // namespace

std::string_view name_of(VaultAlarm::Kind kind) {
  static constexpr std::array<std::string_view, 5> kNames{"canary", "limit", "total", "flood", "forged"};
  return kNames[static_cast<std::size_t>(kind)];
}

KeyVault::KeyVault(Setup setup, Database database, std::unique_ptr<RatchetClock> clock,
                   std::unique_ptr<OrderBook> book)
    : folder_(std::move(setup.folder)),
      root_(&setup.root),
      next_root_(setup.next_root),
      clock_(std::move(clock)),
      log_(std::move(setup.log)),
      on_alarm_(std::move(setup.on_alarm)),
      database_(std::move(database)),
      book_(std::move(book)),
      keeps_pages_(setup.keeps_pages) {}

KeyVault::~KeyVault() = default;

Result<void> KeyVault::create(const std::filesystem::path& folder, const RootKey& root, const Clock& clock,
                              const VaultLimits& limits) {
  SEAWALL_CHECK(vault_limits_from(to_json(limits)));
  SEAWALL_CHECK(make_folder(folder));
  std::error_code ignored;
  if (std::filesystem::exists(file_in(folder), ignored))
    return fail(Code::kConflict, "there is a vault in that folder already, and it stays as it is");
  SEAWALL_TRY(Database database, open_database(folder, true));
  if (::chmod(file_in(folder).c_str(), 0600) != 0)
    return fail(Code::kUnavailable, folder.string() + ": " + std::strerror(errno));
  SEAWALL_CHECK(fill(database, root, clock, limits));
  SEAWALL_CHECK(OrderBook::open(folder / "orders", clock));
  return {};
}

Result<std::unique_ptr<KeyVault>> KeyVault::open(Setup setup) {
  SEAWALL_CHECK(check_trusted_log(setup.log));
  SEAWALL_TRY(Database database, open_database(setup.folder, false));
  SEAWALL_CHECK(vault_rows::upgrade(database));
  SEAWALL_TRY(const bool is_next, vault_rows::is_under_next_root(database, setup.root, setup.next_root));
  SEAWALL_CHECK(vault_rows::make_page_table(database));
  auto clock = std::make_unique<RatchetClock>(setup.clock);
  SEAWALL_TRY(const std::int64_t seen, vault_rows::one_number(database, "SELECT seen FROM vault"));
  clock->see(vault_rows::time_of(seen));
  SEAWALL_TRY(auto book, OrderBook::open(setup.folder / "orders", *clock, {.roster = setup.roster}));
  auto vault = std::unique_ptr<KeyVault>(
      new KeyVault(std::move(setup), std::move(database), std::move(clock), std::move(book)));
  const std::scoped_lock lock(vault->mutex_);
  if (is_next) std::swap(vault->root_, vault->next_root_);
  SEAWALL_CHECK(vault->finish_erasing(kEraseWait));
  return vault;
}

/// The latest of the clock, and of what the vault and its order book have ever seen: one rule for both, and
/// whichever of the two files was set back is carried along by the other.
Result<Time> KeyVault::vault_time() {
  SEAWALL_TRY(const std::int64_t seen, number("SELECT seen FROM vault"));
  SEAWALL_TRY(const Time of_book, book_->now());
  clock_->see(std::max(of_book, vault_rows::time_of(seen)));
  return clock_->now();
}

Result<Time> KeyVault::advance() {
  SEAWALL_TRY(const Time now, vault_time());
  SEAWALL_TRY(Statement put, database_.prepare("UPDATE vault SET seen = ?1 WHERE seen < ?1"));
  SEAWALL_CHECK(put.bind(1, vault_rows::ms_of(now)).run());
  return now;
}

Result<VaultLimits> KeyVault::limits() {
  SEAWALL_TRY(Statement read, database_.prepare("SELECT limits FROM vault"));
  SEAWALL_TRY([[maybe_unused]] const bool any, read.step());
  SEAWALL_TRY(const Json json, read_canonical_json(read.text(0), kStatementBytesMax));
  return vault_limits_from(json);
}

Result<std::int64_t> KeyVault::tell(LogKind kind, Time now, Json record, std::uint64_t count) {
  record["at"] = second_text(now);
  SEAWALL_TRY(std::string text, canonical_json(record));
  return LogOutbox(database_).add({.kind = kind, .at = now, .record = std::move(text), .count = count});
}

Result<void> KeyVault::raise(VaultAlarm alarm) {
  ++counts_.alarms[static_cast<std::size_t>(alarm.kind)];
  const std::int64_t hour = vault_rows::ms_of(alarm.at) / vault_rows::kHourMs;
  SEAWALL_TRY(Statement more, database_.prepare("UPDATE alarms SET times = times + 1 WHERE kind = ?1 AND "
                                                "person = ?2 AND hour = ?3"));
  more.bind(1, static_cast<std::int64_t>(alarm.kind)).bind(2, std::string_view(alarm.person));
  SEAWALL_CHECK(more.bind(3, hour).run());
  if (database_.rows_changed() != 0) return {};
  SEAWALL_TRY(const Roster roster, book_->roster());
  alarm.told = two_others(roster, alarm.person, alarm.at);
  Json told = alarm.told;
  const std::string told_text = to_line(told);
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO alarms (kind, person, hour, at, detail, told, "
                                               "times) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)"));
  put.bind(1, static_cast<std::int64_t>(alarm.kind)).bind(2, std::string_view(alarm.person));
  put.bind(3, hour).bind(4, vault_rows::ms_of(alarm.at)).bind(5, std::string_view(alarm.detail));
  SEAWALL_CHECK(put.bind(6, std::string_view(told_text)).run());
  const bool hides = alarm.kind == VaultAlarm::Kind::kCanary;
  SEAWALL_CHECK(page(name_of(alarm.kind), hides ? "" : alarm.detail, alarm.at));
  const LogKind kind = alarm.kind == VaultAlarm::Kind::kCanary ? LogKind::kCanary : LogKind::kLimit;
  SEAWALL_CHECK(
      tell(kind, alarm.at,
           {{"alarm", name_of(alarm.kind)}, {"by", alarm.person}, {"detail", alarm.detail}, {"told", told}}));
  to_tell_.push_back(std::move(alarm));
  return {};
}

Result<void> KeyVault::commit(Transaction& transaction) {
  const std::vector<VaultAlarm> raised = std::exchange(to_tell_, {});
  SEAWALL_CHECK(transaction.commit());
  if (on_alarm_) std::ranges::for_each(raised, on_alarm_);
  return {};
}

}  // namespace seawall
