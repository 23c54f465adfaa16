#include "seawall/sightings/selected_entries.h"

#include <algorithm>

namespace seawall {
namespace {

Result<void> check(StoreView& view, const Selection& selection) {
  const int asked = (selection.release ? 1 : 0) + (selection.entries.empty() ? 0 : 1) +
                    (selection.bank ? 1 : 0) + (selection.since ? 1 : 0);
  if (asked != 1) return fail(Code::kInvalidInput, "name one release, or entries, or a bank, or a version");
  if (selection.release) {
    SEAWALL_TRY(const auto release, view.release(*selection.release));
    if (!release) return fail(Code::kNotFound, "there is no such release");
  }
  if (selection.bank) {
    SEAWALL_TRY(const auto bank, view.bank(*selection.bank));
    if (!bank) return fail(Code::kNotFound, "there is no such bank");
  }
  for (const EntryId& id : selection.entries) {
    SEAWALL_TRY(const auto found, view.entries(std::span(&id, 1)));
    if (found.empty()) return fail(Code::kNotFound, "there is no entry " + to_text(id));
  }
  return {};
}

}  // namespace

Result<SelectedEntries> SelectedEntries::make(Store& store, const Clock& clock, const Selection& selection) {
  SEAWALL_TRY(const auto view, store.view());
  SEAWALL_CHECK(check(*view, selection));
  SEAWALL_TRY(const auto banks, view->banks());
  Selection sorted = selection;
  std::sort(sorted.entries.begin(), sorted.entries.end());
  sorted.entries.erase(std::unique(sorted.entries.begin(), sorted.entries.end()), sorted.entries.end());
  return SelectedEntries(store, clock, std::move(sorted),
                         EnforcedWalk({selection.since.value_or(0), EntryId{}, 0}, seen_banks(banks)));
}

Result<std::vector<Entry>> SelectedEntries::entries(StoreView& view, std::size_t limit) {
  if (selection_.release) return view.entries_of_release(*selection_.release, after_, limit);
  if (selection_.bank) return view.entries_of_bank(*selection_.bank, after_, limit);
  const auto first = std::upper_bound(selection_.entries.begin(), selection_.entries.end(), after_);
  const auto rest = static_cast<std::size_t>(selection_.entries.end() - first);
  return view.entries(std::span(first, std::min(limit, rest)));
}

Result<SelectedEntries::Page> SelectedEntries::next(std::size_t limit) {
  SEAWALL_TRY(const auto view, store_.view());
  Page page;
  if (selection_.since) {
    SEAWALL_TRY(auto batch, walk_.next(*view, limit, clock_.now()));
    page.entries = std::move(batch.entries);
    page.last = batch.up_to_date;
    return page;
  }
  SEAWALL_TRY(const auto found, entries(*view, limit));
  SEAWALL_TRY(const ListVersion version, view->version());
  page.last = found.empty();
  for (const Entry& entry : found) {
    after_ = entry.id;
    SEAWALL_TRY(const auto bank, view->bank(entry.bank));
    if (!bank || entry.state == EntryState::kWithdrawn) continue;
    if (selection_.bank && !is_enforced(entry, *bank, clock_.now())) continue;
    SoughtEntry sought = sought_entry(entry, *bank, version.number);
    if (!sought.empty()) page.entries.push_back(std::move(sought));
  }
  return page;
}

}  // namespace seawall
