#include <algorithm>
#include <utility>

#include "seawall/observation/detail/log.h"

namespace seawall::observation_detail {

bool Log::live(const Rows& rows, std::uint32_t row, std::int64_t now_ms) const {
  return rows.times_ms[row] >= tenants_.cutoff_ms(rows.tenants[row], now_ms);
}

void Log::seal_in_background(const std::stop_token& stop) {
  Lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return seal_asked_; })) {
    seal_asked_ = seal_failed_ = false;
    lock.unlock();
    bool done = false;
    {
      const std::scoped_lock maintenance(maintenance_);
      done = seal(nullptr).has_value();
      (void)folder_.remove_obsolete(manifest_);  // Left for the next time if it fails.
    }
    lock.lock();
    seal_failed_ = !done;
    changed_.notify_all();
  }
}

/// Turns the frozen journals, or else the present one, into parts.
Result<void> Log::seal(TidyWork* work) {
  bool frozen = false;
  {
    const std::scoped_lock lock(mutex_);
    frozen = frozen_ != nullptr;
    if (!frozen && memory_.rows == 0 && memory_.unreadable.empty()) return {};
  }
  if (!frozen) SEAWALL_CHECK(rotate());
  return seal_frozen(work);
}

/// New rows go to a new journal; those of the old one are frozen.
Result<void> Log::rotate() {
  {
    Lock lock(mutex_);
    rotation_wanted_ = true;
    changed_.wait(lock, [this] { return !journal_busy_; });
    rotation_wanted_ = false;
    journal_busy_ = true;
  }
  auto next = Journal::create(folder_.files(), journal_->number() + 1);
  const std::scoped_lock lock(mutex_);
  journal_busy_ = false;
  changed_.notify_all();
  if (!next) return tl::unexpected(std::move(next).error());
  frozen_ = std::make_shared<const Memory>(std::exchange(memory_, {}));
  journal_ = std::move(*next);
  return {};
}

Result<void> Log::seal_frozen(TidyWork* work) {
  Rows rows;
  for (const auto& chunk : frozen_->chunks) rows.append(*chunk);
  rows.append(frozen_->tail);
  const bool drop = work != nullptr && work->drop_damaged;
  TidyWork unasked;
  SEAWALL_TRY(const auto records, write_parts(rows, drop ? Unreadable{} : frozen_->unreadable, now_ms(),
                                              work != nullptr ? *work : unasked));
  Manifest next = manifest_;
  next.parts.insert(next.parts.end(), records.begin(), records.end());
  next.first_journal = journal_->number();
  return install(std::move(next), 0, 0, records, true);
}

/// The rows that are not expired, in parts of at most journal_rows; what cannot be read goes into the last.
Result<std::vector<PartRecord>> Log::write_parts(const Rows& rows, const Unreadable& unreadable,
                                                 std::int64_t now, TidyWork& work) {
  std::vector<std::uint32_t> order = rows.sorted_order();
  const std::size_t all = order.size();
  std::erase_if(order, [&](std::uint32_t row) { return !live(rows, row, now); });
  work.report.observations_dropped += all - order.size();
  std::vector<PartRecord> records;
  std::span<const std::uint32_t> left = order;
  while (!left.empty() || (records.empty() && !unreadable.empty())) {
    const auto piece = left.first(std::min(left.size(), options_.journal_rows));
    left = left.subspan(piece.size());
    // Numbers are used once, also those of parts that come to nothing: a doubtful manifest may name them.
    SEAWALL_TRY(const PartRecord record, folder_.write_part(manifest_.next_part++, rows, piece,
                                                            left.empty() ? unreadable : Unreadable{}));
    records.push_back(record);
    ++work.report.files_written;
  }
  return records;
}

/// Puts `next` in force: of the parts there now, those from `first` up to `last` make way for `records`.
Result<void> Log::install(Manifest next, std::size_t first, std::size_t last,
                          const std::vector<PartRecord>& records, bool frozen_done) {
  Parts parts = *parts_;
  if (frozen_done) first = last = parts.size();
  const auto at = parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(first),
                              parts.begin() + static_cast<std::ptrdiff_t>(last));
  Parts fresh;
  for (const PartRecord& record : records) {
    SEAWALL_TRY(auto part, folder_.open_part(record));
    fresh.push_back(std::move(part));
  }
  parts.insert(at, fresh.begin(), fresh.end());
  SEAWALL_CHECK(folder_.commit(next));
  manifest_ = std::move(next);
  const std::scoped_lock lock(mutex_);
  parts_ = std::make_shared<const Parts>(std::move(parts));
  if (frozen_done) frozen_ = nullptr;
  return {};
}

Result<bool> Log::expired_in(const BlockFile& part, std::int64_t now, const TidyWork& work) const {
  if (work.drop_damaged && (!part.gaps.empty() || part.tail_bytes != 0 || part.missing_bytes != 0))
    return true;
  const auto [latest, earliest] = tenants_.cutoff_range_ms(now);
  for (const BlockAt& block : part.blocks) {
    if (work.drop_damaged) {
      SEAWALL_TRY(const auto bytes, read_block(part, block));
      if (!decode_rows(bytes)) return true;
    }
    if (block.header.time_min_ms >= latest) continue;
    std::vector<std::byte> bytes(block.header.runs.size_bytes);
    const auto read = read_section(part, block, block.header.runs, block.header.runs_at(), bytes);
    if (!read && read.error().code != Code::kCorrupt) return tl::unexpected(read.error());
    const auto runs = read ? decode_runs(block.header, bytes) : std::nullopt;
    if (!runs && block.header.time_max_ms < earliest) return true;
    if (!runs) continue;
    for (const Run& run : *runs) {
      if (run.tenant < tenants_.count() && run.time_min_ms < tenants_.cutoff_ms(run.tenant, now)) return true;
    }
  }
  return false;
}

