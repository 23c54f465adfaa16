#pragma once

#include "seawall/orders/order_case.h"
#include "seawall/statement/roster.h"

namespace seawall {

/// Whether everybody whom the order names is in the roster at `at`; asked of the steps that begin, grant or
/// confirm one. `after`: the case with this statement. Errors: kInvalidInput, who is not.
Result<void> check_people(const Roster& roster, const SignedStatement& statement, const OrderCase& after,
                          Time at);

}  // namespace seawall
