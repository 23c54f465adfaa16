#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/sqlite/database.h"

namespace seawall {

using FigureTime = std::chrono::sys_seconds;

/// One number of one minute. `figure`: 1 to 32 of a-z, 0-9 and '_'; `first`, `second`: what it is of
/// ("known", "block"), 0 to 200 bytes each.
struct FigureRow {
  std::string tenant;  ///< Empty: of the whole service.
  std::string figure;
  std::string first = {};
  std::string second = {};
  std::int64_t value = 0;
  bool stands = false;  ///< A state, of which the last one counts; else a count, which is added up.
};

enum class FigureStep : std::uint8_t { kMinute, kHour };

struct FigureAsk {
  std::string_view tenant;
  std::string_view figure;
  FigureStep step = FigureStep::kMinute;
  FigureTime from{};
  FigureTime until{};  ///< Not included.
};

struct FigurePoint {
  FigureTime at{};  ///< The beginning of its minute or hour.
  std::string first, second;
  std::int64_t value = 0;
  friend bool operator==(const FigurePoint&, const FigurePoint&) = default;
};

/// Series for dashboards, in a folder of this process ("figures.db", SQLite): minutes for 48 hours, hours for
/// 400 days.
///
/// Guarantees: write() is one durable transaction; what it acknowledged survives a kill; counts of the same
/// minute add up, so a restart within a minute loses only what was not written yet. Bounded: kRowsMax rows in
/// all, of which the oldest go first, and kPointsMax of one answer. Tenants see nothing of each other.
/// Threads: any; one at a time inside. Lifetime: the clock outlives it. Errors everywhere: those of Database.
class FigureBook {
 public:
  static constexpr std::chrono::hours kMinutesKept{48};
  static constexpr std::chrono::hours kHoursKept{400 * 24};
  static constexpr std::size_t kRowsMax = 4'000'000;
  static constexpr std::size_t kPointsMax = 100'000;

  /// Makes the folder where it is not there.
  static Result<std::unique_ptr<FigureBook>> open(const std::filesystem::path& folder, const Clock& clock);

  /// Into the minute and the hour of now. Blocks for the disk.
  Result<void> write(std::span<const FigureRow> rows);
  /// By time, then by what they are of. Errors: kLimitExceeded over kPointsMax.
  Result<std::vector<FigurePoint>> read(const FigureAsk& ask);
  /// Drops what is over; to be called each hour. Gives how many rows.
  Result<std::uint64_t> tidy();

 private:
  FigureBook(Database database, const Clock& clock) : database_(std::move(database)), clock_(clock) {}
  Result<void> add(Statement& statement, FigureStep step, FigureTime at, const FigureRow& row);
  Result<std::int64_t> count();
  Result<void> drop_oldest(std::int64_t rows);

  std::mutex mutex_;  ///< Guards what follows.
  Database database_;
  const Clock& clock_;
};

}  // namespace seawall
