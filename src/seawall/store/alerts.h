#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/list_ids.h"
#include "seawall/store/requests.h"

namespace seawall {

enum class AlertId : std::uint64_t {};  ///< From 1.

enum class AlertState : std::uint8_t {
  kTold = 0,      ///< Nobody has decided yet, and nothing was done but to tell.
  kOpen = 1,      ///< Nobody has decided yet; the entry was quarantined.
  kAccepted = 2,  ///< People said that the entry is right: it is enforced again.
  kClosed = 3,    ///< People saw it and let the entry be held back.
};
/// "told", "open", "accepted", "closed".
[[nodiscard]] std::string_view name_of(AlertState state);
[[nodiscard]] constexpr bool is_open(AlertState state) { return state <= AlertState::kOpen; }

/// What a guard tells people: that it holds back an entry which suddenly matches far too often.
struct Alert {
  AlertId id{};
  EntryId entry{};
  BankId bank{};
  std::uint64_t matches = 0;  ///< In the stretch of time that made the guard act,
  std::uint64_t limit = 0;    ///< of which so many would have been too many.
  AlertState state = AlertState::kOpen;
  Authorship raised;                 ///< By which guard, why, when.
  std::optional<RequestId> request;  ///< The request to end the quarantine, while people have asked.
  std::optional<Authorship> closed;
  friend bool operator==(const Alert&, const Alert&) = default;
};

/// Port: alerts. Every call is a transaction of its own, durable on return. An entry has at most one open
/// alert. Threads: any. Errors everywhere: kUnavailable, kCorrupt, kLimitExceeded (disk full), kInvalidInput.
class AlertStore {
 public:
  virtual ~AlertStore() = default;
  /// Of `alert` its entry, bank, numbers, author and state (kTold, else kOpen) count. An open alert of the
  /// same entry takes these over and forgets its request: so a guard that was cut off before it acted may
  /// raise again.
  virtual Result<Alert> raise(const Alert& alert) = 0;
  virtual Result<std::optional<Alert>> alert(AlertId id) = 0;
  /// In ascending order of id, the open ones or all; `limit` 1..10,000.
  virtual Result<std::vector<Alert>> alerts(AlertId after, bool open_only, std::size_t limit) = 0;
  /// Alerts raised from `since` on that were more than told.
  virtual Result<std::uint64_t> held_back_since(Time since) = 0;
  /// Of an open alert. Errors: kNotFound, kConflict (closed).
  virtual Result<void> set_request(AlertId id, RequestId request) = 0;
  /// kTold, kOpen -> `state`. Errors: kNotFound, kConflict (closed already).
  virtual Result<void> close_alert(AlertId id, AlertState state, const Authorship& by) = 0;
};

}  // namespace seawall
