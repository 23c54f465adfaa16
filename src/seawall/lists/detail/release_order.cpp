#include "seawall/lists/detail/release_order.h"

#include "seawall/base/function_ref.h"

namespace seawall::lists_detail {
namespace {

constexpr std::size_t kPage = 1000;

/// Whether `later` is right only if `earlier`, of the same source, comes in force: it left out what was there
/// already, or it changes entries of it. New entries and withdrawals alone stand by themselves.
Result<bool> builds_on(StoreView& view, const Release& later, const Release& earlier) {
  if (later.counts.unchanged != 0) return true;
  if (later.counts.updated == 0) return false;
  for (EntryId after{};;) {
    SEAWALL_TRY(const auto page, view.pending(later.id, after, kPage));
    for (const PendingChange& change : page) {
      if (change.content && release_of(change.entry) == earlier.id) return true;
    }
    if (page.empty()) return false;
    after = page.back().entry;
  }
}

std::string number_of(const Release& release) {
  return std::to_string(static_cast<std::uint32_t>(release.id));
}

/// Each release of the same bank and source that waits, or is being loaded.
ListResult<void> for_each_waiting(StoreView& view, const Release& release,
                                  FunctionRef<ListResult<void>(const Release&)> visit) {
  for (ReleaseId after{};;) {
    SEAWALL_TRY(const auto open, view.open_releases(after, kPage));
    for (const Release& other : open) {
      const bool same =
          other.bank == release.bank && other.source == release.source && other.id != release.id;
      if (same) SEAWALL_CHECK(visit(other));
    }
    if (open.size() < kPage) return {};
    after = open.back().id;
  }
}

}  // namespace

ListResult<void> check_may_activate(StoreView& view, const Release& release) {
  return for_each_waiting(view, release, [&](const Release& earlier) -> ListResult<void> {
    if (earlier.id > release.id || earlier.state == ReleaseState::kLoading) return {};
    SEAWALL_TRY(const bool builds, builds_on(view, release, earlier));
    if (!builds) return {};
    return breaks(ListRule::kOrderOfReleases,
                  "release " + number_of(earlier) +
                      " of the same source came before, and this one builds on it: decide that one first");
  });
}

ListResult<void> check_may_leave(StoreView& view, const Release& release) {
  return for_each_waiting(view, release, [&](const Release& later) -> ListResult<void> {
    if (later.state == ReleaseState::kLoading) {
      // What it has left out so far, and what it will, is not known before it is sealed.
      return breaks(ListRule::kOrderOfReleases,
                    "release " + number_of(later) +
                        " of the same source is being loaded: wait for it, or take it away with "
                        "lists reject");
    }
    if (later.id < release.id) return {};
    SEAWALL_TRY(const bool builds, builds_on(view, later, release));
    if (!builds) return {};
    return breaks(
        ListRule::kOrderOfReleases,
        "release " + number_of(later) +
            " of the same source builds on this one: reject that one first, then this one, and import "
            "anew");
  });
}

}  // namespace seawall::lists_detail
