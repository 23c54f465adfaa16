#include "seawall/base/hex.h"
#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"
#include "seawall/statement/canonical_json.h"

namespace seawall {
namespace {

using vault_rows::count_of;
using vault_rows::ms_of;
using What = KeyOffice::What;

bool destroys(What what) { return what == What::kDestroy || what == What::kDropTenant; }

LogKind log_kind_of(What what) { return destroys(what) ? LogKind::kDestruction : LogKind::kKeyChange; }

/// Whether keys are no more after it, which then stand in the file's journal for a while.
bool erases(What what) { return destroys(what) || what == What::kRotate || what == What::kReroot; }

Json record_of(const KeyOffice& office, const SignedStatement& statement, std::uint64_t records) {
  Json json = {{"records", records}, {"statement", statement.body()}};
  json["id"] = to_hex(statement.id());
  json["what"] = name_of(office.what);
  return json;
}

}  // namespace

Result<OfficeReceipt> KeyVault::carry_out(const SignedStatement& statement, std::string_view backup) {
  SEAWALL_TRY(const KeyOffice office, key_office_from(statement));
  const std::scoped_lock lock(mutex_);
  to_tell_.clear();
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const auto before, receipt_before(statement));
  if (before) return *before;
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_CHECK(end_freezes(now));
  SEAWALL_TRY(const auto bad, refusal_of_signature(statement, kFreshTogether, now));
  if (bad) {
    SEAWALL_CHECK(refuse_unsigned(*bad, now));
    SEAWALL_CHECK(commit(transaction));
    return fail(*bad == KeyRefusal::kReplayed ? Code::kConflict : Code::kInvalidInput,
                std::string(advice_on(*bad)));
  }
  SEAWALL_TRY(const bool frozen, is_any_frozen(statement.signers()));
  if (frozen) return fail(Code::kInvalidInput, std::string(advice_on(KeyRefusal::kFrozen)));
  SEAWALL_CHECK(keep_said(statement, now));
  SEAWALL_TRY(OfficeReceipt receipt, do_office(office, statement, backup, now));
  SEAWALL_CHECK(commit(transaction));
  if (office.what == What::kReroot) std::swap(root_, next_root_);
  // It is done, whatever becomes of this: what cannot be finished now is a chore, which tells its errors.
  if (erases(office.what)) receipt.residue = !finish_erasing(kEraseWait).value_or(false);
  return receipt;
}

Result<OfficeReceipt> KeyVault::do_office(const KeyOffice& office, const SignedStatement& statement,
                                          std::string_view backup, Time now) {
  OfficeReceipt receipt{.kind = statement.kind(), .statement = to_hex(statement.id())};
  if (office.what == What::kFreeze) {
    SEAWALL_TRY(receipt.until, freeze_by(office.person, statement.signers().front().by, now));
    SEAWALL_CHECK(page("frozen", {}, now));
  } else if (office.what == What::kBackup) {
    SEAWALL_CHECK(count_copy(now));
    SEAWALL_TRY(receipt.records, back_up(office.page, receipt.backup));
  } else {
    SEAWALL_TRY(receipt.records, do_it(office, backup, now));
  }
  SEAWALL_TRY(receipt.entry,
              tell(log_kind_of(office.what), now, record_of(office, statement, receipt.records)));
  if (erases(office.what)) SEAWALL_CHECK(begin_erasing(now));
  if (destroys(office.what)) SEAWALL_CHECK(keep_receipt(receipt));
  return receipt;
}

Result<std::uint64_t> KeyVault::do_it(const KeyOffice& office, std::string_view backup, Time now) {
  if (office.what == What::kDestroy) return destroy(office, now);
  if (office.what == What::kDropTenant) return remove_tenant(office.tenant, now);
  if (office.what == What::kReroot) return reroot(office);
  if (office.what == What::kRestore) {
    SEAWALL_CHECK(count_copy(now));
    return restore(backup, office.backup);
  }
  if (office.what == What::kRotate) {
    SEAWALL_TRY(const std::uint64_t epoch, current_epoch(office.tenant));
    if (epoch == 0) return fail(Code::kNotFound, "this tenant has no key");
    SEAWALL_CHECK(new_epoch(office.tenant, now));
  } else if (office.what == What::kPolicy) {
    SEAWALL_TRY(const std::string text, canonical_json(to_json(office.limits)));
    SEAWALL_TRY(Statement put, database_.prepare("UPDATE vault SET limits = ?1"));
    SEAWALL_CHECK(put.bind(1, std::string_view(text)).run());
  } else if (office.what == What::kTenant) {
    SEAWALL_CHECK(add_tenant(office.tenant, now));
  } else if (office.what == What::kUnfreeze) {
    SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM frozen WHERE person = ?1"));
    SEAWALL_CHECK(drop.bind(1, std::string_view(office.person)).run());
    if (database_.rows_changed() == 0) return fail(Code::kConflict, "this person is not frozen");
    SEAWALL_TRY(Statement forget, database_.prepare("DELETE FROM refusals WHERE person = ?1"));
    SEAWALL_CHECK(forget.bind(1, std::string_view(office.person)).run());
  } else {
    SEAWALL_CHECK(set_canary(office));
  }
  return std::uint64_t{0};
}

