#pragma once

#include <memory>
#include <optional>

#include "seawall/observation/observation_log.h"
#include "seawall/orders/order_book.h"
#include "seawall/service/list_scope.h"
#include "seawall/service/orders_settings.h"

namespace seawall {

/// The order book of a service and the log that must hold its orders.
struct ServiceOrders {
  std::unique_ptr<OrderBook> book;
  PublishedLog log;
  LogTrust trust;
};
/// None without settings. Errors: those of the book and the folder.
Result<std::optional<ServiceOrders>> open_service_orders(const std::optional<OrdersSettings>& settings,
                                                         const Clock& clock);

/// GET /v1/observations: where listed content was seen, under an order only (docs/orders.md). What is
/// answered is counted and told to the log before it is answered. Threads: any. Lifetime: borrows its parts.
class ObservationCalls {
 public:
  /// `orders`, `observations`: null where the service keeps none.
  ObservationCalls(const ListParts& parts, ServiceOrders* orders, ObservationLog* observations)
      : parts_(parts), orders_(orders), observations_(observations) {}
  void serve(ServedOperations& operations);

 private:
  struct Ask;
  CallResult observations(const Call& call);
  Called<Ask> read_ask(const Call& call) const;
  Called<void> pass_gate(const Call& call, const Ask& ask, const OrderScope& reach, std::size_t count) const;

  ListParts parts_;
  ServiceOrders* orders_;
  ObservationLog* observations_;
};

}  // namespace seawall
