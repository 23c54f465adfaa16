#include <algorithm>
#include <array>

#include "seawall/access/account_service.h"
#include "seawall/cli/access_commands.h"
#include "seawall/cli/access_session.h"
#include "seawall/cli/account_words.h"
#include "seawall/cli/ask.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kAccountsAtOnce = 1000;

Result<bool> is_first(AccessStore& store) {
  SEAWALL_TRY(const auto accounts, store.accounts("", 1));
  return accounts.empty();
}

Result<void> check_roles(RoleSet roles, bool first) {
  if (first && !roles.empty() && roles != RoleSet{Role::kAdministrator}) {
    return fail(Code::kInvalidInput,
                "the first account of a store is an administrator and nothing else: give --role "
                "administrator, then make the others");
  }
  if (!first && roles.empty()) {
    return fail(Code::kInvalidInput, "say what the person is there for, with --role once for each of: " +
                                         role_words(RoleSet::from_bits(~std::uint32_t{0})));
  }
  return {};
}

Result<Outcome> run_create(const Arguments& arguments, Console& console) {
  const std::string& name = arguments.positionals()[0];
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const std::string tenant, tenant_from(arguments));
  SEAWALL_TRY(const RoleSet roles, roles_from(arguments));
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const bool first, is_first(session->store()));
  SEAWALL_CHECK(check_roles(roles, first));
  const AccessGrant grant{tenant, roles};
  if (!first) SEAWALL_CHECK(check_grants(std::span(&grant, 1)));
  SEAWALL_TRY(const Secret password, new_password_from(arguments, console));
  HashGate hashes(HashLimits{});
  AccountService service(session->store(), hashes, session->clock());
  if (first) {
    // The record names the account itself as who made it; who that was on this machine stands in the reason.
    SEAWALL_CHECK(service.bootstrap(name, password, tenant, by.why + " (by " + by.who + " on the machine)"));
  } else {
    SEAWALL_CHECK(service.create(name, password, std::span(&grant, 1), by));
  }
  SEAWALL_CHECK(print_account(console, session->store(), name,
                              "made account " + name + ", " +
                                  (first ? "the first: administrator" : role_words(roles)) + " of tenant " +
                                  tenant + "; next: seawall accounts second-factor"));
  return Outcome{};
}

void print_line(Console& console, const AccessAccount& account) {
  if (console.json()) {
    console.print(to_line(account_json(account)) + "\n");
    return;
  }
  std::string line = account.name + "  " + (account.active ? "active" : "disabled");
  line += account.totp.empty() ? "  no second factor"
                               : "  second factor, " + std::to_string(account.recoveries) + " recovery codes";
  console.print(shown_text(line + "  " + grant_words(account)) + "\n");
}

Result<Outcome> run_list(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  std::string after;
  std::vector<AccessAccount> accounts;
  do {
    SEAWALL_TRY(accounts, session->store().accounts(after, kAccountsAtOnce));
    for (const AccessAccount& account : accounts) print_line(console, account);
    if (accounts.empty() && after.empty() && !console.json()) {
      console.note("no accounts yet; make the first with: seawall accounts create NAME");
    }
    if (!accounts.empty()) after = accounts.back().name_key;
  } while (accounts.size() == kAccountsAtOnce && !console.stopping());
  return Outcome{};
}

Result<Outcome> run_set_roles(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const std::string tenant, tenant_from(arguments));
  SEAWALL_TRY(const RoleSet roles, roles_from(arguments));
  if (roles.empty() != arguments.flag("--none")) {
    return fail(Code::kInvalidInput, "give --role once for each role the person shall have, or --none");
  }
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const AccessAccount account, account_named(session->store(), arguments.positionals()[0]));
  HashGate hashes(HashLimits{});
  AccountService service(session->store(), hashes, session->clock());
  SEAWALL_CHECK(service.set_roles(account.name, tenant, roles, by));
  SEAWALL_TRY(const AccessAccount after, account_named(session->store(), account.name));
  SEAWALL_CHECK(
      print_account(console, session->store(), account.name,
                    "account " + account.name + " has now, from its next request on: " + grant_words(after)));
  return Outcome{};
}

constexpr std::array kNewName{
    PositionalSpec{.name = "NAME", .help = "printable ASCII; no other account and no key has it"}};
constexpr std::array kName{PositionalSpec{.name = "NAME", .help = "the account"}};
constexpr std::array kCreateOptions{kStoreOption, kWhyOption,          kAsOption,  kTenantOption,
                                    kRoleOption,  kPasswordFileOption, kJsonOption};
constexpr std::array kListOptions{kStoreOption, kJsonOption};
constexpr std::array kSetRolesOptions{
    kStoreOption,  kWhyOption,  kAsOption,
    kTenantOption, kRoleOption, OptionSpec{.name = "--none", .help = "take all roles in the tenant away"},
    kJsonOption};
constexpr std::array kCreateExamples{
    Example{"seawall accounts create ann --why 'sets the service up'",
            "The first account, an administrator; asks for the password."},
    Example{"seawall accounts create bob --role list_manager --why 'list team' --password-file bob.password",
            "A list manager, whose password stands in a file of mode 600."}};
constexpr std::array kListExamples{Example{"seawall accounts list", "Every account with its roles."}};
constexpr std::array kSetRolesExamples{
    Example{"seawall accounts set-roles bob --role reviewer --role viewer --why 'changed teams'",
            "These and no others in tenant default; other tenants stay as they are."},
    Example{"seawall accounts set-roles bob --tenant forum --none --why 'left'", "Nothing there any more."}};

}  // namespace

const CommandSpec& accounts_create_command() {
  static constexpr CommandSpec kCommand{
      .name = "accounts create",
      .summary = "make a person's account",
      .description =
          "The password has 12 to 1024 characters and does not hold the account's name. It is asked for "
          "twice "
          "on the terminal, or read from a file; it never stands on the command line. The first account of a "
          "store is an administrator, who makes keys and cannot touch lists.\n\nRoles: a viewer sees banks; "
          "a "
          "reviewer looks at matches and says what was found; a list_manager changes lists and agrees to "
          "others' changes; an administrator makes keys; an overseer reads everything and changes nothing, "
          "and "
          "has no other role but viewer.",
      .positionals = kNewName,
      .options = kCreateOptions,
      .examples = kCreateExamples,
      .run = run_create};
  return kCommand;
}

const CommandSpec& accounts_list_command() {
  static constexpr CommandSpec kCommand{
      .name = "accounts list",
      .summary = "show the accounts of people",
      .description = "One line an account: whether it is active, its second factor, and its roles by tenant.",
      .positionals = {},
      .options = kListOptions,
      .examples = kListExamples,
      .run = run_list};
  return kCommand;
}

const CommandSpec& accounts_set_roles_command() {
  static constexpr CommandSpec kCommand{.name = "accounts set-roles",
                                        .summary = "say anew what a person may do in a tenant",
                                        .description =
                                            "The roles given are all that the person has in that tenant "
                                            "afterwards; those in other tenants stay. "
                                            "It holds from the person's next request on.",
                                        .positionals = kName,
                                        .options = kSetRolesOptions,
                                        .examples = kSetRolesExamples,
                                        .run = run_set_roles};
  return kCommand;
}

}  // namespace seawall::cli
