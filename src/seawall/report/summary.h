#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// One bank as a scan used it.
struct SummaryBank {
  std::string name;
  std::string path;
  std::uint64_t entry_count = 0;
  std::uint64_t revision = 0;  ///< Position in the bank's history.
  std::string action;          ///< "allow", "review" or "block".
  std::uint64_t matched_files = 0;
};

/// Whether it stands for all lists of a look-up service: `path` is its address, `action` says that each list
/// has its own; entries and revision are not known.
[[nodiscard]] inline bool is_service(const SummaryBank& bank) {
  return bank.path.starts_with("https://") || bank.path.starts_with("http://");
}

/// Counts of a scan, over all its sessions. Derived from its records, so a resumed scan adds up.
struct ScanSummary {
  std::string root;  ///< As it was typed; any bytes.
  std::vector<SummaryBank> banks;
  std::vector<std::pair<std::string, std::string>> settings;  ///< Name and value, in order.
  bool complete = false;                                      ///< The whole tree was walked to its end.
  int sessions = 0;                                           ///< 1, and one more for each resumption.
  std::int64_t started_ms = 0;                                ///< Since the Unix epoch, UTC.
  std::int64_t updated_ms = 0;                                ///< Of the last durable record.
  std::int64_t active_ms = 0;  ///< Time spent scanning, without pauses between sessions.

  std::uint64_t files = 0;     ///< Records: files and places that could not be walked.
  std::uint64_t pictures = 0;  ///< Decoded and fingerprinted.
  std::uint64_t bytes = 0;     ///< Of all files seen.
  std::uint64_t matched_files = 0;
  std::uint64_t matches = 0;
  std::uint64_t digest_matches = 0;  ///< Of these, by MD5, SHA-1 or SHA-256: the very same bytes.
  std::uint64_t error_files = 0;
  std::uint64_t changed_files = 0;  ///< Scanned again because size or time had changed.
  std::uint64_t links_skipped = 0;
  std::uint64_t special_skipped = 0;
  std::uint64_t folders_repeated = 0;

  std::map<int, std::uint64_t> pdq_distances;     ///< Matches by distance in bits.
  std::map<std::string, std::uint64_t> verdicts;  ///< Files with a match, by verdict.
  std::map<std::string, std::uint64_t> types;     ///< Files by MIME type.
  std::map<Code, std::uint64_t> errors;

  [[nodiscard]] double files_per_second() const {
    return active_ms > 0 ? static_cast<double>(files) * 1000.0 / static_cast<double>(active_ms) : 0.0;
  }
  [[nodiscard]] double megabytes_per_second() const {
    return active_ms > 0 ? static_cast<double>(bytes) / 1000.0 / static_cast<double>(active_ms) : 0.0;
  }
};

}  // namespace seawall
