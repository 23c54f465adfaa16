#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/statement/log_entry.h"

namespace seawall {

/// What is wrong with an entry of a log whose hashes are all right.
enum class FindingKind : std::uint8_t {
  kNotAnEntry,    ///< Not the one text of an entry of a known kind (statement/log_entry.h).
  kTimeRunsBack,  ///< Earlier than an entry before it, by more than the tolerance.
  kTimeAhead,     ///< Later than now, by more than the tolerance.
  kStrayRef,      ///< Refers to itself or to an entry after it.
  kOverdue,       ///< Promised something by a time that is over, and no later entry keeps or extends it.
};
[[nodiscard]] std::string_view name_of(FindingKind kind);  ///< "not-an-entry"

struct Finding {
  FindingKind kind = FindingKind::kNotAnEntry;
  std::uint64_t index = 0;  ///< Of the entry.
  std::string what;         ///< One sentence. Never holds what stood in an entry that is none.
};

/// What one entry promised and no other has kept yet.
struct OpenPromise {
  LogKind kind = LogKind::kOrder;
  Time due{};
  friend bool operator==(const OpenPromise&, const OpenPromise&) = default;
};

/// How entries are judged.
struct TallyRules {
  std::chrono::seconds clock_tolerance{600};
  Time now{};
};

/// What an audit remembers of the entries that it has read. An order that says when it is to be opened is
/// kept by an order-opening that refers to it, and extended by an order-extension that does and says another
/// time; anything else that is due is kept by an entry of its kind that refers to it, or extended by one that
/// says a time. Memory: kOpenMax promises.
class EntryTally {
 public:
  static constexpr std::size_t kOpenMax = 100'000;

  /// Takes the next entry; gives what is wrong with it (never kOverdue). `entry`: what was read, none if it
  /// is not an entry. Errors: kLimitExceeded (kOpenMax).
  Result<std::vector<Finding>> add(std::uint64_t index, const Result<LogEntry>& entry,
                                   const TallyRules& rules);
  /// The promises whose time is over.
  [[nodiscard]] std::vector<Finding> overdue(Time now) const;

  std::map<FindingKind, std::uint64_t> found;  ///< How many of each, but kOverdue; none with 0.
  Time latest = kTimeEarliest;                 ///< Of all entries, but for those that were ahead.
  std::map<std::uint64_t, OpenPromise> open;   ///< By the index of the entry that promised.
  friend bool operator==(const EntryTally&, const EntryTally&) = default;

 private:
  static constexpr Time kTimeEarliest{std::chrono::milliseconds{-62135596800000}};
  Result<void> follow_promise(std::uint64_t index, const LogEntry& entry);
};

}  // namespace seawall
