#include <algorithm>

#include "seawall/store/content_check.h"
#include "seawall/store_sql/detail/access_rows.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kLimitMax = 10'000;
constexpr std::int64_t kSecretsMax = 10'000;
// Any number that nothing else in the database uses as an advisory lock.
constexpr std::string_view kTakeAccessLock = "SELECT pg_advisory_xact_lock(6010479282)";
constexpr std::string_view kColumns =
    "id, tenant, name, name_key, scopes, banks, networks, certificate, rate_items, rate_per_s, expires_at, "
    "who, why, at, revoked_who, revoked_why, revoked_at, last_used";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }
std::int64_t ms_of(Time time) { return number(time.time_since_epoch().count()); }
Time time_of(const SqlStatement& row, int column) {
  return Time(std::chrono::milliseconds(row.integer(column)));
}
std::span<const std::byte> bytes_of(const Sha256& digest) { return digest; }

Result<Sha256> digest_of(std::span<const std::byte> bytes) {
  Sha256 digest;
  if (bytes.size() != digest.size()) return fail(Code::kCorrupt, "a key is not as Seawall stores it");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

/// Names hold no line ends (check_key()).
std::string lines_of(std::span<const std::string> names) {
  std::string lines;
  for (const std::string& name : names) lines.append(name).append("\n");
  return lines;
}

std::vector<std::string> names_of(std::string_view lines) {
  std::vector<std::string> names;
  for (std::size_t end = 0; (end = lines.find('\n')) != std::string_view::npos; lines.remove_prefix(end + 1))
    names.emplace_back(lines.substr(0, end));
  return names;
}

Result<AccessKey> key_of(const SqlStatement& row) {
  AccessKey key;
  key.id = row.text(0);
  key.tenant = row.text(1);
  key.name = row.text(2);
  key.name_key = row.text(3);
  key.scopes = ScopeSet::from_bits(static_cast<std::uint32_t>(row.integer(4)));
  key.banks = names_of(row.text(5));
  key.networks = names_of(row.text(6));
  if (!row.is_null(7)) {
    SEAWALL_TRY(key.certificate, digest_of(row.blob(7)));
  }
  if (!row.is_null(8)) {
    key.rate =
        KeyRate{static_cast<std::uint32_t>(row.integer(8)), static_cast<std::uint32_t>(row.integer(9))};
  }
  key.expires = time_of(row, 10);
  key.created = {std::string(row.text(11)), std::string(row.text(12)), time_of(row, 13)};
  if (!row.is_null(14)) {
    key.revoked = Authorship{std::string(row.text(14)), std::string(row.text(15)), time_of(row, 16)};
  }
  if (!row.is_null(17)) key.last_used = time_of(row, 17);
  return key;
}

Result<void> add_secrets(SqlConnection& connection, AccessKey& key) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT serial, digest, who, why, at, until FROM access_secrets "
                                   "WHERE key = $1 ORDER BY serial DESC LIMIT 2"));
  query->bind(1, std::string_view(key.id));
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    KeySecret secret;
    secret.serial = static_cast<std::uint32_t>(query->integer(0));
    SEAWALL_TRY(secret.digest, digest_of(query->blob(1)));
    secret.made = {std::string(query->text(2)), std::string(query->text(3)), time_of(*query, 4)};
    if (!query->is_null(5)) secret.until = time_of(*query, 5);
    key.secrets.push_back(std::move(secret));
  }
  query->reset();
  return {};
}

Result<std::vector<AccessKey>> read_keys(SqlConnection& connection, SqlStatement& query) {
  std::vector<AccessKey> keys;
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) break;
    SEAWALL_TRY(AccessKey key, key_of(query));
    keys.push_back(std::move(key));
  }
  query.reset();
  for (AccessKey& key : keys) SEAWALL_CHECK(add_secrets(connection, key));
  return keys;
}

