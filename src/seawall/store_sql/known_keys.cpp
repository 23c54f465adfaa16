#include <algorithm>
#include <vector>

#include "seawall/crypto/sha256.h"
#include "seawall/store_sql/detail/key_hash.h"
#include "seawall/store_sql/detail/reader.h"

namespace seawall::store_sql_detail {
namespace {

struct Wanted {
  std::int64_t hash;
  std::size_t place;
};

std::vector<Wanted> by_hash(std::span<const std::string> keys) {
  std::vector<Wanted> wanted;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    wanted.push_back({static_cast<std::int64_t>(key_hash(keys[i])), i});
  }
  std::sort(wanted.begin(), wanted.end(), [](const Wanted& a, const Wanted& b) { return a.hash < b.hash; });
  return wanted;
}

}  // namespace

Result<void> Reader::find_keys(std::int64_t scope, std::span<const std::string> keys,
                               std::span<std::optional<KnownKey>> found) {
  const auto wanted = by_hash(keys);
  std::vector<std::int64_t> hashes;
  for (const Wanted& one : wanted) {
    if (hashes.empty() || hashes.back() != one.hash) hashes.push_back(one.hash);
  }
  SEAWALL_TRY(
      SqlStatement * query,
      connection_.statement("SELECT k.hash, e.id, e.key, e.state, e.content FROM entry_keys k "
                            "JOIN entries e ON e.id = k.entry WHERE k.scope = $1 AND k.hash {any $2}"));
  query->bind(1, scope).bind(2, std::span<const std::int64_t>(hashes));
  Sha256Hasher hasher;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    const EntryId id{static_cast<std::uint64_t>(query->integer(1))};
    SEAWALL_TRY(const ReleaseHead* release, head(release_of(id)));
    if (release == nullptr) continue;
    const auto own =
        query->is_null(3) ? std::nullopt : std::optional(static_cast<EntryState>(query->integer(3)));
    if (entry_state_in(release->state, own) == EntryState::kWithdrawn) continue;
    const auto less = [](const Wanted& a, std::int64_t hash) { return a.hash < hash; };
    auto at = std::lower_bound(wanted.begin(), wanted.end(), query->integer(0), less);
    for (; at != wanted.end() && at->hash == query->integer(0); ++at) {
      auto& known = found[at->place];
      if (keys[at->place] != query->text(2) || (known && known->entry > id)) continue;
      hasher.update(query->blob(4));
      known = KnownKey{id, hasher.finish()};
    }
  }
  query->reset();
  return {};
}

/// A first import looks for a million keys where there are none.
Result<bool> Reader::has_keys(std::int64_t scope) {
  SEAWALL_TRY(SqlStatement * query,
              connection_.statement("SELECT scope FROM entry_keys WHERE scope = $1 LIMIT 1"));
  SEAWALL_TRY(const bool any, query->bind(1, scope).step());
  query->reset();
  return any;
}

Result<std::vector<std::optional<KnownKey>>> Reader::known_keys(BankId bank, SourceId source,
                                                                std::span<const std::string> keys) {
  std::vector<std::optional<KnownKey>> found(keys.size());
  SEAWALL_TRY(const bool any, has_keys(scope_of(bank, source)));
  if (!any) return found;
  for (std::size_t at = 0; at < keys.size(); at += kPageMax) {
    const std::size_t count = std::min(kPageMax, keys.size() - at);
    SEAWALL_CHECK(
        find_keys(scope_of(bank, source), keys.subspan(at, count), std::span(found).subspan(at, count)));
  }
  return found;
}

}  // namespace seawall::store_sql_detail
