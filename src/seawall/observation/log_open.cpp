#include <algorithm>
#include <utility>

#include "seawall/durable_file/posix_file_system.h"
#include "seawall/observation/detail/log.h"

namespace seawall::observation_detail {
namespace {

/// A reader opens files while the writer replaces and cuts them; so often it looks again if that fails.
constexpr int kReadAttempts = 10;

Memory memory_of(Replayed&& replayed) {
  Memory memory;
  for (const auto& chunk : replayed.chunks) memory.rows += chunk->size();
  memory.chunks = std::move(replayed.chunks);
  memory.unreadable = std::move(replayed.unreadable);
  memory.damage = std::move(replayed.damage);
  memory.size_bytes = replayed.size_bytes;
  return memory;
}

}  // namespace

Log::Log(std::unique_ptr<FileSystem> files, const Clock& clock, const ObservationLogOptions& options)
    : options_(options), clock_(clock), folder_(std::move(files), options.block_rows) {}

Log::~Log() = default;

Result<std::unique_ptr<Log>> Log::open(std::unique_ptr<FileSystem> files, const Clock& clock,
                                       const ObservationLogOptions& options) {
  if (options.block_rows == 0 || options.block_rows > kBlockRowsMax || options.journal_rows == 0 ||
      options.journal_rows > std::size_t{1} << 22) {
    return fail(Code::kInvalidInput, "block_rows is 1 to 16,384 and journal_rows 1 to 4,194,304");
  }
  std::unique_ptr<Log> log(new Log(std::move(files), clock, options));
  const std::scoped_lock maintenance(log->maintenance_);
  if (!options.read_only) SEAWALL_CHECK(log->folder_.lock());
  SEAWALL_CHECK(log->load());
  if (!options.read_only && options.background) {
    log->sealer_ =
        std::jthread([raw = log.get()](const std::stop_token& stop) { raw->seal_in_background(stop); });
  }
  return log;
}

Result<void> Log::load() {
  for (int attempt = 1;; ++attempt) {
    auto done = load_once();
    if (done || (options_.read_only && attempt == kReadAttempts)) return done;
    if (options_.read_only) continue;
    if (done.error().code != Code::kNotFound) return done;
    return fail(Code::kCorrupt, std::move(done).error().message);
  }
}

Result<void> Log::load_once() {
  SEAWALL_TRY(auto manifest, folder_.read_manifest());
  if (!manifest) {
    if (options_.read_only) return fail(Code::kNotFound, "no log of observations in this folder");
    // The journal first: so a manifest without its journal is always a loss.
    SEAWALL_TRY(const auto first, Journal::create(folder_.files(), 1));
    manifest.emplace();
    SEAWALL_CHECK(folder_.commit(*manifest));
  }
  Parts parts;
  for (const PartRecord& record : manifest->parts) {
    SEAWALL_TRY(auto part, folder_.open_part(record));
    parts.push_back(std::move(part));
  }
  SEAWALL_TRY(Replayed replayed, folder_.replay(manifest->first_journal));
  for (const auto& chunk : replayed.chunks) {
    if (std::any_of(chunk->tenants.begin(), chunk->tenants.end(),
                    [&](std::uint32_t id) { return id >= manifest->tenants.size(); })) {
      return fail(options_.read_only ? Code::kNotFound : Code::kCorrupt,
                  "a journal names a tenant that the manifest does not know; restore both from one backup");
    }
  }
  manifest_ = std::move(*manifest);
  tenants_.reset(manifest_.tenants);
  if (!options_.read_only) {
    parts_ = std::make_shared<const Parts>(std::move(parts));
    return take_over(std::move(replayed));
  }
  const std::scoped_lock lock(mutex_);
  parts_ = std::make_shared<const Parts>(std::move(parts));
  memory_ = memory_of(std::move(replayed));
  return {};
}

/// Goes on with the last journal if it is the only one and whole; else writes them all out as parts.
Result<void> Log::take_over(Replayed replayed) {
  const std::uint64_t last = replayed.last, last_end = replayed.last_end;
  const bool go_on = replayed.first == last && last_end != 0 && replayed.unreadable.empty();
  Memory memory = memory_of(std::move(replayed));
  if (go_on) {
    memory_ = std::move(memory);
    SEAWALL_TRY(journal_, Journal::reopen(folder_.files(), last, last_end));
  } else {
    frozen_ = std::make_shared<const Memory>(std::move(memory));
    SEAWALL_TRY(journal_, Journal::create(folder_.files(), last + 1));
    (void)seal_frozen(nullptr);  // They are safe in their journals; a later append tries again.
  }
  (void)folder_.remove_obsolete(manifest_);  // Left for the next time if it fails.
  return {};
}

Result<void> Log::refresh() {
  if (!options_.read_only) return {};
  const std::scoped_lock maintenance(maintenance_);
  return load();
}

}  // namespace seawall::observation_detail

namespace seawall {

Result<std::unique_ptr<ObservationLog>> ObservationLog::open(const std::filesystem::path& folder,
                                                             const Clock& clock,
                                                             const ObservationLogOptions& options) {
  SEAWALL_TRY(auto files, durable::posix_file_system(folder, !options.read_only));
  SEAWALL_TRY(auto log, observation_detail::Log::open(std::move(files), clock, options));
  return std::unique_ptr<ObservationLog>(std::move(log));
}

}  // namespace seawall
