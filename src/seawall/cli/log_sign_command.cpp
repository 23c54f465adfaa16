#include <array>

#include "seawall/cli/log_commands.h"
#include "seawall/cli/note_key_file.h"
#include "seawall/cli/witness_run.h"

namespace seawall::cli {
namespace {

Result<Outcome> run_sign(const Arguments& arguments, Console& console) {
  for (const char* needed : {"--key", "--sequencer", "--listen"}) {
    if (arguments.all(needed).empty()) return usage_failure(console, std::string(needed) + " is needed");
  }
  SEAWALL_TRY(auto key, note_key_from_file(*arguments.text("--key"), tlog::KeyType::kEd25519));
  SEAWALL_TRY(auto sequencer, tlog::VerifierKey::parse(*arguments.text("--sequencer")));
  const std::string origin = arguments.text("--origin").value_or(key.verifier().name());
  return run_witness({.folder = arguments.positionals()[0],
                      .key = std::move(key),
                      .logs = {{origin, {std::move(sequencer)}}},
                      .listen = arguments.all("--listen")},
                     console);
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "DIR",
                   .help = "where it remembers the last head it signed; made when it is not there",
                   .kind = ValueKind::kPath}};
constexpr std::array kOptions{
    OptionSpec{.name = "--key",
               .value = "FILE",
               .help = "the log's private key, of `seawall log keygen` (required)",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--sequencer",
               .value = "VKEY",
               .help = "the public key of the sequencer, which alone may ask (required)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--origin",
               .value = "TEXT",
               .help = "the log's origin (default: the name of its key)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--listen",
               .value = "ADDRESS",
               .help = "unix:PATH or 127.0.0.1:PORT (required)",
               .kind = ValueKind::kText,
               .repeatable = true},
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall log sign /var/lib/seawall-signer --key /etc/seawall-signer/log.key --sequencer "
            "lists.example/sequencer+1f2e3d4c+AYn... --listen unix:/run/seawall-signer/socket",
            "The signer of a log, as an account of its own."}};

}  // namespace

const CommandSpec& log_sign_command() {
  static constexpr CommandSpec kCommand{
      .name = "log sign",
      .summary = "be the signer of a log: a process of its own that holds its key",
      .description =
          "Signs the heads of one log, each only if it is shown to continue the last one that was signed. So "
          "whoever takes over the sequencer, or the whole server but this process, cannot have a rewritten "
          "history signed. Run it as another account, better on another machine.\n\nIt asks for a "
          "consistency "
          "proof with each request (C2SP tlog-witness, add-checkpoint, with the sequencer's signature in "
          "place of the log's), and answers with the log's own signature. What speaks against a request is "
          "told on standard error, kept as a proof in DIR, and counted in /metrics.\n\nDIR must survive: a "
          "copy of it that is older forgets what was signed since.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_sign};
  return kCommand;
}

}  // namespace seawall::cli
