#include "seawall/sightings/retro_follower.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "seawall/durable_file/posix_file_system.h"

namespace seawall {
namespace {

constexpr std::int64_t kEdition = 1;
constexpr std::string_view kSchema = R"(
CREATE TABLE IF NOT EXISTS stand (
  one INTEGER PRIMARY KEY CHECK (one = 1), edition INTEGER NOT NULL, version INTEGER NOT NULL,
  chain BLOB NOT NULL, within INTEGER NOT NULL, bank_version INTEGER NOT NULL,
  last_finding INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS banks (
  id INTEGER PRIMARY KEY, active INTEGER NOT NULL, radius INTEGER NOT NULL, expires INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS findings (
  number INTEGER PRIMARY KEY, list_version INTEGER NOT NULL, entry INTEGER NOT NULL, bank INTEGER NOT NULL,
  source INTEGER NOT NULL, type INTEGER NOT NULL, fingerprint INTEGER NOT NULL, distance INTEGER NOT NULL,
  radius INTEGER NOT NULL, tenant BLOB NOT NULL, place BLOB NOT NULL, time INTEGER NOT NULL) STRICT;
)";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
std::string text_of(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text.push_back(static_cast<char>(byte));
  return text;
}

Result<SeenBanks> read_banks(Database& database) {
  SeenBanks banks;
  SEAWALL_TRY(Statement query, database.prepare("SELECT id, active, radius, expires FROM banks"));
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) return banks;
    SeenBank bank{query.integer(1) != 0, static_cast<int>(query.integer(2)), std::nullopt};
    if (!query.is_null(3)) bank.expires_at = Time(std::chrono::milliseconds(query.integer(3)));
    banks.emplace(BankId{static_cast<std::uint32_t>(query.integer(0))}, bank);
  }
}

Result<void> write_banks(Database& database, const SeenBanks& banks) {
  SEAWALL_TRY(Statement put, database.prepare("INSERT OR REPLACE INTO banks VALUES (?,?,?,?)"));
  for (const auto& [id, bank] : banks) {
    put.bind(1, number(id)).bind(2, number(bank.active ? 1 : 0)).bind(3, number(bank.radius_bits));
    if (bank.expires_at) {
      put.bind(4, bank.expires_at->time_since_epoch().count());
    } else {
      put.bind_null(4);
    }
    SEAWALL_CHECK(put.run());
  }
  return {};
}

RetroFinding finding_of(const Statement& row) {
  RetroFinding finding;
  Sighting& sighting = finding.sighting;
  finding.number = static_cast<std::uint64_t>(row.integer(0));
  sighting.list_version = static_cast<std::uint64_t>(row.integer(1));
  sighting.entry = EntryId{static_cast<std::uint64_t>(row.integer(2))};
  sighting.bank = BankId{static_cast<std::uint32_t>(row.integer(3))};
  sighting.source = SourceId{static_cast<std::uint32_t>(row.integer(4))};
  sighting.type = static_cast<SignalType>(row.integer(5));
  sighting.fingerprint = static_cast<std::size_t>(row.integer(6));
  sighting.distance_bits = static_cast<int>(row.integer(7));
  sighting.radius_bits = static_cast<int>(row.integer(8));
  finding.tenant = text_of(row.blob(9));
  finding.place = text_of(row.blob(10));
  sighting.time = Time(std::chrono::milliseconds(row.integer(11)));
  return finding;
}

/// Before this the tenant's observations are gone.
Time cutoff_of(const TenantRetention& tenant, Time now) {
  if (tenant.retention.count() == 0) return tenant.dropped_before;
  return std::max(tenant.dropped_before, now - tenant.retention);
}

}  // namespace

/// Puts sightings into the transaction under way.
class FindingWriter {
 public:
  FindingWriter(Statement put, std::uint64_t last, std::uint64_t per_entry)
      : put_(std::move(put)), last_(last), per_entry_(per_entry) {}

