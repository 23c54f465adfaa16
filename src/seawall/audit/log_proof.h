#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seawall/audit/audit_keys.h"
#include "seawall/audit/served_log.h"
#include "seawall/base/function_ref.h"
#include "seawall/statement/commitment.h"
#include "seawall/statement/log_entry.h"
#include "seawall/tlog/proof_file.h"

namespace seawall {

/// A record and its salt, as their keeper hands them out to show what an entry says.
struct RecordFile {
  CommitmentSalt salt{};
  std::string record;  ///< Canonical JSON.
};
inline constexpr std::size_t kRecordFileBytesMax = 256 * 1024;

/// Reads {"record": ..., "salt": "<base64 of 32 bytes>"}: the record as an object, in any order of its
/// members, or as the text of its canonical JSON. Errors: kInvalidInput, kLimitExceeded.
Result<RecordFile> record_file_from_text(std::string_view text);
/// Whether `entry` was made of it.
[[nodiscard]] bool opens(const LogEntry& entry, const RecordFile& file);

/// An entry that was proved to be in a log.
struct ProvedEntry {
  std::uint64_t index = 0;
  std::string text;
  SignedHead head;
};

/// Proves that entry `index` is in the log at `head`; the proof holds the entry as its extra data, so that it
/// is verified by itself. Reads two tiles a level and a bundle. Errors: kNotFound (the log ends before),
/// kCorrupt (what is served proves nothing), those of `served`.
Result<tlog::ProofFile> prove_entry(ServedLog& served, const SignedHead& head, std::uint64_t index);

/// The first entry of the log that `wanted` takes; reads bundles until then, and asks `goes_on` after every
/// 2,048 entries. Errors: kNotFound, those of `served`.
Result<std::uint64_t> find_entry(ServedLog& served, FunctionRef<bool(const LogEntry& entry)> wanted,
                                 FunctionRef<bool(std::uint64_t read)> goes_on);

/// Verifies a proof without the log. `text`: the entry, if the proof does not hold it. Errors: kCorrupt (it
/// does not verify), kInvalidInput (it is no proof, or the entry is missing).
Result<ProvedEntry> check_proof(std::string_view proof, const std::optional<std::string>& text,
                                const AuditKeys& keys);

}  // namespace seawall
