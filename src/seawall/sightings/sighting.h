#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/model/entry.h"
#include "seawall/model/list_bank.h"
#include "seawall/observation/observation_log.h"

namespace seawall {

/// An entry whose past sightings are wanted.
struct SoughtEntry {
  RetroEntry query;  ///< Its id, digests, and those hashes that matchers look up, with their radius.
  BankId bank{};
  SourceId source{};
  EntryState state = EntryState::kActive;
  std::uint64_t list_version = 0;  ///< Of the change that brought it here; else of the lists as read.
  [[nodiscard]] bool empty() const { return query.pdq.empty() && !query.md5 && !query.sha1 && !query.sha256; }
};
/// `bank`: the entry's own.
[[nodiscard]] SoughtEntry sought_entry(const Entry& entry, const ListBank& bank, std::uint64_t list_version);

/// Whether matchers enforce it at `now`: active, of a listed bank that is in force, nothing expired.
[[nodiscard]] bool is_enforced(const Entry& entry, const ListBank& bank, Time now);
[[nodiscard]] bool is_in_force(const ListBank& bank, Time now);

/// That content which an entry names was seen before. Its texts live until the call that hands it out ends.
struct Sighting {
  EntryId entry{};
  BankId bank{};
  SourceId source{};
  EntryState state = EntryState::kActive;
  std::uint64_t list_version = 0;
  SignalType type = SignalType::kPdq;
  std::size_t fingerprint = 0;  ///< Which of SoughtEntry's hashes; 0 for digests.
  int distance_bits = 0;        ///< 0 for digests.
  int radius_bits = 0;          ///< Inclusive; 0 for digests.
  std::string_view tenant;      ///< Whose observation.
  std::string_view place;
  Time time{};
};

/// ObservationLog::retro_match() in the words of the lists. Entries have different ids; empty ones are never
/// met. Errors: its own.
Result<RetroReport> find_sightings(ObservationLog& log, std::span<const SoughtEntry> entries,
                                   const RetroOptions& options, FunctionRef<void(const Sighting&)> visit,
                                   FunctionRef<void(std::uint64_t, std::uint64_t)> progress);

}  // namespace seawall
