#include "seawall/orders/order_use.h"

#include <array>

namespace seawall {
namespace {

struct RefusalWords {
  std::string_view name;
  std::string_view advice;
};
constexpr std::array<RefusalWords, 14> kRefusals{
    {{"none-named", "Name the order that this is done under."},
     {"unknown", "There is no order of that id here."},
     {"not-granted", "The order is not granted: it waits for review or signatures, or was refused."},
     {"not-yet-valid", "The order begins later."},
     {"expired", "The order is over. Have it renewed before its end next time; apply for a new one now."},
     {"cancelled", "The order was cancelled. Cease."},
     {"void", "The urgent order was not confirmed in writing in time. Cease."},
     {"person", "The order does not name this person."},
     {"action", "The order does not allow this action."},
     {"tenant", "The order is of another tenant."},
     {"record", "The order does not reach this record, selector or time."},
     {"used-up", "The order allows no more records."},
     {"not-in-log", "There is no proof that the order is in the log. Wait until it is published."},
     {"repeated", "This very demand was counted before: sign a new one."}}};

}  // namespace

std::string_view name_of(OrderRefusal refusal) { return kRefusals[static_cast<std::size_t>(refusal)].name; }
std::string_view advice_on(OrderRefusal refusal) {
  return kRefusals[static_cast<std::size_t>(refusal)].advice;
}

}  // namespace seawall