Result<std::optional<AccessKey>> read_key(SqlConnection& connection, std::string_view id) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT " + std::string(kColumns) + " FROM access_keys WHERE id = $1"));
  query->bind(1, id);
  SEAWALL_TRY(auto found, read_keys(connection, *query));
  if (found.empty()) return std::optional<AccessKey>();
  return std::optional(std::move(found.front()));
}

/// A key that may be changed.
Result<AccessKey> read_live_key(SqlConnection& connection, std::string_view tenant, std::string_view id) {
  SEAWALL_TRY(auto key, read_key(connection, id));
  if (!key || key->tenant != tenant) return fail(Code::kNotFound, "there is no such key");
  if (key->revoked) return fail(Code::kConflict, "the key is revoked; make a new one");
  return *std::move(key);
}

Result<void> check(const AccessKey& key) {
  SEAWALL_CHECK(check_authorship(key.created));
  SEAWALL_CHECK(check_key(key.id));
  SEAWALL_CHECK(check_key(key.name));
  SEAWALL_CHECK(check_key(key.name_key));
  SEAWALL_CHECK(check_key("t" + key.tenant));
  for (const auto* names : {&key.banks, &key.networks}) {
    for (const std::string& name : *names) SEAWALL_CHECK(check_key(name));
  }
  const bool fits = key.banks.size() <= AccessKey::kBanksMax &&
                    key.networks.size() <= AccessKey::kNetworksMax && key.secrets.size() == 1;
  if (!fits) return fail(Code::kInvalidInput, "a key has at most 64 banks, 64 networks and one new secret");
  return {};
}

Result<void> check_free(SqlConnection& connection, const AccessKey& key) {
  SEAWALL_TRY(const std::int64_t ids,
              read_integer(connection, "SELECT COUNT(*) FROM access_keys WHERE id = $1", key.id));
  if (ids != 0) return fail(Code::kConflict, "a key with this id is there already");
  SEAWALL_TRY(
      const std::int64_t people,
      read_integer(connection, "SELECT COUNT(*) FROM access_accounts WHERE name_key = $1", key.name_key));
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT COUNT(*) FROM access_keys WHERE tenant = $1 AND name_key = $2"));
  query->bind(1, std::string_view(key.tenant)).bind(2, std::string_view(key.name_key));
  SEAWALL_TRY([[maybe_unused]] const bool row, query->step());
  const std::int64_t keys = query->integer(0);
  query->reset();
  if (people + keys != 0) return fail(Code::kConflict, "this name is taken; choose another");
  SEAWALL_TRY(const std::int64_t all,
              read_integer(connection, "SELECT COUNT(*) FROM access_keys WHERE tenant = $1", key.tenant));
  if (all < number(AccessStore::kKeysMax)) return {};
  return fail(Code::kLimitExceeded,
              "a tenant has at most " + std::to_string(AccessStore::kKeysMax) + " keys");
}

Result<void> insert_key(SqlConnection& connection, const AccessKey& key) {
  SEAWALL_TRY(SqlStatement * put,
              connection.statement("INSERT INTO access_keys (" + std::string(kColumns) +
                                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                                   "NULL, NULL, NULL, NULL)"));
  const std::string banks = lines_of(key.banks);
  const std::string networks = lines_of(key.networks);
  put->bind(1, std::string_view(key.id)).bind(2, std::string_view(key.tenant));
  put->bind(3, std::string_view(key.name)).bind(4, std::string_view(key.name_key));
  put->bind(5, number(key.scopes.bits()))
      .bind(6, std::string_view(banks))
      .bind(7, std::string_view(networks));
  if (key.certificate) put->bind(8, bytes_of(*key.certificate));
  if (key.rate) put->bind(9, number(key.rate->items)).bind(10, number(key.rate->per_s));
  put->bind(11, ms_of(key.expires)).bind(12, std::string_view(key.created.who));
  put->bind(13, std::string_view(key.created.why)).bind(14, ms_of(key.created.when));
  SEAWALL_CHECK(put->run());
  return {};
}

