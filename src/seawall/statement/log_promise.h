#pragma once

#include "seawall/statement/log_entry.h"

namespace seawall {

/// Whether an entry of `kind` that refers to one of kind `made_by` speaks of what that one promised (`due`):
/// of an order its opening and its extensions, of anything else an entry of its kind. It puts the promise off
/// if it says a time; else it keeps it, but for an extension, which keeps none.
[[nodiscard]] constexpr bool speaks_of_promise(LogKind made_by, LogKind kind) {
  if (made_by != LogKind::kOrder) return kind == made_by;
  return kind == LogKind::kOrderOpening || kind == LogKind::kOrderExtension;
}

}  // namespace seawall
