#include <array>

#include "seawall/cli/log_commands.h"
#include "seawall/cli/note_key_file.h"
#include "seawall/json/json.h"

namespace seawall::cli {
namespace {

Result<Outcome> run_keygen(const Arguments& arguments, Console& console) {
  const std::string& name = arguments.positionals()[0];
  const std::string& path = arguments.positionals()[1];
  const bool witness = arguments.text("--for") == "witness";
  SEAWALL_TRY(const auto key,
              make_note_key(path, name, witness ? tlog::KeyType::kCosignature : tlog::KeyType::kEd25519));
  if (console.json()) {
    Json json;
    json["name"] = key.name();
    json["vkey"] = key.vkey();
    json["file"] = path;
    console.print(to_line(json) + "\n");
  } else {
    console.print(key.vkey() + "\n");
    console.note("wrote the private key into " + path +
                 ", which its owner alone may read; the line above is its public part, for those who verify");
  }
  return Outcome{};
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "NAME",
                   .help = "whose key: of a log its origin, as lists.example/log (no spaces, no '+')"},
    PositionalSpec{.name = "FILE", .help = "a file that does not exist yet", .kind = ValueKind::kPath}};
constexpr std::array kOptions{OptionSpec{.name = "--for",
                                         .value = "WHAT",
                                         .help = "what it signs",
                                         .kind = ValueKind::kChoice,
                                         .choices = "log sequencer witness",
                                         .default_value = "log"},
                              kJsonOption};
constexpr std::array kExamples{
    Example{"seawall log keygen lists.example/log log.key", "The key of a log: the signer alone keeps it."},
    Example{"seawall log keygen --for sequencer lists.example/sequencer sequencer.key",
            "The key by which the sequencer asks the signer."},
    Example{"seawall log keygen --for witness witness.example/w1 witness.key",
            "The key of a witness; its public part goes to those who run logs and those who verify."}};

}  // namespace

const CommandSpec& log_keygen_command() {
  static constexpr CommandSpec kCommand{
      .name = "log keygen",
      .summary = "make a key that signs heads of a transparency log",
      .description =
          "Makes an Ed25519 key under a name, writes it into a file that its owner alone may read (mode "
          "600), "
          "and prints its public part as a C2SP signed-note vkey: NAME+ID+KEY. A file that is there is never "
          "written over.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_keygen};
  return kCommand;
}

}  // namespace seawall::cli