Result<void> insert_secret(SqlConnection& connection, std::string_view id, const KeySecret& secret,
                           std::uint32_t serial) {
  SEAWALL_TRY(SqlStatement * put,
              connection.statement("INSERT INTO access_secrets (key, serial, digest, who, why, at, until) "
                                   "VALUES ($1, $2, $3, $4, $5, $6, NULL)"));
  put->bind(1, id).bind(2, number(serial)).bind(3, bytes_of(secret.digest));
  put->bind(4, std::string_view(secret.made.who)).bind(5, std::string_view(secret.made.why));
  SEAWALL_CHECK(put->bind(6, ms_of(secret.made.when)).run());
  return {};
}

/// Ends the secret of that serial at `until`, unless it ends earlier anyhow; `all_before`: those before it
/// too.
Result<void> end_secrets(SqlConnection& connection, std::string_view id, std::uint32_t serial,
                         bool all_before, Time until) {
  SEAWALL_TRY(SqlStatement * put,
              connection.statement(
                  all_before ? "UPDATE access_secrets SET until = $3 WHERE key = $1 AND serial <= $2 "
                               "AND (until IS NULL OR until > $3)"
                             : "UPDATE access_secrets SET until = $3 WHERE key = $1 AND serial = $2 "
                               "AND (until IS NULL OR until > $3)"));
  SEAWALL_CHECK(put->bind(1, id).bind(2, number(serial)).bind(3, ms_of(until)).run());
  return {};
}

Result<KeyAt> finish(SqlConnection& connection, SqlTransaction& transaction, std::string_view id,
                     AccessDeed deed, const Authorship& by) {
  KeyAt at;
  SEAWALL_TRY(at.version, add_access_change(connection, deed, id, by));
  SEAWALL_TRY(at.key, read_key(connection, id));
  SEAWALL_CHECK(transaction.commit());
  return at;
}

}  // namespace

Result<void> take_access_lock(SqlConnection& connection) {
  if (connection.dialect() == SqlDialect::kSqlite) return {};
  return connection.run(kTakeAccessLock);
}

Result<std::int64_t> read_integer(SqlConnection& connection, std::string_view sql, std::string_view text) {
  SEAWALL_TRY(SqlStatement * query, connection.statement(sql));
  if (sql.find('$') != std::string_view::npos) query->bind(1, text);
  SEAWALL_TRY([[maybe_unused]] const bool row, query->step());
  const std::int64_t value = query->integer(0);
  query->reset();
  return value;
}

Result<std::uint64_t> read_access_version(SqlConnection& connection) {
  SEAWALL_TRY(const std::int64_t version,
              read_integer(connection, "SELECT COALESCE(MAX(version), 0) FROM access_changes"));
  return static_cast<std::uint64_t>(version);
}

Result<std::uint64_t> add_access_change(SqlConnection& connection, AccessDeed deed, std::string_view subject,
                                        const Authorship& by) {
  SEAWALL_TRY(const std::uint64_t before, read_access_version(connection));
  SEAWALL_TRY(SqlStatement * put,
              connection.statement("INSERT INTO access_changes VALUES ($1, $2, $3, $4, $5, $6)"));
  put->bind(1, number(before + 1)).bind(2, number(deed)).bind(3, subject);
  put->bind(4, std::string_view(by.who)).bind(5, std::string_view(by.why)).bind(6, ms_of(by.when));
  SEAWALL_CHECK(put->run());
  return before + 1;
}

Result<std::uint64_t> AccessRows::access_version() {
  SEAWALL_TRY(const auto loan, pool_->take());
  return read_access_version(*loan);
}

