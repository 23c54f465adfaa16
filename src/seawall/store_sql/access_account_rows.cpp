#include <algorithm>

#include "seawall/store/content_check.h"
#include "seawall/store_sql/detail/access_rows.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kLimitMax = 10'000;
constexpr std::size_t kRecoveriesMax = 100;
constexpr std::size_t kPasswordBytesMax = 1024;
constexpr std::string_view kColumns =
    "name_key, name, active, password, totp, totp_step, who, why, at, (SELECT COUNT(*) FROM "
    "access_recoveries "
    "r WHERE r.account = name_key AND r.used_at IS NULL)";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }
std::int64_t ms_of(Time time) { return number(time.time_since_epoch().count()); }
std::span<const std::byte> bytes_of(const Sha256& digest) { return digest; }

AccessAccount account_of(const SqlStatement& row) {
  AccessAccount account;
  account.name_key = row.text(0);
  account.name = row.text(1);
  account.active = row.integer(2) != 0;
  account.password = row.text(3);
  account.totp = row.text(4);
  account.totp_step = row.integer(5);
  account.created = {std::string(row.text(6)), std::string(row.text(7)),
                     Time(std::chrono::milliseconds(row.integer(8)))};
  account.recoveries = static_cast<std::uint32_t>(row.integer(9));
  return account;
}

Result<void> read_grants(SqlConnection& connection, AccessAccount& account) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT tenant, roles FROM access_grants WHERE account = $1 "
                                   "ORDER BY tenant"));
  query->bind(1, std::string_view(account.name_key));
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    account.grants.push_back(
        {std::string(query->text(0)), RoleSet::from_bits(static_cast<std::uint32_t>(query->integer(1)))});
  }
  query->reset();
  return {};
}

Result<std::vector<AccessAccount>> read_accounts(SqlConnection& connection, SqlStatement& query) {
  std::vector<AccessAccount> accounts;
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) break;
    accounts.push_back(account_of(query));
  }
  query.reset();
  for (AccessAccount& account : accounts) SEAWALL_CHECK(read_grants(connection, account));
  return accounts;
}

Result<void> check_grants(std::span<const AccessGrant> grants) {
  bool good = grants.size() <= AccessAccount::kGrantsMax;
  for (std::size_t i = 0; good && i < grants.size(); ++i) {
    good = !grants[i].roles.empty() && check_key("t" + grants[i].tenant).has_value();
    for (std::size_t j = 0; good && j < i; ++j) good = grants[i].tenant != grants[j].tenant;
  }
  if (good) return {};
  return fail(Code::kInvalidInput, "an account has roles in at most 64 tenants, each named once");
}

Result<void> check_password(std::string_view password) {
  if (!password.empty() && password.size() <= kPasswordBytesMax) return {};
  return fail(Code::kInvalidInput, "a password's hash is 1 to 1024 bytes");
}

Result<void> insert_grants(SqlConnection& connection, std::string_view name_key,
                           std::span<const AccessGrant> grants) {
  for (const AccessGrant& grant : grants) {
    SEAWALL_TRY(SqlStatement * put, connection.statement("INSERT INTO access_grants VALUES ($1, $2, $3)"));
    put->bind(1, name_key).bind(2, std::string_view(grant.tenant));
    SEAWALL_CHECK(put->bind(3, number(grant.roles.bits())).run());
  }
  return {};
}

Result<void> delete_of(SqlConnection& connection, std::string_view sql, std::string_view name_key) {
  SEAWALL_TRY(SqlStatement * drop, connection.statement(sql));
  SEAWALL_CHECK(drop->bind(1, name_key).run());
  return {};
}

Result<void> drop_sessions_of(SqlConnection& connection, std::string_view name_key) {
  return delete_of(connection, "DELETE FROM access_sessions WHERE account = $1", name_key);
}

