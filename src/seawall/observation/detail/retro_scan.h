#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "seawall/observation/detail/block_file.h"
#include "seawall/observation/detail/query_set.h"
#include "seawall/observation/detail/tenants.h"

namespace seawall::observation_detail {

/// What a log holds at one moment; immutable.
struct Snapshot {
  std::vector<std::shared_ptr<const BlockFile>> parts;
  std::vector<std::shared_ptr<const Rows>> memory;
  std::vector<ObservationDamage> damage;  ///< Of the journals of `memory`.
};

/// One retro_match(): threads take blocks one after the other and hold all queries against each while it is
/// in level 2.
class RetroScan {
 public:
  struct Calls {
    FunctionRef<void(const RetroMatch&)> visit;
    FunctionRef<void(std::uint64_t, std::uint64_t)> progress;
  };
  RetroScan(std::span<const RetroEntry> entries, const QuerySet& queries, const Snapshot& snapshot,
            const Tenants& tenants, std::int64_t now_ms, const RetroOptions& options, const Calls& calls);

  /// Scans on options.threads threads and says how it went.
  RetroReport run();

 private:
  struct Item {
    const BlockFile* file = nullptr;  ///< Null: `rows`.
    const BlockAt* block = nullptr;
    const Rows* rows = nullptr;
    [[nodiscard]] std::uint64_t count() const { return file != nullptr ? block->header.rows : rows->size(); }
  };
  /// One thread's working memory.
  struct Scratch {
    std::vector<Fingerprint256> codes;
    std::vector<std::byte> bytes;
  };
  class Lazy;

  void work();
  bool stopped();
  void scan(const Item& item, Scratch& scratch);
  bool match_codes(std::span<const Fingerprint256> codes, Lazy& lazy);
  template <class T>
  bool match_digests(const Sparse<T>& column, const DigestTable<T>& table, SignalType signal, Lazy& lazy);
  bool report(Lazy& lazy, std::uint32_t row, const RetroMatch& match);
  void damaged(const Item& item, std::uint64_t rows, const std::string& what);

  std::span<const RetroEntry> entries_;
  const QuerySet& queries_;
  const Snapshot& snapshot_;
  const Tenants& tenants_;
  const std::size_t tenant_count_;
  const std::int64_t now_ms_;
  const RetroOptions& options_;
  Calls calls_;
  std::vector<Item> items_;
  std::uint64_t total_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;  // Guards report_ and calls_.
  RetroReport report_;
};

}  // namespace seawall::observation_detail
