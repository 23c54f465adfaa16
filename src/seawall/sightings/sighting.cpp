#include "seawall/sightings/sighting.h"

#include <unordered_map>

#include "seawall/lists/guards.h"

namespace seawall {

SoughtEntry sought_entry(const Entry& entry, const ListBank& bank, std::uint64_t list_version) {
  SoughtEntry sought;
  const EntrySignals& signals = entry.content.signals;
  const int radius_bits = entry.radius_bits.value_or(bank.radius_bits);
  sought.query.id = entry.id;
  for (const ListedPdq& pdq : signals.pdq) {
    if (is_matchable(pdq)) sought.query.pdq.push_back({pdq.bits, radius_bits});
  }
  sought.query.md5 = signals.md5;
  sought.query.sha1 = signals.sha1;
  sought.query.sha256 = signals.sha256;
  sought.bank = entry.bank;
  sought.source = entry.source;
  sought.state = entry.state;
  sought.list_version = list_version;
  return sought;
}

bool is_in_force(const ListBank& bank, Time now) {
  return bank.kind == BankKind::kListed && bank.active && (!bank.expires_at || *bank.expires_at > now);
}

bool is_enforced(const Entry& entry, const ListBank& bank, Time now) {
  return entry.state == EntryState::kActive && (!entry.expires_at || *entry.expires_at > now) &&
         is_in_force(bank, now);
}

Result<RetroReport> find_sightings(ObservationLog& log, std::span<const SoughtEntry> entries,
                                   const RetroOptions& options, FunctionRef<void(const Sighting&)> visit,
                                   FunctionRef<void(std::uint64_t, std::uint64_t)> progress) {
  std::vector<RetroEntry> queries;
  std::unordered_map<EntryId, const SoughtEntry*> by_id;
  for (const SoughtEntry& entry : entries) {
    queries.push_back(entry.query);
    by_id.emplace(entry.query.id, &entry);
  }
  const auto found = [&](const RetroMatch& match) {
    const SoughtEntry& entry = *by_id.at(match.entry);
    const bool is_pdq = match.signal == SignalType::kPdq;
    visit({match.entry, entry.bank, entry.source, entry.state, entry.list_version, match.signal,
           match.fingerprint, match.distance_bits,
           is_pdq ? entry.query.pdq[match.fingerprint].radius_bits : 0, match.observation.tenant,
           match.observation.place, match.observation.time});
  };
  return log.retro_match(queries, options, found, progress);
}

}  // namespace seawall
