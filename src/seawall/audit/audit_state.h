#pragma once

#include <string>
#include <string_view>

#include "seawall/audit/entry_tally.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/tlog/proofs.h"

namespace seawall {

/// How far an audit is, so that the next one goes on from there.
struct AuditState {
  std::string origin;
  tlog::TreeHead checked;  ///< The entries that were read, and the root that they make.
  std::string checkpoint;  ///< The newest that was opened, as it was signed; empty before the first.
  EntryTally tally;
  friend bool operator==(const AuditState&, const AuditState&) = default;
};

inline constexpr std::size_t kAuditStateBytesMax = std::size_t{16} << 20;

/// SHA-256 of the second line in hex, and the state as one line of canonical JSON.
Result<std::string> to_text(const AuditState& state);
/// Reads what to_text() writes. Errors: kCorrupt.
Result<AuditState> audit_state_from_text(std::string_view text);

/// None where there is no such file. Errors: kCorrupt, kUnavailable, kInvalidInput (of another log).
Result<std::optional<AuditState>> load_audit_state(durable::FileSystem& files, const std::string& name,
                                                   const std::string& origin);
/// Durable on return; a crash leaves the old state or the new.
Result<void> save_audit_state(durable::FileSystem& files, const std::string& name, const AuditState& state);

}  // namespace seawall
