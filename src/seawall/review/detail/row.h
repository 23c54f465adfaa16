#pragma once

#include "seawall/review/review_book.h"
#include "seawall/sqlite/bound.h"

namespace seawall {

/// An item as the book has it.
struct ReviewBook::Row {
  /// Of a quality sample: whether another person is still to see it, and what came of it.
  enum class Sample : std::uint8_t { kNone = 0, kWaits = 1, kAgreed = 2, kDiffered = 3 };

  std::int64_t id = 0;
  std::string tenant;
  ReviewState state{};
  ReviewSeverity severity{};
  std::int64_t cluster = 0;
  int distance_bits = 0;
  bool video = false, had_stills = false;
  std::string entry, signal, bank, facts;
  std::int64_t seen = 1;
  Time first_seen{}, last_seen{};
  std::string lease_by;
  Time lease_until{};
  std::optional<ReviewGrade> grade;
  std::optional<Classification> classification;
  std::optional<ReviewHow> how;
  std::optional<Time> decided;
  Sample sample = Sample::kNone;

  /// Whether somebody is still to speak.
  [[nodiscard]] bool waits() const { return state != ReviewState::kDecided || sample == Sample::kWaits; }
};

namespace review_sql {

/// Of the current row of a statement that begins with kItem.
[[nodiscard]] ReviewBook::Row row_at(const Statement& at);

inline constexpr std::string_view kItem =
    "SELECT id, tenant, state, severity, cluster, distance, video, had_stills, entry, signal, bank, facts, "
    "seen, first_seen, last_seen, lease_by, lease_until, grade, scheme, value, how, decided, sample FROM "
    "items ";

}  // namespace review_sql
}  // namespace seawall
