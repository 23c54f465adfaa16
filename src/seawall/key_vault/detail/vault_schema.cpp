#include "seawall/key_vault/detail/vault_schema.h"

#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_limits.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/signed_statement.h"

namespace seawall::vault_rows {
namespace {

constexpr std::string_view kFirst = R"(
CREATE TABLE vault (
  one INTEGER PRIMARY KEY CHECK (one = 1), seen INTEGER NOT NULL, limits TEXT NOT NULL,
  root_check BLOB NOT NULL) STRICT;
CREATE TABLE tenants (
  tenant TEXT NOT NULL, epoch INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (tenant, epoch)) STRICT;
CREATE TABLE cases (
  tenant TEXT NOT NULL, case_id TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB,
  records INTEGER NOT NULL, destroyed INTEGER, PRIMARY KEY (tenant, case_id)) STRICT;
CREATE INDEX cases_by_epoch ON cases (tenant, epoch) WHERE wrapped IS NOT NULL;
CREATE TABLE said (id BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT;
CREATE INDEX said_until ON said (until);
CREATE TABLE uses (
  number INTEGER PRIMARY KEY, person TEXT NOT NULL, tenant TEXT NOT NULL, case_id TEXT NOT NULL,
  at INTEGER NOT NULL, records INTEGER NOT NULL) STRICT;
CREATE INDEX uses_by_person ON uses (person, at);
CREATE INDEX uses_by_time ON uses (at);
CREATE TABLE refusals (number INTEGER PRIMARY KEY, person TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX refusals_by_person ON refusals (person, at);
CREATE TABLE canaries (
  tenant TEXT NOT NULL, record TEXT NOT NULL, guards TEXT NOT NULL, PRIMARY KEY (tenant, record)) STRICT;
CREATE TABLE frozen (person TEXT PRIMARY KEY, since INTEGER NOT NULL, why TEXT NOT NULL) STRICT;
CREATE TABLE alarms (
  number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, person TEXT NOT NULL, hour INTEGER NOT NULL,
  at INTEGER NOT NULL, detail TEXT NOT NULL, told TEXT NOT NULL, times INTEGER NOT NULL,
  UNIQUE (kind, person, hour)) STRICT;
PRAGMA user_version = 1;
)";

// Of `frozen`: who, the one custodian whose word it was; ends, when it ends by itself. `froze`: who may not
// do it alone again. `residue`: erased bytes may still stand in the file's journal. `made`: what was made for
// a tenant in that hour. `copied`: backups and restores.
constexpr std::string_view kSecond = R"(
ALTER TABLE frozen ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE frozen ADD COLUMN ends INTEGER;
CREATE TABLE froze (
  person TEXT NOT NULL, who TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (person, who)) STRICT;
CREATE TABLE receipts (
  statement TEXT PRIMARY KEY, kind TEXT NOT NULL, entry INTEGER NOT NULL, records INTEGER NOT NULL) STRICT;
CREATE TABLE residue (one INTEGER PRIMARY KEY CHECK (one = 1), since INTEGER NOT NULL) STRICT;
CREATE TABLE known_tenants (tenant TEXT PRIMARY KEY, since INTEGER NOT NULL, removed INTEGER) STRICT;
INSERT INTO known_tenants SELECT DISTINCT tenant, 0, NULL FROM tenants;
CREATE TABLE made (
  tenant TEXT PRIMARY KEY, hour INTEGER NOT NULL, keys INTEGER NOT NULL, cases INTEGER NOT NULL) STRICT;
CREATE TABLE copied (number INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
PRAGMA user_version = 2;
)";
constexpr std::int64_t kVersion = 2;

/// Limits that came later get what they are at first.
Result<void> complete_limits(Database& database) {
  SEAWALL_TRY(Statement read, database.prepare("SELECT limits FROM vault"));
  SEAWALL_TRY(const bool any, read.step());
  if (!any) return {};
  SEAWALL_TRY(const Json kept, read_canonical_json(read.text(0), kStatementBytesMax));
  read.reset();
  Json limits = to_json(VaultLimits{});
  limits.update(kept);
  SEAWALL_TRY(const std::string text, canonical_json(limits));
  SEAWALL_TRY(Statement put, database.prepare("UPDATE vault SET limits = ?1"));
  return put.bind(1, std::string_view(text)).run();
}

}  // namespace

Result<void> make_tables(Database& database) {
  SEAWALL_CHECK(database.run(kFirst));
  return database.run(kSecond);
}

Result<void> upgrade(Database& database) {
  SEAWALL_TRY(auto transaction, Transaction::begin(database));
  SEAWALL_TRY(const std::int64_t version, one_number(database, "PRAGMA user_version"));
  if (version == kVersion) return {};
  if (version != 1)
    return fail(Code::kInvalidInput, "the vault is of another version of Seawall, or was not made whole");
  SEAWALL_CHECK(database.run(kSecond));
  SEAWALL_CHECK(complete_limits(database));
  return transaction.commit();
}

}  // namespace seawall::vault_rows
