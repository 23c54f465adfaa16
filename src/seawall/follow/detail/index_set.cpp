#include "seawall/follow/detail/index_set.h"

#include <algorithm>

#include "seawall/lists/guards.h"

namespace seawall::follow_detail {
namespace {

template <class Digest>
void add_digest(const std::optional<Digest>& digest, EntryId id, std::vector<DigestEntry>& out) {
  if (!digest) return;
  DigestEntry entry;
  std::copy(digest->begin(), digest->end(), entry.digest.begin());
  entry.id = id;
  out.push_back(entry);
}

}  // namespace

void SignalChange::add(const Entry& entry) {
  const EntrySignals& signals = entry.content.signals;
  for (const ListedPdq& hash : signals.pdq) {
    if (is_matchable(hash)) pdq.push_back({hash.bits, entry.id});
  }
  add_digest(signals.md5, entry.id, digests[0]);
  add_digest(signals.sha1, entry.id, digests[1]);
  add_digest(signals.sha256, entry.id, digests[2]);
}

std::size_t SignalChange::rows() const {
  return pdq.size() + digests[0].size() + digests[1].size() + digests[2].size() + remove.size();
}

void SignalChange::clear() {
  pdq.clear();
  remove.clear();
  for (auto& rows : digests) rows.clear();
}

Result<IndexSet> IndexSet::open(const std::filesystem::path& folder, const LiveIndexOptions& options) {
  IndexSet set;
  SEAWALL_TRY(set.pdq_, LiveIndex::open(folder / "pdq", options));
  for (std::size_t i = 0; i < kDigestTypes.size(); ++i) {
    const auto path = folder / std::string(name_of(kDigestTypes[i]));
    SEAWALL_TRY(set.digests_[i], LiveDigestIndex::open(path, kDigestTypes[i], options));
  }
  return set;
}

Result<void> IndexSet::apply(const SignalChange& change, std::uint64_t position) {
  const bool removes = !change.remove.empty();
  if (!change.pdq.empty() || (removes && pdq_->size() > 0)) {
    SEAWALL_CHECK(pdq_->apply({change.pdq, change.remove, position}));
  }
  for (std::size_t i = 0; i < digests_.size(); ++i) {
    if (change.digests[i].empty() && (!removes || digests_[i]->size() == 0)) continue;
    SEAWALL_CHECK(digests_[i]->apply({change.digests[i], change.remove, position}));
  }
  return {};
}

std::uint64_t IndexSet::position() const {
  std::uint64_t position = pdq_->position();
  for (const auto& index : digests_) position = std::max(position, index->position());
  return position;
}

Result<void> IndexSet::verify() const {
  SEAWALL_CHECK(pdq_->verify());
  for (const auto& index : digests_) SEAWALL_CHECK(index->verify());
  return {};
}

}  // namespace seawall::follow_detail
