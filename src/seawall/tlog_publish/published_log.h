#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/tlog/checkpoint.h"
#include "seawall/tlog/keys.h"

namespace seawall {

/// Whose signatures make a head of a log believed.
struct LogTrust {
  std::string origin;
  std::vector<tlog::VerifierKey> log;
  std::vector<tlog::VerifierKey> witnesses;
  std::size_t quorum = 0;

  [[nodiscard]] tlog::TrustedKeys keys() const { return {origin, log, witnesses, quorum}; }
};

/// Makes proofs from a log's folder, under its published head. Threads: any. Lifetime: borrows nothing. Cost:
/// about ten files a proof; a head's signatures are verified once.
class PublishedLog {
 public:
  PublishedLog(std::shared_ptr<durable::FolderTree> files, LogTrust trust)
      : files_(std::move(files)), trust_(std::move(trust)), head_(std::make_shared<Head>()) {}

  /// A C2SP tlog-proof that entry `leaf` is in the log. Errors: kNotFound (no head, or none that reaches so
  /// far, is published yet), kInvalidInput (the head is not signed as it must be), kCorrupt, kUnavailable.
  Result<std::string> prove(std::uint64_t leaf) const;
  /// How many entries the published head has. Errors: as prove().
  Result<std::uint64_t> size() const;

 private:
  /// The last head whose signatures held.
  struct Head {
    std::mutex mutex;  // Guards both.
    std::string text;
    std::uint64_t size = 0;
  };
  Result<std::uint64_t> size_of(const std::string& checkpoint) const;

  std::shared_ptr<durable::FolderTree> files_;
  LogTrust trust_;
  std::shared_ptr<Head> head_;
};

/// Whether a tlog-proof shows that `entry` is in a log, by the keys that `trust` names. False also for what
/// is no proof.
[[nodiscard]] bool shows_in_log(std::string_view entry, std::string_view proof, const LogTrust& trust);

}  // namespace seawall