/// Everything of a part: rows that can be read, and the bytes that cannot but have to stay.
Result<void> Log::gather(const BlockFile& part, std::int64_t now, const TidyWork& work, Rows& rows,
                         Unreadable& kept) const {
  const std::int64_t earliest = tenants_.cutoff_range_ms(now).second;
  for (const BlockAt& block : part.blocks) {
    SEAWALL_TRY(auto bytes, read_block(part, block));
    const auto decoded = decode_rows(bytes);
    const bool known = decoded && std::all_of(decoded->tenants.begin(), decoded->tenants.end(),
                                              [this](std::uint32_t id) { return id < tenants_.count(); });
    if (known) {
      rows.append(*decoded);
    } else if (!work.drop_damaged && block.header.time_max_ms >= earliest) {
      kept.push_back(std::move(bytes));
    }
  }
  if (work.drop_damaged) return {};
  for (const Gap& gap : part.gaps) SEAWALL_CHECK(keep_bytes(part, gap.offset, gap.size_bytes, kept));
  if (part.tail_bytes != 0) SEAWALL_CHECK(keep_bytes(part, part.end, part.tail_bytes, kept));
  return {};
}

/// Looks at the part at `at`, and at small ones that follow; leaves `at` behind what stands for them
/// afterwards.
Result<void> Log::tidy_parts(std::size_t& at, TidyWork& work) {
  const Parts& parts = *parts_;
  const std::uint64_t most = options_.journal_rows, small = most / 2;
  std::uint64_t together = parts[at]->rows;
  std::size_t last = at + 1;
  while (parts[at]->rows < small && last < parts.size() && parts[last]->rows < small &&
         together + parts[last]->rows <= most) {
    together += parts[last++]->rows;
  }
  const std::int64_t now = now_ms();
  SEAWALL_TRY(const bool expired, expired_in(*parts[at], now, work));
  if (last == at + 1 && !expired) {
    add_damage(*parts[at++], false, work.report.damage);
    return {};
  }
  Rows rows;
  Unreadable kept;
  for (std::size_t i = at; i < last; ++i) SEAWALL_CHECK(gather(*parts[i], now, work, rows, kept));
  SEAWALL_TRY(const auto records, write_parts(rows, kept, now, work));
  Manifest next = manifest_;
  const auto begin = next.parts.begin() + static_cast<std::ptrdiff_t>(at);
  next.parts.insert(next.parts.erase(begin, begin + static_cast<std::ptrdiff_t>(last - at)), records.begin(),
                    records.end());
  SEAWALL_CHECK(install(std::move(next), at, last, records, false));
  for (std::size_t i = at; i < at + records.size(); ++i) add_damage(*(*parts_)[i], false, work.report.damage);
  at += records.size();
  return {};
}

/// Writes journals with expired rows out as parts, without those rows.
Result<void> Log::tidy_memory(TidyWork& work) {
  for (int turn = 0; turn < 2; ++turn) {  // The frozen journal, then the present one.
    const std::scoped_lock maintenance(maintenance_);
    const Snapshot now = snapshot();
    const std::int64_t at = now_ms();
    const bool expired = std::any_of(now.memory.begin(), now.memory.end(), [&](const auto& rows) {
      for (std::uint32_t row = 0; row < rows->size(); ++row) {
        if (!live(*rows, row, at)) return true;
      }
      return false;
    });
    if (expired || (work.drop_damaged && !now.damage.empty())) SEAWALL_CHECK(seal(&work));
  }
  return {};
}

Result<TidyReport> Log::tidy(bool drop_damaged) {
  if (options_.read_only) return fail(Code::kInvalidInput, "this log of observations was opened read-only");
  const std::scoped_lock one(tidy_);
  TidyWork work;
  work.drop_damaged = drop_damaged;
  SEAWALL_CHECK(tidy_memory(work));
  for (std::size_t at = 0;;) {
    const std::scoped_lock maintenance(maintenance_);
    if (at < manifest_.parts.size()) SEAWALL_CHECK(tidy_parts(at, work));
    SEAWALL_TRY(const std::uint64_t removed, folder_.remove_obsolete(manifest_));
    work.report.files_removed += removed;
    if (at >= manifest_.parts.size()) break;
  }
  return std::move(work.report);
}

Result<std::vector<ObservationDamage>> Log::verify() {
  const Snapshot all = snapshot();
  std::vector<ObservationDamage> damage = all.damage;
  for (const auto& part : all.parts) {
    add_damage(*part, false, damage);
    for (const BlockAt& block : part->blocks) {
      const auto bytes = read_block(*part, block);
      if (bytes && decode_rows(*bytes)) continue;
      add_damage({part->name, block.offset, block.header.size_bytes(), "the block cannot be read"}, damage);
    }
  }
  return damage;
}

}  // namespace seawall::observation_detail
