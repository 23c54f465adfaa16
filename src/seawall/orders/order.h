#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/json/json.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// What is done under an order, and never without one.
enum class OrderAction : std::uint8_t {
  kObservationLookup,  ///< To look for when and where an entry was seen.
  kDisclosure,         ///< To give a record to somebody outside.
  kExport,             ///< To take records out of the installation in a file.
  kEvidenceOpen,       ///< To open sealed evidence.
  kCrossTenantRead,    ///< To read what another tenant keeps.
};
[[nodiscard]] std::span<const OrderAction> all_order_actions();
[[nodiscard]] std::string_view name_of(OrderAction action);  ///< "observation-lookup"
[[nodiscard]] std::optional<OrderAction> order_action_named(std::string_view name);

/// What an order reaches. Never everything: it names records, or a selector that says which.
struct OrderScope {
  std::string tenant;
  std::vector<std::string> records;  ///< Ids, sorted, 0..256; empty where there is a selector.
  std::string selector = {};         ///< Words that a caller repeats exactly; empty where records are named.
  std::optional<Time> from = {};     ///< Of what is looked at: not before this,
  std::optional<Time> until = {};    ///< and before this.
  std::uint64_t records_max = 1;     ///< How many records in all, each time counted; 1..kOrderRecordsMax.
  friend bool operator==(const OrderScope&, const OrderScope&) = default;
};

/// The order document: who may do what, to what, when and why. Times are whole seconds.
struct OrderDocument {
  std::string id;  ///< "o-" and 16 hex digits.
  std::string applicant;
  std::vector<std::string> people;  ///< Who may act under it: 1..16 names, sorted.
  std::string issuer;               ///< The body that gives it.
  std::string legal_basis;
  std::string purpose;
  std::string necessity;        ///< In the words of whoever signs: why nothing milder would do.
  std::string proportionality;  ///< In the words of whoever signs: why it is not too much.
  OrderScope scope;
  std::set<OrderAction> actions;
  Time not_before{};
  Time not_after{};  ///< Not valid at this time any more.
  std::optional<Time> delay_notice_until =
      {};                     ///< Until then those concerned are not told; none: until not_after.
  std::string previous = {};  ///< The id of the order that this renews; empty: none.
  friend bool operator==(const OrderDocument&, const OrderDocument&) = default;
};

inline constexpr std::size_t kOrderRecordIdsMax = 256;
inline constexpr std::size_t kOrderRecordIdBytesMax = 96;
inline constexpr std::uint64_t kOrderRecordsMax = 1'000'000;
inline constexpr std::size_t kOrderWordsBytesMax = 4000;
inline constexpr std::size_t kOrderWordsCharactersMin = 40;
inline constexpr std::size_t kOrderWordsMin = 6;
inline constexpr std::chrono::days kOrderLifeMax{92};
inline constexpr std::chrono::days kUrgentOrderLifeMax{7};
inline constexpr std::chrono::days kNoticeDelayMax{366};
/// Records under an urgent order until it is confirmed, whatever it says.
inline constexpr std::uint64_t kUrgentRecordsMax = 100;
inline constexpr std::chrono::hours kConfirmationMax{48};
inline constexpr std::chrono::hours kConfirmationUnlessSaid{24};
/// How old a statement may be when it arrives: signing takes people days.
inline constexpr std::chrono::days kStatementAgeMax{7};
inline constexpr std::chrono::minutes kClockSkewMax{5};

/// A new id. Errors: kUnavailable.
Result<std::string> new_order_id();
[[nodiscard]] bool is_order_id(std::string_view text);

[[nodiscard]] Json to_json(const OrderDocument& order);
/// Reads what to_json() gives, strictly, and checks it: sizes, times in order and within the limits above,
/// records or a selector but not both, words that say something. Errors: kInvalidInput.
Result<OrderDocument> order_from(const Json& json);
/// What order_from() checks. Errors: kInvalidInput.
Result<void> check_order(const OrderDocument& order);

/// Whether `words` could be reasons: 40 characters and six different words at least. Errors: kInvalidInput,
/// beginning with `what`.
Result<void> check_words(std::string_view what, std::string_view words);
/// The same words but for case, blanks and punctuation (ASCII).
[[nodiscard]] bool same_words(std::string_view a, std::string_view b);

/// When those concerned are to be told: the later of not_after and delay_notice_until.
[[nodiscard]] Time notice_due(const OrderDocument& order);

/// Errors: kInvalidInput, saying what is wider, unless `granted` reaches nothing that `asked` does not: an
/// approver may narrow an application, never widen it.
Result<void> check_is_within(const OrderDocument& granted, const OrderDocument& asked);

}  // namespace seawall
