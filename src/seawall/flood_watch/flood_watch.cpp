#include "seawall/flood_watch/flood_watch.h"

#include <algorithm>
#include <utility>

#include "seawall/durable_file/posix_file_system.h"

namespace seawall {
namespace {

constexpr std::int64_t kEdition = 1;
constexpr std::string_view kSchema = R"(
CREATE TABLE IF NOT EXISTS stand (
  one INTEGER PRIMARY KEY CHECK (one = 1), edition INTEGER NOT NULL, memory BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS held (
  entry INTEGER PRIMARY KEY, version INTEGER NOT NULL, most INTEGER NOT NULL) STRICT;
)";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

}  // namespace

FloodWatch::FloodWatch(std::unique_ptr<durable::FolderLock> lock, Database database, FloodBreaker breaker,
                       AlertService& alerts, const Clock& clock, const FloodWatchOptions& options)
    : lock_(std::move(lock)),
      database_(std::move(database)),
      breaker_(std::move(breaker)),
      alerts_(alerts),
      clock_(clock),
      options_(options),
      saved_(clock.now()) {}

Result<std::unique_ptr<FloodWatch>> FloodWatch::open(const std::filesystem::path& folder,
                                                     AlertService& alerts, const Clock& clock,
                                                     const FloodWatchOptions& options) {
  if (options.held_max == 0) return fail(Code::kInvalidInput, "held_max is at least 1");
  SEAWALL_TRY(FloodBreaker breaker, FloodBreaker::make(options.flood));
  SEAWALL_TRY(const auto files, durable::posix_file_system(folder, true));
  SEAWALL_TRY(auto lock, files->lock("lock"));
  DatabaseOptions database_options;
  database_options.create = true;
  SEAWALL_TRY(Database database, Database::open(folder / "flood.db", database_options));
  SEAWALL_CHECK(database.run(kSchema));
  std::unique_ptr<FloodWatch> watch(
      new FloodWatch(std::move(lock), std::move(database), std::move(breaker), alerts, clock, options));
  SEAWALL_CHECK(watch->load());
  return watch;
}

Result<void> FloodWatch::load() {
  SEAWALL_TRY(Statement stand, database_.prepare("SELECT edition, memory FROM stand"));
  SEAWALL_TRY(const bool any, stand.step());
  if (any) {
    if (stand.integer(0) != kEdition) {
      return fail(Code::kUnsupported, "the flood breaker's folder is of another edition; remove it");
    }
    SEAWALL_CHECK(breaker_.restore(stand.blob(1)));
  }
  SEAWALL_TRY(Statement held, database_.prepare("SELECT entry, version, most FROM held"));
  for (;;) {
    SEAWALL_TRY(const bool more, held.step());
    if (!more) return {};
    const Held one{static_cast<std::uint64_t>(held.integer(1)), static_cast<std::uint32_t>(held.integer(2))};
    held_.emplace(EntryId{static_cast<std::uint64_t>(held.integer(0))}, one);
  }
}

Result<std::optional<FloodTrip>> FloodWatch::met(EntryId entry, std::uint64_t list_version) {
  const auto held = held_.find(entry);
  if (held != held_.end()) {
    if (list_version <= held->second.version) {
      // The matcher has not come to the quarantine yet.
      count(entry, held->second);
      return std::optional<FloodTrip>();
    }
    // In force again: people have let it go.
    breaker_.accept(entry, held->second.most);
    held_.erase(held);
    SEAWALL_CHECK(save());
  }
  const Time now = clock_.now();
  dirty_ = true;
  if (breaker_.record(entry, now) == FloodVerdict::kNormal) return std::optional<FloodTrip>();
  return hold_back(entry, now);
}

void FloodWatch::met_in_quarantine(EntryId entry, std::uint64_t list_version) {
  count(entry, remember(entry, list_version));
}

void FloodWatch::count(EntryId entry, Held& held) {
  const Time now = clock_.now();
  (void)breaker_.record(entry, now);
  held.most = std::max(held.most, breaker_.count(entry, now));
  dirty_ = true;
}

Result<std::optional<FloodTrip>> FloodWatch::hold_back(EntryId entry, Time now) {
  const std::uint32_t matches = breaker_.count(entry, now);
  const FloodCounts counts{matches, breaker_.threshold(entry, now), options_.flood.bucket};
  SEAWALL_TRY(const FloodOutcome outcome, alerts_.hold_back(entry, counts));
  using Deed = FloodOutcome::Deed;
  if (outcome.deed == Deed::kNothing) return std::optional<FloodTrip>();
  if (outcome.deed == Deed::kHeldBack) {
    remember(entry, outcome.version).most = matches;
  } else {
    breaker_.accept(entry);  // Told again when it floods beyond this.
  }
  SEAWALL_CHECK(save());
  return std::optional(FloodTrip{counts, outcome.deed == Deed::kHeldBack});
}

FloodWatch::Held& FloodWatch::remember(EntryId entry, std::uint64_t version) {
  const auto known = held_.find(entry);
  if (known != held_.end()) return known->second;
  if (held_.size() >= options_.held_max) {
    // The one held back for the longest; if it comes in force again its normal stays what it was.
    held_.erase(std::min_element(held_.begin(), held_.end(), [](const auto& a, const auto& b) {
      return a.second.version < b.second.version;
    }));
  }
  return held_.emplace(entry, Held{version, 0}).first->second;
}

Result<void> FloodWatch::write_held() {
  SEAWALL_CHECK(database_.run("DELETE FROM held"));
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO held VALUES (?,?,?)"));
  for (const auto& [entry, held] : held_) {
    SEAWALL_CHECK(put.bind(1, number(entry)).bind(2, number(held.version)).bind(3, number(held.most)).run());
  }
  return {};
}

Result<void> FloodWatch::save() {
  const std::vector<std::byte> memory = breaker_.serialise();
  SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement stand, database_.prepare("INSERT OR REPLACE INTO stand VALUES (1,?,?)"));
  SEAWALL_CHECK(stand.bind(1, kEdition).bind(2, std::span<const std::byte>(memory)).run());
  SEAWALL_CHECK(write_held());
  SEAWALL_CHECK(transaction.commit());
  dirty_ = false;
  saved_ = clock_.now();
  return {};
}

Result<void> FloodWatch::save_if_due() {
  if (!dirty_ || clock_.now() - saved_ < options_.save_every) return {};
  return save();
}

}  // namespace seawall
