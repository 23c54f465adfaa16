#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/tlog/keys.h"
#include "seawall/tlog/proofs.h"

namespace seawall::tlog {

/// A state of a log, as it is signed. C2SP tlog-checkpoint.
struct Checkpoint {
  std::string origin;                   ///< Which log: one line, not empty.
  TreeHead head;                        ///< head.size <= kSizeMax.
  std::vector<std::string> extensions;  ///< Lines that are not empty; nobody verifies them.
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Reads a note's text as a checkpoint: origin, size without leading zeros, root in base64, extensions; at
/// most 64 of those. Errors: kInvalidInput, kLimitExceeded.
Result<Checkpoint> parse_checkpoint(std::string_view text);
[[nodiscard]] std::string print_checkpoint(const Checkpoint& checkpoint);

/// Whose word is taken for a log: its own keys, and its witnesses'.
struct TrustedKeys {
  std::string origin;
  std::span<const VerifierKey> log;        ///< One of them must have signed.
  std::span<const VerifierKey> witnesses;  ///< May have cosigned; cosignatures_min says how many must.
  std::size_t cosignatures_min = 0;        ///< By witnesses of different names.
};

/// Who cosigned a checkpoint and when.
struct SeenBy {
  std::string witness;
  std::uint64_t time_s = 0;
  friend bool operator==(const SeenBy&, const SeenBy&) = default;
};

/// A checkpoint whose signatures were verified.
struct OpenedCheckpoint {
  Checkpoint checkpoint;
  std::vector<SeenBy>
      seen_by;  ///< One for each witness that is known, in the note's order; times are the last.
};

/// Reads and verifies a signed checkpoint. Errors: kNotFound if the origin is another; kInvalidInput if it is
/// no checkpoint, if no key of the log signed it, if a signature in a known key's name is wrong, or if too
/// few witnesses cosigned; kLimitExceeded.
Result<OpenedCheckpoint> open_checkpoint(std::string_view note, const TrustedKeys& trusted);

}  // namespace seawall::tlog
