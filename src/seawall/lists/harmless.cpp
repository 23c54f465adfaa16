#include "seawall/lists/harmless.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::size_t kPage = 5'000;

template <class Digest>
void put(SignalType type, const Digest& digest, std::array<std::byte, 33>& out) {
  out[0] = static_cast<std::byte>(type);
  std::copy(digest.begin(), digest.end(), out.begin() + 1);
}

template <class Visit>
void visit_digests(const EntrySignals& signals, Visit visit) {
  const auto one = [&](SignalType type, const auto& digest) {
    if (!digest) return;
    std::array<std::byte, 33> key{};
    put(type, *digest, key);
    visit(key);
  };
  one(SignalType::kMd5, signals.md5);
  one(SignalType::kSha1, signals.sha1);
  one(SignalType::kSha256, signals.sha256);
}

}  // namespace

Result<HarmlessLists> HarmlessLists::load(StoreView& view, std::string_view tenant, Time now) {
  HarmlessLists lists;
  SEAWALL_TRY(const auto banks, view.banks());
  for (const ListBank& bank : banks) {
    const bool expired = bank.expires_at && *bank.expires_at <= now;
    if (bank.kind != BankKind::kHarmless || bank.tenant != tenant || !bank.active || expired) continue;
    SEAWALL_CHECK(lists.add_bank(view, bank, now));
  }
  std::sort(lists.digests_.begin(), lists.digests_.end());
  return lists;
}

Result<void> HarmlessLists::add_bank(StoreView& view, const ListBank& bank, Time now) {
  std::vector<IndexEntry> rows;
  for (EntryId after{};;) {
    SEAWALL_TRY(const auto page, view.entries_of_bank(bank.id, after, kPage));
    if (page.empty()) return {};
    after = page.back().id;
    rows.clear();
    for (const Entry& entry : page) {
      if (entry.state != EntryState::kActive || (entry.expires_at && *entry.expires_at <= now)) continue;
      SEAWALL_CHECK(add(entry, entry.radius_bits.value_or(bank.radius_bits), rows));
    }
    IndexChange change;
    change.add = rows;
    SEAWALL_CHECK(pdq_->apply(change));
  }
}

Result<void> HarmlessLists::add(const Entry& entry, int radius_bits, std::vector<IndexEntry>& rows) {
  for (const ListedPdq& hash : entry.content.signals.pdq) {
    if (!is_matchable(hash)) continue;
    if (radius_bits_.size() >= kFingerprintsMax) {
      return fail(Code::kLimitExceeded, "the harmless banks of one tenant hold more than " +
                                            std::to_string(kFingerprintsMax) + " fingerprints");
    }
    radius_bits_.push_back(radius_bits);
    radius_bits_max_ = std::max(radius_bits_max_, radius_bits);
    rows.push_back({hash.bits, EntryId{radius_bits_.size()}});
  }
  visit_digests(entry.content.signals, [this](const Digest& digest) { digests_.push_back(digest); });
  return {};
}

bool HarmlessLists::has_digest(const EntrySignals& signals) const {
  bool found = false;
  visit_digests(signals, [&](const Digest& digest) {
    found = found || std::binary_search(digests_.begin(), digests_.end(), digest);
  });
  return found;
}

Result<void> HarmlessLists::check(std::span<const EntryContent* const> contents,
                                  std::span<GuardFinding> findings) const {
  if (empty()) return {};
  std::vector<Fingerprint256> queries;
  std::vector<std::size_t> owners;
  std::vector<bool> near(contents.size(), false);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    if (contents[i] == nullptr || findings[i].verdict == GuardVerdict::kRefuse) continue;
    near[i] = has_digest(contents[i]->signals);
    for (const ListedPdq& hash : contents[i]->signals.pdq) {
      if (near[i] || !is_matchable(hash)) continue;
      queries.push_back(hash.bits);
      owners.push_back(i);
    }
  }
  QueryOptions options;
  options.radius_bits = radius_bits_max_;
  SEAWALL_CHECK(
      pdq_->within_batch(queries, options, [&](std::size_t query, std::span<const Neighbour> found) {
        for (const Neighbour& one : found) {
          const int radius_bits = radius_bits_[static_cast<std::size_t>(one.id) - 1];
          if (one.distance_bits <= radius_bits) near[owners[query]] = true;
        }
      }));
  for (std::size_t i = 0; i < contents.size(); ++i) {
    if (!near[i]) continue;
    findings[i] = {GuardVerdict::kQuarantine, guard_reason::kHarmless, "meets an entry of a harmless bank"};
  }
  return {};
}

}  // namespace seawall
