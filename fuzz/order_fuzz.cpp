// Property: any bytes are read as a statement of an order's life or refused without a crash; an order that is
// read has one JSON, is within itself, and a case that it begins is over by its not_after.
#include <cstdint>
#include <cstdlib>

#include "seawall/orders/order_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto statement = seawall::SignedStatement::from_text(text);
  if (!statement) return 0;
  (void)seawall::order_id_of(*statement);
  auto order = seawall::OrderCase::begin(*statement, statement->at());
  if (!order) return 0;
  const auto& document = order->document();
  const auto again = seawall::order_from(seawall::to_json(document));
  if (!again || !(*again == document) || !seawall::check_is_within(document, document)) std::abort();
  if (order->state(document.not_after) == seawall::OrderState::kInForce) std::abort();
  (void)order->apply(*statement, statement->at());
  return 0;
}
