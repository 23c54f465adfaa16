#include <algorithm>
#include <array>

#include "seawall/cli/log_commands.h"
#include "seawall/cli/note_key_file.h"
#include "seawall/cli/witness_run.h"

namespace seawall::cli {
namespace {

/// Logs by their keys' names; two keys of one name are one log's, as when it changes its key.
Result<std::vector<WitnessedLog>> logs_from(const std::vector<std::string>& vkeys) {
  std::vector<WitnessedLog> logs;
  for (const std::string& vkey : vkeys) {
    SEAWALL_TRY(auto key, tlog::VerifierKey::parse(vkey));
    auto known = std::ranges::find(logs, key.name(), &WitnessedLog::origin);
    if (known == logs.end()) known = logs.insert(logs.end(), {key.name(), {}});
    known->keys.push_back(std::move(key));
  }
  return logs;
}

Result<Outcome> run_witness_command(const Arguments& arguments, Console& console) {
  const auto vkeys = arguments.all("--log");
  if (vkeys.empty()) return usage_failure(console, "name the logs to follow: --log VKEY");
  if (!arguments.text("--key")) return usage_failure(console, "--key FILE is needed: its private key");
  SEAWALL_TRY(auto key, note_key_from_file(*arguments.text("--key"), tlog::KeyType::kCosignature));
  SEAWALL_TRY(auto logs, logs_from(vkeys));
  auto listen = arguments.all("--listen");
  if (listen.empty()) listen.emplace_back("127.0.0.1:8095");
  return run_witness({.folder = arguments.positionals()[0],
                      .key = std::move(key),
                      .logs = std::move(logs),
                      .listen = std::move(listen)},
                     console);
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "DIR",
                   .help = "where it remembers what it signed; made when it is not there",
                   .kind = ValueKind::kPath}};
constexpr std::array kOptions{
    OptionSpec{.name = "--key",
               .value = "FILE",
               .help = "its private key, of `seawall log keygen --for witness` (required)",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--log",
               .value = "VKEY",
               .help = "the public key of a log to follow; its name is the log's origin",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--listen",
               .value = "ADDRESS",
               .help = "127.0.0.1:8095 (default), [::1]:8095, unix:PATH; put TLS in front of it",
               .kind = ValueKind::kText,
               .repeatable = true},
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall witness /var/lib/witness --key witness.key --log lists.example/log+5d3c2b1a+AXx...",
            "Cosign the heads of one log."}};

}  // namespace

const CommandSpec& witness_command() {
  static constexpr CommandSpec kCommand{
      .name = "witness",
      .summary = "be a witness: cosign heads of transparency logs that only grow",
      .description =
          "Follows transparency logs for others: signs a log's head, with the time, only if the log's own "
          "key "
          "signed it and it is shown to continue the last head that was signed here. A log that shows two "
          "parties two histories cannot have both witnessed. Run it where the log's operator has no "
          "power.\n\n"
          "It speaks C2SP tlog-witness (POST /add-checkpoint, GET /HASH/checkpoint), so any such log can ask "
          "it, and any verifier knows its signatures (cosignature/v1, Ed25519).\n\nA split view or a "
          "rewritten "
          "history is refused, told on standard error, kept as a proof in DIR, and counted in /metrics "
          "(seawall_witness_alarms_total).",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_witness_command};
  return kCommand;
}

}  // namespace seawall::cli
