#pragma once

#include "seawall/base/clock.h"
#include "seawall/figures/figure_book.h"
#include "seawall/service/call.h"

namespace seawall {

/// GET /v1/figures: series for dashboards, as JSON or CSV. Threads: any; blocks for the book. Lifetime:
/// borrows both.
class FigureCalls {
 public:
  FigureCalls(FigureBook& book, const Clock& clock) : book_(book), clock_(clock) {}
  void serve(ServedOperations& operations);

 private:
  CallResult figures(const Call& call);

  FigureBook& book_;
  const Clock& clock_;
};

}  // namespace seawall
