#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "seawall/audit/log_audit.h"
#include "seawall/audit/log_proof.h"
#include "seawall/base/system_clock.h"
#include "seawall/cli/command.h"
#include "seawall/json/json.h"
#include "seawall/net_curl/curl_fetcher.h"

namespace seawall::cli {

inline constexpr PositionalSpec kAuditPlace{
    .name = "URL|DIR", .help = "the log: http(s)://..., or a folder that holds it", .kind = ValueKind::kPath};
inline constexpr OptionSpec kAuditLogOption{
    .name = "--log",
    .value = "VKEY",
    .help = "the log's public key, NAME+ID+KEY, as you were given it (required; again for each key it had)",
    .kind = ValueKind::kText,
    .repeatable = true};
inline constexpr OptionSpec kAuditWitnessOption{.name = "--witness",
                                                .value = "VKEY",
                                                .help = "the public key of a witness whose word you take",
                                                .kind = ValueKind::kText,
                                                .repeatable = true};
inline constexpr OptionSpec kAuditQuorumOption{.name = "--quorum",
                                               .value = "N",
                                               .help = "witnesses that must have cosigned (default: all)",
                                               .kind = ValueKind::kInteger,
                                               .minimum = 0,
                                               .maximum = 64};
inline constexpr OptionSpec kAuditOriginOption{.name = "--origin",
                                               .value = "TEXT",
                                               .help = "the log's origin (default: the name of its key)",
                                               .kind = ValueKind::kText};
inline constexpr OptionSpec kAuditMaxAgeOption{
    .name = "--max-age",
    .value = "SECONDS",
    .help = "how long ago witnesses may have seen the newest checkpoint (default: any time)",
    .kind = ValueKind::kInteger,
    .minimum = 1,
    .maximum = 31'622'400};
inline constexpr OptionSpec kAuditToleranceOption{
    .name = "--clock-tolerance",
    .value = "SECONDS",
    .help = "how far entries' times may run back, or ahead of this machine's clock",
    .kind = ValueKind::kInteger,
    .minimum = 0,
    .maximum = 86'400,
    .default_value = "600"};
inline constexpr OptionSpec kAuditCaFileOption{.name = "--ca-file",
                                               .value = "FILE",
                                               .help = "authorities (PEM) trusted besides the system's",
                                               .kind = ValueKind::kFile};

/// Of every command that reads a log to the end and verifies it.
inline constexpr std::array kAuditReadOptions{kAuditLogOption, kAuditWitnessOption, kAuditQuorumOption,
                                              kAuditOriginOption, kAuditCaFileOption};

/// The keys that were named. Errors: those of audit_keys_from(), kInvalidInput (--max-age without a witness).
Result<AuditKeys> audit_keys_of(const Arguments& arguments);
[[nodiscard]] std::chrono::seconds clock_tolerance_of(const Arguments& arguments);

/// Where a log is read, on the web or in a folder. Ctrl-C ends a request.
class AuditPlace {
 public:
  /// Errors: kNotFound (no folder), kInvalidInput (no address).
  static Result<std::unique_ptr<AuditPlace>> open(const std::string& place, const std::string& ca_file);
  [[nodiscard]] LogFiles& files() { return *files_; }

 private:
  Result<void> open_url(const std::string& url, const std::string& ca_file);

  std::stop_source stop_;
  std::unique_ptr<CurlFetcher> fetcher_;
  std::unique_ptr<LogFiles> files_;
  std::jthread stopper_;  ///< Last: ends before what it tells.
};

/// A file that a command keeps: its folder, which must be there, and its name.
struct KeptFile {
  std::unique_ptr<durable::FileSystem> folder;
  std::string name;
};
Result<KeptFile> kept_file(const std::string& path);
/// Replaces a file durably. Errors: kUnavailable, kNotFound.
Result<void> write_kept_file(const std::string& path, std::string_view text);
/// All of a file, "-" for standard input. Errors: those of read_whole().
Result<std::string> text_of_file(const std::string& path, std::size_t bytes_max, const Console& console);

/// Tells of an audit on a console: progress, findings as they come, a contradiction as a file.
class AuditTeller : public AuditWatcher {
 public:
  /// `evidence_beside`: in whose folder a contradiction is kept.
  AuditTeller(Console& console, std::string evidence_beside)
      : console_(console), evidence_beside_(std::move(evidence_beside)) {}
  ~AuditTeller() override { console_.progress(""); }

  Result<void> on_finding(const Finding& finding) override;
  void on_contradiction(const Contradiction& proof) override;
  bool goes_on(std::uint64_t checked, std::uint64_t size) override;

 private:
  Console& console_;
  std::string evidence_beside_;
};

/// Prints what an audit came to, overdue promises first; matched if anything is wrong with the entries.
Outcome tell_verified(Console& console, const AuditState& state, const SignedHead& head,
                      std::uint64_t read_before, Time now);

/// One entry of a log, for people and as JSON.
[[nodiscard]] std::string line_of(std::uint64_t index, std::string_view text, const Result<LogEntry>& entry);
[[nodiscard]] Json json_of(std::uint64_t index, std::string_view text, const Result<LogEntry>& entry);
/// "2026-11-22T23:00:00Z by w.example/1", with commas between.
[[nodiscard]] std::string seen_text(const SignedHead& head);
[[nodiscard]] Json seen_json(const SignedHead& head);

}  // namespace seawall::cli
