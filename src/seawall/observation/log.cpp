#include "seawall/observation/detail/log.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace seawall::observation_detail {
namespace {

Result<void> check(const Observation& one) {
  const auto wrong = [](const char* what) {
    return fail(Code::kInvalidInput, std::string("an observation's ") + what);
  };
  if (one.tenant.empty() || one.tenant.size() > Observation::kTenantBytesMax)
    return wrong("tenant is 1 to 64 bytes");
  if (one.place.empty() || one.place.size() > Observation::kPlaceBytesMax)
    return wrong("place is 1 to 128 bytes");
  const std::int64_t time = one.time.time_since_epoch().count();
  if (time < 0 || time > Observation::kTimeMsMax) return wrong("time is before 1970 or after 6429");
  if (one.pdq && (one.pdq->quality < 0 || one.pdq->quality > 100)) return wrong("quality is 0 to 100");
  if (!one.pdq && !one.md5 && !one.sha1 && !one.sha256)
    return wrong("signals are missing: give at least one");
  return {};
}

Result<void> check_tenant(std::string_view tenant) {
  if (!tenant.empty() && tenant.size() <= Observation::kTenantBytesMax) return {};
  return fail(Code::kInvalidInput, "a tenant is 1 to 64 bytes");
}

tl::unexpected<Error> read_only_error() {
  return fail(Code::kInvalidInput, "this log of observations was opened read-only");
}

}  // namespace

void Memory::add(const Rows& more) {
  if (tail.size() != 0 && tail.size() + more.size() > kBlockRowsMax) {
    chunks.push_back(std::make_shared<const Rows>(std::exchange(tail, {})));
  }
  tail.append(more);
  rows += more.size();
}

Result<Rows> Log::intern(std::span<const Observation> observations) {
  std::vector<std::string_view> unknown;
  for (const Observation& one : observations) {
    SEAWALL_CHECK(check(one));
    const bool again = !unknown.empty() && unknown.back() == one.tenant;
    if (!again && !tenants_.find(one.tenant)) unknown.push_back(one.tenant);
  }
  if (!unknown.empty()) SEAWALL_CHECK(know_tenants(unknown));
  Rows rows;
  std::string_view last;
  std::uint32_t id = 0;
  for (const Observation& one : observations) {
    if (one.tenant != last) id = tenants_.find(one.tenant).value();
    last = one.tenant;
    rows.push(id, one);
  }
  return rows;
}

Result<void> Log::know_tenants(std::span<const std::string_view> names) {
  const std::scoped_lock maintenance(maintenance_);
  Manifest next = manifest_;
  std::vector<std::string_view> fresh(names.begin(), names.end());
  std::sort(fresh.begin(), fresh.end());
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
  for (const std::string_view name : fresh) {
    if (!tenants_.find(name)) next.tenants.push_back({std::string(name), 0, 0});
  }
  if (next.tenants.size() == manifest_.tenants.size()) return {};
  if (next.tenants.size() > kTenantsMax)
    return fail(Code::kLimitExceeded, "a log holds at most 65,536 tenants");
  SEAWALL_CHECK(folder_.commit(next));
  manifest_ = std::move(next);
  tenants_.reset(manifest_.tenants);
  return {};
}

Result<void> Log::change_tenant(std::string_view tenant, FunctionRef<void(TenantSetting&)> change) {
  if (options_.read_only) return read_only_error();
  SEAWALL_CHECK(check_tenant(tenant));
  SEAWALL_CHECK(know_tenants(std::span(&tenant, 1)));
  const std::scoped_lock maintenance(maintenance_);
  Manifest next = manifest_;
  change(next.tenants[tenants_.find(tenant).value()]);
  if (next == manifest_) return {};
  SEAWALL_CHECK(folder_.commit(next));
  manifest_ = std::move(next);
  tenants_.reset(manifest_.tenants);
  return {};
}

Result<void> Log::drop_before(std::string_view tenant, Time time) {
  const std::int64_t time_ms = std::min(time.time_since_epoch().count(), Observation::kTimeMsMax + 1);
  return change_tenant(tenant, [time_ms](TenantSetting& setting) {
    setting.dropped_before_ms = std::max(setting.dropped_before_ms, time_ms);
  });
}

Result<void> Log::set_retention(std::string_view tenant, std::chrono::milliseconds retention) {
  if (retention.count() < 0)
    return fail(Code::kInvalidInput, "a retention is not negative; 0 keeps for ever");
  return change_tenant(tenant,
                       [retention](TenantSetting& setting) { setting.retention_ms = retention.count(); });
}

std::vector<TenantRetention> Log::retentions() const {
  std::vector<TenantRetention> out;
  for (const TenantSetting& one : tenants_.all()) {
    out.push_back({one.name, std::chrono::milliseconds(one.retention_ms),
                   Time(std::chrono::milliseconds(one.dropped_before_ms))});
  }
  return out;
}

