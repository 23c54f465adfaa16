#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/entry.h"
#include "seawall/model/list_bank.h"

namespace seawall {

/// What people found when they looked at one match.
struct MatchDecision {
  static constexpr std::size_t kMatchBytesMax = 200;

  EntryId entry{};
  BankId bank{};
  SourceId source{};
  std::string key;    ///< The entry's, so that its source knows what is spoken of.
  std::string match;  ///< The caller's own name for the match: 1 to 200 bytes; one decision for each.
  bool confirmed = false;
  Authorship by;
  friend bool operator==(const MatchDecision&, const MatchDecision&) = default;
};

/// How often matches of one source's entries in one bank were confirmed.
struct DecisionCounts {
  BankId bank{};
  SourceId source{};
  std::uint64_t confirmed = 0;
  std::uint64_t refuted = 0;
  friend bool operator==(const DecisionCounts&, const DecisionCounts&) = default;
};

/// A decision on its way back to the source that listed the entry.
struct FeedbackRow {
  std::uint64_t id = 0;  ///< Ascending in the order of decisions.
  MatchDecision decision;
  friend bool operator==(const FeedbackRow&, const FeedbackRow&) = default;
};

/// Port: decisions on matches, and those waiting to be sent back. Every call is one transaction, durable on
/// return. Threads: any. Errors everywhere: kUnavailable, kCorrupt, kInvalidInput.
class FeedbackStore {
 public:
  static constexpr std::uint64_t kWaitingMax = 100'000;  ///< Rows of one source that wait.

  virtual ~FeedbackStore() = default;
  /// Keeps the decision and puts it up for sending. A second one on the same (entry, match) replaces the
  /// first, in the counts too, and is sent anew. Errors: kLimitExceeded at kWaitingMax: then nothing is kept.
  virtual Result<void> record(const MatchDecision& decision) = 0;
  /// Of all banks and sources with decisions, ascending.
  virtual Result<std::vector<DecisionCounts>> decision_counts() = 0;
  /// Waiting rows of a source with ids after `after`, ascending; `limit` 1..10,000.
  virtual Result<std::vector<FeedbackRow>> waiting(SourceId source, std::uint64_t after,
                                                   std::size_t limit) = 0;
  /// Takes the source's rows up to `last`, inclusive, off the list of those waiting.
  virtual Result<void> sent(SourceId source, std::uint64_t last) = 0;
};

}  // namespace seawall
