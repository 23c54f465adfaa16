#include <algorithm>

#include "seawall/index/detail/live_set.h"
#include "seawall/index/detail/try.h"

namespace seawall::index_detail {
namespace {

std::vector<EntryId> sorted_unique(std::span<const EntryId> ids) {
  std::vector<EntryId> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

bool held_by_any(const State& state, const IndexEntry& entry) {
  return std::any_of(state.parts.begin(), state.parts.end(),
                     [&](const Part& part) { return part.visible != 0 && part.contains(entry); });
}

}  // namespace

void LiveSet::remove_ids(std::span<const EntryId> ids, State& state) const {
  if (ids.empty()) return;
  const std::vector<EntryId> sorted = sorted_unique(ids);
  std::vector<std::uint32_t> fresh;
  for (Part& part : state.parts) {
    fresh.clear();
    for (const EntryId id : sorted) {
      const auto rows = part.rows_of(id);
      fresh.insert(fresh.end(), rows.begin(), rows.end());
    }
    std::sort(fresh.begin(), fresh.end());
    part.dead = DeadRows::add(part.dead, fresh, part.ids().size());
    state.size -= fresh.size();
  }
}

void LiveSet::change_memory(const IndexChange& change, State& state) const {
  remove_ids(change.remove, state);
  Part& delta = state.parts.back();
  for (const IndexEntry& entry : change.add) {
    if (held_by_any(state, entry)) continue;
    delta.table->append(entry);
    delta.visible = delta.table->size();
    ++state.size;
  }
  delta.last_position = change.position;
  state.position = change.position;
}

/// After a commit that failed half-way: makes the disk say again what memory says, before anything is built
/// on it.
Result<void> LiveSet::settle() {
  if (!storage_ || !storage_->doubtful()) return {};
  return storage_->commit(manifest_of(*state()));
}

Result<void> LiveSet::freeze() {
  const auto now = state();
  const std::uint64_t number = now->parts.back().number + 1;
  SEAWALL_TRY(Part delta, new_delta(0, number, now->position));
  if (storage_) {
    if (!options_.durable) SEAWALL_CHECK(wal_->sync());
    SEAWALL_TRY(wal_, storage_->create_wal(number));
  }
  State next = *now;
  next.parts.push_back(std::move(delta));
  publish(std::move(next));
  background_error_.reset();  // New work, a new try.
  merge_wanted_.notify_all();
  return {};
}

Result<void> LiveSet::make_room(std::size_t rows, std::unique_lock<std::mutex>& lock) {
  const auto has_room = [&] {
    const Part& delta = state()->parts.back();
    const bool log_is_short = !wal_ || wal_->size_bytes() < limits_.wal_bytes;
    return delta.visible + rows <= delta.table->capacity() && log_is_short;
  };
  const auto deltas = [&] {
    const auto now = state();
    return static_cast<std::size_t>(
        std::count_if(now->parts.begin(), now->parts.end(), [](const Part& part) { return part.is_delta; }));
  };
  if (has_room()) return {};
  if (deltas() >= limits_.deltas_max) {
    if (!options_.background_merge) {  // Nobody else will do it.
      lock.unlock();
      SEAWALL_CHECK(compact(false));
      lock.lock();
    } else {
      background_error_.reset();
      merge_wanted_.notify_all();
      merge_done_.wait(lock, [&] { return deltas() < limits_.deltas_max || background_error_; });
      if (deltas() >= limits_.deltas_max) return tl::unexpected(*background_error_);
    }
  }
  // Another writer may have made room, or filled it, while the lock was open.
  if (has_room()) return {};
  return freeze();
}

Result<void> LiveSet::apply(const IndexChange& change) {
  if (options_.read_only) return fail(Code::kInvalidInput, "this index was opened read-only");
  const auto is_zero = [](EntryId id) { return id == EntryId{0}; };
  if (std::any_of(change.add.begin(), change.add.end(), [&](const IndexEntry& e) { return is_zero(e.id); })) {
    return fail(Code::kInvalidInput, "an entry id is any value but 0");
  }
  if (change.add.size() > std::min(limits_.delta_rows, kWalAddsMax) ||
      change.remove.size() > kWalRemovesMax) {
    return apply_bulk(change);
  }
  std::unique_lock lock(writer_mutex_);
  return apply_small(change, lock);
}

Result<void> LiveSet::apply_small(const IndexChange& change, std::unique_lock<std::mutex>& lock) {
  SEAWALL_CHECK(make_room(change.add.size(), lock));
  SEAWALL_CHECK(settle());
  if (wal_) SEAWALL_CHECK(wal_->append(change));
  State next = *state();
  change_memory(change, next);
  publish(std::move(next));
  return {};
}

Result<void> LiveSet::apply_bulk(const IndexChange& change) {
  std::vector<IndexEntry> rows(change.add.begin(), change.add.end());
  if (!std::is_sorted(rows.begin(), rows.end(), id_then_code))
    std::sort(rows.begin(), rows.end(), id_then_code);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  const std::scoped_lock lock(merge_mutex_, writer_mutex_);
  SEAWALL_CHECK(settle());
  // Closing the log first means that nothing of it is replayed over this change, which goes past it.
  SEAWALL_CHECK(freeze());
  State next = *state();
  remove_ids(change.remove, next);
  std::erase_if(rows, [&](const IndexEntry& entry) { return held_by_any(next, entry); });
  next.size += rows.size();
  next.position = change.position;
  next.parts.back().last_position = change.position;
  std::vector<Part> inputs;
  for (const Part& part : next.parts) {
    if (!part.is_delta || part.number == next.parts.back().number) continue;
    const auto old_rows = part.live_entries();
    const auto middle = static_cast<std::ptrdiff_t>(rows.size());
    rows.insert(rows.end(), old_rows.begin(), old_rows.end());
    std::inplace_merge(rows.begin(), rows.begin() + middle, rows.end(), id_then_code);
    inputs.push_back(part);
  }
  std::optional<Part> output;
  if (!rows.empty()) {
    SEAWALL_TRY(output, write_part(rows));
  }
  const std::uint64_t flushed_before = flushed_position_;
  flushed_position_ = change.position;
  auto done = replace(inputs, std::move(output), std::move(next));
  if (!done) flushed_position_ = flushed_before;
  merge_wanted_.notify_all();
  return done;
}

}  // namespace seawall::index_detail
