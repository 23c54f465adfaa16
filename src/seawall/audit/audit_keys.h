#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seawall/audit/log_files.h"
#include "seawall/model/list_ids.h"
#include "seawall/tlog/checkpoint.h"

namespace seawall {

/// Whose word an audit takes, and how old it may be.
struct AuditKeys {
  std::string origin;
  std::vector<tlog::VerifierKey> log;        ///< One at least; each of type Ed25519.
  std::vector<tlog::VerifierKey> witnesses;  ///< Each of type cosignature.
  std::size_t quorum = 0;                    ///< At most as many as witnesses have names.
  std::optional<std::chrono::seconds> age_max = {};

  /// Valid while this lives.
  [[nodiscard]] tlog::TrustedKeys trusted() const { return {origin, log, witnesses, quorum}; }
};

/// Keys as people write them: vkeys. `origin`: by default the name of the first log key; `quorum`: by default
/// every witness. Errors: kInvalidInput (no vkey, or of the wrong kind; a quorum of more witnesses than there
/// are).
Result<AuditKeys> audit_keys_from(std::span<const std::string> log, std::span<const std::string> witnesses,
                                  std::optional<std::string> origin, std::optional<std::size_t> quorum);

/// A checkpoint as it was signed, and what it says.
struct SignedHead {
  std::string note;
  tlog::OpenedCheckpoint opened;
  [[nodiscard]] const tlog::TreeHead& tree() const { return opened.checkpoint.head; }
};

/// Opens a checkpoint. Errors: kCorrupt, whatever is wrong with it.
Result<SignedHead> open_head(std::string note, const AuditKeys& keys);
/// The log's newest. Errors: kNotFound (there is none), kCorrupt, those of `files`.
Result<SignedHead> read_head(LogFiles& files, const AuditKeys& keys);
/// Whether enough witnesses saw it less than keys.age_max ago. Errors: kCorrupt.
Result<void> check_age(const SignedHead& head, const AuditKeys& keys, Time now);

}  // namespace seawall
