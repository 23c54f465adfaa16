#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "seawall/follow/detail/index_set.h"
#include "seawall/follow/detail/list_state.h"
#include "seawall/follow/detail/state_file.h"
#include "seawall/store/store.h"

namespace seawall::follow_detail {

/// Works out what a run of feed items comes to, and does it to the indexes as it goes. The view may be newer
/// than the last item: what is read there is then newer too, and is read again when its item comes.
/// Threads: one.
class StepWork {
 public:
  /// `state`: as before the items; becomes as after them.
  StepWork(StoreView& view, IndexSet& indexes, ListState& state)
      : view_(view), indexes_(indexes), state_(state), position_before_(indexes.position()) {}

  /// Checks the items' chain from `state`'s version on, then applies all but the taking out of rejected
  /// releases. Errors: kCorrupt.
  Result<void> apply(std::span<const FeedItem> items);
  /// Takes rejected releases out of the indexes. After the state is published, so that they count at once.
  Result<void> take_out_rejected();

  [[nodiscard]] StateChange& change() { return change_; }

 private:
  Result<void> check_chain(std::span<const FeedItem> items);
  Result<void> apply_banks();
  Result<void> apply_sources();
  Result<void> apply_release(ReleaseId id, const FeedItem& first);
  Result<void> load(const Release& release, const FeedItem& first);
  Result<void> load_entries(const Release& release, std::vector<OverrideRow>& overrides, Sha256& digest);
  Result<Sha256> digest_when_sealed(const Release& release, std::uint64_t version);
  Result<void> apply_entries();
  Result<void> apply_entry_page(std::span<const EntryId> ids, std::span<const Entry> entries);
  Result<void> flush(SignalChange& signals, std::size_t rows_min);
  void set(const ReleaseRow& row);
  /// Ascending ids.
  void set(std::span<const OverrideRow> rows);

  StoreView& view_;
  IndexSet& indexes_;
  ListState& state_;
  const std::uint64_t position_before_;  // Of the indexes: above the state's when a step was cut off.
  std::uint64_t position_ = 0;           // That this step brings them to.
  StateChange change_;
  std::set<BankId> banks_;
  std::set<SourceId> sources_;
  std::map<ReleaseId, FeedItem> releases_;  ///< With its first item of this run.
  std::set<EntryId> entries_;
  std::vector<ReleaseRow> rejected_;
};

}  // namespace seawall::follow_detail
