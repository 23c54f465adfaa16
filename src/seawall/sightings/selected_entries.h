#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/sightings/enforced_walk.h"

namespace seawall {

/// Which entries somebody wants to look for: exactly one of these.
struct Selection {
  std::optional<ReleaseId> release;    ///< Its new entries that are not withdrawn, whatever its state.
  std::vector<EntryId> entries;        ///< Not withdrawn ones.
  std::optional<BankId> bank;          ///< Its enforced entries.
  std::optional<std::uint64_t> since;  ///< What changes after this list version put in force.
};

/// The entries of a selection, a page at a time; each page as the lists are then.
/// Threads: one. Lifetime: borrows the store and the clock.
class SelectedEntries {
 public:
  /// Errors: kNotFound (release, bank or an entry), kInvalidInput (none or several of the four).
  static Result<SelectedEntries> make(Store& store, const Clock& clock, const Selection& selection);

  struct Page {
    std::vector<SoughtEntry> entries;
    bool last = false;
  };
  /// At most `limit` (1..10,000). A page may be empty without being the last. Errors: the store's.
  Result<Page> next(std::size_t limit);

 private:
  SelectedEntries(Store& store, const Clock& clock, Selection selection, EnforcedWalk walk)
      : store_(store), clock_(clock), selection_(std::move(selection)), walk_(std::move(walk)) {}
  Result<std::vector<Entry>> entries(StoreView& view, std::size_t limit);

  Store& store_;
  const Clock& clock_;
  Selection selection_;
  EnforcedWalk walk_;
  EntryId after_{};
};

}  // namespace seawall
