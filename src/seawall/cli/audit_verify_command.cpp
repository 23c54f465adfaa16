#include <array>

#include "seawall/cli/audit_commands.h"
#include "seawall/cli/audit_session.h"

namespace seawall::cli {
namespace {

/// Tells, and keeps the state in a file where one was named.
class Verifying final : public AuditTeller {
 public:
  Verifying(Console& console, const std::string& state_path)
      : AuditTeller(console, state_path), console_(console), state_path_(state_path) {}

  Result<AuditState> load(const std::string& origin) {
    if (state_path_.empty()) return AuditState{};
    SEAWALL_TRY(kept_, kept_file(state_path_));
    SEAWALL_TRY(auto state, load_audit_state(*kept_.folder, kept_.name, origin));
    return std::move(state).value_or(AuditState{});
  }

  void on_ahead(std::uint64_t size, bool is_same) override {
    console_.progress("");
    console_.note(is_same
                      ? "a checkpoint of " + std::to_string(size) + " entries continues this log: it is newer"
                      : "a checkpoint of " + std::to_string(size) +
                            " entries is newer: whether it continues this log cannot be seen until the log "
                            "shows as many");
    uncompared_ = uncompared_ || !is_same;
  }
  [[nodiscard]] bool uncompared() const { return uncompared_; }

  Result<void> on_checked(const AuditState& state) override {
    return kept_.folder ? save_audit_state(*kept_.folder, kept_.name, state) : Result<void>{};
  }

 private:
  Console& console_;
  std::string state_path_;
  KeptFile kept_;
  bool uncompared_ = false;
};

Result<std::vector<std::string>> other_checkpoints(const Arguments& arguments, const Console& console) {
  std::vector<std::string> notes;
  for (const std::string& path : arguments.all("--against")) {
    SEAWALL_TRY(auto note, text_of_file(path, tlog::kNoteBytesMax, console));
    notes.push_back(std::move(note));
  }
  return notes;
}

Result<Outcome> run_verify(const Arguments& arguments, Console& console) {
  if (arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  SEAWALL_TRY(const auto others, other_checkpoints(arguments, console));
  SEAWALL_TRY(const auto place,
              AuditPlace::open(arguments.positionals()[0], arguments.text("--ca-file").value_or("")));
  Verifying watcher(console, arguments.text("--state").value_or(""));
  SEAWALL_TRY(AuditState before, watcher.load(keys.origin));
  const std::uint64_t read_before = before.checked.size;
  const SystemClock clock;
  LogAudit audit({.files = place->files(), .keys = keys, .clock = clock, .watcher = watcher},
                 clock_tolerance_of(arguments));
  const auto state = audit.run(std::move(before), others);
  if (!state) return tl::unexpected(state.error());
  SEAWALL_TRY(const SignedHead head, open_head(state->checkpoint, keys));
  Outcome outcome = tell_verified(console, *state, head, read_before, clock.now());
  if (watcher.uncompared()) outcome.failed = Code::kUnavailable;
  return outcome;
}

constexpr std::array kPositionals{kAuditPlace};
constexpr std::array kOptions{
    kAuditLogOption,
    kAuditWitnessOption,
    kAuditQuorumOption,
    OptionSpec{.name = "--state",
               .value = "FILE",
               .help = "remembers what was seen and read; made when it is not there",
               .kind = ValueKind::kPath},
    OptionSpec{.name = "--against",
               .value = "FILE",
               .help = "a checkpoint of this log that somebody else was shown",
               .kind = ValueKind::kFile,
               .repeatable = true},
    kAuditMaxAgeOption,
    kAuditToleranceOption,
    kAuditOriginOption,
    kAuditCaFileOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall audit verify https://log.example --log lists.example/log+5d3c2b1a+AXx... --witness "
            "w.example/1+0a1b2c3d+BYy... --state lists.audit",
            "Check a log for the first time, and what is new in it every time after."},
    Example{"seawall audit verify https://log.example --log VKEY --against from-a-friend.txt",
            "Find out whether the log shows somebody else another history."},
    Example{"seawall audit verify /srv/mirror --log VKEY --json", "Check a copy in a folder, for a script."}};

}  // namespace

const CommandSpec& audit_verify_command() {
  static constexpr CommandSpec kCommand{
      .name = "audit verify",
      .summary = "verify a whole transparency log from outside",
      .description =
          "Reads a log over the web or in a folder, and trusts nothing but the keys you name. Verifies the "
          "signatures of the newest checkpoint, recomputes every tile and the root from the entries, and "
          "lists what is wrong with the entries: those that are none, times that run back, promises that are "
          "overdue.\n\nWith --state it remembers what it saw. The next run first proves that the log "
          "continues what it showed before, and reads only what is new; Ctrl-C does no harm. A log that "
          "shrank or forked is told, and both signed checkpoints are kept in a file as the proof. An older "
          "copy of the same log is no contradiction.\n\nEnds "
          "with 0 if all is well; 1 if the log verifies but something is wrong with its entries, or overdue; "
          "5 if the log does not verify; 4 if it could not be read now, is an older copy than what was seen, "
          "or "
          "cannot be compared with an --against that is newer.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_verify};
  return kCommand;
}

}  // namespace seawall::cli
