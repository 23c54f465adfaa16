#include "seawall/store_sql/detail/migrations.h"

#include <array>
#include <string>

#include "seawall/store_sql/detail/video_rows.h"

namespace seawall::store_sql_detail {
namespace {

// Columns of enums hold their numbers in model/; `at` and other times are milliseconds since 1970 UTC.
constexpr std::string_view kLists = R"sql(
CREATE TABLE list_state (
  one {int} NOT NULL PRIMARY KEY CHECK (one = 1),
  version {int} NOT NULL,
  chain {blob} NOT NULL,
  last_bank {int} NOT NULL,
  last_source {int} NOT NULL,
  last_release {int} NOT NULL
) {strict};

CREATE TABLE banks (
  id {int} NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  owner TEXT NOT NULL,
  kind {int} NOT NULL,
  action {int} NOT NULL,
  radius {int} NOT NULL,
  two_person {int} NOT NULL,
  active {int} NOT NULL,
  expires_at {int},
  version {int} NOT NULL,
  UNIQUE (tenant, name)
) {strict};
CREATE TABLE bank_changes (
  bank {int} NOT NULL,
  version {int} NOT NULL,
  previous {blob} NOT NULL,
  PRIMARY KEY (bank, version)
) {rowless};

CREATE TABLE sources (
  id {int} NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL
) {strict};

CREATE TABLE releases (
  id {int} NOT NULL PRIMARY KEY,
  bank {int} NOT NULL,
  source {int} NOT NULL,
  state {int} NOT NULL,
  state_version {int} NOT NULL,
  version {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL,
  added {int} NOT NULL,
  updated {int} NOT NULL,
  withdrawn {int} NOT NULL,
  unchanged {int} NOT NULL,
  quarantined {int} NOT NULL,
  refused {int} NOT NULL,
  refusals {int} NOT NULL,
  bank_entries_before {int} NOT NULL,
  digest {blob} NOT NULL,
  load_checkpoint {blob} NOT NULL,
  load_digest {blob} NOT NULL,
  load_steps {int} NOT NULL,
  load_fence {int} NOT NULL,
  load_sealing {int} NOT NULL
) {strict};
CREATE INDEX releases_of_bank ON releases (bank, id);
CREATE TABLE approvals (
  release {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (release, who)
) {rowless};
CREATE TABLE state_counts (
  release {int} NOT NULL,
  state {int} NOT NULL,
  entries {int} NOT NULL,
  PRIMARY KEY (release, state)
) {rowless};

CREATE TABLE entries (
  id {int} NOT NULL PRIMARY KEY,
  key TEXT NOT NULL,
  content {blob} NOT NULL,
  state {int},
  reason TEXT,
  radius {int},
  action {int},
  review_at {int},
  expires_at {int},
  version {int}
) {strict};
CREATE TABLE entry_keys (
  scope {int} NOT NULL,
  hash {int} NOT NULL,
  entry {int} NOT NULL,
  PRIMARY KEY (scope, hash, entry)
) {rowless};
CREATE TABLE entry_changes (
  entry {int} NOT NULL,
  version {int} NOT NULL,
  what TEXT NOT NULL,
  previous {blob} NOT NULL,
  PRIMARY KEY (entry, version)
) {rowless};
CREATE TABLE pending (
  release {int} NOT NULL,
  entry {int} NOT NULL,
  content {blob},
  PRIMARY KEY (release, entry)
) {rowless};
CREATE TABLE refusals (
  release {int} NOT NULL,
  place {int} NOT NULL,
  key TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  quarantined {int} NOT NULL,
  PRIMARY KEY (release, place)
) {rowless};
CREATE TABLE load_keys (
  release {int} NOT NULL,
  part {int} NOT NULL,
  step {int} NOT NULL,
  pairs {blob} NOT NULL,
  PRIMARY KEY (release, part, step)
) {rowless};

CREATE TABLE feed_items (
  version {int} NOT NULL PRIMARY KEY,
  kind {int} NOT NULL,
  subject {int} NOT NULL,
  release_state {int} NOT NULL,
  digest {blob} NOT NULL,
  chain {blob} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL
) {strict};
CREATE INDEX feed_of_subject ON feed_items (kind, subject, version);
)sql";

constexpr std::string_view kRecords = R"sql(
CREATE TABLE record_counters (
  name TEXT NOT NULL PRIMARY KEY,
  last {int} NOT NULL
) {rowless};
INSERT INTO record_counters VALUES ('request', 0), ('feedback', 0);
CREATE TABLE requests (
  id {int} NOT NULL PRIMARY KEY,
  bank {int} NOT NULL,
  body TEXT NOT NULL,
  state {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL,
  closed_who TEXT,
  closed_why TEXT,
  closed_at {int}
) {strict};
CREATE INDEX requests_by_state ON requests (state, id);
CREATE TABLE request_approvals (
  request {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (request, who)
) {rowless};
CREATE TABLE decisions (
  entry {int} NOT NULL,
  match_name TEXT NOT NULL,
  bank {int} NOT NULL,
  source {int} NOT NULL,
  key TEXT NOT NULL,
  confirmed {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (entry, match_name)
) {rowless};
CREATE TABLE outbox (
  source {int} NOT NULL,
  id {int} NOT NULL,
  entry {int} NOT NULL,
  match_name TEXT NOT NULL,
  PRIMARY KEY (source, id)
) {rowless};
CREATE INDEX outbox_of_match ON outbox (entry, match_name);
)sql";

constexpr std::string_view kAlerts = R"sql(
INSERT INTO record_counters VALUES ('alert', 0);
CREATE TABLE alerts (
  id {int} NOT NULL PRIMARY KEY,
  entry {int} NOT NULL,
  bank {int} NOT NULL,
  matches {int} NOT NULL,
  match_limit {int} NOT NULL,
  state {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL,
  request {int},
  closed_who TEXT,
  closed_why TEXT,
  closed_at {int}
) {strict};
CREATE INDEX alerts_by_state ON alerts (state, id);
CREATE INDEX alerts_of_entry ON alerts (entry, state);
)sql";

constexpr std::string_view kDelivery = R"sql(
ALTER TABLE decisions ADD COLUMN signal TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN attempts {int} NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN not_before {int} NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN error TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN held {int} NOT NULL DEFAULT 0;
)sql";

// Names are unique among keys of a tenant and accounts: the store sees to what no index can.
constexpr std::string_view kAccess = R"sql(
CREATE TABLE access_changes (
  version {int} NOT NULL PRIMARY KEY,
  deed {int} NOT NULL,
  subject TEXT NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL
) {strict};
CREATE TABLE access_keys (
  id TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  scopes {int} NOT NULL,
  banks TEXT NOT NULL,
  networks TEXT NOT NULL,
  certificate {blob},
  rate_items {int},
  rate_per_s {int},
  expires_at {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL,
  revoked_who TEXT,
  revoked_why TEXT,
  revoked_at {int},
  last_used {int},
  UNIQUE (tenant, name_key)
) {rowless};
CREATE TABLE access_secrets (
  key TEXT NOT NULL,
  serial {int} NOT NULL,
  digest {blob} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL,
  until {int},
  PRIMARY KEY (key, serial)
) {rowless};
CREATE TABLE access_accounts (
  name_key TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  active {int} NOT NULL,
  password TEXT NOT NULL,
  totp TEXT NOT NULL,
  totp_step {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL
) {rowless};
CREATE TABLE access_grants (
  account TEXT NOT NULL,
  tenant TEXT NOT NULL,
  roles {int} NOT NULL,
  PRIMARY KEY (account, tenant)
) {rowless};
CREATE TABLE access_recoveries (
  account TEXT NOT NULL,
  place {int} NOT NULL,
  digest {blob} NOT NULL,
  used_at {int},
  PRIMARY KEY (account, place)
) {rowless};
CREATE TABLE access_sessions (
  digest {blob} NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  tenant TEXT NOT NULL,
  begun {int} NOT NULL,
  seen {int} NOT NULL
) {rowless};
CREATE INDEX access_sessions_of_account ON access_sessions (account, seen);
)sql";

// What the service remembers of its own: none of it is in backups (table_shapes.cpp).
constexpr std::string_view kService = R"sql(
CREATE TABLE service_processes (
  token TEXT NOT NULL PRIMARY KEY,
  seen {int} NOT NULL
) {rowless};
CREATE TABLE service_use (
  caller TEXT NOT NULL,
  stripe {int} NOT NULL,
  keys {int} NOT NULL,
  key_bytes {int} NOT NULL,
  jobs {int} NOT NULL,
  job_bytes {int} NOT NULL,
  waiting {int} NOT NULL,
  PRIMARY KEY (caller, stripe)
) {rowless};
CREATE TABLE idempotency (
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  request {blob} NOT NULL,
  state {int} NOT NULL,
  holder TEXT NOT NULL,
  until {int} NOT NULL,
  status {int} NOT NULL,
  answer {blob} NOT NULL,
  PRIMARY KEY (caller, key)
) {strict};
CREATE INDEX idempotency_until ON idempotency (until);
CREATE TABLE lookup_jobs (
  id TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  caller TEXT NOT NULL,
  key_id TEXT NOT NULL,
  holder TEXT NOT NULL,
  state {int} NOT NULL,
  asked {int} NOT NULL,
  done {int},
  answer {blob} NOT NULL,
  webhook_state {int} NOT NULL,
  address {blob} NOT NULL,
  host {int} NOT NULL,
  owner {int} NOT NULL,
  attempts {int} NOT NULL,
  tries {int} NOT NULL,
  round {int} NOT NULL,
  next_at {int},
  give_up {int},
  last_status {int},
  keep_until {int}
) {strict};
CREATE INDEX lookup_jobs_due ON lookup_jobs (webhook_state, next_at, id, host, owner);
CREATE INDEX lookup_jobs_pending ON lookup_jobs (state, holder);
CREATE INDEX lookup_jobs_kept ON lookup_jobs (keep_until);
)sql";

// Entries whose content carries a signal of a video; filled by find_video_entries().
constexpr std::string_view kVideos = R"sql(
CREATE TABLE video_entries (
  entry {int} NOT NULL PRIMARY KEY,
  bytes {int} NOT NULL
) {strict};
)sql";
constexpr int kVideosNumber = 7;

// What the transparency log's entries stand for, and how far each source's changes are published.
constexpr std::string_view kLog = R"sql(
INSERT INTO record_counters VALUES ('log', 0), ('request_event', 0);
CREATE TABLE log_records (
  id {int} NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  source_id {int} NOT NULL,
  entry TEXT NOT NULL,
  salt {blob},
  record TEXT,
  at {int} NOT NULL,
  leaf {int} UNIQUE,
  erased_at {int},
  UNIQUE (source, source_id)
) {strict};
CREATE INDEX log_records_waiting ON log_records (id) WHERE leaf IS NULL;
CREATE TABLE log_published (
  source TEXT NOT NULL PRIMARY KEY,
  source_id {int} NOT NULL
) {rowless};
CREATE TABLE request_events (
  number {int} NOT NULL PRIMARY KEY,
  request {int} NOT NULL,
  what {int} NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at {int} NOT NULL
) {strict};
)sql";

constexpr std::array kMigrations = {Migration{1, "lists", kLists},
                                    Migration{2, "records", kRecords},
                                    Migration{3, "alerts", kAlerts},
                                    Migration{4, "delivery", kDelivery},
                                    Migration{5, "access", kAccess},
                                    Migration{6, "service", kService},
                                    Migration{kVideosNumber, "videos", kVideos},
                                    Migration{8, "log", kLog}};

// Any number that nothing else in the database uses as an advisory lock.
constexpr std::string_view kTakeListLock = "SELECT pg_advisory_xact_lock(6010479281)";
constexpr std::string_view kEmptyState = "INSERT INTO list_state VALUES (1, 0, $1, 0, 0, 0)";

Result<bool> has_migrations_table(SqlConnection& connection) {
  const bool sqlite = connection.dialect() == SqlDialect::kSqlite;
  SEAWALL_TRY(
      SqlStatement * query,
      connection.statement(sqlite ? "SELECT count(*) FROM sqlite_schema WHERE name='schema_migrations'"
                                  : "SELECT CASE WHEN to_regclass('schema_migrations') IS NULL "
                                    "THEN 0::bigint ELSE 1::bigint END"));
  SEAWALL_TRY([[maybe_unused]] const bool row, query->step());
  const bool there = query->integer(0) != 0;
  query->reset();
  return there;
}

Result<void> apply(SqlConnection& connection, const Migration& migration) {
  SEAWALL_CHECK(connection.run(expand_schema(migration.sql, connection.dialect())));
  if (migration.number == 1) {
    SEAWALL_TRY(SqlStatement * state, connection.statement(kEmptyState));
    const std::array<std::byte, 32> chain{};
    SEAWALL_CHECK(state->bind(1, std::span<const std::byte>(chain)).run());
  }
  if (migration.number == kVideosNumber) SEAWALL_CHECK(find_video_entries(connection));
  SEAWALL_TRY(SqlStatement * done, connection.statement("INSERT INTO schema_migrations VALUES ($1, $2)"));
  SEAWALL_CHECK(done->bind(1, std::int64_t{migration.number}).bind(2, migration.name).run());
  return {};
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }
int schema_newest() { return kMigrations.back().number; }

Result<int> schema_number(SqlConnection& connection) {
  SEAWALL_TRY(const bool there, has_migrations_table(connection));
  if (!there) return 0;
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT COALESCE(MAX(number), 0) FROM schema_migrations"));
  SEAWALL_TRY([[maybe_unused]] const bool row, query->step());
  const auto number = static_cast<int>(query->integer(0));
  query->reset();
  return number;
}

Result<void> migrate_to(SqlConnection& connection, int number) {
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(connection, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(connection));
  SEAWALL_CHECK(connection.run(expand_schema(
      "CREATE TABLE IF NOT EXISTS schema_migrations (number {int} NOT NULL PRIMARY KEY, name TEXT NOT NULL) "
      "{strict}",
      connection.dialect())));
  SEAWALL_TRY(const int at, schema_number(connection));
  if (at > schema_newest()) return require_newest(connection);
  for (const Migration& migration : kMigrations) {
    if (migration.number > at && migration.number <= number) SEAWALL_CHECK(apply(connection, migration));
  }
  return transaction.commit();
}

Result<void> require_newest(SqlConnection& connection) {
  SEAWALL_TRY(const int at, schema_number(connection));
  if (at == schema_newest()) return {};
  if (at == 0) return fail(Code::kNotFound, "this database holds no Seawall store; make one first");
  if (at < schema_newest()) {
    return fail(Code::kUnsupported, "the store has schema " + std::to_string(at) + ", this build needs " +
                                        std::to_string(schema_newest()) + ": back it up, then migrate it");
  }
  return fail(Code::kUnsupported, "the store has schema " + std::to_string(at) +
                                      ", newer than this build knows: use a newer build");
}

Result<void> take_list_lock(SqlConnection& connection) {
  if (connection.dialect() == SqlDialect::kSqlite) return {};
  return connection.run(kTakeListLock);
}

}  // namespace seawall::store_sql_detail
