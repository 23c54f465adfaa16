#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "seawall/metrics/metrics_text.h"
#include "seawall/observation/observation_log.h"
#include "seawall/order_pass/order_pass.h"
#include "seawall/service/json_log.h"
#include "seawall/service/list_scope.h"
#include "seawall/service/orders_settings.h"
#include "seawall/store/log_records.h"

namespace seawall {

/// Null without settings. What it refuses is told to `events`, with the reason and nothing else. Errors:
/// those of the book and the folder.
Result<std::unique_ptr<OrderPass>> open_service_orders(const std::optional<OrdersSettings>& settings,
                                                       const Clock& clock, JsonLog& events);
/// Opens the log of observations in `folder`. Where there are orders, or a log is kept of the store, it is
/// marked: whoever reads it, by whatever command, needs an order from then on. Errors: those of the log, the
/// mark and the store.
Result<std::unique_ptr<ObservationLog>> open_service_observations(const std::filesystem::path& folder,
                                                                  const Clock& clock, OrderPass* orders,
                                                                  LogRecordStore& records);
/// How often the gate refused, the commands' share too, as of some seconds ago. Without orders: nothing.
void write_order_refusals(OrderPass* orders, MetricsText& out);

/// GET /v1/observations: where listed content was seen, under an order only (docs/orders.md), to people
/// only: a program's key is nobody whom an order could name. Without an order that allows it nothing is
/// searched. What is answered is counted and told to the log before it is answered. Threads: any. Lifetime:
/// borrows its parts.
class ObservationCalls {
 public:
  /// `orders`, `observations`: null where the service keeps none.
  ObservationCalls(const ListParts& parts, OrderPass* orders, ObservationLog* observations)
      : parts_(parts), orders_(orders), observations_(observations) {}
  void serve(ServedOperations& operations);

 private:
  struct Ask;
  CallResult observations(const Call& call);
  Called<Ask> read_ask(const Call& call) const;
  Called<OrderScope> reach_of(const Call& call, const Ask& ask) const;
  Called<void> refused_unasked(std::optional<OrderRefusal> refusal) const;
  OrderUse use_of(const Call& call, const Ask& ask, const OrderScope& reach, std::size_t count) const;

  ListParts parts_;
  OrderPass* orders_;
  ObservationLog* observations_;
};

}  // namespace seawall
