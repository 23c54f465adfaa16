#include "seawall/bank/detail/indexes.h"

#include <algorithm>
#include <vector>

#include "seawall/bank/detail/store.h"

namespace seawall::bank_detail {

// Rows of table `change` that follow each other, with what they add and remove as it stands now: rows that a
// later change removed are gone already, and their removal is then a removal of something unknown, which
// indexes ignore. Joined, because an index takes one large change far faster than many small ones.
struct Indexes::Change {
  static constexpr std::size_t kRowsMax = std::size_t{1} << 20;  // 42 MB of hashes.
  std::uint64_t position = 0;                                    // Of the last one; 0: none yet.
  std::vector<EntryId> removed;
  std::vector<IndexEntry> pdq;
  std::array<std::vector<DigestEntry>, kDigestTypes.size()> digests;

  [[nodiscard]] bool full() const {
    std::size_t rows = std::max(pdq.size(), removed.size());
    for (const auto& digest : digests) rows = std::max(rows, digest.size());
    return rows >= kRowsMax;
  }
};

Result<Indexes> Indexes::open(const std::filesystem::path& folder, bool read_only) {
  Indexes indexes;
  // A writer is a short-lived process: merging stands at the end of what it does, not beside it.
  const LiveIndexOptions options{.durable = true, .background_merge = false, .read_only = read_only};
  SEAWALL_TRY(indexes.pdq_, LiveIndex::open(folder / "pdq", options));
  for (std::size_t i = 0; i < kDigestTypes.size(); ++i) {
    const std::filesystem::path digests = folder / std::string(name_of(kDigestTypes[i]));
    SEAWALL_TRY(indexes.digests_[i], LiveDigestIndex::open(digests, kDigestTypes[i], options));
  }
  return indexes;
}

std::uint64_t Indexes::position_min() const {
  std::uint64_t position = pdq_->position();
  for (const auto& index : digests_) position = std::min(position, index->position());
  return position;
}

std::uint64_t Indexes::position_max() const {
  std::uint64_t position = pdq_->position();
  for (const auto& index : digests_) position = std::max(position, index->position());
  return position;
}

Result<const LiveDigestIndex*> Indexes::digests(SignalType type) const {
  for (std::size_t i = 0; i < kDigestTypes.size(); ++i) {
    if (kDigestTypes[i] == type) return digests_[i].get();
  }
  return fail(Code::kInvalidInput, "no digest of this type");
}

Result<void> Indexes::merge() {
  SEAWALL_CHECK(pdq_->merge());
  for (const auto& index : digests_) SEAWALL_CHECK(index->merge());
  return {};
}

namespace {

constexpr std::size_t kAppliedBeforeMerge = 2;

Result<void> load_removals(Database& database, std::uint64_t position, std::vector<EntryId>& removed) {
  SEAWALL_TRY(Statement select, database.prepare("SELECT row FROM removal WHERE position=?"));
  select.bind(1, static_cast<std::int64_t>(position));
  for (;;) {
    SEAWALL_TRY(const bool any, select.step());
    if (!any) return {};
    removed.push_back(static_cast<EntryId>(select.integer(0)));
  }
}

}  // namespace

/// Adds to `change` what rows first_row..last_row hold.
Result<void> Indexes::load(Database& database, std::int64_t first_row, std::int64_t last_row,
                           Change& change) {
  SEAWALL_TRY(Statement select,
              database.prepare("SELECT row, pdq, md5, sha1, sha256 FROM entry WHERE row BETWEEN ? AND ?"));
  select.bind(1, first_row).bind(2, last_row);
  std::vector<ListedPdq> hashes;
  for (;;) {
    SEAWALL_TRY(const bool any, select.step());
    if (!any) return {};
    const auto id = static_cast<EntryId>(select.integer(0));
    SEAWALL_CHECK(decode_pdq(select.blob(1), hashes));
    for (const ListedPdq& hash : hashes) change.pdq.push_back({hash.bits, id});
    for (std::size_t i = 0; i < kDigestTypes.size(); ++i) {
      const auto blob = select.blob(static_cast<int>(2 + i));
      if (blob.empty()) continue;
      DigestEntry& entry = change.digests[i].emplace_back();
      if (blob.size() > entry.digest.size()) return fail(Code::kCorrupt, "a digest of the wrong length");
      std::ranges::copy(blob, entry.digest.begin());
      entry.id = id;
    }
  }
}

/// An index that has seen some of what is joined in `change` sees it again, which changes nothing: a pair
/// added twice is kept once, and row numbers are never given again.
Result<void> Indexes::apply(const Change& change) {
  if (pdq_->position() < change.position) {
    SEAWALL_CHECK(pdq_->apply({change.pdq, change.removed, change.position}));
  }
  for (std::size_t i = 0; i < kDigestTypes.size(); ++i) {
    if (digests_[i]->position() >= change.position) continue;
    SEAWALL_CHECK(digests_[i]->apply({change.digests[i], change.removed, change.position}));
  }
  return {};
}

Result<void> Indexes::follow(Database& database) {
  SEAWALL_TRY(Statement select, database.prepare("SELECT position, first_row, last_row FROM change WHERE "
                                                 "position>? ORDER BY position"));
  select.bind(1, static_cast<std::int64_t>(position_min()));
  Change change;
  std::size_t applied = 0;
  for (;;) {
    SEAWALL_TRY(const bool any, select.step());
    if (!any || change.full()) {
      if (change.position != 0) SEAWALL_CHECK(apply(change));
      applied += change.position != 0;
      change = {};
    }
    // What a large import leaves in pieces costs every later query; this process is about to end.
    if (!any) return applied >= kAppliedBeforeMerge ? merge() : Result<void>();
    change.position = static_cast<std::uint64_t>(select.integer(0));
    SEAWALL_CHECK(load_removals(database, change.position, change.removed));
    SEAWALL_CHECK(load(database, select.integer(1), select.integer(2), change));
  }
}

}  // namespace seawall::bank_detail
