#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seawall/tlog/checkpoint.h"

namespace seawall::tlog {

/// That an entry is in a log, in a form that is verified without the log: C2SP tlog-proof, kept in files
/// *.tlog-proof.
struct ProofFile {
  std::optional<std::string> extra;  ///< Bytes of the application's own; nobody vouches for them.
  std::uint64_t index = 0;
  Proof proof;
  std::string checkpoint;  ///< The signed checkpoint, as the log gave it.
  friend bool operator==(const ProofFile&, const ProofFile&) = default;
};

/// Reads one, strictly; its checkpoint is a note, but nothing is verified yet. Errors: kInvalidInput,
/// kLimitExceeded (more than 2 MiB).
Result<ProofFile> parse_proof_file(std::string_view text);
[[nodiscard]] std::string print_proof_file(const ProofFile& file);

/// Succeeds if the entry of `leaf` hash is in the log as `file` says, at a state that `trusted` keys signed;
/// gives that state. Errors: those of open_checkpoint() and verify_inclusion().
Result<OpenedCheckpoint> verify_proof_file(const ProofFile& file, const Hash& leaf,
                                           const TrustedKeys& trusted);

}  // namespace seawall::tlog
