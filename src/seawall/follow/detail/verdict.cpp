#include "seawall/follow/detail/verdict.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "seawall/lists/guards.h"

namespace seawall::follow_detail {
namespace {

/// An id that an index gave, before it is known whose it is.
struct Hit {
  EntryId entry{};
  SignalType type = SignalType::kPdq;
  int distance_bits = 0;
  std::size_t query_index = 0;
  std::optional<std::size_t> met = std::nullopt;  ///< Into ListQuery::met.
  /// By entry; the same entry's digests first, then what it was met by besides, then its nearest hash.
  [[nodiscard]] auto order() const {
    return std::tuple(entry, met ? 1 : 2 * int{type == SignalType::kPdq}, distance_bits, type, query_index,
                      met);
  }
};

int rank_of(const ListMatch& match) { return match.met_by ? 1 : 2 * int{match.type == SignalType::kPdq}; }

Result<void> add_digest_hits(const ListQuery& query, const IndexSet& indexes, std::vector<Hit>& hits) {
  const auto look_up = [&](std::size_t place, std::span<const std::byte> digest) -> Result<void> {
    SEAWALL_TRY(const auto ids, indexes.digests(place).find(digest));
    for (const EntryId id : ids) hits.push_back({id, IndexSet::kDigestTypes[place], 0, 0});
    return {};
  };
  if (query.md5) SEAWALL_CHECK(look_up(0, *query.md5));
  if (query.sha1) SEAWALL_CHECK(look_up(1, *query.sha1));
  if (query.sha256) SEAWALL_CHECK(look_up(2, *query.sha256));
  return {};
}

/// The hits of the PDQ hashes of all queries, each list of hits being one query's.
Result<void> add_pdq_hits(std::span<const ListQuery> queries, const ListState& state, const IndexSet& indexes,
                          std::span<std::vector<Hit>> hits) {
  struct Place {
    std::size_t query;
    std::size_t hash;
  };
  std::vector<Fingerprint256> hashes;
  std::vector<Place> places;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    for (std::size_t i = 0; i < queries[q].pdq.size(); ++i) {
      const PdqHash& hash = queries[q].pdq[i];
      if (!is_matchable({hash.bits, hash.quality})) continue;
      hashes.push_back(hash.bits);
      places.push_back({q, i});
    }
  }
  if (hashes.empty()) return {};
  QueryOptions options;
  options.radius_bits = state.radius_bits_max;
  return indexes.pdq().within_batch(hashes, options, [&](std::size_t i, std::span<const Neighbour> found) {
    for (const Neighbour& one : found) {
      hits[places[i].query].push_back({one.id, SignalType::kPdq, one.distance_bits, places[i].hash});
    }
  });
}

/// Turns one hit into a match; false when it counts for nothing.
class Judge {
 public:
  Judge(const ListState& state, const ListQuery& query, Time now) : state_(state), query_(query), now_(now) {}

  bool judge(const Hit& hit, ListMatch& match) const {
    const ReleaseRow* const release = state_.releases.find(static_cast<std::uint32_t>(release_of(hit.entry)));
    if (release == nullptr) return false;
    const ListBank* const bank = state_.bank(release->bank);
    if (bank == nullptr || !is_asked(*bank)) return false;
    const OverrideRow* const row = state_.overrides.find(static_cast<std::uint64_t>(hit.entry));
    static constexpr OverrideRow kNone{};
    const OverrideRow& own = row != nullptr ? *row : kNone;
    const bool is_pdq = hit.type == SignalType::kPdq && !hit.met;
    int radius_bits = own.radius_bits >= 0 ? own.radius_bits : bank->radius_bits;
    if (query_.radius_bits && bank->kind == BankKind::kListed) {
      radius_bits = std::min(radius_bits, *query_.radius_bits);
    }
    if (is_pdq && hit.distance_bits > radius_bits) return false;
    match = {hit.entry,
             bank->id,
             release->source,
             hit.type,
             hit.distance_bits,
             is_pdq ? radius_bits : 0,
             hit.query_index,
             Standing::kEnforced,
             own.action != OverrideRow::kNoAction ? static_cast<BankAction>(own.action) : bank->action,
             bank->kind == BankKind::kHarmless};
    if (hit.met) {
      match.met_by = query_.met[*hit.met].by;
      match.met_index = *hit.met;
    }
    return stand(*release, own, *bank, match.standing);
  }

 private:
  bool is_asked(const ListBank& bank) const {
    if (!query_.tenant.empty() && bank.tenant != query_.tenant) return false;
    return bank.kind == BankKind::kHarmless || query_.banks.empty() ||
           std::ranges::find(query_.banks, bank.id) != query_.banks.end();
  }
  bool stand(const ReleaseRow& release, const OverrideRow& own, const ListBank& bank,
             Standing& standing) const {
    const EntryState state =
        own.state != 0 ? static_cast<EntryState>(own.state) : entry_state_in(release.state);
    const bool expired =
        own.expires_ms <= now_.time_since_epoch().count() || (bank.expires_at && *bank.expires_at <= now_);
    switch (state) {
      case EntryState::kProposed:
      case EntryState::kWithdrawn:
        return false;
      case EntryState::kStaged:
        standing = Standing::kStaged;
        return true;
      case EntryState::kQuarantined:
        // Of a release that nobody has staged yet it matches nothing, as the rest of it.
        standing = Standing::kQuarantined;
        return release.state != ReleaseState::kProposed;
      case EntryState::kActive:
        standing = expired ? Standing::kExpired : bank.active ? Standing::kEnforced : Standing::kBankOff;
        return true;
    }
    return false;
  }

