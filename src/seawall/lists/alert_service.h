#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/lists/list_service.h"
#include "seawall/store/alerts.h"

namespace seawall {

/// The account under which the flood breaker acts.
inline constexpr std::string_view kFloodBreakerAccount = "flood-breaker";

/// How often an entry was met, and how often would have been too often.
struct FloodCounts {
  std::uint64_t matches = 0;
  std::uint64_t limit = 0;
  std::chrono::milliseconds within{};  ///< So long a stretch of time is counted.
  bool one_caller = false;             ///< Too many of them came from one caller: people are told only.
};

/// What came of a flood.
struct FloodOutcome {
  enum class Deed : std::uint8_t {
    kNothing = 1,   ///< There is nothing to hold back (any more).
    kHeldBack = 2,  ///< The entry is in quarantine.
    kTold = 3,      ///< People are told; the entry goes on being enforced.
  };
  Deed deed = Deed::kNothing;
  std::uint64_t version = 0;  ///< kHeldBack: a list version at which it is in quarantine.
};

/// An alert with what has become of its entry since.
struct AlertStanding {
  Alert alert;
  EntryState entry_state = EntryState::kQuarantined;
  bool waits_for_second_person = false;  ///< Somebody has accepted it; another person must.
  /// Whether people have still to decide: open, and the entry still as the guard left it.
  [[nodiscard]] bool undecided() const {
    if (alert.state == AlertState::kOpen) return entry_state == EntryState::kQuarantined;
    return alert.state == AlertState::kTold &&
           (entry_state == EntryState::kActive || entry_state == EntryState::kStaged);
  }
};

/// What a guard does to an entry that matches far too often, and what people do about that.
///
/// Guarantees: an entry that hold_back() names is quarantined when it returns, has an open alert, and its
/// history says by whom and why. Cut off in between, there is an alert and the entry is as it was; the
/// guard's next call goes on. accept() ends the quarantine under the two-person rule of the bank, and nothing
/// else here does. All processes together hold at most kHeldBackMax entries back in kHeldBackSpan, so that
/// nobody who can make entries match switches a list off; beyond that people are told only. Threads: any.
/// Lifetime: borrows the stores and the clock. Blocks for the store. Errors everywhere: those of the store,
/// and of ListService.
class AlertService {
 public:
  AlertService(Store& store, RequestStore& requests, AlertStore& alerts, const Clock& clock)
      : store_(store), requests_(requests), alerts_(alerts), clock_(clock), lists_(store, requests, clock) {}

  static constexpr std::uint64_t kHeldBackMax = 20;
  static constexpr std::chrono::hours kHeldBackSpan{24};

  /// Raises an alert for a staged or active entry of a listed bank that is in force, and quarantines it
  /// unless kHeldBackMax were, or its matches are one_caller's.
  Result<FloodOutcome> hold_back(EntryId entry, const FloodCounts& counts);

  /// In ascending order of id; `limit` 1..10,000.
  Result<std::vector<AlertStanding>> alerts(AlertId after, bool open_only, std::size_t limit);
  /// The entry is right, and so much is normal: asks for the end of its quarantine, or approves that as
  /// another person. Done, the alert is accepted. Errors: kNotFound; kConflict (decided already; whoever
  /// asked may not approve).
  Result<ChangeOutcome> accept(AlertId alert, const Actor& by);
  /// Seen; the entry stays as it is. Errors: kNotFound, kConflict (decided already).
  Result<void> close(AlertId alert, const Actor& by);

 private:
  Result<Alert> open_alert(AlertId id);
  Result<ChangeOutcome> ask_or_approve(const Alert& alert, const Actor& by);
  [[nodiscard]] Authorship stamp(const Actor& by) const { return {by.who, by.why, clock_.now()}; }

  Store& store_;
  RequestStore& requests_;
  AlertStore& alerts_;
  const Clock& clock_;
  ListService lists_;
};

}  // namespace seawall
