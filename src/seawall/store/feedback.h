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
  static constexpr std::size_t kReasonBytesMax = 200;

  EntryId entry{};
  BankId bank{};
  SourceId source{};
  std::string key;    ///< The entry's, so that its source knows what is spoken of.
  std::string match;  ///< The caller's own name for the match: 1 to 200 bytes; one decision for each.
  bool confirmed = false;
  std::string signal = {};  ///< What met: "pdq", "md5", "sha1", "sha256"; empty: not said.
  std::string reason = {};  ///< Of a false match, in the words of the source's body; 0 to 200 bytes.
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

/// What became of sending a decision back, so far.
struct FeedbackDelivery {
  static constexpr std::size_t kErrorBytesMax = 1024;

  std::uint32_t attempts = 0;
  Time not_before{};       ///< Of the next attempt.
  std::string error = {};  ///< Of the last one; no secret, no address.
  bool held = false;       ///< The source will never take it as it is: people decide.
  friend bool operator==(const FeedbackDelivery&, const FeedbackDelivery&) = default;
};

/// A decision on its way back to the source that listed the entry.
struct FeedbackRow {
  std::uint64_t id = 0;  ///< Ascending in the order of decisions; never given twice.
  MatchDecision decision;
  FeedbackDelivery delivery;
  friend bool operator==(const FeedbackRow&, const FeedbackRow&) = default;
};

/// Port: decisions on matches, and those waiting to be sent back. Every call is one transaction, durable on
/// return. Threads: any. Errors everywhere: kUnavailable, kCorrupt, kInvalidInput.
class FeedbackStore {
 public:
  static constexpr std::uint64_t kWaitingMax = 100'000;  ///< Rows of one source that wait.

  virtual ~FeedbackStore() = default;
  /// Keeps the decision and, if `send_back`, puts it up for sending. A second one on the same (entry, match)
  /// replaces the first, in the counts too, and is sent anew. Errors: kLimitExceeded at kWaitingMax: then
  /// nothing is kept.
  virtual Result<void> record(const MatchDecision& decision, bool send_back) = 0;
  /// Of one entry, by match; `limit` 1..10,000.
  virtual Result<std::vector<MatchDecision>> decisions_on(EntryId entry, std::size_t limit) = 0;
  /// Of all banks and sources with decisions, ascending.
  virtual Result<std::vector<DecisionCounts>> decision_counts() = 0;
  /// Waiting rows of a source with ids after `after`, ascending; `limit` 1..10,000.
  virtual Result<std::vector<FeedbackRow>> waiting(SourceId source, std::uint64_t after,
                                                   std::size_t limit) = 0;
  /// Keeps what became of an attempt; nothing where the row no longer waits.
  virtual Result<void> tried(SourceId source, std::uint64_t id, const FeedbackDelivery& delivery) = 0;
  /// Takes that row off the list of those waiting, if it is there.
  virtual Result<void> sent(SourceId source, std::uint64_t id) = 0;
};

}  // namespace seawall
