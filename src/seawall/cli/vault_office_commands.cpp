#include <array>

#include "seawall/cli/vault_commands.h"
#include "seawall/cli/vault_session.h"
#include "seawall/key_vault/key_ask.h"
#include "seawall/statement/canonical_json.h"

namespace seawall::cli {
namespace {

using What = KeyOffice::What;

Result<Outcome> run_destroy(const Arguments& arguments, Console& console) {
  KeyOffice office{.what = What::kDestroy, .case_id = arguments.positionals()[0], .grounds = {}};
  SEAWALL_TRY(office.tenant, needed(arguments, "--tenant", "whose case"));
  return draft_for_vault(std::move(office), arguments, console);
}
Result<Outcome> run_renew(const Arguments& arguments, Console& console) {
  return draft_for_vault({.what = What::kRotate, .tenant = arguments.positionals()[0], .grounds = {}},
                         arguments, console);
}
Result<Outcome> run_reroot(const Arguments& arguments, Console& console) {
  return draft_for_vault({.what = What::kReroot, .root = arguments.positionals()[0], .grounds = {}},
                         arguments, console);
}
Result<Outcome> run_freeze(const Arguments& arguments, Console& console) {
  return draft_for_vault({.what = What::kFreeze, .person = arguments.positionals()[0], .grounds = {}},
                         arguments, console);
}
Result<Outcome> run_unfreeze(const Arguments& arguments, Console& console) {
  return draft_for_vault({.what = What::kUnfreeze, .person = arguments.positionals()[0], .grounds = {}},
                         arguments, console);
}
Result<Outcome> run_canary(const Arguments& arguments, Console& console) {
  const bool ends = arguments.flag("--end");
  KeyOffice office{
      .what = ends ? What::kDropCanary : What::kCanary, .record = arguments.positionals()[0], .grounds = {}};
  SEAWALL_TRY(office.tenant, needed(arguments, "--tenant", "whose record"));
  if (!ends) {
    SEAWALL_TRY(office.guards, needed(arguments, "--guards", "the backup or custodian that it is laid in"));
  }
  return draft_for_vault(std::move(office), arguments, console);
}

/// "person-hour=10" over what the vault has now.
Result<Outcome> run_limits(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(VaultSession session, VaultSession::open(arguments));
  SEAWALL_TRY(const Json status, session.get("/status"));
  Json limits = status.value("limits", Json::object());
  for (const std::string& one : arguments.positionals()) {
    const auto mark = one.find('=');
    const auto number = read_strict_json(one.substr(mark == std::string::npos ? one.size() : mark + 1), 16);
    if (!number || !limits.contains(one.substr(0, mark)))
      return fail(Code::kInvalidInput, "say LIMIT=NUMBER, with the limits that `seawall keys status` names");
    limits[one.substr(0, mark)] = *number;
  }
  KeyOffice office{.what = What::kPolicy, .grounds = {}};
  SEAWALL_TRY(office.limits, vault_limits_from(limits));
  return draft_for_vault(std::move(office), arguments, console);
}

Result<Outcome> run_sign(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(SignedStatement statement, statement_file(arguments.positionals()[0]));
  if (statement.kind() == "key-export") {
    SEAWALL_CHECK(key_use_from(statement));
  } else {
    SEAWALL_CHECK(key_office_from(statement));
  }
  console.print_error(statement_words(statement));
  SEAWALL_TRY(const SealedPersonKey sealed, person_key_file(arguments));
  if (can_ask(console) && !arguments.text("--password-file")) {
    SEAWALL_TRY(const std::string answer,
                ask(console, "Sign this as " + sealed.public_key.name + "? Type yes: "));
    if (answer != "yes") return fail(Code::kInvalidInput, "not signed");
  }
  return sign_for_vault(std::move(statement), sealed, arguments, console);
}

constexpr OptionSpec kTenantNameOption{
    .name = "--tenant", .value = "NAME", .help = "whose (required)", .kind = ValueKind::kText};
constexpr std::array kOneOptions{kGroundsOption, kPersonKeyOption, kPasswordFileOption, kVaultOption,
                                 kJsonOption};
constexpr std::array kTwoOptions{kGroundsOption,      kWithCustodianOption, kNextOutOption, kPersonKeyOption,
                                 kPasswordFileOption, kVaultOption,         kJsonOption};
constexpr std::array kDestroyOptions{kTenantNameOption, kGroundsOption,   kWithCustodianOption,
                                     kNextOutOption,    kPersonKeyOption, kPasswordFileOption,
                                     kVaultOption,      kJsonOption};
constexpr std::array kCanaryOptions{
    kTenantNameOption,
    OptionSpec{.name = "--guards",
               .value = "TEXT",
               .help = "what it is laid in, such as 'backup 3' or a custodian's name",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--end", .help = "it is a canary no more"},
    kGroundsOption,
    kWithCustodianOption,
    kNextOutOption,
    kPersonKeyOption,
    kPasswordFileOption,
    kVaultOption,
    kJsonOption};
constexpr std::array kSignOptions{kNextOutOption, kPersonKeyOption, kPasswordFileOption, kVaultOption,
                                  kJsonOption};

constexpr std::array kCase{PositionalSpec{.name = "CASE", .help = "the case's id"}};
constexpr std::array kTenant{PositionalSpec{.name = "TENANT", .help = "whose key"}};
constexpr std::array kRootName{
    PositionalSpec{.name = "NAME", .help = "the new root key's name, as `seawall keys root-new` printed it"}};
constexpr std::array kPerson{PositionalSpec{.name = "PERSON", .help = "their name in the roster"}};
constexpr std::array kRecord{PositionalSpec{.name = "RECORD", .help = "the record's id"}};
constexpr std::array kFile{
    PositionalSpec{.name = "FILE", .help = "the statement that waits for you", .kind = ValueKind::kFile}};

constexpr std::array kLimitWords{PositionalSpec{
    .name = "LIMIT=NUMBER", .help = "such as person-hour=10; the others stay", .repeatable = true}};
constexpr std::array kLimitsExamples{Example{
    "seawall keys limits person-hour=10 total-hour=50 --grounds 'fewer will do' --with bob --key ann.key "
    "--out limits.json",
    "The first of two signatures."}};
constexpr std::array kDestroyExamples{Example{
    "seawall keys destroy case-12 --tenant forum --grounds 'kept long enough' --with bob --key ann.key "
    "--out destroy.json",
    "The first of two signatures; bob types: seawall keys sign destroy.json"}};
constexpr std::array kRenewExamples{Example{
    "seawall keys renew-tenant forum --grounds 'a year is over' --with bob --key ann.key --out renew.json",
    "The first of two signatures."}};
constexpr std::array kRerootExamples{
    Example{"seawall keys reroot 'pkcs11:serial=8f1c;id=%01;type=secret-key' --grounds 'into a token' --with "
            "bob --key "
            "ann.key --out reroot.json",
            "The first of two signatures; the name is what `seawall keys status` shows as next-root."}};
constexpr std::array kFreezeExamples{Example{
    "seawall keys freeze amy --grounds 'her key was stolen' --key ann.key", "At once, by one custodian."}};
constexpr std::array kUnfreezeExamples{
    Example{"seawall keys unfreeze amy --grounds 'she has a new key' --with bob --key ann.key --out end.json",
            "The first of two signatures."}};
constexpr std::array kCanaryExamples{Example{
    "seawall keys canary rec-77 --tenant forum --guards 'backup 3' --grounds 'nobody needs it' --with "
    "bob --key ann.key --out canary.json",
    "The first of two signatures."}};
constexpr std::array kSignExamples{
    Example{"seawall keys sign destroy.json --key bob.key --vault unix:/run/seawall-keys/socket",
            "The second signature; the vault does it at once."}};

}  // namespace

const CommandSpec& keys_destroy_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys destroy",
      .summary = "erase a case's key for good, by two custodians",
      .description =
          "Whatever was encrypted under this case opens no more, wherever copies of it lie, backups too: the "
          "key is overwritten in the vault, and the tenant's key is replaced, so that a sealed copy of the "
          "case's key opens no more either. The answer is the receipt: the log's entry, with the salt and "
          "record that it stands for. It cannot be undone.",
      .positionals = kCase,
      .options = kDestroyOptions,
      .examples = kDestroyExamples,
      .run = run_destroy};
  return kCommand;
}

