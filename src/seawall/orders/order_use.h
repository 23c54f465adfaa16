#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/orders/order.h"

namespace seawall {

/// What the log says of the statement that granted an order, brought by the caller: the entry's text, its
/// salt, and a tlog-proof that the entry is in the log. Empty where the book's own entry and salt are meant.
struct OrderEvidence {
  std::string entry = {};
  std::vector<std::byte> salt = {};
  std::string proof = {};
};

/// A demand that is counted once: the digest of what a person signed, and until when it is fresh.
struct OrderDemand {
  std::string id;
  Time until{};
};

/// What somebody wants to do under an order.
struct OrderUse {
  std::string order;   ///< Its id; empty: none was named.
  std::string person;  ///< Who does it.
  std::string tenant;  ///< Whose records.
  OrderAction action = OrderAction::kObservationLookup;
  std::vector<std::string> records = {};  ///< Their ids, at most kOrderUseRecordsMax.
  std::string selector = {};              ///< Under an order with a selector: that selector.
  std::uint64_t count = 1;                ///< How many records; at least as many as `records` names.
  std::optional<Time> from = {};          ///< Of what is looked at; none: from the beginning,
  std::optional<Time> until = {};         ///< or up to now.
  OrderEvidence evidence = {};
  std::optional<OrderDemand> demand = {};  ///< None: whoever asks keeps from asking twice.
};
inline constexpr std::size_t kOrderUseRecordsMax = 256;

/// Why the gate refuses: the closed list.
enum class OrderRefusal : std::uint8_t {
  kNoneNamed,
  kUnknown,
  kNotGranted,  ///< Applied for, reviewed or refused.
  kNotYetValid,
  kExpired,
  kCancelled,
  kVoid,
  kPerson,
  kAction,
  kTenant,
  kRecord,  ///< A record, selector or time that the order does not reach.
  kUsedUp,
  kNotInLog,
  kRepeated,  ///< This demand was counted before.
};
[[nodiscard]] std::string_view name_of(OrderRefusal refusal);  ///< "not-yet-valid"
/// One sentence for whoever was refused.
[[nodiscard]] std::string_view advice_on(OrderRefusal refusal);

/// What the gate answers. Exactly one of the two is set.
struct OrderUseAnswer {
  std::optional<OrderRefusal> refusal;
  std::optional<std::int64_t> allowed;  ///< The number of its entry in the outbox.
  [[nodiscard]] bool is_allowed() const { return allowed.has_value(); }
};

/// A use as it was told to the log.
struct OrderUseRecord {
  std::int64_t number = 0;
  std::string record;  ///< Canonical JSON; empty once erased.
  std::optional<std::uint64_t> leaf = {};
  std::string entry = {};            ///< As the log has it, or will.
  std::vector<std::byte> salt = {};  ///< Shows, with the record, what the entry says; empty once erased.
};

/// Port: whether a tlog-proof shows that `entry` is in the log, by keys that whoever made it trusts. False
/// also for what is no proof. Errors: only where it could not be found out.
using LogProofCheck = std::function<Result<bool>(std::string_view entry, std::string_view proof)>;

}  // namespace seawall
