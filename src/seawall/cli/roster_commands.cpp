#include <array>

#include "seawall/cli/order_session.h"
#include "seawall/cli/person_commands.h"

namespace seawall::cli {
namespace {

Result<PersonRole> role_from(std::string_view text) {
  if (const auto role = person_role_named(text)) return *role;
  return fail(Code::kInvalidInput,
              "there is no role " + std::string(text) +
                  "; the roles are: applicant, approver, reviewer, custodian, officer, overseer, "
                  "administrator");
}

/// "person+ann+...:custodian,reviewer"
Result<RosterRow> founder_from(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return fail(Code::kInvalidInput,
                "a person is written PUBLIC:ROLE,ROLE, such as person+ann+...:custodian");
  RosterRow row;
  SEAWALL_TRY(row.key, person_public_key_from(text.substr(0, colon)));
  for (std::string_view rest = text.substr(colon + 1);;) {
    const std::size_t comma = rest.find(',');
    SEAWALL_TRY(const PersonRole role, role_from(rest.substr(0, comma)));
    row.roles.insert(role);
    if (comma == std::string_view::npos) return row;
    rest.remove_prefix(comma + 1);
  }
}

Result<PersonRoles> roles_from_options(const Arguments& arguments) {
  PersonRoles roles;
  for (const std::string& text : arguments.all("--role")) {
    SEAWALL_TRY(const PersonRole role, role_from(text));
    roles.insert(role);
  }
  if (roles.empty())
    return fail(Code::kInvalidInput, "say what the person is there for, with --role once for each");
  return roles;
}

Result<Outcome> run_init(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const Roster roster, session->book().roster());
  if (!roster.empty())
    return fail(Code::kConflict, "this book has a roster: change it with roster add and withdraw");
  std::vector<RosterRow> people;
  for (const std::string& text : arguments.positionals()) {
    SEAWALL_TRY(RosterRow row, founder_from(text));
    people.push_back(std::move(row));
  }
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  SEAWALL_TRY(SignedStatement draft, Roster::draft_first(session->now(), people));
  return sign_and_submit(*session, std::move(draft), key, arguments, console);
}

Result<Outcome> change(const RosterChange& change, const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const Roster roster, session->book().roster());
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  SEAWALL_TRY(const std::string other, needed(arguments, "--with", "the other custodian, who signs it too"));
  SEAWALL_TRY(SignedStatement draft, roster.draft(session->now(), change, key.public_key.name, other));
  return sign_and_submit(*session, std::move(draft), key, arguments, console);
}

Result<Outcome> run_add(const Arguments& arguments, Console& console) {
  RosterChange wanted{.what = RosterChange::What::kAdd};
  SEAWALL_TRY(wanted.key, person_public_key_from(arguments.positionals()[0]));
  wanted.person = wanted.key->name;
  SEAWALL_TRY(wanted.roles, roles_from_options(arguments));
  SEAWALL_TRY(wanted.until, time_option(arguments, "--until"));
  return change(wanted, arguments, console);
}

Result<Outcome> run_replace_key(const Arguments& arguments, Console& console) {
  RosterChange wanted{.what = RosterChange::What::kReplaceKey};
  SEAWALL_TRY(wanted.key, person_public_key_from(arguments.positionals()[0]));
  wanted.person = wanted.key->name;
  return change(wanted, arguments, console);
}

Result<Outcome> run_set_roles(const Arguments& arguments, Console& console) {
  RosterChange wanted{.what = RosterChange::What::kSetRoles, .person = arguments.positionals()[0]};
  SEAWALL_TRY(wanted.roles, roles_from_options(arguments));
  return change(wanted, arguments, console);
}

Result<Outcome> run_withdraw(const Arguments& arguments, Console& console) {
  return change({.what = RosterChange::What::kWithdraw, .person = arguments.positionals()[0]}, arguments,
                console);
}

constexpr OptionSpec kWithOption{.name = "--with",
                                 .value = "NAME",
                                 .help = "the other custodian, who signs it too",
                                 .kind = ValueKind::kText};
constexpr OptionSpec kRolesOption{
    .name = "--role",
    .value = "ROLE",
    .help = "what the person is there for",
    .kind = ValueKind::kChoice,
    .choices = "applicant approver reviewer custodian officer overseer administrator",
    .repeatable = true};
constexpr std::array kFounders{
    PositionalSpec{.name = "PUBLIC:ROLE,ROLE",
                   .help = "a person's public key and roles; at least two custodians",
                   .repeatable = true}};
constexpr std::array kPublic{PositionalSpec{.name = "PUBLIC", .help = "what `seawall person show` prints"}};
constexpr std::array kPerson{PositionalSpec{.name = "NAME", .help = "the person's name"}};
constexpr std::array kStatement{
    PositionalSpec{.name = "STATEMENT",
                   .help = "the first 8 or more characters of its digest (see: orders waiting), or a file"}};
constexpr std::array kInitOptions{kBookOption, kPersonKeyOption, kPasswordFileOption, kStatementOutOption,
                                  kJsonOption};
constexpr std::array kAddOptions{kRolesOption,
                                 kWithOption,
                                 OptionSpec{.name = "--until",
                                            .value = "TIME",
                                            .help = "when it ends by itself; not of a custodian",
                                            .kind = ValueKind::kText},
                                 kBookOption,
                                 kPersonKeyOption,
                                 kPasswordFileOption,
                                 kStatementOutOption,
                                 kJsonOption};
