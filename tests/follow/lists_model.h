#pragma once

#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "follow_fixture.h"

namespace seawall::test {

/// Content by two small numbers: pictures of one family are 12 bits apart, so that radii matter.
struct Look {
  int family = 0;
  int variant = 0;
  friend auto operator<=>(const Look&, const Look&) = default;
};
inline PdqHash hash_of(Look look) {
  PdqHash hash{pattern(static_cast<std::uint64_t>(look.family)), 90};
  for (int i = 0; i < 12 * look.variant; ++i) hash.bits.words[1] ^= std::uint64_t{1} << i;
  return hash;
}
inline Md5 digest_of_look(Look look) {
  return md5_of(static_cast<std::uint64_t>(look.family * 100 + look.variant));
}
inline EntryContent content_of(Look look) {
  EntryContent content;
  content.signals.pdq.push_back({hash_of(look).bits, 90});
  content.signals.md5 = digest_of_look(look);
  return content;
}

/// The textbook twin of the lists and of their matching: plain maps, everything worked out anew each time.
struct ListsModel {
  struct Bank {
    bool harmless = false;
    BankAction action = BankAction::kBlock;
    int radius = 31;
    bool active = true;
  };
  struct Listed {
    BankId bank{};
    std::string key;
    Look look;
    ReleaseId release{};
    std::optional<EntryState> own;
    EntrySettings settings;
  };
  struct Change {
    ReleaseState state = ReleaseState::kProposed;
    std::string proposer;
    BankId bank{};
    std::map<EntryId, std::optional<Look>> pending;
  };
  std::map<BankId, Bank> banks;
  std::map<EntryId, Listed> entries;
  std::map<ReleaseId, Change> releases;

  [[nodiscard]] EntryState state(const Listed& entry) const {
    const ReleaseState release = releases.at(entry.release).state;
    if (release == ReleaseState::kRejected) return EntryState::kWithdrawn;
    if (entry.own) return *entry.own;
    return entry_state_in(release);
  }

  [[nodiscard]] std::optional<EntryId> known(BankId bank, const std::string& key) const {
    for (const auto& [id, entry] : entries) {
      if (entry.bank == bank && entry.key == key && state(entry) != EntryState::kWithdrawn) return id;
    }
    return std::nullopt;
  }

  void activate(ReleaseId id) {
    Change& change = releases.at(id);
    change.state = ReleaseState::kActive;
    for (const auto& [entry, look] : change.pending) {
      if (look) entries.at(entry).look = *look;
      if (!look) entries.at(entry).own = EntryState::kWithdrawn;
    }
  }

  [[nodiscard]] int radius(const Listed& entry) const {
    return entry.settings.radius_bits.value_or(banks.at(entry.bank).radius);
  }
  [[nodiscard]] static bool expired(const Listed& entry, Time now) {
    return entry.settings.expires_at && *entry.settings.expires_at <= now;
  }

  [[nodiscard]] bool meets_harmless(Look look, Time now) const {
    for (const auto& [id, entry] : entries) {
      const Bank& bank = banks.at(entry.bank);
      if (!bank.harmless || !bank.active || state(entry) != EntryState::kActive || expired(entry, now))
        continue;
      if (entry.look == look) return true;
      if (hamming_distance(hash_of(entry.look).bits, hash_of(look).bits) <= radius(entry)) return true;
    }
    return false;
  }

  [[nodiscard]] std::optional<ListMatch> match(EntryId id, const Listed& entry, Look look, bool with_digest,
                                               Time now) const {
    const EntryState is = state(entry);
    const Bank& bank = banks.at(entry.bank);
    const bool unseen =
        is == EntryState::kQuarantined && releases.at(entry.release).state == ReleaseState::kProposed;
    if (is == EntryState::kProposed || is == EntryState::kWithdrawn || unseen) return std::nullopt;
    ListMatch match;
    match.entry = id;
    match.bank = entry.bank;
    match.action = entry.settings.action.value_or(bank.action);
    match.harmless = bank.harmless;
    if (with_digest && entry.look == look) {
      match.type = SignalType::kMd5;
    } else {
      match.distance_bits = hamming_distance(hash_of(entry.look).bits, hash_of(look).bits);
      match.radius_bits = radius(entry);
      if (match.distance_bits > match.radius_bits) return std::nullopt;
    }
    match.standing = is == EntryState::kStaged        ? Standing::kStaged
                     : is == EntryState::kQuarantined ? Standing::kQuarantined
                     : expired(entry, now)            ? Standing::kExpired
                     : bank.active                    ? Standing::kEnforced
                                                      : Standing::kBankOff;
    return match;
  }

  [[nodiscard]] std::vector<ListMatch> matches(Look look, bool with_digest, Time now) const {
    std::vector<ListMatch> found;
    bool by_pdq = false;
    bool by_digest = false;
    for (const auto& [id, entry] : entries) {
      const auto one = match(id, entry, look, with_digest, now);
      if (!one) continue;
      found.push_back(*one);
      if (!one->harmless || one->standing != Standing::kEnforced) continue;
      (one->type == SignalType::kPdq ? by_pdq : by_digest) = true;
    }
    for (ListMatch& one : found) {
      if (one.harmless || one.standing != Standing::kEnforced) continue;
      if (by_digest || (by_pdq && one.type == SignalType::kPdq)) one.standing = Standing::kOverruled;
    }
    std::sort(found.begin(), found.end(), [](const ListMatch& a, const ListMatch& b) {
      return std::tuple(a.type == SignalType::kPdq, a.distance_bits, a.entry) <
             std::tuple(b.type == SignalType::kPdq, b.distance_bits, b.entry);
    });
    return found;
  }
};

}  // namespace seawall::test