/// Whoever is a custodian is frozen only while two more are left who can end it.
Result<void> KeyVault::check_custodians_are_left(std::string_view person, Time now) {
  SEAWALL_TRY(const Roster roster, book_->roster());
  if (!roster.has_role(person, PersonRole::kCustodian, now)) return {};
  std::size_t left = 0;
  for (const std::string& one : roster.people_with(PersonRole::kCustodian, now)) {
    SEAWALL_TRY(const bool frozen, is_frozen(one));
    left += one != person && !frozen ? 1U : 0U;
  }
  if (left >= 2) return {};
  return fail(Code::kConflict,
              "two custodians must be left who are not frozen: change the roster instead (seawall roster)");
}

/// nullopt: for good, until two custodians end it.
Result<std::optional<Time>> KeyVault::freeze_by(std::string_view person, std::string_view who, Time now) {
  using Until = std::optional<Time>;
  SEAWALL_CHECK(check_custodians_are_left(person, now));
  SEAWALL_TRY(Statement find, database_.prepare("SELECT who, ends FROM frozen WHERE person = ?1"));
  SEAWALL_TRY(const bool frozen, find.bind(1, person).step());
  if (!frozen) {
    SEAWALL_TRY(const Time until, freeze_alone(person, who, now));
    return Until(until);
  }
  if (find.is_null(1)) return fail(Code::kConflict, "this person is frozen already");
  if (find.text(0) == who)
    return fail(Code::kConflict, "this person is frozen by your word: a second custodian confirms it");
  find.reset();
  SEAWALL_TRY(Statement keep, database_.prepare("UPDATE frozen SET ends = NULL WHERE person = ?1"));
  SEAWALL_CHECK(keep.bind(1, person).run());
  return Until();
}

Result<Time> KeyVault::freeze_alone(std::string_view person, std::string_view who, Time now) {
  SEAWALL_TRY(Statement before, database_.prepare("SELECT 1 FROM froze WHERE person = ?1 AND who = ?2 AND "
                                                  "until > ?3"));
  SEAWALL_TRY(const bool again, before.bind(1, person).bind(2, who).bind(3, ms_of(now)).step());
  if (again)
    return fail(Code::kConflict,
                "you froze this person days ago, and nobody confirmed it: another custodian has to now");
  const Time until = now + kFreezeAlone;
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO frozen (person, since, why, who, ends) VALUES "
                                               "(?1, ?2, 'statement', ?3, ?4)"));
  put.bind(1, person).bind(2, ms_of(now)).bind(3, who);
  SEAWALL_CHECK(put.bind(4, ms_of(until)).run());
  SEAWALL_TRY(Statement keep, database_.prepare("INSERT OR REPLACE INTO froze VALUES (?1, ?2, ?3)"));
  SEAWALL_CHECK(keep.bind(1, person).bind(2, who).bind(3, ms_of(until + kFreezeAgain)).run());
  return until;
}

/// The case's row stays, without its key, so that the name is never used again; the tenant's key is replaced,
/// so that copies of the wrapped key open no more either.
Result<std::uint64_t> KeyVault::destroy(const KeyOffice& office, Time now) {
  SEAWALL_TRY(Statement read,
              database_.prepare("SELECT records FROM cases WHERE tenant = ?1 AND case_id = ?2 "
                                "AND wrapped IS NOT NULL"));
  read.bind(1, std::string_view(office.tenant)).bind(2, std::string_view(office.case_id));
  SEAWALL_TRY(const bool any, read.step());
  if (!any) return fail(Code::kNotFound, "this case has no key here, or it was destroyed before");
  const std::uint64_t records = count_of(read.integer(0));
  read.reset();
  SEAWALL_TRY(Statement erase, database_.prepare("UPDATE cases SET wrapped = NULL, destroyed = ?3 WHERE "
                                                 "tenant = ?1 AND case_id = ?2"));
  erase.bind(1, std::string_view(office.tenant)).bind(2, std::string_view(office.case_id));
  SEAWALL_CHECK(erase.bind(3, ms_of(now)).run());
  SEAWALL_CHECK(new_epoch(office.tenant, now));
  return records;
}

Result<void> KeyVault::set_canary(const KeyOffice& office) {
  const bool sets = office.what == What::kCanary;
  SEAWALL_TRY(const std::int64_t kept, number("SELECT count(*) FROM canaries"));
  if (sets && count_of(kept) >= kCanariesMax)
    return fail(Code::kLimitExceeded, "there are as many canaries as there may be");
  SEAWALL_TRY(Statement change,
              database_.prepare(sets ? "INSERT INTO canaries VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
                                     : "DELETE FROM canaries WHERE tenant = ?1 AND record = ?2"));
  change.bind(1, std::string_view(office.tenant)).bind(2, std::string_view(office.record));
  if (sets) change.bind(3, std::string_view(office.guards));
  SEAWALL_CHECK(change.run());
  if (database_.rows_changed() == 0) return fail(Code::kConflict, "it is so already");
  return {};
}

}  // namespace seawall
