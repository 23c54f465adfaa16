#include "seawall/service/list_names.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::size_t kEntriesAtOnce = 10'000;

}  // namespace

bool ListNames::has_all(std::span<const LookupMatch> matches) const {
  return std::ranges::all_of(matches,
                             [&](const LookupMatch& match) { return entries_.contains(match.match.entry); });
}

bool ListNames::known(std::uint64_t version, std::span<const LookupMatch> matches) const {
  const std::scoped_lock lock(mutex_);
  return version_ >= version && version_ != 0 && has_all(matches);
}

Result<void> ListNames::read_banks(StoreView& view, std::uint64_t version) {
  SEAWALL_TRY(const ListVersion stored, view.version());
  SEAWALL_TRY(const auto banks, view.banks());
  SEAWALL_TRY(const auto sources, view.sources());
  const std::scoped_lock lock(mutex_);
  if (stored.number < version_) return {};
  version_ = std::max(stored.number, version);
  entries_.clear();
  banks_.clear();
  for (const ListBank& bank : banks) {
    banks_[{bank.tenant, bank.name}] = bank.id;
    bank_names_[bank.id] = bank.name;
    bank_tenants_[bank.id] = bank.tenant;
  }
  for (const Source& source : sources) source_names_[source.id] = source.name;
  return {};
}

Result<void> ListNames::read(std::uint64_t version, std::span<const LookupMatch> matches) {
  if (!store_answers_()) return fail(Code::kUnavailable, "the store does not answer; names are read later");
  SEAWALL_TRY(const auto view, store_.view());
  if (!known(version, {})) SEAWALL_CHECK(read_banks(*view, version));
  std::vector<EntryId> wanted;
  {
    const std::scoped_lock lock(mutex_);
    for (const LookupMatch& match : matches) {
      if (!entries_.contains(match.match.entry)) wanted.push_back(match.match.entry);
    }
  }
  std::ranges::sort(wanted);
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  for (std::size_t at = 0; at < wanted.size(); at += kEntriesAtOnce) {
    const auto part = std::span(wanted).subspan(at, std::min(kEntriesAtOnce, wanted.size() - at));
    SEAWALL_TRY(const auto entries, view->entries(part));
    const std::scoped_lock lock(mutex_);
    if (entries_.size() + entries.size() > kEntriesMax) entries_.clear();
    for (const Entry& entry : entries) {
      entries_[entry.id] = {entry.content.classification, entry.content.series, entry.version};
    }
  }
  return {};
}

std::optional<BankId> ListNames::bank(std::string_view tenant, std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = banks_.find(std::pair(std::string(tenant), std::string(name)));
  if (found == banks_.end()) return std::nullopt;
  return found->second;
}

std::string ListNames::bank_name(BankId bank) const {
  const std::scoped_lock lock(mutex_);
  const auto found = bank_names_.find(bank);
  return found != bank_names_.end() ? found->second : "#" + std::to_string(static_cast<std::uint32_t>(bank));
}

std::optional<std::string> ListNames::tenant_of(BankId bank) const {
  const std::scoped_lock lock(mutex_);
  const auto found = bank_tenants_.find(bank);
  if (found == bank_tenants_.end()) return std::nullopt;
  return found->second;
}

std::string ListNames::source_name(SourceId source) const {
  const std::scoped_lock lock(mutex_);
  const auto found = source_names_.find(source);
  return found != source_names_.end() ? found->second
                                      : "#" + std::to_string(static_cast<std::uint32_t>(source));
}

MatchNames ListNames::names_of(const LookupMatch& match) const {
  MatchNames names;
  names.bank = bank_name(match.match.bank);
  names.source = source_name(match.match.source);
  const std::scoped_lock lock(mutex_);
  if (const auto found = entries_.find(match.match.entry); found != entries_.end()) {
    names.classification = found->second.classification;
    names.series = found->second.series;
    names.version = found->second.version;
  }
  return names;
}

std::uint64_t ListNames::version() const {
  const std::scoped_lock lock(mutex_);
  return version_;
}

}  // namespace seawall
