#include <algorithm>

#include "seawall/index/detail/live_set.h"
#include "seawall/index/detail/try.h"

namespace seawall::index_detail {

Result<Part> LiveSet::new_delta(std::size_t capacity, std::uint64_t wal, std::uint64_t position) const {
  Part part;
  SEAWALL_TRY(part.table, RowTable::create(std::max(capacity, limits_.delta_rows), tables_));
  part.is_delta = true;
  part.number = wal;
  part.last_position = position;
  return part;
}

bool LiveSet::wants_front(std::size_t rows) const {
  return tables_ == kChunks && rows >= limits_.front_rows_min && rows <= FrontLines::kRowsMax;
}

Result<Part> LiveSet::part_of(std::shared_ptr<const Segment> segment, std::uint64_t number) const {
  Part part;
  part.number = number;
  part.visible = static_cast<std::uint32_t>(segment->rows());
  if (segment->tables() != 0) {
    part.segment = std::move(segment);
    return part;
  }
  SEAWALL_TRY(part.table, RowTable::create(segment->rows(), tables_));
  for (std::size_t row = 0; row < segment->rows(); ++row) {
    part.table->append({segment->codes()[row], segment->ids()[row]});
  }
  return part;
}

Result<void> LiveSet::load_segments(const Manifest& manifest, State& state) {
  for (const ManifestSegment& used : manifest.segments) {
    SEAWALL_TRY(auto segment, storage_->open_segment(used.number));
    if (segment->rows() != used.rows || (segment->tables() != 0 && segment->tables() != tables_)) {
      return fail(Code::kCorrupt, segment_name(used.number) + ": not the file that MANIFEST names");
    }
    SEAWALL_TRY(Part part, part_of(std::move(segment), used.number));
    part.dead = DeadRows::add(nullptr, used.dead, used.rows);
    state.size += used.rows - used.dead.size();
    state.parts.push_back(std::move(part));
  }
  return {};
}

/// A segment that was opened works at once; its front lines come when they are ready.
void LiveSet::make_fronts(const std::stop_token& stop) {
  const auto opened = state();
  for (const Part& part : opened->parts) {
    if (!part.segment || part.segment->front() != nullptr || !wants_front(part.segment->rows())) continue;
    auto front = FrontLines::create(*part.segment, stop);
    if (!front) return;  // Without memory for it all works, slower.
    part.segment->give_front(*std::move(front));
    const std::scoped_lock lock(writer_mutex_);
    publish(*state());  // With marks, if it is still in use.
  }
}

void LiveSet::finish_fronts() {
  if (fronts_.joinable()) fronts_.join();
}

Result<void> LiveSet::replay(const Manifest& manifest, const std::vector<WalContent>& wals, State& state) {
  state.position = manifest.position;
  std::uint64_t number = manifest.first_wal;
  for (const WalContent& wal : wals) {
    std::size_t rows = 0;
    for (const WalRecord& record : wal.records) rows += record.add.size();
    SEAWALL_TRY(Part delta, new_delta(rows, number, state.position));
    state.parts.push_back(std::move(delta));
    for (const WalRecord& record : wal.records)
      change_memory({record.add, record.remove, record.position}, state);
    ++number;
  }
  if (wals.empty()) {  // Only a new index has no log yet.
    if (manifest != Manifest{.kind = kind_}) {
      return fail(Code::kCorrupt, wal_name(manifest.first_wal) + ": missing");
    }
    SEAWALL_TRY(Part delta, new_delta(0, number, state.position));
    state.parts.push_back(std::move(delta));
  }
  return {};
}

Result<void> LiveSet::recover() {
  State state;
  if (!storage_) {
    SEAWALL_TRY(Part delta, new_delta(0, 1, 0));
    state.parts.push_back(std::move(delta));
    publish(std::move(state));
    return {};
  }
  if (!options_.read_only) SEAWALL_CHECK(storage_->lock());
  SEAWALL_TRY(auto manifest, storage_->read_manifest());
  if (!manifest && options_.read_only) return fail(Code::kNotFound, "there is no index in this folder");
  if (!manifest) {
    manifest = Manifest{.kind = kind_};
    SEAWALL_CHECK(storage_->commit(*manifest));
  }
  if (!options_.read_only) storage_->remove_obsolete(*manifest);
  SEAWALL_CHECK(load_segments(*manifest, state));
  SEAWALL_TRY(const auto wals, storage_->read_wals(manifest->first_wal));
  SEAWALL_CHECK(replay(*manifest, wals, state));
  next_segment_ = manifest->next_segment;
  flushed_position_ = manifest->position;
  if (!options_.read_only) {
    const std::uint64_t valid_bytes = wals.empty() ? 0 : wals.back().valid_bytes;
    SEAWALL_TRY(wal_, storage_->reopen_wal(state.parts.back().number, valid_bytes));
  }
  publish(std::move(state));
  return {};
}

}  // namespace seawall::index_detail