  void add(const Sighting& sighting) {
    if (!result_) return;
    if (++counts_[sighting.entry] > per_entry_) {
      ++not_kept_;
      return;
    }
    put_.bind(1, number(++last_)).bind(2, number(sighting.list_version)).bind(3, number(sighting.entry));
    put_.bind(4, number(sighting.bank)).bind(5, number(sighting.source)).bind(6, number(sighting.type));
    put_.bind(7, number(sighting.fingerprint)).bind(8, number(sighting.distance_bits));
    put_.bind(9, number(sighting.radius_bits)).bind(10, bytes_of(sighting.tenant));
    put_.bind(11, bytes_of(sighting.place)).bind(12, sighting.time.time_since_epoch().count());
    result_ = put_.run();
  }

  [[nodiscard]] const Result<void>& result() const { return result_; }
  [[nodiscard]] std::uint64_t last() const { return last_; }
  [[nodiscard]] std::uint64_t not_kept() const { return not_kept_; }

 private:
  Statement put_;
  std::uint64_t last_;
  std::uint64_t per_entry_;
  std::unordered_map<EntryId, std::uint64_t> counts_;
  std::uint64_t not_kept_ = 0;
  Result<void> result_;
};

Result<std::unique_ptr<RetroFollower>> RetroFollower::open(const std::filesystem::path& folder,
                                                           const std::filesystem::path& observations,
                                                           Store& store, const Clock& clock,
                                                           const RetroFollowOptions& options) {
  if (options.batch_entries == 0 || options.batch_entries > ObservationLog::kRetroEntriesMax) {
    return fail(Code::kInvalidInput, "batch_entries is 1 to 1,048,576");
  }
  SEAWALL_TRY(const auto files, durable::posix_file_system(folder, true));
  SEAWALL_TRY(auto lock, files->lock("lock"));
  DatabaseOptions database_options;
  database_options.create = true;
  SEAWALL_TRY(Database database, Database::open(folder / "retro.db", database_options));
  SEAWALL_CHECK(database.run(kSchema));
  std::unique_ptr<RetroFollower> follower(
      new RetroFollower(std::move(lock), std::move(database), observations, store, clock, options));
  SEAWALL_CHECK(follower->open_log());
  SEAWALL_CHECK(follower->load());
  SEAWALL_CHECK(follower->drop_expired());
  return follower;
}

Result<std::unique_ptr<ObservationLog>> RetroFollower::open_log() const {
  // For each search anew: an open log holds on to the bytes of files that its writer has removed.
  ObservationLogOptions options;
  options.read_only = true;
  return ObservationLog::open(observations_, clock_, options);
}

Result<void> RetroFollower::load() {
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(Statement stand, database_.prepare("SELECT edition, version, chain, within, bank_version, "
                                                 "last_finding FROM stand"));
  SEAWALL_TRY(const bool any, stand.step());
  if (!any) return begin_here(*view);
  if (stand.integer(0) != kEdition) {
    return fail(Code::kUnsupported, "the folder of the search is of another edition; remove it");
  }
  const WalkPosition position{static_cast<std::uint64_t>(stand.integer(1)),
                              EntryId{static_cast<std::uint64_t>(stand.integer(3))},
                              static_cast<std::uint64_t>(stand.integer(4))};
  const auto chain = stand.blob(2);
  if (chain.size() != chain_.size()) return fail(Code::kCorrupt, "the folder of the search is damaged");
  std::copy(chain.begin(), chain.end(), chain_.begin());
  last_number_ = static_cast<std::uint64_t>(stand.integer(5));
  SEAWALL_TRY(auto banks, read_banks(database_));
  walk_ = EnforcedWalk(position, std::move(banks));
  return check_same_store(*view, chain_);
}

Result<void> RetroFollower::begin_here(StoreView& view) {
  SEAWALL_TRY(const ListVersion version, view.version());
  SEAWALL_TRY(const auto banks, view.banks());
  walk_ = EnforcedWalk({version.number, EntryId{}, 0}, seen_banks(banks));
  chain_ = version.chain;
  SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
  SEAWALL_CHECK(write_stand(walk_, chain_));
  return transaction.commit();
}

Result<void> RetroFollower::check_same_store(StoreView& view, const Sha256& chain) {
  const std::uint64_t version = walk_.position().version;
  if (version == 0) return {};
  SEAWALL_TRY(const auto items, view.feed(version - 1, 1));
  if (!items.empty() && items.front().version.chain == chain) return {};
  return fail(Code::kCorrupt,
              "the search stands at list version " + std::to_string(version) +
                  ", which this store does not have: it was put back from a backup or is another. Remove the "
                  "folder of the search to begin at the present version, and look for what came in between "
                  "with: seawall retro-match --since VERSION");
}

