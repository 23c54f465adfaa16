#include <array>

#include "seawall/access/master_key.h"
#include "seawall/cli/access_commands.h"
#include "seawall/cli/secret_file.h"

namespace seawall::cli {
namespace {

constexpr std::string_view kHead =
    "# Seawall's access key (docs/access.md): whoever has it and the database can make codes of second "
    "factors.\n# Keep a copy in a safe place; without it second factors must be set anew.\n";

Result<void> write_key(const std::string& path) {
  SEAWALL_TRY(const Secret key, MasterKey::new_text());
  std::string text;
  text.reserve(512);  // A text that grows would leave copies behind.
  text.append(kHead).append(MasterKey::kName).append(" = ").append(key.reveal()).append("\n");
  auto written = write_new_secret_file(path, text,
                                       "another key would make all second factors and webhook secrets of "
                                       "this one useless; name another file");
  wipe_bytes(text.data(), text.size());
  return written;
}

Result<Outcome> run_init(const Arguments& arguments, Console& console) {
  const std::string& path = arguments.positionals()[0];
  SEAWALL_CHECK(write_key(path));
  console.note("wrote a new access key into " + path +
               ", which its owner alone may read; keep a copy of it "
               "in a safe place. Next: seawall keys create --help");
  return Outcome{};
}

constexpr std::array kFile{
    PositionalSpec{.name = "FILE", .help = "a file that does not exist yet", .kind = ValueKind::kPath}};
constexpr std::array kExamples{
    Example{"seawall access init access.key", "Make the access key of a new installation."},
    Example{"sudo install -d -m 700 -o seawall /etc/seawall && sudo -u seawall seawall access init "
            "/etc/seawall/access.key",
            "For a service that runs as the account seawall, which then owns the file."}};

}  // namespace

const CommandSpec& access_init_command() {
  static constexpr CommandSpec kCommand{
      .name = "access init",
      .summary = "make the access key of an installation",
      .description =
          "The access key is the one secret that lies outside the database: second factors are sealed with "
          "it, and secrets of webhooks are made of it. It goes into a file that its owner alone may read "
          "(mode 600), which is never written over. Who loses it sets all second factors anew; keys and "
          "passwords are not touched.\n\nOne installation has one access key: every process that serves the "
          "same store gets the same.",
      .positionals = kFile,
      .options = {},
      .examples = kExamples,
      .run = run_init};
  return kCommand;
}

}  // namespace seawall::cli
