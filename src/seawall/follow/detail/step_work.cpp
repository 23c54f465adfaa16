#include "seawall/follow/detail/step_work.h"

#include <algorithm>
#include <string>

#include "seawall/store/canonical.h"
#include "seawall/store/entry_pages.h"
#include "seawall/store/list_version.h"

namespace seawall::follow_detail {
namespace {

constexpr std::size_t kPage = 2'000;
constexpr std::size_t kEntriesAtOnce = 1'000;
/// Additions of one change while a release is loaded: enough for the indexes to write segments of their own.
constexpr std::size_t kLoadRows = 200'000;
constexpr std::size_t kRemoveRows = 65'536;

std::optional<EntryState> own_state(const Entry& entry, ReleaseState release) {
  const OverrideRow row = override_of(entry, release);
  return row.state == 0 ? std::nullopt : std::optional(static_cast<EntryState>(row.state));
}

/// Of a withdrawn entry nothing is held, and nothing need be known: but a video is held elsewhere, and
/// whoever met it asks what it counts for.
OverrideRow row_of(const Entry& entry, ReleaseState release) {
  if (entry.state != EntryState::kWithdrawn) return override_of(entry, release);
  OverrideRow row;
  row.id = static_cast<std::uint64_t>(entry.id);
  if (entry.content.signals.has_video()) row.state = static_cast<std::uint8_t>(EntryState::kWithdrawn);
  return row;
}

Result<void> add_pending(StoreView& view, ReleaseId id, ReleaseDigest& digest) {
  std::string content;
  for (EntryId after{};;) {
    SEAWALL_TRY(const auto page, view.pending(id, after, kPage));
    if (page.empty()) return {};
    after = page.back().entry;
    for (const PendingChange& change : page) {
      content.clear();
      if (change.content) append_canonical(content, *change.content);
      digest.add_pending(change.entry,
                         change.content ? std::optional<std::string_view>(content) : std::nullopt);
    }
  }
}

std::string name_of_release(ReleaseId id) {
  return "release " + std::to_string(static_cast<std::uint32_t>(id));
}

}  // namespace

Result<void> StepWork::apply(std::span<const FeedItem> items) {
  SEAWALL_CHECK(check_chain(items));
  position_ = items.back().version.number;
  for (const FeedItem& item : items) {
    switch (item.kind) {
      case FeedItem::Kind::kBank:
        banks_.insert(BankId{static_cast<std::uint32_t>(item.subject)});
        break;
      case FeedItem::Kind::kSource:
        sources_.insert(SourceId{static_cast<std::uint32_t>(item.subject)});
        break;
      case FeedItem::Kind::kRelease:
        releases_.emplace(ReleaseId{static_cast<std::uint32_t>(item.subject)}, item);
        break;
      case FeedItem::Kind::kEntry:
        entries_.insert(EntryId{item.subject});
        break;
    }
  }
  SEAWALL_CHECK(apply_banks());
  SEAWALL_CHECK(apply_sources());
  for (const auto& [id, first] : releases_) SEAWALL_CHECK(apply_release(id, first));
  SEAWALL_CHECK(apply_entries());
  state_.version = items.back().version;
  change_.version = state_.version;
  state_.find_radius_max();
  return {};
}

Result<void> StepWork::check_chain(std::span<const FeedItem> items) {
  ListVersion at = state_.version;
  for (const FeedItem& item : items) {
    if (item.version.number != at.number + 1 || next_chain(at.chain, item) != item.version.chain) {
      return fail(Code::kCorrupt, "the chain breaks at list version " + std::to_string(at.number + 1) +
                                      ": this is not the store that was followed, or it was altered");
    }
    at = item.version;
  }
  return {};
}

Result<void> StepWork::apply_banks() {
  for (const BankId id : banks_) {
    SEAWALL_TRY(const auto bank, view_.bank(id));
    if (!bank) return fail(Code::kCorrupt, "a bank that the feed names is not in the store");
    state_.set_bank(*bank);
    change_.banks.push_back(*bank);
  }
  return {};
}

Result<void> StepWork::apply_sources() {
  if (sources_.empty()) return {};
  SEAWALL_TRY(const auto sources, view_.sources());
  for (const Source& source : sources) {
    if (!sources_.contains(source.id)) continue;
    state_.set_source(source);
    change_.sources.push_back(source);
  }
  return {};
}

Result<void> StepWork::apply_release(ReleaseId id, const FeedItem& first) {
  SEAWALL_TRY(const auto release, view_.release(id));
  if (!release || release->digest != first.digest) {
    return fail(Code::kCorrupt, name_of_release(id) + " is not in the store as the feed names it");
  }
  const ReleaseRow* const known = state_.releases.find(static_cast<std::uint64_t>(id));
  ReleaseRow row{static_cast<std::uint64_t>(id), release->counts.added, release->bank, release->source,
                 release->state};
  if (row.empty()) {
    // Loaded before, or half loaded before a crash, or never: its ids are the same in each case.
    if (known != nullptr || first.version.number <= position_before_) rejected_.push_back(row);
  } else if (known == nullptr) {
    SEAWALL_CHECK(load(*release, first));
  }
  set(row);
  return {};
}

Result<void> StepWork::load(const Release& release, const FeedItem& first) {
  std::vector<OverrideRow> overrides;
  Sha256 digest{};
  SEAWALL_CHECK(load_entries(release, overrides, digest));
  if (digest != release.digest) {
    // Entries may have changed since it was sealed; as they were then they must agree.
    SEAWALL_TRY(digest, digest_when_sealed(release, first.version.number));
  }
  if (digest != release.digest) {
    return fail(Code::kCorrupt, name_of_release(release.id) + ": its entries do not have its digest");
  }
  set(overrides);
  return {};
}

Result<void> StepWork::load_entries(const Release& release, std::vector<OverrideRow>& overrides,
                                    Sha256& digest) {
  ReleaseDigest sum;
  SignalChange signals;
  std::string content;
  for (EntryId after{};;) {
    SEAWALL_TRY(const auto page, view_.entries_of_release(release.id, after, kPage));
    if (page.empty()) break;
    after = page.back().id;
    for (const Entry& entry : page) {
      content.clear();
      append_canonical(content, entry.content);
      sum.add(entry.key, content, own_state(entry, release.state), entry.state_reason);
      const OverrideRow row = row_of(entry, release.state);
      if (!row.empty()) overrides.push_back(row);
      if (entry.state != EntryState::kWithdrawn) signals.add(entry);
    }
    SEAWALL_CHECK(flush(signals, kLoadRows));
  }
  SEAWALL_CHECK(flush(signals, 1));
  SEAWALL_CHECK(add_pending(view_, release.id, sum));
  digest = sum.finish();
  return {};
}

Result<Sha256> StepWork::digest_when_sealed(const Release& release, std::uint64_t version) {
  ReleaseDigest sum;
  std::string content;
  // The bank's entries come in the order of ids, which are those of releases first.
  for (EntryId after{(std::uint64_t{static_cast<std::uint32_t>(release.id)} << 32) - 1};;) {
    SEAWALL_TRY(const auto page, view_.entries_at(release.bank, version, after, kPage));
    bool past = page.empty();
    for (const Entry& entry : page) {
      past = release_of(entry.id) != release.id;
      if (past) break;
      after = entry.id;
      content.clear();
      append_canonical(content, entry.content);
      sum.add(entry.key, content, own_state(entry, ReleaseState::kProposed), entry.state_reason);
    }
    if (past) break;
  }
  SEAWALL_CHECK(add_pending(view_, release.id, sum));
  return sum.finish();
}

Result<void> StepWork::apply_entries() {
  std::vector<EntryId> ids;
  for (const EntryId id : entries_) {
    // Of a release that is rejected, or was before this run: nothing of it is held.
    if (state_.releases.find(static_cast<std::uint32_t>(release_of(id))) != nullptr) ids.push_back(id);
  }
  return visit_entries(view_, ids, kEntriesAtOnce,
                       [&](std::span<const EntryId> asked, std::span<Entry> entries) {
                         return apply_entry_page(asked, entries);
                       });
}

Result<void> StepWork::apply_entry_page(std::span<const EntryId> ids, std::span<const Entry> entries) {
  if (entries.size() != ids.size()) {
    return fail(Code::kCorrupt, "an entry that the feed names is not in the store");
  }
  SignalChange signals;
  std::vector<OverrideRow> overrides;
  for (const Entry& entry : entries) {
    const auto id = static_cast<std::uint32_t>(release_of(entry.id));
    signals.remove.push_back(entry.id);
    if (entry.state != EntryState::kWithdrawn) signals.add(entry);
    overrides.push_back(row_of(entry, state_.releases.find(id)->state));
  }
  std::sort(overrides.begin(), overrides.end(),
            [](const OverrideRow& a, const OverrideRow& b) { return a.id < b.id; });
  SEAWALL_CHECK(flush(signals, 1));
  set(overrides);
  return {};
}

Result<void> StepWork::flush(SignalChange& signals, std::size_t rows_min) {
  if (signals.rows() < rows_min) return {};
  SEAWALL_CHECK(indexes_.apply(signals, position_));
  signals.clear();
  return {};
}

Result<void> StepWork::take_out_rejected() {
  SignalChange signals;
  std::vector<OverrideRow> overrides;
  for (const ReleaseRow& row : rejected_) {
    const ReleaseId id{static_cast<std::uint32_t>(row.id)};
    for (std::uint64_t place = 0; place < row.entries; ++place) {
      signals.remove.push_back(entry_id(id, static_cast<std::uint32_t>(place)));
      OverrideRow none;
      none.id = static_cast<std::uint64_t>(signals.remove.back());
      if (state_.overrides.find(none.id) != nullptr) overrides.push_back(none);
      if (signals.remove.size() == kRemoveRows) SEAWALL_CHECK(flush(signals, 1));
    }
  }
  SEAWALL_CHECK(flush(signals, 1));
  set(overrides);
  return {};
}

void StepWork::set(const ReleaseRow& row) {
  state_.releases.set(row);
  change_.releases.push_back(row);
}

void StepWork::set(std::span<const OverrideRow> rows) {
  state_.set_overrides(rows);
  change_.overrides.insert(change_.overrides.end(), rows.begin(), rows.end());
}

}  // namespace seawall::follow_detail
