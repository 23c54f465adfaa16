#include "seawall/observation/detail/retro_scan.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace seawall::observation_detail {
namespace {

constexpr std::size_t kSliceRows = 1024;  ///< Between two looks at the clock.
constexpr unsigned kThreadsMax = 64;

}  // namespace

/// The rows of an item: there already, or decoded when the first match wants them.
class RetroScan::Lazy {
 public:
  Lazy(RetroScan& scan, const Item& item) : scan_(scan), item_(item), rows_(item.rows) {}

  /// Null if the block is damaged, which is then reported.
  const Rows* rows() {
    if (rows_ != nullptr || failed_) return rows_;
    const auto block = read_block(*item_.file, *item_.block);
    if (block) decoded_ = decode_rows(*block);
    const bool known = decoded_ && std::all_of(decoded_->tenants.begin(), decoded_->tenants.end(),
                                               [this](std::uint32_t id) { return id < scan_.tenant_count_; });
    if (known) {
      rows_ = &*decoded_;
    } else {
      failed_ = true;
      scan_.damaged(item_, item_.count(), "has matches, but its places and times cannot be read");
    }
    return rows_;
  }

 private:
  RetroScan& scan_;
  const Item& item_;
  const Rows* rows_;
  std::optional<Rows> decoded_;
  bool failed_ = false;
};

RetroScan::RetroScan(std::span<const RetroEntry> entries, const QuerySet& queries, const Snapshot& snapshot,
                     const Tenants& tenants, std::int64_t now_ms, const RetroOptions& options,
                     const Calls& calls)
    : entries_(entries),
      queries_(queries),
      snapshot_(snapshot),
      tenants_(tenants),
      tenant_count_(tenants.count()),
      now_ms_(now_ms),
      options_(options),
      calls_(calls) {
  report_.damage = snapshot_.damage;
  for (const auto& part : snapshot_.parts) {
    add_damage(*part, false, report_.damage);
    for (const BlockAt& block : part->blocks) items_.push_back({part.get(), &block, nullptr});
  }
  for (const auto& rows : snapshot_.memory) items_.push_back({nullptr, nullptr, rows.get()});
  for (const Item& item : items_) total_ += item.count();
}

RetroReport RetroScan::run() {
  const unsigned wanted = options_.threads == 0 ? std::thread::hardware_concurrency() : options_.threads;
  const unsigned threads = std::clamp(wanted, 1U, kThreadsMax);
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 1; i < threads; ++i) workers.emplace_back([this] { work(); });
    work();
  }
  return std::move(report_);
}

void RetroScan::work() {
  Scratch scratch;
  for (;;) {
    const std::size_t at = next_.fetch_add(1, std::memory_order_relaxed);
    if (at >= items_.size() || stopped()) return;
    scan(items_[at], scratch);
    if (stop_) return;
    const std::scoped_lock lock(mutex_);
    report_.observations += items_[at].count();
    calls_.progress(report_.observations, total_);
  }
}

bool RetroScan::stopped() {
  if (stop_) return true;
  const bool cancelled = options_.cancel.stop_requested();
  const bool late = options_.deadline && std::chrono::steady_clock::now() >= *options_.deadline;
  if (!cancelled && !late) return false;
  const std::scoped_lock lock(mutex_);
  report_.end = cancelled ? RetroReport::End::kCancelled : RetroReport::End::kDeadline;
  stop_ = true;
  return true;
}