Result<void> Log::append(std::span<const Observation> observations) {
  if (options_.read_only) return read_only_error();
  SEAWALL_TRY(const Rows all, intern(observations));
  for (std::size_t first = 0; first < all.size(); first += kBlockRowsMax) {
    if (!options_.background) {
      const std::scoped_lock maintenance(maintenance_);
      const bool now = [this] {
        const std::scoped_lock lock(mutex_);
        return full();
      }();
      if (now) {  // The rows are safe in their journal: if this fails, the next append tries again.
        (void)seal(nullptr);
        (void)folder_.remove_obsolete(manifest_);
      }
    }
    if (all.size() <= kBlockRowsMax) return commit(all);
    std::vector<std::uint32_t> piece(std::min(kBlockRowsMax, all.size() - first));
    std::iota(piece.begin(), piece.end(), static_cast<std::uint32_t>(first));
    SEAWALL_CHECK(commit(all.select(piece)));
  }
  return {};
}

Result<void> Log::commit(const Rows& rows) {
  Lock lock(mutex_);
  Pending mine{&rows};
  queue_.push_back(&mine);
  while (!mine.done) {
    if (journal_busy_ || rotation_wanted_) {
      changed_.wait(lock);
    } else if (memory_.rows >= 2 * options_.journal_rows) {
      if (!wait_for_room(lock, mine)) {
        return fail(Code::kUnavailable,
                    "the journal of observations is full and cannot be written out as a part");
      }
    } else {
      lead(lock);
    }
  }
  if (mine.error) return tl::unexpected(*mine.error);
  return {};
}

bool Log::wait_for_room(Lock& lock, Pending& mine) {
  const bool hopeless = !options_.background || seal_failed_;
  seal_asked_ = true;
  changed_.notify_all();
  if (hopeless) {
    std::erase(queue_, &mine);
    return false;
  }
  changed_.wait(lock);
  return true;
}

/// Writes the front of the queue as one block, for everybody in it.
void Log::lead(Lock& lock) {
  journal_busy_ = true;
  std::vector<Pending*> group;
  std::size_t rows = 0;
  while (!queue_.empty() && (group.empty() || rows + queue_.front()->rows->size() <= kBlockRowsMax)) {
    group.push_back(queue_.front());
    rows += group.back()->rows->size();
    queue_.pop_front();
  }
  lock.unlock();
  Rows block;
  for (const Pending* one : group) block.append(*one->rows);
  const std::vector<std::uint32_t> order = block.sorted_order();
  if (!std::is_sorted(order.begin(), order.end())) block = block.select(order);
  const auto done = journal_->append(encode_rows(block));
  lock.lock();
  if (done) {
    memory_.add(block);
    memory_.size_bytes = journal_->size_bytes();
  }
  for (Pending* one : group) {
    one->done = true;
    if (!done) one->error = done.error();
  }
  journal_busy_ = false;
  seal_asked_ = seal_asked_ || full();
  changed_.notify_all();
}

Snapshot Log::snapshot() const {
  Snapshot out;
  const std::scoped_lock lock(mutex_);
  out.parts = *parts_;
  if (frozen_ != nullptr) {
    out.memory = frozen_->chunks;
    out.memory.emplace_back(frozen_, &frozen_->tail);
    out.damage = frozen_->damage;
  }
  out.memory.insert(out.memory.end(), memory_.chunks.begin(), memory_.chunks.end());
  out.memory.push_back(std::make_shared<const Rows>(memory_.tail));
  out.damage.insert(out.damage.end(), memory_.damage.begin(), memory_.damage.end());
  return out;
}

Result<RetroReport> Log::retro_match(std::span<const RetroEntry> entries, const RetroOptions& options,
                                     FunctionRef<void(const RetroMatch&)> visit,
                                     FunctionRef<void(std::uint64_t, std::uint64_t)> progress) {
  SEAWALL_TRY(const QuerySet queries, QuerySet::make(entries));
  const Snapshot all = snapshot();
  return RetroScan(entries, queries, all, tenants_, now_ms(), options, {visit, progress}).run();
}

ObservationStats Log::stats() const {
  ObservationStats out;
  out.tenants = tenants_.count();
  const std::scoped_lock lock(mutex_);
  for (const auto& part : *parts_) {
    out.observations += part->rows;
    out.size_bytes += part->file->size_bytes();
  }
  out.files = parts_->size();
  for (const Memory* memory : {frozen_.get(), &memory_}) {
    if (memory == nullptr) continue;
    out.observations += memory->rows;
    out.size_bytes += memory->size_bytes;
    ++out.files;
  }
  return out;
}

}  // namespace seawall::observation_detail