Result<std::vector<AccessChange>> AccessRows::access_changes(std::uint64_t after, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT version, deed, subject, who, why, at FROM access_changes "
                              "WHERE version > $1 ORDER BY version LIMIT $2"));
  query->bind(1, number(after)).bind(2, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  std::vector<AccessChange> changes;
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    changes.push_back({static_cast<std::uint64_t>(query->integer(0)),
                       static_cast<AccessDeed>(query->integer(1)),
                       std::string(query->text(2)),
                       {std::string(query->text(3)), std::string(query->text(4)), time_of(*query, 5)}});
  }
  query->reset();
  return changes;
}

Result<std::uint64_t> AccessRows::add_key(const AccessKey& key) {
  SEAWALL_CHECK(check(key));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_CHECK(check_free(*loan, key));
  SEAWALL_CHECK(insert_key(*loan, key));
  SEAWALL_CHECK(insert_secret(*loan, key.id, key.secrets.front(), 1));
  SEAWALL_TRY(const std::uint64_t version,
              add_access_change(*loan, AccessDeed::kKeyMade, key.id, key.created));
  SEAWALL_CHECK(transaction.commit());
  return version;
}

Result<KeyAt> AccessRows::key(std::string_view id) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  KeyAt at;
  SEAWALL_TRY(at.version, read_access_version(*loan));
  SEAWALL_TRY(at.key, read_key(*loan, id));
  return at;
}

Result<std::vector<AccessKey>> AccessRows::keys(std::string_view tenant, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kColumns) +
                              " FROM access_keys WHERE tenant = $1 ORDER BY name_key LIMIT $2"));
  query->bind(1, tenant).bind(2, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  return read_keys(*loan, *query);
}

Result<KeyAt> AccessRows::rotate_key(std::string_view tenant, std::string_view id, const KeySecret& secret,
                                     Time old_until, std::optional<Time> expires) {
  SEAWALL_CHECK(check_authorship(secret.made));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_TRY(const AccessKey key, read_live_key(*loan, tenant, id));
  if (key.secrets.empty()) return fail(Code::kCorrupt, "a key has no secret");
  const std::uint32_t last = key.secrets.front().serial;
  if (last >= kSecretsMax)
    return fail(Code::kLimitExceeded, "this key was rotated 10,000 times: make a new one");
  SEAWALL_CHECK(end_secrets(*loan, id, last - 1, true, secret.made.when));
  SEAWALL_CHECK(end_secrets(*loan, id, last, false, old_until));
  SEAWALL_CHECK(insert_secret(*loan, id, secret, last + 1));
  if (expires) {
    SEAWALL_TRY(SqlStatement * put, loan->statement("UPDATE access_keys SET expires_at = $2 WHERE id = $1"));
    SEAWALL_CHECK(put->bind(1, id).bind(2, ms_of(*expires)).run());
  }
  return finish(*loan, transaction, id, AccessDeed::kKeyRotated, secret.made);
}

Result<KeyAt> AccessRows::revoke_key(std::string_view tenant, std::string_view id, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_CHECK(read_live_key(*loan, tenant, id));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("UPDATE access_keys SET revoked_who = $2, revoked_why = $3, revoked_at = $4 "
                              "WHERE id = $1"));
  put->bind(1, id).bind(2, std::string_view(by.who)).bind(3, std::string_view(by.why));
  SEAWALL_CHECK(put->bind(4, ms_of(by.when)).run());
  return finish(*loan, transaction, id, AccessDeed::kKeyRevoked, by);
}

Result<void> AccessRows::keep_uses(std::span<const KeyUse> uses) {
  if (uses.empty()) return {};
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  for (const KeyUse& use : uses) {
    SEAWALL_TRY(SqlStatement * put,
                loan->statement("UPDATE access_keys SET last_used = $2 WHERE id = $1 AND (last_used IS NULL "
                                "OR last_used < $2)"));
    SEAWALL_CHECK(put->bind(1, std::string_view(use.id)).bind(2, ms_of(use.at)).run());
  }
  return transaction.commit();
}

}  // namespace seawall::store_sql_detail