const CommandSpec& keys_renew_tenant_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys renew-tenant",
      .summary = "replace a tenant's key, by two custodians",
      .description =
          "The vault makes a new key, seals every case's key with it, and erases the old one. Records stay "
          "as "
          "they are and can be opened all the while. Backups of before open no more: make a new one.",
      .positionals = kTenant,
      .options = kTwoOptions,
      .examples = kRenewExamples,
      .run = run_renew};
  return kCommand;
}

const CommandSpec& keys_reroot_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys reroot",
      .summary = "put another root key in the place of the vault's, by two custodians",
      .description =
          "Seals every tenant's key by the new root key, in one step that is done whole or not at all, and "
          "tells the log. The key service must have been started with the new one as its next "
          "(--next-root-key, or --next-pkcs11 and what goes with it); it works on all the while. Afterwards "
          "start it with the new one alone, and destroy the old one.\n\nIf others may have the old root key "
          "and "
          "a copy of the vault's folder, replace the tenants' keys, too: `seawall keys renew-tenant`.",
      .positionals = kRootName,
      .options = kTwoOptions,
      .examples = kRerootExamples,
      .run = run_reroot};
  return kCommand;
}

const CommandSpec& keys_freeze_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys freeze",
      .summary = "stop a person's access to keys, by one custodian",
      .description =
          "From now on the vault refuses whatever this person signs, until two custodians end that.",
      .positionals = kPerson,
      .options = kOneOptions,
      .examples = kFreezeExamples,
      .run = run_freeze};
  return kCommand;
}