Result<void> check_room(SqlConnection& connection, const AccessAccount& account, bool only_first) {
  SEAWALL_TRY(const std::int64_t all, read_integer(connection, "SELECT COUNT(*) FROM access_accounts"));
  if (only_first && all != 0) {
    return fail(Code::kConflict, "there are accounts already: an administrator of theirs makes more");
  }
  if (all >= number(AccessStore::kAccountsMax)) {
    return fail(Code::kLimitExceeded,
                "a store has at most " + std::to_string(AccessStore::kAccountsMax) + " accounts");
  }
  SEAWALL_TRY(
      const std::int64_t people,
      read_integer(connection, "SELECT COUNT(*) FROM access_accounts WHERE name_key = $1", account.name_key));
  SEAWALL_TRY(
      const std::int64_t keys,
      read_integer(connection, "SELECT COUNT(*) FROM access_keys WHERE name_key = $1", account.name_key));
  if (people + keys == 0) return {};
  return fail(Code::kConflict, "this name is taken by an account or a key; choose another");
}

Result<AccessAccount> read_existing(SqlConnection& connection, std::string_view name_key) {
  SEAWALL_TRY(auto account, read_account(connection, name_key));
  if (!account) return fail(Code::kNotFound, "there is no such account");
  return *std::move(account);
}

}  // namespace

Result<std::optional<AccessAccount>> read_account(SqlConnection& connection, std::string_view name_key) {
  SEAWALL_TRY(SqlStatement * query, connection.statement("SELECT " + std::string(kColumns) +
                                                         " FROM access_accounts WHERE name_key = $1"));
  query->bind(1, name_key);
  SEAWALL_TRY(auto found, read_accounts(connection, *query));
  if (found.empty()) return std::optional<AccessAccount>();
  return std::optional(std::move(found.front()));
}

Result<void> AccessRows::add_account(const AccessAccount& account, bool only_first) {
  SEAWALL_CHECK(check_authorship(account.created));
  SEAWALL_CHECK(check_key(account.name));
  SEAWALL_CHECK(check_key(account.name_key));
  SEAWALL_CHECK(check_password(account.password));
  SEAWALL_CHECK(check_grants(account.grants));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_CHECK(check_room(*loan, account, only_first));
  SEAWALL_TRY(
      SqlStatement * put,
      loan->statement("INSERT INTO access_accounts (name_key, name, active, password, totp, totp_step, "
                      "who, why, at) VALUES ($1, $2, 1, $3, '', -1, $4, $5, $6)"));
  put->bind(1, std::string_view(account.name_key)).bind(2, std::string_view(account.name));
  put->bind(3, std::string_view(account.password)).bind(4, std::string_view(account.created.who));
  put->bind(5, std::string_view(account.created.why)).bind(6, ms_of(account.created.when));
  SEAWALL_CHECK(put->run());
  SEAWALL_CHECK(insert_grants(*loan, account.name_key, account.grants));
  SEAWALL_CHECK(add_access_change(*loan, AccessDeed::kAccountMade, account.name, account.created));
  return transaction.commit();
}

Result<std::optional<AccessAccount>> AccessRows::account(std::string_view name_key) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  return read_account(*loan, name_key);
}

Result<std::vector<AccessAccount>> AccessRows::accounts(std::string_view after, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kColumns) +
                              " FROM access_accounts WHERE name_key > $1 ORDER BY name_key LIMIT $2"));
  query->bind(1, after).bind(2, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  return read_accounts(*loan, *query);
}

Result<void> AccessRows::set_grants(std::string_view name_key, std::span<const AccessGrant> before,
                                    std::span<const AccessGrant> grants, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_CHECK(check_grants(grants));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_TRY(const AccessAccount account, read_existing(*loan, name_key));
  if (!std::ranges::equal(account.grants, before)) {
    return fail(Code::kConflict, "the account's roles have changed meanwhile: look at them, then try again");
  }
  SEAWALL_CHECK(delete_of(*loan, "DELETE FROM access_grants WHERE account = $1", name_key));
  SEAWALL_CHECK(insert_grants(*loan, name_key, grants));
  SEAWALL_CHECK(add_access_change(*loan, AccessDeed::kGrantsSet, account.name, by));
  return transaction.commit();
}

