#include <array>
#include <cstdlib>

#include "seawall/access/account_service.h"
#include "seawall/cli/access_commands.h"
#include "seawall/cli/access_session.h"
#include "seawall/cli/account_words.h"
#include "seawall/cli/ask.h"
#include "seawall/cli/lists_session.h"
#include "seawall/qr/qr_rows.h"

namespace seawall::cli {
namespace {

constexpr int kCodeTries = 3;

bool shows_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view text(value);
    return text.find("UTF-8") != std::string_view::npos || text.find("utf8") != std::string_view::npos;
  }
  return false;
}

// The address stands beside it: where it cannot be drawn, nothing is lost.
void print_picture(Console& console, const SecondFactor& factor) {
  if (!console.out_is_terminal() || !shows_utf8()) return;
  const auto rows = qr_rows(factor.address.reveal());
  if (!rows) return;
  const bool colours = !console.plain().empty();
  for (const std::string& row : *rows) {
    console.print(colours ? "\033[97;40m" + row + "\033[0m\n" : row + "\n");
  }
}

void print_address(Console& console, const SecondFactor& factor) {
  if (console.json()) {
    Json json;
    json["address"] = factor.address.reveal();
    console.print(to_line(json) + "\n");
  } else {
    print_picture(console, factor);
    console.print(factor.address.reveal());
    console.print("\n");
  }
  console.flush();
}

void print_recovery_codes(Console& console, const SecondFactor& factor) {
  if (console.json()) {
    Json json;
    json["recovery_codes"] = Json::array();
    for (const Secret& code : factor.recovery_codes) json["recovery_codes"].push_back(code.reveal());
    console.print(to_line(json) + "\n");
  } else {
    for (const Secret& code : factor.recovery_codes) console.print(std::string(code.reveal()) + "\n");
  }
  console.flush();
}

// People mistype; a program that does is wrong.
Result<void> confirm(Console& console, AccountService& service, const std::string& name,
                     const SecondFactor& factor, const Actor& by) {
  for (int left = can_ask(console) ? kCodeTries : 1;; --left) {
    SEAWALL_TRY(const std::string code, ask(console, "The code that it shows now: "));
    auto set = service.set_second_factor(name, factor, code, by);
    if (set || set.error().code != Code::kInvalidInput || left == 1) return set;
    console.note(set.error().message);
  }
}

Result<Outcome> run_set(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const MasterKey master, master_key_from(arguments));
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const AccessAccount account, account_named(session->store(), arguments.positionals()[0]));
  HashGate hashes(HashLimits{});
  AccountService service(session->store(), hashes, session->clock(), master);
  SEAWALL_TRY(const SecondFactor factor, service.new_second_factor(account.name));
  console.note("bring this address into the authenticator of " + account.name +
               (account.totp.empty() ? "" : "; it takes the place of the one before"));
  print_address(console, factor);
  SEAWALL_CHECK(confirm(console, service, account.name, factor, by));
  console.note("the second factor of " + account.name +
               " is in force. Its recovery codes, each good once and shown this once; keep them elsewhere:");
  print_recovery_codes(console, factor);
  return Outcome{};
}

Result<Outcome> run_remove(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const AccessAccount account, account_named(session->store(), arguments.positionals()[0]));
  if (account.totp.empty()) {
    return fail(Code::kConflict, "account " + account.name + " has no second factor");
  }
  HashGate hashes(HashLimits{});
  AccountService service(session->store(), hashes, session->clock());
  SEAWALL_CHECK(service.remove_second_factor(account.name, by));
  SEAWALL_CHECK(print_account(console, session->store(), account.name,
                              "account " + account.name +
                                  " signs in with its password alone, until another is set with: seawall "
                                  "accounts second-factor"));
  return Outcome{};
}

constexpr std::array kName{PositionalSpec{.name = "NAME", .help = "the account"}};
constexpr std::array kSetOptions{kStoreOption, kAccessKeyOption, kWhyOption, kAsOption, kJsonOption};
constexpr std::array kRemoveOptions{kStoreOption, kWhyOption, kAsOption, kJsonOption};
constexpr std::array kSetExamples{
    Example{"seawall accounts second-factor ann --access-key access.key --why 'new telephone'",
            "Prints the address, asks for a code, then prints ten recovery codes."}};
constexpr std::array kRemoveExamples{Example{
    "seawall accounts remove-second-factor ann --why 'telephone and codes are lost'", "Then set a new one."}};

}  // namespace

const CommandSpec& accounts_second_factor_command() {
  static constexpr CommandSpec kCommand{
      .name = "accounts second-factor",
      .summary = "set a person's second factor",
      .description =
          "Prints an otpauth:// address for an authenticator (30 seconds, six digits), on a terminal as a QR "
          "code too, asks for a code that "
          "the authenticator shows, and only then puts it in force. Ten recovery codes follow, each good "
          "once; "
          "the store keeps digests of them. With --json: one object with `address`, and after the code, "
          "which "
          "is one line of standard input, one with `recovery_codes`.",
      .positionals = kName,
      .options = kSetOptions,
      .examples = kSetExamples,
      .run = run_set};
  return kCommand;
}

const CommandSpec& accounts_remove_second_factor_command() {
  static constexpr CommandSpec kCommand{
      .name = "accounts remove-second-factor",
      .summary = "take a person's second factor away",
      .description =
          "For somebody who has lost the authenticator and the recovery codes: afterwards the password alone "
          "suffices, so see who asks. Ends the person's sessions.",
      .positionals = kName,
      .options = kRemoveOptions,
      .examples = kRemoveExamples,
      .run = run_remove};
  return kCommand;
}

}  // namespace seawall::cli
