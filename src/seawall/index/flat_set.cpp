#include "seawall/index/detail/flat_set.h"

#include <algorithm>
#include <tuple>

#include "seawall/index/detail/try.h"

namespace seawall::index_detail {
namespace {
constexpr const char* kLogName = "wal-1.log";

bool nearer(const Neighbour& a, const Neighbour& b) {
  return std::tie(a.distance_bits, a.id) < std::tie(b.distance_bits, b.id);
}
}  // namespace

Result<std::unique_ptr<FlatSet>> FlatSet::open(std::unique_ptr<FileSystem> files, Kind kind,
                                               const LiveIndexOptions& options) {
  auto set = std::make_unique<FlatSet>();
  set->files_ = std::move(files);
  set->kind_ = kind;
  set->options_ = options;
  if (set->files_) SEAWALL_CHECK(set->recover());
  return set;
}

Result<void> FlatSet::recover() {
  if (!options_.read_only) {
    SEAWALL_TRY(lock_, files_->lock("LOCK"));
  }
  auto content = files_->map(kLogName);
  if (!content && content.error().code != Code::kNotFound) return tl::unexpected(content.error());
  if (content) {
    SEAWALL_TRY(const WalContent wal, decode_wal((*content)->bytes(), kLogName, kind_, 1));
    for (const WalRecord& record : wal.records) change_memory({record.add, record.remove, record.position});
    log_bytes_ = wal.valid_bytes;
  }
  if (options_.read_only) return {};
  if (log_bytes_ == 0) {
    SEAWALL_TRY(log_, files_->create(kLogName));
    const auto header = encode_wal_header(kind_, 1);
    SEAWALL_CHECK(log_->append(header));
    SEAWALL_CHECK(log_->sync());
    SEAWALL_CHECK(files_->sync_folder());
    log_bytes_ = header.size();
  } else {
    SEAWALL_TRY(log_, files_->reopen(kLogName, log_bytes_));
  }
  return {};
}

Result<void> FlatSet::apply(const IndexChange& change) {
  if (options_.read_only) return fail(Code::kInvalidInput, "this index was opened read-only");
  const std::unique_lock lock(mutex_);
  if (log_) {
    if (change.add.size() > kWalAddsMax || change.remove.size() > kWalRemovesMax) {
      return fail(Code::kLimitExceeded, "one change holds at most 65536 additions; split it");
    }
    const auto record = encode_wal_record(change);
    if (auto done = log_->append(record); !done) {
      (void)log_->truncate(log_bytes_);
      return done;
    }
    if (options_.durable) SEAWALL_CHECK(log_->sync());
    log_bytes_ += record.size();
  }
  change_memory(change);
  return {};
}

void FlatSet::change_memory(const IndexChange& change) {
  std::vector<EntryId> removed(change.remove.begin(), change.remove.end());
  std::sort(removed.begin(), removed.end());
  if (!removed.empty()) {
    std::erase_if(entries_, [&](const IndexEntry& entry) {
      return std::binary_search(removed.begin(), removed.end(), entry.id);
    });
  }
  entries_.insert(entries_.end(), change.add.begin(), change.add.end());
  const auto order = [](const IndexEntry& a, const IndexEntry& b) {
    return std::tie(a.id, a.fingerprint) < std::tie(b.id, b.fingerprint);
  };
  std::sort(entries_.begin(), entries_.end(), order);
  entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
  position_ = change.position;
}

std::vector<Neighbour> FlatSet::within(const Fingerprint256& query, const QueryOptions& options) const {
  const std::shared_lock lock(mutex_);
  std::vector<Neighbour> found;
  for (const IndexEntry& entry : entries_) {
    const int distance = hamming_distance(entry.fingerprint, query);
    if (distance > options.radius_bits) continue;
    found.push_back({entry.id, distance});
    if (options.any_hit) return found;
  }
  std::sort(found.begin(), found.end(), nearer);
  if (found.size() > options.nearest_max) found.resize(options.nearest_max);
  return found;
}

std::uint64_t FlatSet::position() const {
  const std::shared_lock lock(mutex_);
  return position_;
}

std::size_t FlatSet::size() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

}  // namespace seawall::index_detail