void RetroScan::scan(const Item& item, Scratch& scratch) {
  Lazy lazy(*this, item);
  if (item.file == nullptr) {
    if (!match_codes(item.rows->codes.values, lazy)) return;
    (void)(match_digests(item.rows->md5, queries_.md5, SignalType::kMd5, lazy) &&
           match_digests(item.rows->sha1, queries_.sha1, SignalType::kSha1, lazy) &&
           match_digests(item.rows->sha256, queries_.sha256, SignalType::kSha256, lazy));
    return;
  }
  const BlockHeader& head = item.block->header;
  if (queries_.asks_codes() && head.code_rows != 0) {
    scratch.codes.resize((head.codes.size_bytes + sizeof(Fingerprint256) - 1) / sizeof(Fingerprint256));
    const auto bytes = std::as_writable_bytes(std::span(scratch.codes)).first(head.codes.size_bytes);
    if (!read_section(*item.file, *item.block, head.codes, head.codes_at(), bytes)) {
      return damaged(item, head.rows, "the fingerprints cannot be read");
    }
    if (!match_codes(std::span(scratch.codes).first(head.code_rows), lazy)) return;
  }
  if (queries_.asks_digests() && head.digests.size_bytes != 0) {
    scratch.bytes.resize(head.digests.size_bytes);
    const bool read =
        read_section(*item.file, *item.block, head.digests, head.digests_at(), scratch.bytes).has_value();
    const auto digests = read ? decode_digests(head, scratch.bytes) : std::nullopt;
    if (!digests) return damaged(item, head.rows, "the digests cannot be read");
    (void)(match_digests(digests->md5, queries_.md5, SignalType::kMd5, lazy) &&
           match_digests(digests->sha1, queries_.sha1, SignalType::kSha1, lazy) &&
           match_digests(digests->sha256, queries_.sha256, SignalType::kSha256, lazy));
  }
}

bool RetroScan::match_codes(std::span<const Fingerprint256> codes, Lazy& lazy) {
  for (std::size_t base = 0; base < codes.size() && queries_.asks_codes(); base += kSliceRows) {
    if (stopped()) return false;
    const auto slice = codes.subspan(base, std::min(kSliceRows, codes.size() - base));
    const bool on = queries_.matcher->match(slice, [&](std::span<const FlatMatch> found) {
      const Rows* const rows = lazy.rows();
      if (rows == nullptr) return false;
      for (const FlatMatch& one : found) {
        const QuerySet::Owner owner = queries_.owners[one.query];
        const RetroMatch match{
            entries_[owner.entry].id, SignalType::kPdq, owner.fingerprint, one.distance_bits, {}};
        if (!report(lazy, rows->codes.rows[base + one.row], match)) return false;
      }
      return true;
    });
    if (!on) return false;
  }
  return true;
}

template <class T>
bool RetroScan::match_digests(const Sparse<T>& column, const DigestTable<T>& table, SignalType signal,
                              Lazy& lazy) {
  if (table.empty()) return true;
  if (stopped()) return false;
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    for (const auto& [digest, entry] : table.find(column.values[i])) {
      if (!report(lazy, column.rows[i], {entries_[entry].id, signal, 0, 0, {}})) return false;
    }
  }
  return true;
}

bool RetroScan::report(Lazy& lazy, std::uint32_t row, const RetroMatch& match) {
  const Rows* const rows = lazy.rows();
  if (rows == nullptr) return false;
  RetroMatch full = match;
  full.observation = rows->observation(row);
  const std::uint32_t tenant = rows->tenants[row];
  full.observation.tenant = tenants_.name(tenant);
  const std::scoped_lock lock(mutex_);
  if (stop_) return false;
  // Looked up now, not when the scan began: what is dropped meanwhile is not reported any more.
  if (rows->times_ms[row] < tenants_.cutoff_ms(tenant, now_ms_)) return true;
  if (match.signal == SignalType::kPdq && full.observation.pdq->quality < options_.quality_min) {
    ++report_.low_quality;
    return true;
  }
  ++report_.matches;
  calls_.visit(full);
  return true;
}

void RetroScan::damaged(const Item& item, std::uint64_t rows, const std::string& what) {
  const std::scoped_lock lock(mutex_);
  report_.unreadable_rows += rows;
  add_damage({item.file->name, item.block->offset, item.block->header.size_bytes(), what}, report_.damage);
}

}  // namespace seawall::observation_detail
