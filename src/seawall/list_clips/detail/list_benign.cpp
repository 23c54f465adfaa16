#include "seawall/list_clips/detail/list_benign.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <vector>

#include "seawall/store/entry_pages.h"

namespace seawall::list_clips_detail {
namespace {

constexpr std::size_t kPage = 1'000;

std::vector<Fingerprint256> hashes_of(const Entry& entry) {
  std::vector<Fingerprint256> hashes;
  if (entry.state != EntryState::kActive) return hashes;
  for (const ListedPdq& hash : entry.content.signals.pdq) {
    const bool good = hash.quality == ListedPdq::kQualityUnknown || hash.quality >= kPdqQualityMin;
    if (good) hashes.push_back(hash.bits);
  }
  return hashes;
}

}  // namespace

bool ListBenign::is_harmless(BankId bank) const {
  const auto at = banks_.find(bank);
  return at != banks_.end() && at->second.kind == BankKind::kHarmless;
}

bool ListBenign::any_harmless() const {
  return std::ranges::any_of(banks_, [](const auto& row) { return row.second.kind == BankKind::kHarmless; });
}

bool ListBenign::is_for(BankId bank, std::string_view tenant, std::span<const BankId> banks) const {
  const std::shared_lock lock(mutex_);
  const auto at = banks_.find(bank);
  if (at == banks_.end()) return true;  // Made since it was last read: rather one too many.
  if (!tenant.empty() && at->second.tenant != tenant) return false;
  return banks.empty() || at->second.kind == BankKind::kHarmless ||
         std::ranges::find(banks, bank) != banks.end();
}

bool ListBenign::is_for(BenignId id, std::string_view tenant, Time now) const {
  const std::shared_lock lock(mutex_);
  const auto at = templates_.find(id);
  if (at == templates_.end() || !is_harmless(at->second.bank)) return false;
  const ListBank& bank = banks_.at(at->second.bank);
  const auto is_over = [&](const std::optional<Time>& end) { return end && *end <= now; };
  return bank.active && (tenant.empty() || bank.tenant == tenant) && !is_over(bank.expires_at) &&
         !is_over(at->second.expires_at);
}

std::size_t ListBenign::left_out() const {
  const std::shared_lock lock(mutex_);
  return left_out_;
}

Result<void> ListBenign::load(ClipIndex& index, StoreView& view, const UnseenChanges& unseen) {
  while (!entries_.empty()) SEAWALL_CHECK(drop(index, entries_.begin()->first));
  {
    const std::unique_lock lock(mutex_);
    banks_.clear();
    left_out_ = 0;
  }
  SEAWALL_TRY(auto banks, view.banks());
  std::erase_if(banks, [&](const ListBank& bank) { return unseen.banks.contains(bank.id); });
  return take_banks(index, view, banks, unseen);
}

Result<void> ListBenign::apply(ClipIndex& index, StoreView& view, std::span<const FeedItem> items,
                               const UnseenChanges& unseen) {
  std::set<ReleaseId> releases;
  std::vector<EntryId> entries;
  std::set<BankId> named;
  for (const FeedItem& item : items) {
    if (item.kind == FeedItem::Kind::kBank) named.insert(BankId{static_cast<std::uint32_t>(item.subject)});
    if (item.kind == FeedItem::Kind::kRelease)
      releases.insert(ReleaseId{static_cast<std::uint32_t>(item.subject)});
    if (item.kind == FeedItem::Kind::kEntry) entries.push_back(EntryId{item.subject});
  }
  if (!named.empty()) {
    SEAWALL_TRY(auto banks, view.banks());
    std::erase_if(banks, [&](const ListBank& bank) { return !named.contains(bank.id); });
    SEAWALL_CHECK(take_banks(index, view, banks, unseen));
  }
  if (!any_harmless()) return {};
  for (const ReleaseId id : releases) SEAWALL_CHECK(take_release(index, view, id));
  return take_entries(index, view, entries);
}

Result<void> ListBenign::take_banks(ClipIndex& index, StoreView& view, std::span<const ListBank> banks,
                                    const UnseenChanges& unseen) {
  std::vector<std::pair<BankId, bool>> turned;  // And whether they are harmless now.
  for (const ListBank& bank : banks) {
    const bool harmless = bank.kind == BankKind::kHarmless;
    if (harmless != is_harmless(bank.id)) turned.emplace_back(bank.id, harmless);
    const std::unique_lock lock(mutex_);
    banks_.insert_or_assign(bank.id, bank);
  }
  for (const auto& [bank, harmless] : turned) {
    SEAWALL_CHECK(harmless ? take_bank(index, view, bank, unseen) : drop_bank(index, bank));
  }
  return {};
}

Result<void> ListBenign::take_bank(ClipIndex& index, StoreView& view, BankId bank,
                                   const UnseenChanges& unseen) {
  for (EntryId after{};;) {
    SEAWALL_TRY(const auto page, unseen.shown ? view.entries_at(bank, *unseen.shown, after, kPage)
                                              : view.entries_of_bank(bank, after, kPage));
    if (page.empty()) return {};
    after = page.back().id;
    for (const Entry& entry : page) SEAWALL_CHECK(take(index, entry));
  }
}

Result<void> ListBenign::take_release(ClipIndex& index, StoreView& view, ReleaseId id) {
  SEAWALL_TRY(const auto release, view.release(id));
  if (!release || !is_harmless(release->bank)) return {};
  for (EntryId after{};;) {
    SEAWALL_TRY(const auto page, view.entries_of_release(id, after, kPage));
    if (page.empty()) return {};
    after = page.back().id;
    for (const Entry& entry : page) SEAWALL_CHECK(take(index, entry));
  }
}

/// Those of harmless banks: the release of an entry says which bank it is of, without reading the entry.
Result<void> ListBenign::take_entries(ClipIndex& index, StoreView& view, std::span<const EntryId> ids) {
  std::map<ReleaseId, bool> harmless;
  std::vector<EntryId> wanted;
  for (const EntryId id : ids) {
    const auto [known, is_new] = harmless.try_emplace(release_of(id), false);
    if (is_new) {
      SEAWALL_TRY(const auto release, view.release(release_of(id)));
      known->second = release && is_harmless(release->bank);
    }
    if (known->second) wanted.push_back(id);
  }
  const auto take_found = [&](std::span<const EntryId>, std::span<Entry> found) -> Result<void> {
    for (const Entry& entry : found) SEAWALL_CHECK(take(index, entry));
    return {};
  };
  return visit_entries(view, wanted, kPage, take_found);
}

Result<void> ListBenign::take(ClipIndex& index, const Entry& entry) {
  SEAWALL_CHECK(drop(index, entry.id));
  const std::vector<Fingerprint256> hashes = hashes_of(entry);
  if (hashes.empty()) return {};
  const BenignId id{++last_id_};
  const std::string& tenant = banks_.at(entry.bank).tenant;
  const auto used = of_tenant_.find(tenant);
  const bool room = (used == of_tenant_.end() ? 0 : used->second) + hashes.size() <= kTenantMax;
  const auto added = room ? index.set_benign(id, hashes) : fail(Code::kLimitExceeded, "");
  if (!added && added.error().code != Code::kLimitExceeded) return added;
  // Searches ask is_for() of each template they meet: they must not wait for the index.
  const std::unique_lock lock(mutex_);
  if (!added) {
    ++left_out_;
    return {};
  }
  of_tenant_[tenant] += hashes.size();
  entries_.emplace(entry.id, id);
  templates_.emplace(id, Template{entry.bank, entry.expires_at, hashes.size()});
  return {};
}

Result<void> ListBenign::drop(ClipIndex& index, EntryId entry) {
  const auto at = entries_.find(entry);
  if (at == entries_.end()) return {};
  const BenignId id = at->second;
  SEAWALL_CHECK(index.set_benign(id, {}));
  const std::unique_lock lock(mutex_);
  const auto was = templates_.find(id);
  of_tenant_[banks_.at(was->second.bank).tenant] -= was->second.hashes;
  templates_.erase(was);
  entries_.erase(at);
  return {};
}

Result<void> ListBenign::drop_bank(ClipIndex& index, BankId bank) {
  std::vector<EntryId> its;
  for (const auto& [entry, id] : entries_) {
    if (templates_.at(id).bank == bank) its.push_back(entry);
  }
  for (const EntryId entry : its) SEAWALL_CHECK(drop(index, entry));
  return {};
}

}  // namespace seawall::list_clips_detail
