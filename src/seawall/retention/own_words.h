#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// What the records of kRetentionSource say: canonical JSON with a member "what".

/// "hold-set".
struct HoldSet {
  std::string ref;
  std::string on;  ///< A source of LogRecord, or "all".
};
/// "hold-lift-asked": the first of two people; "hold-lifted": the second.
struct HoldLifting {
  std::string ref;
  std::string who;
  bool asked_only = true;
};
/// "destruction": told before it is done.
struct Destruction {
  static constexpr std::size_t kRangesMax = 200;
  static constexpr std::uint64_t kCountMax = 1'000;

  std::uint64_t number = 0;  ///< Its source_id of kRetentionSource; not in its words.
  /// Of LogRecords: first and last, both inclusive; ascending, apart, `count` in all.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ids = {};
  std::uint64_t count = 0;  ///< 1..kCountMax.
  std::string digest = {};  ///< Hex SHA-256 over the destroyed records' entries, each ended by a line end.
  Time at{};

  [[nodiscard]] bool names(std::uint64_t id) const;
  friend bool operator==(const Destruction&, const Destruction&) = default;
};
/// "destroyed": that one is done.
struct Destroyed {
  std::uint64_t destruction = 0;
};

/// monostate: words that mean nothing here.
using RetentionWords = std::variant<std::monostate, HoldSet, HoldLifting, Destruction, Destroyed>;

/// Errors: kCorrupt (no canonical JSON, or a destruction that names no records as it must).
Result<RetentionWords> retention_words_from(std::string_view record);
/// As retention_words_from() reads it.
[[nodiscard]] std::string to_text(const Destruction& told);

}  // namespace seawall
