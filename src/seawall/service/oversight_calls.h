#pragma once

#include <memory>
#include <optional>

#include "seawall/durable_file/file_system.h"
#include "seawall/order_pass/order_pass.h"
#include "seawall/oversight_register/oversight_register.h"
#include "seawall/service/list_scope.h"
#include "seawall/service/orders_settings.h"
#include "seawall/service/oversight_settings.h"

namespace seawall {

/// What overseers look at in the console: GET /v1/log (whose signatures the settings believe), GET
/// /v1/log/file (the published log, by C2SP paths), GET /v1/orders (an order's clocks, without names and
/// words), GET /v1/oversight/register. They only read. A part that the settings do not name is answered with
/// 501. Threads: any. Lifetime: borrows its parts.
class OversightCalls {
 public:
  struct Parts {
    const std::optional<OrdersSettings>& orders_settings;
    const std::optional<OversightSettings>& oversight_settings;
    OrderPass* orders;             ///< Null without orders_settings.
    OversightRegister* oversight;  ///< Null without oversight_settings.
    const Clock& clock;
  };
  explicit OversightCalls(const Parts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  CallResult log_trust(const Call& call) const;
  CallResult log_file(const Call& call) const;
  CallResult orders(const Call& call) const;
  CallResult oversight_register(const Call& call) const;

  Parts parts_;
};

}  // namespace seawall