Result<void> AccessRows::set_active(std::string_view name_key, bool active, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_TRY(const AccessAccount account, read_existing(*loan, name_key));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("UPDATE access_accounts SET active = $2 WHERE name_key = $1"));
  SEAWALL_CHECK(put->bind(1, name_key).bind(2, std::int64_t{active ? 1 : 0}).run());
  if (!active) SEAWALL_CHECK(drop_sessions_of(*loan, name_key));
  const AccessDeed deed = active ? AccessDeed::kAccountEnabled : AccessDeed::kAccountDisabled;
  SEAWALL_CHECK(add_access_change(*loan, deed, account.name, by));
  return transaction.commit();
}

Result<void> AccessRows::set_password(std::string_view name_key, std::string_view password,
                                      const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_CHECK(check_password(password));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_TRY(const AccessAccount account, read_existing(*loan, name_key));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("UPDATE access_accounts SET password = $2 WHERE name_key = $1"));
  SEAWALL_CHECK(put->bind(1, name_key).bind(2, password).run());
  SEAWALL_CHECK(drop_sessions_of(*loan, name_key));
  SEAWALL_CHECK(add_access_change(*loan, AccessDeed::kPasswordSet, account.name, by));
  return transaction.commit();
}

Result<void> AccessRows::set_totp(std::string_view name_key, std::string_view totp,
                                  std::span<const Sha256> recoveries, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  if (totp.size() > kPasswordBytesMax || recoveries.size() > kRecoveriesMax) {
    return fail(Code::kInvalidInput, "a second factor is at most 1024 bytes with 100 recovery codes");
  }
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_TRY(const AccessAccount account, read_existing(*loan, name_key));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("UPDATE access_accounts SET totp = $2, totp_step = -1 WHERE name_key = $1"));
  SEAWALL_CHECK(put->bind(1, name_key).bind(2, totp).run());
  SEAWALL_CHECK(delete_of(*loan, "DELETE FROM access_recoveries WHERE account = $1", name_key));
  for (std::size_t i = 0; i < recoveries.size(); ++i) {
    SEAWALL_TRY(SqlStatement * add, loan->statement("INSERT INTO access_recoveries (account, place, digest, "
                                                    "used_at) VALUES ($1, $2, $3, NULL)"));
    SEAWALL_CHECK(add->bind(1, name_key).bind(2, number(i)).bind(3, bytes_of(recoveries[i])).run());
  }
  SEAWALL_CHECK(drop_sessions_of(*loan, name_key));
  const AccessDeed deed = totp.empty() ? AccessDeed::kSecondFactorRemoved : AccessDeed::kSecondFactorSet;
  SEAWALL_CHECK(add_access_change(*loan, deed, account.name, by));
  return transaction.commit();
}

Result<void> AccessRows::replace_password(std::string_view name_key, std::string_view before,
                                          std::string_view after) {
  SEAWALL_CHECK(check_password(after));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * put, loan->statement("UPDATE access_accounts SET password = $3 "
                                                  "WHERE name_key = $1 AND password = $2"));
  SEAWALL_CHECK(put->bind(1, name_key).bind(2, before).bind(3, after).run());
  return transaction.commit();
}

Result<bool> AccessRows::take_totp_step(std::string_view name_key, std::int64_t step) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * put, loan->statement("UPDATE access_accounts SET totp_step = $2 "
                                                  "WHERE name_key = $1 AND totp_step < $2"));
  SEAWALL_TRY(const std::int64_t rows, put->bind(1, name_key).bind(2, step).run());
  SEAWALL_CHECK(transaction.commit());
  return rows == 1;
}

Result<bool> AccessRows::take_recovery(std::string_view name_key, const Sha256& digest, Time at) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * put, loan->statement("UPDATE access_recoveries SET used_at = $3 "
                                                  "WHERE account = $1 AND digest = $2 AND used_at IS NULL"));
  SEAWALL_TRY(const std::int64_t rows,
              put->bind(1, name_key).bind(2, bytes_of(digest)).bind(3, ms_of(at)).run());
  SEAWALL_CHECK(transaction.commit());
  return rows == 1;
}

}  // namespace seawall::store_sql_detail
