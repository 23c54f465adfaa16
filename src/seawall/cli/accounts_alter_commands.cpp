#include <array>

#include "seawall/access/account_service.h"
#include "seawall/cli/access_commands.h"
#include "seawall/cli/access_session.h"
#include "seawall/cli/account_words.h"
#include "seawall/cli/ask.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

Result<Outcome> set_active(const Arguments& arguments, Console& console, bool active) {
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const AccessAccount account, account_named(session->store(), arguments.positionals()[0]));
  HashGate hashes(HashLimits{});
  AccountService service(session->store(), hashes, session->clock());
  SEAWALL_CHECK(service.set_active(account.name, active, by));
  SEAWALL_CHECK(print_account(console, session->store(), account.name,
                              active ? "account " + account.name + " may sign in again"
                                     : "account " + account.name + " is disabled and signed out everywhere"));
  return Outcome{};
}

Result<Outcome> run_disable(const Arguments& arguments, Console& console) {
  return set_active(arguments, console, false);
}

Result<Outcome> run_enable(const Arguments& arguments, Console& console) {
  return set_active(arguments, console, true);
}

Result<Outcome> run_password(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const AccessAccount account, account_named(session->store(), arguments.positionals()[0]));
  SEAWALL_TRY(const Secret password, new_password_from(arguments, console));
  HashGate hashes(HashLimits{});
  AccountService service(session->store(), hashes, session->clock());
  SEAWALL_CHECK(service.set_password(account.name, password, by));
  SEAWALL_CHECK(
      print_account(console, session->store(), account.name,
                    "account " + account.name + " has a new password and is signed out everywhere"));
  return Outcome{};
}

constexpr std::array kName{PositionalSpec{.name = "NAME", .help = "the account"}};
constexpr std::array kOptions{kStoreOption, kWhyOption, kAsOption, kJsonOption};
constexpr std::array kPasswordOptions{kStoreOption, kWhyOption, kAsOption, kPasswordFileOption, kJsonOption};
constexpr std::array kDisableExamples{
    Example{"seawall accounts disable bob --why 'left on 3 May'", "Ends every session of bob at once."}};
constexpr std::array kEnableExamples{
    Example{"seawall accounts enable bob --why 'came back'", "With the password and roles of before."}};
constexpr std::array kPasswordExamples{
    Example{"seawall accounts password bob --why 'forgotten'", "Asks for the new one twice."},
    Example{"pwgen -s 20 1 | seawall accounts password bob --why 'forgotten' --password-file -",
            "Reads it from standard input."}};

}  // namespace

const CommandSpec& accounts_disable_command() {
  static constexpr CommandSpec kCommand{
      .name = "accounts disable",
      .summary = "let a person in no more",
      .description =
          "Ends the person's sessions, in every process, and refuses the sign-in in the words of a wrong "
          "password. The account and all it did stay in the record.",
      .positionals = kName,
      .options = kOptions,
      .examples = kDisableExamples,
      .run = run_disable};
  return kCommand;
}

const CommandSpec& accounts_enable_command() {
  static constexpr CommandSpec kCommand{
      .name = "accounts enable",
      .summary = "let a disabled account in again",
      .description = "Password, second factor and roles are those of before.",
      .positionals = kName,
      .options = kOptions,
      .examples = kEnableExamples,
      .run = run_enable};
  return kCommand;
}

const CommandSpec& accounts_password_command() {
  static constexpr CommandSpec kCommand{.name = "accounts password",
                                        .summary = "set a person's password anew",
                                        .description =
                                            "Asked for twice on the terminal, or read from a file that its "
                                            "owner alone may read, or from standard "
                                            "input. Ends the person's sessions. The second factor stays.",
                                        .positionals = kName,
                                        .options = kPasswordOptions,
                                        .examples = kPasswordExamples,
                                        .run = run_password};
  return kCommand;
}

}  // namespace seawall::cli
