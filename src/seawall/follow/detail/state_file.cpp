#include "seawall/follow/detail/state_file.h"

#include <algorithm>

namespace seawall::follow_detail {
namespace {

constexpr std::int64_t kEdition = 1;
constexpr std::string_view kSchema = R"(
CREATE TABLE IF NOT EXISTS stand (
  one INTEGER PRIMARY KEY CHECK (one = 1), edition INTEGER NOT NULL, version INTEGER NOT NULL,
  chain BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS banks (
  id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL,
  action INTEGER NOT NULL, radius INTEGER NOT NULL, active INTEGER NOT NULL, expires INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS sources (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS releases (
  id INTEGER PRIMARY KEY, entries INTEGER NOT NULL, bank INTEGER NOT NULL, source INTEGER NOT NULL,
  state INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS overrides (
  id INTEGER PRIMARY KEY, expires INTEGER NOT NULL, radius INTEGER NOT NULL, action INTEGER NOT NULL,
  state INTEGER NOT NULL) STRICT;
)";

tl::unexpected<Error> corrupt() {
  return fail(Code::kCorrupt, "the follower's state file holds what it never writes; remove the folder");
}

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

Result<void> read_stand(Database& database, ListState& state) {
  SEAWALL_TRY(Statement query, database.prepare("SELECT edition, version, chain FROM stand"));
  SEAWALL_TRY(const bool any, query.step());
  if (!any) return {};
  if (query.integer(0) != kEdition) {
    return fail(Code::kUnsupported, "the folder was made by another edition of the follower; remove it");
  }
  state.version.number = static_cast<std::uint64_t>(query.integer(1));
  const auto chain = query.blob(2);
  if (chain.size() != state.version.chain.size()) return corrupt();
  std::copy(chain.begin(), chain.end(), state.version.chain.begin());
  return {};
}

Result<void> read_banks(Database& database, ListState& state) {
  SEAWALL_TRY(Statement query,
              database.prepare("SELECT id, tenant, name, kind, action, radius, active, expires "
                               "FROM banks ORDER BY id"));
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) return {};
    ListBank bank;
    bank.id = BankId{static_cast<std::uint32_t>(query.integer(0))};
    bank.tenant = query.text(1);
    bank.name = query.text(2);
    const auto kind = query.integer(3);
    const auto action = query.integer(4);
    const auto radius = query.integer(5);
    if (kind < 1 || kind > 2 || action < 0 || action > 2 || radius < 0 || radius > 256) return corrupt();
    bank.kind = static_cast<BankKind>(kind);
    bank.action = static_cast<BankAction>(action);
    bank.radius_bits = static_cast<int>(radius);
    bank.active = query.integer(6) != 0;
    if (!query.is_null(7)) bank.expires_at = Time{std::chrono::milliseconds(query.integer(7))};
    state.banks.push_back(std::move(bank));
  }
}

Result<void> read_sources(Database& database, ListState& state) {
  SEAWALL_TRY(Statement query, database.prepare("SELECT id, name, kind FROM sources ORDER BY id"));
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) return {};
    state.sources.push_back({SourceId{static_cast<std::uint32_t>(query.integer(0))},
                             std::string(query.text(1)), std::string(query.text(2))});
  }
}

Result<void> read_releases(Database& database, ListState& state) {
  SEAWALL_TRY(Statement query,
              database.prepare("SELECT id, entries, bank, source, state FROM releases ORDER BY id"));
  std::vector<ReleaseRow> rows;
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) break;
    const auto release_state = query.integer(4);
    if (release_state < 1 || release_state > 5) return corrupt();
    rows.push_back(
        {static_cast<std::uint64_t>(query.integer(0)), static_cast<std::uint64_t>(query.integer(1)),
         BankId{static_cast<std::uint32_t>(query.integer(2))},
         SourceId{static_cast<std::uint32_t>(query.integer(3))}, static_cast<ReleaseState>(release_state)});
  }
  state.releases.set_all(rows.data(), rows.size());
  return {};
}

Result<void> read_overrides(Database& database, ListState& state) {
  SEAWALL_TRY(Statement query,
              database.prepare("SELECT id, expires, radius, action, state FROM overrides ORDER BY id"));
  std::vector<OverrideRow> rows;
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) break;
    OverrideRow row;
    row.id = static_cast<std::uint64_t>(query.integer(0));
    row.expires_ms = query.integer(1);
    const auto radius = query.integer(2);
    const auto action = query.integer(3);
    const auto own = query.integer(4);
    if (radius < -1 || radius > 256 || action < 0 || action > 255 || own < 0 || own > 5) return corrupt();
    row.radius_bits = static_cast<std::int16_t>(radius);
    row.action = static_cast<std::uint8_t>(action);
    row.state = static_cast<std::uint8_t>(own);
    rows.push_back(row);
  }
  state.set_overrides(rows);
  return {};
}

