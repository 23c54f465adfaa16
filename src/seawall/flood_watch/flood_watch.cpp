#include "seawall/flood_watch/flood_watch.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "seawall/durable_file/byte_io.h"
#include "seawall/durable_file/posix_file_system.h"

namespace seawall {
namespace {

constexpr std::int64_t kEdition = 1;
constexpr std::string_view kSchema = R"(
CREATE TABLE IF NOT EXISTS stand (
  one INTEGER PRIMARY KEY CHECK (one = 1), edition INTEGER NOT NULL, memory BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS held (
  entry INTEGER PRIMARY KEY, version INTEGER NOT NULL, most INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS callers (
  place INTEGER PRIMARY KEY, caller INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
)";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

/// What is remembered of a caller's name.
std::uint64_t caller_id(std::string_view caller) {
  return durable::checksum(std::as_bytes(std::span(caller.data(), caller.size())));
}

/// At which counts people are told of a flood that is not acted on: at the limit, and at each sixfold.
bool is_told_at(std::uint64_t count, std::uint64_t limit) {
  while (limit < count) limit *= 6;
  return count == limit;
}

}  // namespace

FloodWatch::FloodWatch(std::unique_ptr<durable::FolderLock> lock, Database database, FloodBreaker breaker,
                       AlertService& alerts, const Clock& clock, const FloodWatchOptions& options)
    : lock_(std::move(lock)),
      database_(std::move(database)),
      alerts_(alerts),
      clock_(clock),
      options_(options),
      breaker_(std::move(breaker)),
      shares_(options.pairs_max),
      saved_(clock.now()) {}

Result<std::unique_ptr<FloodWatch>> FloodWatch::open(const std::filesystem::path& folder,
                                                     AlertService& alerts, const Clock& clock,
                                                     const FloodWatchOptions& options) {
  if (options.held_max == 0) return fail(Code::kInvalidInput, "held_max is at least 1");
  if (!(options.caller_share > 0 && options.caller_share <= 1)) {
    return fail(Code::kInvalidInput, "caller_share is over 0, and at most 1");
  }
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
  SEAWALL_CHECK(load_held());
  return load_callers();
}

Result<void> FloodWatch::load_held() {
  SEAWALL_TRY(Statement held, database_.prepare("SELECT entry, version, most FROM held"));
  for (;;) {
    SEAWALL_TRY(const bool more, held.step());
    if (!more) return {};
    const Held one{static_cast<std::uint64_t>(held.integer(1)), static_cast<std::uint32_t>(held.integer(2))};
    held_.emplace(EntryId{static_cast<std::uint64_t>(held.integer(0))}, one);
  }
}

Result<void> FloodWatch::load_callers() {
  // The latest comes last.
  SEAWALL_TRY(Statement callers, database_.prepare("SELECT caller, at FROM callers ORDER BY place DESC"));
  for (;;) {
    SEAWALL_TRY(const bool more, callers.step());
    if (!more) return {};
    callers_.see(static_cast<std::uint64_t>(callers.integer(0)),
                 Time(std::chrono::milliseconds(callers.integer(1))));
  }
}

Result<std::optional<FloodTrip>> FloodWatch::met(EntryId entry, std::uint64_t list_version,
                                                 std::string_view caller) {
  const Time now = clock_.now();
  Noted noted;
  {
    const std::scoped_lock lock(mutex_);
    noted = note(entry, list_version, caller, now);
  }
  if (!noted.let_go && !noted.flood) return std::optional<FloodTrip>();
  const std::scoped_lock acting(acting_mutex_);
  auto trip = noted.flood ? act(entry, *noted.flood, now) : std::optional<FloodTrip>();
  if (noted.let_go && !(trip && *trip)) SEAWALL_CHECK(save_acting());
  return trip;
}

FloodWatch::Noted FloodWatch::note(EntryId entry, std::uint64_t list_version, std::string_view caller,
                                   Time now) {
  Noted noted;
  const auto held = held_.find(entry);
  if (held != held_.end()) {
    if (list_version <= held->second.version) {
      // The matcher has not come to the quarantine yet.
      count(entry, held->second);
      return noted;
    }
    // In force again: people have let it go.
    breaker_.accept(entry, held->second.most);
    held_.erase(held);
    noted.let_go = true;
  }
  noted.flood = flood_of(entry, caller, now);
  if (noted.flood && !acting_.insert(entry).second) noted.flood.reset();
  return noted;
}

std::optional<FloodCounts> FloodWatch::flood_of(EntryId entry, std::string_view caller, Time now) {
  dirty_ = true;
  const FloodVerdict verdict = breaker_.record(entry, now);
  const std::uint32_t matches = breaker_.count(entry, now), limit = breaker_.threshold(entry, now);
  const std::int64_t bucket = breaker_.bucket_of(now);
  if (!caller.empty() && callers_.several(now)) {
    const double share = std::ceil(options_.caller_share * limit);
    shares_.count(entry, caller_id(caller), bucket, static_cast<std::uint32_t>(share));
  }
  if (verdict == FloodVerdict::kNormal) return std::nullopt;
  const bool one_caller = matches - std::min(matches, shares_.beyond(entry, bucket)) < limit;
  if (one_caller && !is_told_at(matches, limit)) return std::nullopt;
  return FloodCounts{matches, limit, options_.flood.bucket, one_caller};
}

void FloodWatch::asked_by(std::string_view caller) {
  if (caller.empty()) return;
  const std::uint64_t id = caller_id(caller);
  const Time now = clock_.now();
  const std::scoped_lock lock(mutex_);
  callers_.see(id, now);
}

void FloodWatch::met_in_quarantine(EntryId entry, std::uint64_t list_version) {
  const std::scoped_lock lock(mutex_);
  count(entry, remember(entry, list_version));
}

void FloodWatch::count(EntryId entry, Held& held) {
  const Time now = clock_.now();
  (void)breaker_.record(entry, now);
  held.most = std::max(held.most, breaker_.count(entry, now));
  dirty_ = true;
}

Result<std::optional<FloodTrip>> FloodWatch::act(EntryId entry, const FloodCounts& counts, Time now) {
  using Deed = FloodOutcome::Deed;
  const auto outcome = alerts_.hold_back(entry, counts);
  {
    const std::scoped_lock lock(mutex_);
    acting_.erase(entry);
    if (!outcome) return tl::unexpected(outcome.error());
    if (outcome->deed == Deed::kNothing) return std::optional<FloodTrip>();
    if (outcome->deed == Deed::kHeldBack) {
      Held& held = remember(entry, outcome->version);
      // Others have gone on counting.
      held.most =
          std::max({held.most, static_cast<std::uint32_t>(counts.matches), breaker_.count(entry, now)});
    } else if (!counts.one_caller) {
      breaker_.accept(entry);  // Told again when it floods beyond this.
    }
  }
  SEAWALL_CHECK(save_acting());
  return std::optional(FloodTrip{counts, outcome->deed == Deed::kHeldBack});
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

Result<void> FloodWatch::write(const Memory& memory) {
  SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement stand, database_.prepare("INSERT OR REPLACE INTO stand VALUES (1,?,?)"));
  SEAWALL_CHECK(stand.bind(1, kEdition).bind(2, std::span<const std::byte>(memory.breaker)).run());
  SEAWALL_CHECK(database_.run("DELETE FROM held"));
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO held VALUES (?,?,?)"));
  for (const auto& [entry, held] : memory.held) {
    SEAWALL_CHECK(put.bind(1, number(entry)).bind(2, number(held.version)).bind(3, number(held.most)).run());
  }
  SEAWALL_TRY(Statement caller, database_.prepare("INSERT OR REPLACE INTO callers VALUES (?,?,?)"));
  std::int64_t place = 0;
  for (const auto& seen : memory.callers.seen()) {
    if (!seen) continue;
    const std::int64_t at = seen->at.time_since_epoch().count();
    SEAWALL_CHECK(caller.bind(1, place++).bind(2, number(seen->caller)).bind(3, at).run());
  }
  return transaction.commit();
}

Result<void> FloodWatch::save_acting() {
  Memory memory;
  {
    const std::scoped_lock lock(mutex_);
    memory = {breaker_.serialise(), held_, callers_};
    dirty_ = false;
  }
  const auto written = write(memory);
  const std::scoped_lock lock(mutex_);
  if (!written) {
    dirty_ = true;
  } else {
    saved_ = clock_.now();
  }
  return written;
}

Result<void> FloodWatch::save() {
  const std::scoped_lock acting(acting_mutex_);
  return save_acting();
}

Result<void> FloodWatch::save_if_due() {
  {
    const std::scoped_lock lock(mutex_);
    if (!dirty_ || clock_.now() - saved_ < options_.save_every) return {};
  }
  // Whoever acts just now saves too, or the next call does.
  const std::unique_lock acting(acting_mutex_, std::try_to_lock);
  return acting ? save_acting() : Result<void>{};
}

}  // namespace seawall
