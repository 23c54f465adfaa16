#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "seawall/observation/detail/folder.h"
#include "seawall/observation/detail/journal.h"
#include "seawall/observation/detail/retro_scan.h"

namespace seawall::observation_detail {

/// Rows that no part holds yet; the journals of the same rows are on disk.
struct Memory {
  std::vector<std::shared_ptr<const Rows>> chunks;
  Rows tail;
  std::uint64_t rows = 0;
  std::uint64_t size_bytes = 0;  ///< Of its journals.
  Unreadable unreadable;
  std::vector<ObservationDamage> damage;

  void add(const Rows& more);
};

using Parts = std::vector<std::shared_ptr<const BlockFile>>;

/// The log over any file system. Locks are taken in this order: maintenance_, mutex_, the scan's own.
class Log final : public ObservationLog {
 public:
  static Result<std::unique_ptr<Log>> open(std::unique_ptr<FileSystem> files, const Clock& clock,
                                           const ObservationLogOptions& options);
  ~Log() override;

  Result<void> append(std::span<const Observation> observations) override;
  Result<RetroReport> retro_match(std::span<const RetroEntry> entries, const RetroOptions& options,
                                  FunctionRef<void(const RetroMatch&)> visit,
                                  FunctionRef<void(std::uint64_t, std::uint64_t)> progress) override;
  Result<void> drop_before(std::string_view tenant, Time time) override;
  Result<void> set_retention(std::string_view tenant, std::chrono::milliseconds retention) override;
  [[nodiscard]] std::vector<TenantRetention> retentions() const override;
  Result<TidyReport> tidy(bool drop_damaged) override;
  Result<std::vector<ObservationDamage>> verify() override;
  Result<void> refresh() override;
  [[nodiscard]] ObservationStats stats() const override;

 private:
  struct Pending {
    const Rows* rows = nullptr;
    bool done = false;
    std::optional<Error> error = {};
  };
  struct TidyWork {
    bool drop_damaged = false;
    TidyReport report = {};
  };
  using Lock = std::unique_lock<std::mutex>;

  Log(std::unique_ptr<FileSystem> files, const Clock& clock, const ObservationLogOptions& options);
  // Opening (log_open.cpp).
  Result<void> load();
  Result<void> load_once();
  Result<void> take_over(Replayed replayed);

  // Writing (log.cpp).
  Result<Rows> intern(std::span<const Observation> observations);
  Result<void> know_tenants(std::span<const std::string_view> names);
  Result<void> change_tenant(std::string_view tenant, FunctionRef<void(TenantSetting&)> change);
  Result<void> commit(const Rows& rows);
  void lead(Lock& lock);
  bool wait_for_room(Lock& lock, Pending& mine);
  /// A journal of many small groups is full before its rows say so.
  [[nodiscard]] bool full() const {
    return memory_.rows >= options_.journal_rows || memory_.size_bytes >= options_.journal_rows * 128;
  }

  // Maintenance (log_tidy.cpp); maintenance_ is held.
  void seal_in_background(const std::stop_token& stop);
  Result<void> seal(TidyWork* work);
  Result<void> rotate();
  Result<void> seal_frozen(TidyWork* work);
  Result<std::vector<PartRecord>> write_parts(const Rows& rows, const Unreadable& unreadable,
                                              std::int64_t now, TidyWork& work);
  Result<void> install(Manifest next, std::size_t first, std::size_t last,
                       const std::vector<PartRecord>& records, bool frozen_done);
  Result<bool> expired_in(const BlockFile& part, std::int64_t now, const TidyWork& work) const;
  Result<void> gather(const BlockFile& part, std::int64_t now, const TidyWork& work, Rows& rows,
                      Unreadable& kept) const;
  Result<void> tidy_parts(std::size_t& at, TidyWork& work);
  Result<void> tidy_memory(TidyWork& work);
  [[nodiscard]] bool live(const Rows& rows, std::uint32_t row, std::int64_t now_ms) const;

  [[nodiscard]] std::int64_t now_ms() const { return clock_.now().time_since_epoch().count(); }
  [[nodiscard]] Snapshot snapshot() const;

  const ObservationLogOptions options_;
  const Clock& clock_;
  Tenants tenants_;

  std::mutex tidy_;         // One tidy() at a time.
  std::mutex maintenance_;  // Guards folder_ and manifest_: who writes parts and manifests.
  Folder folder_;
  Manifest manifest_;

  mutable std::mutex mutex_;  // Guards all below.
  std::condition_variable_any changed_;
  std::deque<Pending*> queue_;
  bool journal_busy_ = false;     ///< Somebody uses journal_ without the lock.
  bool rotation_wanted_ = false;  ///< Goes before the next group.
  bool seal_failed_ = false;
  bool seal_asked_ = false;
  std::unique_ptr<Journal> journal_;
  Memory memory_;                         ///< Rows of journal_.
  std::shared_ptr<const Memory> frozen_;  ///< Rows of the journal before, while it becomes a part.
  std::shared_ptr<const Parts> parts_ = std::make_shared<const Parts>();

  std::jthread sealer_;  // Last: ends first.
};

}  // namespace seawall::observation_detail