Result<void> write_banks(Database& database, std::span<const ListBank> banks) {
  if (banks.empty()) return {};
  SEAWALL_TRY(Statement put, database.prepare("INSERT OR REPLACE INTO banks VALUES (?,?,?,?,?,?,?,?)"));
  for (const ListBank& bank : banks) {
    put.bind(1, number(bank.id)).bind(2, bank.tenant).bind(3, bank.name).bind(4, number(bank.kind));
    put.bind(5, number(bank.action)).bind(6, number(bank.radius_bits)).bind(7, number(bank.active ? 1 : 0));
    if (bank.expires_at) {
      put.bind(8, bank.expires_at->time_since_epoch().count());
    } else {
      put.bind_null(8);
    }
    SEAWALL_CHECK(put.run());
  }
  return {};
}

Result<void> write_sources(Database& database, std::span<const Source> sources) {
  if (sources.empty()) return {};
  SEAWALL_TRY(Statement put, database.prepare("INSERT OR REPLACE INTO sources VALUES (?,?,?)"));
  for (const Source& source : sources) {
    SEAWALL_CHECK(put.bind(1, number(source.id)).bind(2, source.name).bind(3, source.kind).run());
  }
  return {};
}

Result<void> write_releases(Database& database, std::span<const ReleaseRow> releases) {
  if (releases.empty()) return {};
  SEAWALL_TRY(Statement put, database.prepare("INSERT OR REPLACE INTO releases VALUES (?,?,?,?,?)"));
  SEAWALL_TRY(Statement drop, database.prepare("DELETE FROM releases WHERE id = ?"));
  for (const ReleaseRow& row : releases) {
    if (row.empty()) {
      SEAWALL_CHECK(drop.bind(1, number(row.id)).run());
      continue;
    }
    put.bind(1, number(row.id)).bind(2, number(row.entries)).bind(3, number(row.bank));
    SEAWALL_CHECK(put.bind(4, number(row.source)).bind(5, number(row.state)).run());
  }
  return {};
}

Result<void> write_overrides(Database& database, std::span<const OverrideRow> overrides) {
  if (overrides.empty()) return {};
  SEAWALL_TRY(Statement put, database.prepare("INSERT OR REPLACE INTO overrides VALUES (?,?,?,?,?)"));
  SEAWALL_TRY(Statement drop, database.prepare("DELETE FROM overrides WHERE id = ?"));
  for (const OverrideRow& row : overrides) {
    if (row.empty()) {
      SEAWALL_CHECK(drop.bind(1, number(row.id)).run());
      continue;
    }
    put.bind(1, number(row.id)).bind(2, row.expires_ms).bind(3, number(row.radius_bits));
    SEAWALL_CHECK(put.bind(4, number(row.action)).bind(5, number(row.state)).run());
  }
  return {};
}

}  // namespace

Result<StateFile> StateFile::open(const std::filesystem::path& path) {
  DatabaseOptions options;
  options.create = true;
  SEAWALL_TRY(Database database, Database::open(path, options));
  SEAWALL_CHECK(database.run(kSchema));
  return StateFile(std::move(database));
}

Result<ListState> StateFile::read() {
  ListState state;
  SEAWALL_CHECK(read_stand(database_, state));
  SEAWALL_CHECK(read_banks(database_, state));
  SEAWALL_CHECK(read_sources(database_, state));
  SEAWALL_CHECK(read_releases(database_, state));
  SEAWALL_CHECK(read_overrides(database_, state));
  state.find_radius_max();
  return state;
}

Result<void> StateFile::write(const StateChange& change) {
  SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
  SEAWALL_CHECK(write_banks(database_, change.banks));
  SEAWALL_CHECK(write_sources(database_, change.sources));
  SEAWALL_CHECK(write_releases(database_, change.releases));
  SEAWALL_CHECK(write_overrides(database_, change.overrides));
  SEAWALL_TRY(Statement stand, database_.prepare("INSERT OR REPLACE INTO stand VALUES (1,?,?,?)"));
  stand.bind(1, kEdition).bind(2, number(change.version.number));
  SEAWALL_CHECK(stand.bind(3, std::span<const std::byte>(change.version.chain)).run());
  return transaction.commit();
}

}  // namespace seawall::follow_detail
