#include <algorithm>

#include "seawall/index/detail/live_set.h"
#include "seawall/index/detail/try.h"

namespace seawall::index_detail {
namespace {

bool same_part(const Part& a, const Part& b) { return a.is_delta == b.is_delta && a.number == b.number; }

/// All live rows of some parts, in the order of a segment.
std::vector<IndexEntry> merged_rows(std::span<const Part> inputs) {
  std::vector<IndexEntry> rows;
  for (const Part& part : inputs) {
    const auto more = part.live_entries();
    const auto middle = static_cast<std::ptrdiff_t>(rows.size());
    rows.insert(rows.end(), more.begin(), more.end());
    std::inplace_merge(rows.begin(), rows.begin() + middle, rows.end(), id_then_code);
  }
  return rows;
}

/// Rows removed from `part` since `before`.
std::vector<std::uint32_t> newly_dead(const Part& part, const Part& before) {
  if (part.dead == before.dead) return {};
  std::vector<std::uint32_t> rows = part.dead->rows();
  std::erase_if(rows, [&](std::uint32_t row) { return before.dead && before.dead->contains(row); });
  return rows;
}

/// Rows that were all marked in one host still are, as rows of another table.
void keep_marks(std::span<const Part> inputs, Part& output) {
  const std::uint64_t host = inputs.front().marked_in;
  const bool all = std::all_of(inputs.begin(), inputs.end(), [&](const Part& part) {
    return part.table && part.marked_in == host && part.marked == part.visible;
  });
  if (!all || !output.table) return;
  output.marked_in = host;
  output.marked = output.visible;
}

/// The row of a pair in a part just written, whose rows are in segment order.
std::uint32_t row_of(const Part& output, const IndexEntry& entry) {
  if (output.segment) return static_cast<std::uint32_t>(row_in(*output.segment, entry));
  const auto rows = output.table->rows_of(entry.id, output.live());
  for (const std::uint32_t row : rows) {
    if (output.codes()[row] == entry.fingerprint) return row;
  }
  return output.visible;
}

}  // namespace

std::vector<std::size_t> LiveSet::choose_inputs(const State& state, bool everything) const {
  std::vector<std::size_t> chosen, segments;
  std::size_t rows = 0;
  for (std::size_t i = 0; i < state.parts.size(); ++i) {
    const Part& part = state.parts[i];
    if (!part.is_delta) {
      segments.push_back(i);
    } else if (i + 1 < state.parts.size()) {  // The last delta is still written.
      chosen.push_back(i);
      rows += part.visible - part.dead_count();
    }
  }
  std::sort(segments.begin(), segments.end(),
            [&](std::size_t a, std::size_t b) { return state.parts[a].visible < state.parts[b].visible; });
  const auto alone_and_clean = [&] {
    if (chosen.size() != 1) return false;
    const Part& part = state.parts[chosen[0]];
    return !part.is_delta && part.dead_count() == 0;
  };
  // From the smallest up: a segment joins when what is newer has grown to a share of it.
  for (const std::size_t i : segments) {
    const Part& part = state.parts[i];
    const bool grown = rows * limits_.growth >= part.visible || rows + part.visible <= limits_.small_rows;
    const bool hollow = part.dead_count() * 4 > part.visible;
    if (!everything && !hollow && !chosen.empty() && !grown) {
      if (!alone_and_clean()) continue;
      chosen.clear();
      rows = 0;
    }
    chosen.push_back(i);
    rows += part.visible - part.dead_count();
  }
  if (alone_and_clean()) chosen.clear();
  return chosen;
}

Result<Part> LiveSet::write_part(std::span<const IndexEntry> sorted) {
  const std::uint64_t number = next_segment_++;
  const bool small = sorted.size() <= limits_.small_rows;
  if (small && !storage_) {
    Part part;
    part.number = number;
    part.visible = static_cast<std::uint32_t>(sorted.size());
    SEAWALL_TRY(part.table, RowTable::create(sorted.size(), tables_));
    for (const IndexEntry& entry : sorted) part.table->append(entry);
    return part;
  }
  std::unique_ptr<FrontLines> front;
  const bool fronted = !small && wants_front(sorted.size());
  SEAWALL_TRY(const auto content,
              build_segment(sorted, kind_, small ? 0 : tables_, fronted ? &front : nullptr));
  if (storage_) SEAWALL_CHECK(storage_->write_segment(number, content->bytes()));
  if (storage_ && options_.mapped && !fronted) {
    SEAWALL_TRY(auto mapped, storage_->open_segment(number));
    return part_of(std::move(mapped), number);
  }
  SEAWALL_TRY(auto segment, Segment::open(content, segment_name(number), kind_));
  if (front) segment->give_front(std::move(front));
  return part_of(std::move(segment), number);
}

Manifest LiveSet::manifest_of(const State& state) const {
  Manifest manifest{.kind = kind_, .next_segment = next_segment_, .position = flushed_position_};
  bool delta_seen = false;
  for (const Part& part : state.parts) {
    if (!part.is_delta) {
      manifest.segments.push_back({part.number, part.visible, {}});
      if (part.dead) manifest.segments.back().dead = part.dead->rows();
    } else if (!delta_seen) {
      manifest.first_wal = part.number;
      delta_seen = true;
    }
  }
  return manifest;
}

/// Puts `output` in the place of `inputs` in `next`, on disk and then for readers. writer_mutex_ is held.
Result<void> LiveSet::replace(std::span<const Part> inputs, std::optional<Part> output, State next) {
  std::erase_if(next.parts, [&](const Part& part) {
    return std::any_of(inputs.begin(), inputs.end(),
                       [&](const Part& input) { return same_part(part, input); });
  });
  if (output) next.parts.insert(next.parts.begin(), std::move(*output));
  if (storage_) {
    // Removals that the manifest is about to record must not be ahead of their log.
    if (!options_.durable) SEAWALL_CHECK(wal_->sync());
    const Manifest manifest = manifest_of(next);
    SEAWALL_CHECK(storage_->commit(manifest));
    storage_->remove_obsolete(manifest);
  }
  publish(std::move(next));
  merge_done_.notify_all();
  return {};
}

Result<void> LiveSet::compact(bool everything) {
  const std::scoped_lock merge_lock(merge_mutex_);
  std::vector<Part> inputs;
  {
    const std::scoped_lock lock(writer_mutex_);
    SEAWALL_CHECK(settle());
    const bool delta_used =
        state()->parts.back().visible != 0 || state()->parts.back().last_position != flushed_position_;
    if (everything && delta_used) SEAWALL_CHECK(freeze());
    const auto now = state();
    for (const std::size_t i : choose_inputs(*now, everything)) inputs.push_back(now->parts[i]);
  }
  if (inputs.empty()) return {};
  const std::vector<IndexEntry> rows = merged_rows(inputs);
  std::optional<Part> output;
  if (!rows.empty()) {
    SEAWALL_TRY(output, write_part(rows));
    keep_marks(inputs, *output);
  }
  const std::scoped_lock lock(writer_mutex_);
  SEAWALL_CHECK(settle());
  State next = *state();
  std::vector<std::uint32_t> dead;
  std::uint64_t flushed = flushed_position_;
  for (const Part& part : next.parts) {
    const auto before =
        std::find_if(inputs.begin(), inputs.end(), [&](const Part& p) { return same_part(p, part); });
    if (before == inputs.end()) continue;
    if (part.is_delta) flushed = part.last_position;  // Deltas stand, and are flushed, in order.
    for (const std::uint32_t row : newly_dead(part, *before)) {
      dead.push_back(row_of(*output, {part.codes()[row], part.ids()[row]}));
    }
  }
  if (output) {
    std::sort(dead.begin(), dead.end());
    output->dead = DeadRows::add(nullptr, dead, output->visible);
  }
  const std::uint64_t flushed_before = std::exchange(flushed_position_, flushed);
  auto done = replace(inputs, std::move(output), std::move(next));
  if (!done) flushed_position_ = flushed_before;
  return done;
}

Result<void> LiveSet::merge() {
  if (options_.read_only) return fail(Code::kInvalidInput, "this index was opened read-only");
  return compact(true);
}

void LiveSet::run_background(const std::stop_token& stop) {
  const auto work_waits = [this] { return !choose_inputs(*state(), false).empty(); };
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(writer_mutex_);
      // After an error the work is still there: wait for a writer to ask again.
      merge_wanted_.wait(lock, stop, [&] { return !background_error_ && work_waits(); });
      if (stop.stop_requested()) return;
    }
    auto done = compact(false);
    if (done) continue;
    const std::scoped_lock lock(writer_mutex_);
    background_error_ = std::move(done).error();
    merge_done_.notify_all();
  }
}

}  // namespace seawall::index_detail