constexpr std::array kRolesOptions{kRolesOption,        kWithOption,         kBookOption, kPersonKeyOption,
                                   kPasswordFileOption, kStatementOutOption, kJsonOption};
constexpr std::array kChangeOptions{kWithOption,         kBookOption,         kPersonKeyOption,
                                    kPasswordFileOption, kStatementOutOption, kJsonOption};
constexpr std::array kSignOptions{
    kBookOption,
    kPersonKeyOption,
    kPasswordFileOption,
    OptionSpec{.name = "--only-take", .help = "do not sign: hand a signed statement in a file to the book"},
    kStatementOutOption,
    kJsonOption};
constexpr std::array kInitExamples{
    Example{"seawall roster init \"$(cat ann.pub):custodian\" \"$(cat bob.pub):custodian\" \"$(cat "
            "cat.pub):custodian,reviewer\" --book book --key ann.key",
            "Ann signs; bob and cat then type: seawall roster sign."}};
constexpr std::array kAddExamples{
    Example{"seawall roster add \"$(cat dora.pub)\" --role approver --with bob --book book --key ann.key",
            "Two custodians let dora approve; bob signs it with roster sign."},
    Example{"seawall roster add \"$(cat olga.pub)\" --role officer --until 2027-06-30 --with bob --book book "
            "--key ann.key",
            "Until the end of June."}};
constexpr std::array kSetRolesExamples{
    Example{"seawall roster set-roles dora --role reviewer --with bob --book book --key ann.key",
            "These and no others."}};
constexpr std::array kReplaceExamples{
    Example{"seawall roster replace-key \"$(cat dora-new.pub)\" --with bob --book book --key ann.key",
            "Dora lost her key; she keeps her roles."}};
constexpr std::array kWithdrawExamples{Example{
    "seawall roster withdraw dora --with bob --book book --key ann.key", "Dora signs nothing any more."}};
constexpr std::array kSignExamples{Example{"seawall roster sign 3fa85f6412c0 --book book --key bob.key",
                                           "Shows the statement, then signs it."}};

}  // namespace

const CommandSpec& roster_init_command() {
  static constexpr CommandSpec kCommand{.name = "roster init",
                                        .summary = "begin a book: say who is who, with every custodian",
                                        .description =
                                            "The ceremony. It names everybody with public key and roles, and "
                                            "every custodian in it signs it; sit together "
                                            "for it, and compare the public keys aloud. Name three "
                                            "custodians or more: a change is signed by two who are "
                                            "not the person it concerns.",
                                        .positionals = kFounders,
                                        .options = kInitOptions,
                                        .examples = kInitExamples,
                                        .run = run_init};
  return kCommand;
}

const CommandSpec& roster_add_command() {
  static constexpr CommandSpec kCommand{
      .name = "roster add",
      .summary = "add a person, by two custodians",
      .description = "You sign it, then the custodian of --with does: roster sign.",
      .positionals = kPublic,
      .options = kAddOptions,
      .examples = kAddExamples,
      .run = run_add};
  return kCommand;
}

const CommandSpec& roster_set_roles_command() {
  static constexpr CommandSpec kCommand{
      .name = "roster set-roles",
      .summary = "give a person other roles, by two custodians",
      .description = "From when both have signed. What the person signed before stays signed.",
      .positionals = kPerson,
      .options = kRolesOptions,
      .examples = kSetRolesExamples,
      .run = run_set_roles};
  return kCommand;
}

const CommandSpec& roster_replace_key_command() {
  static constexpr CommandSpec kCommand{
      .name = "roster replace-key",
      .summary = "give a person a new key, by two custodians",
      .description =
          "The old key signs nothing from then on and never comes back; what it signed before stays signed.",
      .positionals = kPublic,
      .options = kChangeOptions,
      .examples = kReplaceExamples,
      .run = run_replace_key};
  return kCommand;
}

const CommandSpec& roster_withdraw_command() {
  static constexpr CommandSpec kCommand{
      .name = "roster withdraw",
      .summary = "take a person out, by two custodians",
      .description =
          "The person signs nothing from then on, and works under no order. Two custodians are always left.",
      .positionals = kPerson,
      .options = kChangeOptions,
      .examples = kWithdrawExamples,
      .run = run_withdraw};
  return kCommand;
}

const CommandSpec& roster_sign_command() {
  static constexpr CommandSpec kCommand{.name = "roster sign",
                                        .summary = "sign a change of the roster that waits for you",
                                        .description =
                                            "Shows what it says before it asks. Read it: your name stands "
                                            "under it for as long as the log lasts.",
                                        .positionals = kStatement,
                                        .options = kSignOptions,
                                        .examples = kSignExamples,
                                        .run = cosign};
  return kCommand;
}

const CommandSpec& orders_sign_command() {
  static constexpr CommandSpec kCommand{.name = "orders sign",
                                        .summary = "sign an order or a confirmation that waits for you",
                                        .description =
                                            "Shows what it says before it asks. Read it: your name stands "
                                            "under it for as long as the log lasts.",
                                        .positionals = kStatement,
                                        .options = kSignOptions,
                                        .examples = kSignExamples,
                                        .run = cosign};
  return kCommand;
}

}  // namespace seawall::cli
