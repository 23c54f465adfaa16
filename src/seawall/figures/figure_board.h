#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seawall {

/// What is counted while a service works; what else dashboards show is looked at once a minute.
enum class Counted : std::uint8_t {
  kVerdicts =
      1,  ///< Of items looked up; subject: FigureBoard::tenant(); value: 0 block, 1 review, 2 allow, 3 none.
  kMatches,    ///< Subject: a bank; value: BankAction of the match.
  kDistances,  ///< Subject: a bank; value: bits, FigureBoard::kValueMax and more are one.
};

/// One count: of what, about whom, of which kind.
struct CountedCell {
  Counted counted{};
  std::uint32_t subject = 0;
  std::uint16_t value = 0;
  friend bool operator==(const CountedCell&, const CountedCell&) = default;
};

/// Counts on the path of a look-up.
/// Guarantees: add() takes no lock, allocates nothing and never waits; memory is fixed: with kCellsMax
/// different cells, one more is not counted, and lost() says how often. Threads: add() and tenant(): any;
/// take(): one. Cost: a hash and an atomic addition: 5 ns, or 13 ns where two threads count one cell (CPU
/// time of 20 million in a loop, a shared two-core machine); tenant() compares the text, 3 ns, and takes a
/// lock once for each new one.
class FigureBoard {
 public:
  static constexpr std::size_t kCellsMax = 32'768;
  static constexpr std::size_t kTenantsMax = 1'024;
  static constexpr std::uint16_t kValueMax = 64;

  FigureBoard();
  void add(const CountedCell& cell, std::uint64_t count = 1);
  /// A number for a tenant, from 1 on, the same as long as this lives; 0: over kTenantsMax.
  std::uint32_t tenant(std::string_view name);
  [[nodiscard]] std::string tenant_named(std::uint32_t number) const;
  /// What was counted since the last call, cells without a count left out.
  void take(const std::function<void(const CountedCell&, std::uint64_t)>& visit);
  [[nodiscard]] std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  struct Slot {
    std::atomic<std::uint64_t> key{0};  ///< 0: free.
    std::atomic<std::uint64_t> count{0};
  };
  static constexpr std::size_t kSlots = kCellsMax * 2;  ///< A power of two, so that probes are short.

  std::unique_ptr<Slot[]> slots_;
  std::atomic<std::size_t> used_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::array<std::atomic<const std::string*>, kTenantsMax> tenants_{};  ///< From the first on, without gaps.
  mutable std::mutex mutex_;                                            ///< Guards names_.
  std::vector<std::unique_ptr<const std::string>> names_;
};

}  // namespace seawall
