#include <array>
#include <thread>

#include "seawall/audit/log_mirror.h"
#include "seawall/cli/audit_commands.h"
#include "seawall/cli/audit_session.h"
#include "seawall/durable_file/posix_file_system.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};

void wait(Console& console, std::chrono::milliseconds time) {
  for (std::chrono::milliseconds slept{0}; slept < time && !console.stopping(); slept += kLookEvery)
    std::this_thread::sleep_for(kLookEvery);
}

/// A mirror and where it reads.
struct Mirroring {
  const AuditKeys& keys;
  AuditPlace& from;
  LogMirror& mirror;
  std::chrono::seconds clock_tolerance;
  std::string evidence_beside;
  SystemClock clock = {};
  std::uint64_t have = 0;
};

Result<Outcome> step(Mirroring& work, Console& console) {
  AuditTeller teller(console, work.evidence_beside);
  const auto state = work.mirror.step(work.from.files(), work.keys, work.clock, work.clock_tolerance, teller);
  if (!state) return tl::unexpected(state.error());
  SEAWALL_TRY(const SignedHead head, open_head(state->checkpoint, work.keys));
  const std::uint64_t had = std::exchange(work.have, state->checked.size);
  return tell_verified(console, *state, head, had, work.clock.now());
}

// A log that fails ends it; one that cannot be read now is read later.
Result<Outcome> follow(Mirroring& work, std::chrono::seconds every, Console& console) {
  while (!console.stopping()) {
    const auto done = step(work, console);
    console.flush();
    if (!done && done.error().code != Code::kUnavailable) return done;
    if (!done && !console.stopping()) console.note(done.error().message);
    wait(console, every);
  }
  return Outcome{.ended_as_asked = true};
}

Result<Outcome> run_mirror(const Arguments& arguments, Console& console) {
  if (arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  SEAWALL_TRY(const auto place,
              AuditPlace::open(arguments.positionals()[0], arguments.text("--ca-file").value_or("")));
  const std::string& folder = arguments.positionals()[1];
  SEAWALL_TRY(auto files, durable::posix_folder_tree(folder, true));
  SEAWALL_TRY(const auto mirror, LogMirror::open(std::move(files), keys.origin));
  Mirroring work{keys, *place, *mirror, clock_tolerance_of(arguments), folder + "/x"};
  work.have = mirror->checked().size;
  if (const auto every = arguments.integer("--every"))
    return follow(work, std::chrono::seconds(*every), console);
  return step(work, console);
}

constexpr std::array kPositionals{
    kAuditPlace,
    PositionalSpec{
        .name = "TO", .help = "the mirror's folder; made when it is not there", .kind = ValueKind::kPath}};
constexpr std::array kOptions{kAuditLogOption,
                              kAuditWitnessOption,
                              kAuditQuorumOption,
                              OptionSpec{.name = "--every",
                                         .value = "SECONDS",
                                         .help = "go on, and look for what is new that often (default: once)",
                                         .kind = ValueKind::kInteger,
                                         .minimum = 1,
                                         .maximum = 86'400},
                              kAuditMaxAgeOption,
                              kAuditToleranceOption,
                              kAuditOriginOption,
                              kAuditCaFileOption,
                              kJsonOption};
constexpr std::array kExamples{
    Example{"seawall audit mirror https://log.example /srv/mirror --log VKEY --witness VKEY --every 300",
            "Keep a verified copy, five minutes behind at most, for a web server to serve."}};

}  // namespace

const CommandSpec& audit_mirror_command() {
  static constexpr CommandSpec kCommand{
      .name = "audit mirror",
      .summary = "keep a verified copy of a transparency log in a folder",
      .description =
          "Copies a log into a folder, verifying it as `seawall audit verify` does, and publishes its "
          "checkpoint there last: any web server can serve the folder at any moment. It goes on where it "
          "was, "
          "killed at any point; it refuses a log that does not continue what it has copied, and keeps the "
          "proof in the folder. With --every it goes on until it is told to end.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_mirror};
  return kCommand;
}

}  // namespace seawall::cli
