#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "seawall/figures/figure_board.h"
#include "seawall/figures/figure_book.h"
#include "seawall/flood_watch/flood_watch.h"
#include "seawall/lookup/lookup.h"
#include "seawall/service/lanes.h"
#include "seawall/service/list_names.h"
#include "seawall/service/service_metrics.h"
#include "seawall/store/feedback.h"

namespace seawall {

/// Counts what a service does for its dashboards, and writes it into a FigureBook now and then.
/// Guarantees: looked_up() takes no lock and waits for nothing (FigureBoard); flooded(), which is rare, takes
/// one; a kill loses what was counted since the last write_counts(). A bank whose name is not known yet waits
/// for it. Threads: looked_up() and flooded(): any; each of the others one at a time. Lifetime: borrows its
/// parts.
class FigureKeeper {
 public:
  struct Parts {
    FigureBook& book;
    const ListNames& names;
    const ServiceMetrics& metrics;
    Lanes& lanes;
    Store& store;
    FeedbackStore& feedback;
    std::function<std::int64_t()> list_age_ms;  ///< Below 0: not known. Must not block.
  };
  explicit FigureKeeper(const Parts& parts) : parts_(parts) {}

  void looked_up(std::string_view tenant, const LookupAnswer& answer);
  void flooded(EntryId entry, bool held_back);
  /// What was counted since the last call, latencies, queues. To be called a few times a minute, and at the
  /// end.
  Result<void> write_counts();
  /// Floods; how large the lists are, and how often people confirmed matches. Blocks for the store; every few
  /// minutes.
  Result<void> write_lists();

 private:
  using Rows = std::vector<FigureRow>;
  void add_counted(Rows& rows);
  void add_latencies(Rows& rows);
  void add_queues(Rows& rows);
  Result<void> add_sizes(Rows& rows, StoreView& view);
  Result<void> add_precision(Rows& rows, StoreView& view);
  Result<void> add_floods(Rows& rows, StoreView& view);

  Parts parts_;
  FigureBoard board_;
  std::mutex mutex_;                                            ///< Guards floods_.
  std::vector<std::pair<EntryId, bool>> floods_;                ///< Since write_lists(); bounded.
  std::vector<ServiceMetrics::Times> times_;                    ///< By operation, as last written.
  std::array<std::uint64_t, kLanes> refused_{};                 ///< Likewise.
  std::vector<std::pair<CountedCell, std::uint64_t>> unnamed_;  ///< Of banks without a name yet; bounded.
};

}  // namespace seawall
