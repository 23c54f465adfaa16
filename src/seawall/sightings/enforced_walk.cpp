#include "seawall/sightings/enforced_walk.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::size_t kPage = 2'000;
constexpr std::size_t kItemsAtOnce = 500;

SeenBank seen(const ListBank& bank) {
  return {bank.active && bank.kind == BankKind::kListed, bank.radius_bits, bank.expires_at};
}

bool enforced_more(const SeenBank& before, const ListBank& bank, Time now) {
  const bool was_in_force = before.active && (!before.expires_at || *before.expires_at > now);
  return is_in_force(bank, now) && (!was_in_force || bank.radius_bits > before.radius_bits);
}

int radius_of(const Entry& entry, const ListBank& bank) {
  return entry.radius_bits.value_or(bank.radius_bits);
}

/// Whether the change of that version put `entry`, as it is now, in force or has more meet it.
Result<bool> counts(StoreView& view, const Entry& entry, const ListBank& bank, std::uint64_t version,
                    Time now) {
  SEAWALL_TRY(const auto history, view.history(entry.id));
  for (const EntryChange& change : history) {
    if (change.version != version) continue;
    if (change.what == "tagged" || change.what == "review_date_set") return false;
    if (change.what != "settings_changed" || !change.previous) return true;
    return !is_enforced(*change.previous, bank, now) ||
           radius_of(entry, bank) > radius_of(*change.previous, bank);
  }
  return true;
}

}  // namespace

SeenBanks seen_banks(std::span<const ListBank> banks) {
  SeenBanks all;
  for (const ListBank& bank : banks) all.emplace(bank.id, seen(bank));
  return all;
}

/// One next(): what it has read and found.
struct EnforcedWalk::Work {
  StoreView& view;
  std::size_t limit;
  Time now;
  Batch batch = {};
  std::unordered_set<EntryId> ids = {};
  std::map<BankId, std::optional<ListBank>> banks = {};
  std::size_t looked_at = 0;

  [[nodiscard]] bool full() const { return batch.entries.size() >= limit || looked_at >= kLookedAtMax; }

  Result<const ListBank*> bank(BankId id) {
    const auto known = banks.find(id);
    if (known != banks.end()) return known->second ? &*known->second : nullptr;
    SEAWALL_TRY(auto read, view.bank(id));
    const auto& kept = banks.emplace(id, std::move(read)).first->second;
    return kept ? &*kept : nullptr;
  }

  Result<void> add(const Entry& entry, std::uint64_t version) {
    ++looked_at;
    SEAWALL_TRY(const ListBank* const its, bank(entry.bank));
    if (its == nullptr || !is_enforced(entry, *its, now)) return {};
    SoughtEntry sought = sought_entry(entry, *its, version);
    if (!sought.empty() && ids.insert(entry.id).second) batch.entries.push_back(std::move(sought));
    return {};
  }

  /// All that `read(after, limit)` gives after `within`, which moves along; false when full first.
  template <class Read>
  Result<bool> add_pages(EntryId& within, std::uint64_t version, const Read& read) {
    while (!full()) {
      SEAWALL_TRY(const auto page, read(within, std::min(kPage, limit - batch.entries.size())));
      if (page.empty()) return true;
      for (const Entry& entry : page) SEAWALL_CHECK(add(entry, version));
      within = page.back().id;
    }
    return false;
  }
};

Result<EnforcedWalk::Batch> EnforcedWalk::next(StoreView& view, std::size_t limit, Time now) {
  Work work{view, std::max<std::size_t>(limit, 1), now};
  std::size_t items_done = 0;
  while (!work.full() && items_done < kItemsMax) {
    SEAWALL_TRY(const auto items, view.feed(position_.version, kItemsAtOnce));
    if (items.empty()) {
      work.batch.up_to_date = true;
      break;
    }
    for (const FeedItem& item : items) {
      SEAWALL_TRY(const bool whole, take(work, item));
      if (!whole) return std::move(work.batch);
      position_ = {item.version.number, EntryId{}, 0};
      ++items_done;
      if (work.full()) break;
    }
  }
  return std::move(work.batch);
}

Result<bool> EnforcedWalk::take(Work& work, const FeedItem& item) {
  switch (item.kind) {
    case FeedItem::Kind::kEntry:
      return take_entry(work, item);
    case FeedItem::Kind::kRelease:
      return take_release(work, item);
    case FeedItem::Kind::kBank:
      return take_bank(work, item);
    case FeedItem::Kind::kSource:
      break;
  }
  return true;
}

Result<bool> EnforcedWalk::take_entry(Work& work, const FeedItem& item) {
  const EntryId id{item.subject};
  SEAWALL_TRY(const auto found, work.view.entries(std::span(&id, 1)));
  if (found.empty()) return true;
  SEAWALL_TRY(const ListBank* const bank, work.bank(found.front().bank));
  if (bank == nullptr) return true;
  SEAWALL_TRY(const bool count, counts(work.view, found.front(), *bank, item.version.number, work.now));
  if (count) SEAWALL_CHECK(work.add(found.front(), item.version.number));
  return true;
}

Result<bool> EnforcedWalk::take_release(Work& work, const FeedItem& item) {
  if (item.release_state != ReleaseState::kActive) return true;
  const ReleaseId id{static_cast<std::uint32_t>(item.subject)};
  SEAWALL_TRY(const auto release, work.view.release(id));
  if (!release || release->state != ReleaseState::kActive) return true;
  SEAWALL_TRY(const ListBank* const bank, work.bank(release->bank));
  // A bank that is switched on later is gone through then.
  if (bank == nullptr || !is_in_force(*bank, work.now)) return true;
  return work.add_pages(position_.within, item.version.number, [&](EntryId after, std::size_t limit) {
    return work.view.entries_of_release(id, after, limit);
  });
}

Result<bool> EnforcedWalk::take_bank(Work& work, const FeedItem& item) {
  const BankId id{static_cast<std::uint32_t>(item.subject)};
  SEAWALL_TRY(const ListBank* const bank, work.bank(id));
  if (bank == nullptr) return true;
  const auto before = banks_.find(id);
  // What is in a bank that is new to the walk comes with its releases.
  if (before != banks_.end() && enforced_more(before->second, *bank, work.now)) {
    // The bank may have changed again since a walk through it began: from the start, as it is now.
    if (position_.bank_version != bank->version) position_.within = EntryId{};
    position_.bank_version = bank->version;
    SEAWALL_TRY(const bool whole,
                work.add_pages(position_.within, item.version.number, [&](EntryId after, std::size_t limit) {
                  return work.view.entries_of_bank(id, after, limit);
                }));
    if (!whole) return false;
  }
  banks_[id] = seen(*bank);
  return true;
}

}  // namespace seawall
