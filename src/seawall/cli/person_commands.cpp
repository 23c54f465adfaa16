#include "seawall/cli/person_commands.h"

#include <array>

#include "seawall/cli/order_session.h"
#include "seawall/cli/secret_file.h"

namespace seawall::cli {
namespace {

void print_public(Console& console, const PersonPublicKey& key) {
  if (console.json()) {
    Json json;
    json["person"] = key.name;
    json["key"] = to_hex_text(id_of(key));
    json["public"] = to_text(key);
    console.print(to_line(json) + "\n");
  } else {
    console.print(to_text(key) + "\n");
  }
}

Result<Outcome> run_new(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string out, needed(arguments, "--out", "the file that the key goes into"));
  SEAWALL_TRY(const PersonKey key, PersonKey::make(arguments.positionals()[0]));
  SEAWALL_TRY(const Secret passphrase, new_password_from(arguments, console));
  SEAWALL_TRY(const SealedPersonKey sealed, key.seal(passphrase.reveal()));
  SEAWALL_CHECK(write_new_secret_file(out, to_text(sealed),
                                      "whoever had that key could sign no more; name another file"));
  print_public(console, key.public_key());
  console.note(
      "wrote your key into " + out +
      "; only its passphrase opens it, and nobody can make either anew. Give the line above to a custodian");
  return Outcome{};
}

Result<Outcome> run_show(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const SealedPersonKey sealed, person_key_file(arguments));
  if (arguments.flag("--check")) {
    SEAWALL_CHECK(opened_key(sealed, arguments, console));
    console.note("the passphrase opens it");
  }
  print_public(console, sealed.public_key);
  return Outcome{};
}

constexpr std::array kName{
    PositionalSpec{.name = "NAME", .help = "how everybody will name the person: a-z, 0-9, '.', '-' and '_'"}};
constexpr std::array kNewOptions{
    OptionSpec{
        .name = "--out", .value = "FILE", .help = "a file that does not exist yet", .kind = ValueKind::kPath},
    kPasswordFileOption, kJsonOption};
constexpr std::array kNewExamples{Example{"seawall person new ann --out ann.key",
                                          "Asks for a new passphrase, twice, and prints the public part."}};
constexpr std::array kShowOptions{kPersonKeyOption,
                                  OptionSpec{.name = "--check", .help = "ask for the passphrase and try it"},
                                  kPasswordFileOption, kJsonOption};
constexpr std::array kShowExamples{
    Example{"seawall person show --key ann.key", "The public part: what a custodian puts into the roster."},
    Example{"seawall person show --key ann.key --check", "Whether I still know my passphrase."}};

}  // namespace

const CommandSpec& person_new_command() {
  static constexpr CommandSpec kCommand{.name = "person new",
                                        .summary = "make a person's key",
                                        .description =
                                            "A person signs with a key of their own: applications, orders, "
                                            "refusals, changes of the roster. The private "
                                            "part is sealed with a passphrase of 12 characters or more and "
                                            "lies in a file that its owner alone may read. "
                                            "Keep the file and the passphrase apart, and neither on a "
                                            "server. Standard output holds the public part, which "
                                            "is no secret.\n\nA key that is lost or seen by others is "
                                            "replaced: roster replace-key. What was signed with "
                                            "it before stays signed.",
                                        .positionals = kName,
                                        .options = kNewOptions,
                                        .examples = kNewExamples,
                                        .run = run_new};
  return kCommand;
}

const CommandSpec& person_show_command() {
  static constexpr CommandSpec kCommand{
      .name = "person show",
      .summary = "show the public part of a person's key",
      .description = "Needs no passphrase, unless --check asks whether it opens.",
      .positionals = {},
      .options = kShowOptions,
      .examples = kShowExamples,
      .run = run_show};
  return kCommand;
}

}  // namespace seawall::cli
