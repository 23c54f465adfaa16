#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/model/entry.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/list_ids.h"

namespace seawall {

enum class ReleaseState : std::uint8_t {
  kLoading = 1,   ///< Entries are still being written; nobody but its loader sees them.
  kProposed = 2,  ///< Sealed: its content no longer changes. Its new entries are proposed.
  kStaged = 3,    ///< Its new entries match silently; its updates and withdrawals wait.
  kActive = 4,    ///< In force: new entries enforced, updates and withdrawals carried out.
  kRejected = 5,  ///< Came to nothing; its new entries are withdrawn.
};
/// "loading", "proposed", "staged", "active", "rejected".
[[nodiscard]] std::string_view name_of(ReleaseState state);
/// Errors: kInvalidInput.
Result<ReleaseState> release_state_from_text(std::string_view text);
/// The state of a new entry of such a release.
[[nodiscard]] EntryState entry_state_in(ReleaseState state);
/// The state of an entry that may have one of its own: that one, except that all of a rejected release is
/// withdrawn.
[[nodiscard]] EntryState entry_state_in(ReleaseState state, std::optional<EntryState> own);

struct ReleaseCounts {
  std::uint64_t added = 0;
  std::uint64_t updated = 0;    ///< Entries listed before whose content the release changes.
  std::uint64_t withdrawn = 0;  ///< Entries listed before that the release takes off.
  std::uint64_t unchanged = 0;
  std::uint64_t quarantined = 0;  ///< Of the added: held back by a guard.
  std::uint64_t refused = 0;      ///< Records not taken at all.
  friend bool operator==(const ReleaseCounts&, const ReleaseCounts&) = default;
};

/// A change of one bank that is proposed, staged and put in force as a whole.
struct Release {
  ReleaseId id{};
  BankId bank{};
  SourceId source{};
  ReleaseState state = ReleaseState::kLoading;
  Authorship proposed;
  std::vector<Authorship> approvals;  ///< By people other than the proposer, each once.
  ReleaseCounts counts;
  std::uint64_t bank_entries_before = 0;  ///< Active entries of the bank when it was sealed.
  /// SHA-256 over its content in order (docs/formats/list-version.md); set when sealed.
  Sha256 digest{};
  std::uint64_t version = 0;  ///< The list version that made it as it is; 0 while loading.
  friend bool operator==(const Release&, const Release&) = default;
};

/// A record of an import that a guard refused, or an entry that it quarantined.
struct Refusal {
  std::string key;     ///< The source's name for it, possibly cut to 256 bytes; may be empty.
  std::string reason;  ///< Machine-readable, such as "empty_file_hash"; docs/lists.md names them all.
  std::string detail;  ///< For people; never a hash.
  bool quarantined = false;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

}  // namespace seawall