  const ListState& state_;
  const ListQuery& query_;
  Time now_;
};

/// A hit that counts for something, and where in the media it is.
struct Candidate {
  ListMatch match;
  std::size_t frame = 0;  ///< Of a PDQ hit.
  std::int64_t begin_ms = 0;
  std::int64_t end_ms = 0;  ///< Of a video.
};

/// What harmless banks overrule: all matches of a tenant, those by PDQ of one frame, or videos within theirs.
class Overrules {
 public:
  Overrules(std::span<const Candidate> candidates, const ListState& state) : state_(state) {
    for (const Candidate& one : candidates) {
      const ListMatch& match = one.match;
      if (!match.harmless || match.standing != Standing::kEnforced) continue;
      const std::string_view tenant = state.bank(match.bank)->tenant;
      if (match.met_by) {
        videos_.push_back({tenant, one.begin_ms, one.end_ms});
      } else if (match.type == SignalType::kPdq) {
        frames_.emplace(tenant, one.frame);
      } else {
        tenants_.insert(tenant);
      }
    }
  }
  [[nodiscard]] bool hold(const Candidate& one) const {
    if (one.match.harmless || one.match.standing != Standing::kEnforced) return false;
    const std::string_view tenant = state_.bank(one.match.bank)->tenant;
    if (tenants_.contains(tenant)) return true;
    if (one.match.met_by) {
      return std::ranges::any_of(videos_, [&](const Part& part) {
        return part.tenant == tenant && part.begin_ms <= one.begin_ms && one.end_ms <= part.end_ms;
      });
    }
    return one.match.type == SignalType::kPdq && frames_.contains({tenant, one.frame});
  }

 private:
  const ListState& state_;
  struct Part {
    std::string_view tenant;
    std::int64_t begin_ms;
    std::int64_t end_ms;
  };
  std::set<std::string_view> tenants_;
  std::vector<Part> videos_;
  std::set<std::pair<std::string_view, std::size_t>> frames_;
};

/// One match an entry: its nearest that is not overruled, else its nearest. `candidates`: entry by entry.
std::vector<ListMatch> one_each(std::span<const Candidate> candidates, const ListState& state) {
  const Overrules overrules(candidates, state);
  std::vector<ListMatch> matches;
  for (const Candidate& one : candidates) {
    const bool overruled = overrules.hold(one);
    const bool first = matches.empty() || matches.back().entry != one.match.entry;
    if (first) matches.push_back(one.match);
    if (first && overruled) matches.back().standing = Standing::kOverruled;
    if (!first && !overruled && matches.back().standing == Standing::kOverruled) matches.back() = one.match;
  }
  return matches;
}

std::string reason_for(const ListMatch& match, const ListState& state, const ListQuery& query) {
  std::string text = "bank '" + state.bank(match.bank)->name + "': entry " + to_text(match.entry);
  if (match.met_by) {
    text.append(" ").append(query.met[match.met_index].how);
  } else if (match.type == SignalType::kPdq) {
    text += " at " + std::to_string(match.distance_bits) + " of at most " +
            std::to_string(match.radius_bits) + " bits";
  } else {
    text.append(" has the same ").append(name_of(match.type));
  }
  if (match.harmless) return text + ": known to be harmless";
  if (match.standing == Standing::kOverruled) return text + ": overruled by a harmless bank";
  return text.append(": ").append(name_of(match.action));
}

void conclude(ListVerdict& verdict, const ListState& state, const ListQuery& query) {
  for (const ListMatch& match : verdict.matches) {
    const bool counts = match.standing == Standing::kEnforced;
    if (!counts && match.standing != Standing::kOverruled) continue;
    verdict.reasons.push_back(reason_for(match, state, query));
    // Block, review, allow stand in that order.
    if (counts && !match.harmless) verdict.action = std::min(verdict.action, match.action);
  }
}

/// What one query's hits come to.
ListVerdict judge_all(const ListQuery& query, std::vector<Hit>& hits, const ListState& state, Time now) {
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.order() < b.order(); });
  ListVerdict verdict;
  verdict.list_version = state.version.number;
  verdict.list_chain = state.version.chain;
  const Judge judge(state, query, now);
  std::vector<Candidate> candidates;
  for (const Hit& hit : hits) {
    Candidate one;
    if (!judge.judge(hit, one.match)) continue;
    if (hit.met) {
      one.begin_ms = query.met[*hit.met].begin_ms;
      one.end_ms = query.met[*hit.met].end_ms;
    } else {
      one.frame =
          query.frames.empty() ? hit.query_index : static_cast<std::size_t>(query.frames[hit.query_index]);
    }
    candidates.push_back(one);
  }
  verdict.matches = one_each(candidates, state);
  std::sort(verdict.matches.begin(), verdict.matches.end(), [](const ListMatch& a, const ListMatch& b) {
    return std::tuple(rank_of(a), a.distance_bits, a.entry) <
           std::tuple(rank_of(b), b.distance_bits, b.entry);
  });
  conclude(verdict, state, query);
  return verdict;
}

}  // namespace

Result<void> verdicts_of(std::span<const ListQuery> queries, const ListState& state, const IndexSet& indexes,
                         Time now, FunctionRef<void(std::size_t, ListVerdict&&)> visit) {
  std::vector<std::vector<Hit>> hits(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    SEAWALL_CHECK(add_digest_hits(queries[i], indexes, hits[i]));
    for (std::size_t m = 0; m < queries[i].met.size(); ++m) {
      const MetEntry& met = queries[i].met[m];
      hits[i].push_back({met.entry, SignalType::kPdq, met.distance_bits, 0, m});
    }
  }
  SEAWALL_CHECK(add_pdq_hits(queries, state, indexes, hits));
  for (std::size_t i = 0; i < queries.size(); ++i) visit(i, judge_all(queries[i], hits[i], state, now));
  return {};
}

}  // namespace seawall::follow_detail