Result<void> RetroFollower::write_stand(const EnforcedWalk& walk, const Sha256& chain) {
  const WalkPosition& at = walk.position();
  SEAWALL_TRY(Statement stand, database_.prepare("INSERT OR REPLACE INTO stand VALUES (1,?,?,?,?,?,?)"));
  stand.bind(1, kEdition).bind(2, number(at.version)).bind(3, std::span<const std::byte>(chain));
  stand.bind(4, number(at.within)).bind(5, number(at.bank_version));
  SEAWALL_CHECK(stand.bind(6, number(last_number_)).run());
  return write_banks(database_, walk.banks());
}

Result<RetroFollowStep> RetroFollower::step(const RetroOptions& options,
                                            FunctionRef<void(std::uint64_t, std::uint64_t)> progress) {
  RetroFollowStep done;
  EnforcedWalk walk = walk_;
  Sha256 chain = chain_;
  std::vector<SoughtEntry> entries;
  {
    // The lists before the log: what a matcher observes later than this, it answers with these lists.
    SEAWALL_TRY(const auto view, store_.view());
    SEAWALL_TRY(auto batch, walk.next(*view, options_.batch_entries, clock_.now()));
    entries = std::move(batch.entries);
    done.up_to_date = batch.up_to_date;
    if (walk.position().version != walk_.position().version) {
      SEAWALL_TRY(const auto items, view->feed(walk.position().version - 1, 1));
      if (items.empty()) return fail(Code::kCorrupt, "the feed has lost a change that it had");
      chain = items.front().version.chain;
    }
  }
  done.entries = entries.size();
  done.list_version = walk.position().version;
  if (walk.position() == walk_.position() && entries.empty()) return done;
  const std::uint64_t last = last_number_;
  const auto kept = [&]() -> Result<void> {
    SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
    if (!entries.empty()) SEAWALL_CHECK(search(entries, options, progress, done));
    if (done.report.end != RetroReport::End::kComplete) return {};  // All of it again, the next time.
    SEAWALL_CHECK(write_stand(walk, chain));
    return transaction.commit();
  }();
  if (!kept || done.report.end != RetroReport::End::kComplete) {
    last_number_ = last;
    SEAWALL_CHECK(kept);
    return done;
  }
  walk_ = std::move(walk);
  chain_ = chain;
  return done;
}

Result<void> RetroFollower::search(const std::vector<SoughtEntry>& entries, const RetroOptions& options,
                                   FunctionRef<void(std::uint64_t, std::uint64_t)> progress,
                                   RetroFollowStep& done) {
  SEAWALL_TRY(const auto log, open_log());
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO findings VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"));
  FindingWriter writer(std::move(put), last_number_, options_.findings_per_entry);
  SEAWALL_TRY(done.report,
              find_sightings(
                  *log, entries, options, [&](const Sighting& one) { writer.add(one); }, progress));
  last_number_ = writer.last();
  done.not_kept = writer.not_kept();
  return writer.result();
}

Result<std::vector<RetroFinding>> RetroFollower::waiting(std::size_t limit) {
  std::vector<RetroFinding> findings;
  SEAWALL_TRY(Statement query,
              database_.prepare("SELECT number, list_version, entry, bank, source, type, fingerprint, "
                                "distance, radius, tenant, place, time FROM findings ORDER BY number "
                                "LIMIT ?"));
  query.bind(1, number(limit));
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) return findings;
    findings.push_back(finding_of(query));
  }
}

Result<void> RetroFollower::told(std::uint64_t last) {
  SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM findings WHERE number <= ?"));
  SEAWALL_CHECK(drop.bind(1, number(last)).run());
  return transaction.commit();
}

Result<void> RetroFollower::drop_expired() {
  SEAWALL_TRY(const auto log, open_log());
  const Time now = clock_.now();
  SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM findings WHERE tenant = ? AND time < ?"));
  for (const TenantRetention& tenant : log->retentions()) {
    const Time before = cutoff_of(tenant, now);
    SEAWALL_CHECK(drop.bind(1, bytes_of(tenant.tenant)).bind(2, before.time_since_epoch().count()).run());
  }
  return transaction.commit();
}

}  // namespace seawall