const CommandSpec& keys_unfreeze_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys unfreeze",
      .summary = "end a freeze, by two custodians",
      .description =
          "Neither may be the person. Find out first why the vault froze them: `seawall keys status`. If "
          "their "
          "key may be known to others, replace it before (`seawall roster replace-key`).",
      .positionals = kPerson,
      .options = kTwoOptions,
      .examples = kUnfreezeExamples,
      .run = run_unfreeze};
  return kCommand;
}

const CommandSpec& keys_canary_command() {
  static constexpr CommandSpec kCommand{.name = "keys canary",
                                        .summary = "mark a record that nobody has to open, by two custodians",
                                        .description =
                                            "Make the record as any other, lay it where a thief would find "
                                            "it (in a backup, among a custodian's "
                                            "cases), and mark it here. Whoever signs for its key is frozen, "
                                            "and two others are told; the server "
                                            "cannot tell it from other records.",
                                        .positionals = kRecord,
                                        .options = kCanaryOptions,
                                        .examples = kCanaryExamples,
                                        .run = run_canary};
  return kCommand;
}

const CommandSpec& keys_limits_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys limits",
      .summary = "change a vault's limits, by two custodians",
      .description =
          "How many records' keys leave at most: for one person in an hour and a day, in how many cases, for "
          "everybody in an hour, in one export; after how many refusals somebody is frozen; and how far the "
          "log may be behind. `seawall keys status` shows them.",
      .positionals = kLimitWords,
      .options = kTwoOptions,
      .examples = kLimitsExamples,
      .run = run_limits};
  return kCommand;
}

const CommandSpec& keys_sign_command() {
  static constexpr CommandSpec kCommand{.name = "keys sign",
                                        .summary = "sign what another custodian drafted for the vault",
                                        .description =
                                            "Shows the statement first. Once everybody has signed it is "
                                            "handed in and done. A statement is good "
                                            "for an hour, once.",
                                        .positionals = kFile,
                                        .options = kSignOptions,
                                        .examples = kSignExamples,
                                        .run = run_sign};
  return kCommand;
}

}  // namespace seawall::cli
