#pragma once

#include <span>
#include <string_view>

#include "seawall/access/operations.h"
#include "seawall/http/router.h"

namespace seawall {

/// All paths of docs/openapi.yaml; Route::number is an Operation. A test compares it with the document.
[[nodiscard]] std::span<const Route> service_routes();
/// The path that an operation stands under, with its {names}: a label of bounded variety.
[[nodiscard]] std::string_view path_of(Operation operation);
/// Whether its refusals are written as HMA writes them.
[[nodiscard]] bool is_hma(Operation operation);
/// Whether an Idempotency-Key counts there: at POST and PATCH, but not where nothing is changed or kept that
/// a repeat could double (hash, compare, signing in), nor on HMA's paths, which have no such header.
[[nodiscard]] bool takes_idempotency_key(Operation operation);

}  // namespace seawall
