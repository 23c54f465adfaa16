#include <algorithm>
#include <array>

#include "seawall/base/hex.h"
#include "seawall/cli/secret_file.h"
#include "seawall/cli/vault_commands.h"
#include "seawall/cli/vault_session.h"
#include "seawall/crypto/sha256.h"
#include "seawall/key_service/key_words.h"
#include "seawall/key_vault/key_vault.h"

namespace seawall::cli {
namespace {

using What = KeyOffice::What;

/// "vault.backup", then "vault.backup.2" and so on: each is restored by itself.
std::string page_file(const std::string& file, std::uint64_t page) {
  return page == 1 ? file : file + "." + std::to_string(page);
}

Result<SignedStatement> page_wish(const std::string& grounds, const PersonKey& key, std::uint64_t page) {
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  SEAWALL_TRY(auto statement, draft_key_office(now, {.what = What::kBackup, .page = page, .grounds = grounds},
                                               {{key.public_key().name, PersonRole::kCustodian}}));
  SEAWALL_CHECK(statement.sign(key));
  return statement;
}

Result<Outcome> run_backup(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string grounds, words_from(arguments, "--grounds"));
  SEAWALL_TRY(const SealedPersonKey sealed, person_key_file(arguments));
  SEAWALL_TRY(VaultSession session, VaultSession::open(arguments));
  SEAWALL_TRY(const PersonKey key, opened_key(sealed, arguments, console));
  const std::string& file = arguments.positionals()[0];
  for (std::uint64_t page = 1;; ++page) {
    SEAWALL_TRY(const SignedStatement wish, page_wish(grounds, key, page));
    SEAWALL_TRY(const std::string text, session.backup_page(wish));
    if (page > 1 && text.empty()) break;
    SEAWALL_CHECK(write_new_secret_file(page_file(file, page), text, "name another file"));
    const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
    console.note("wrote " + std::to_string(lines) + " cases' keys into " + page_file(file, page));
    if (lines < KeyVault::kBackupCasesMax) break;
  }
  console.note("their tenants' keys seal them; only this vault opens them");
  return Outcome{};
}

Result<Outcome> run_restore(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string backup, whole_file(arguments.positionals()[0], kRestoreBytesMax));
  return draft_for_vault({.what = What::kRestore, .backup = to_hex(sha256_of(backup)), .grounds = {}},
                         arguments, console);
}

Result<Outcome> run_tenant(const Arguments& arguments, Console& console) {
  const What what = arguments.flag("--remove") ? What::kDropTenant : What::kTenant;
  return draft_for_vault({.what = what, .tenant = arguments.positionals()[0], .grounds = {}}, arguments,
                         console);
}

constexpr std::array kNewFile{PositionalSpec{.name = "FILE", .help = "a new file", .kind = ValueKind::kPath}};
constexpr std::array kBackupFile{
    PositionalSpec{.name = "FILE", .help = "of `seawall keys backup`", .kind = ValueKind::kFile}};
constexpr std::array kTenant{PositionalSpec{.name = "TENANT", .help = "whose records are kept"}};
constexpr std::array kBackupOptions{kGroundsOption, kPersonKeyOption, kPasswordFileOption, kVaultOption,
                                    kJsonOption};
constexpr std::array kRestoreOptions{kGroundsOption,   kWithCustodianOption, kNextOutOption,
                                     kPersonKeyOption, kPasswordFileOption,  kVaultOption,
                                     kJsonOption};
constexpr std::array kTenantOptions{OptionSpec{.name = "--remove", .help = "erase its every key, for good"},
                                    kGroundsOption,
                                    kWithCustodianOption,
                                    kNextOutOption,
                                    kPersonKeyOption,
                                    kPasswordFileOption,
                                    kVaultOption,
                                    kJsonOption};
constexpr std::array kBackupExamples{
    Example{"seawall keys backup vault-2026-11-23.backup --grounds 'after a destruction' --key ann.key",
            "After each destruction and renewal."}};
constexpr std::array kRestoreExamples{Example{
    "seawall keys restore vault.backup --grounds 'a case was lost' --with bob --key ann.key --out r.json",
    "The first of two; then bob: keys sign r.json --out both.json, and: keys hand-in both.json --backup "
    "vault.backup"}};
constexpr std::array kTenantExamples{
    Example{"seawall keys tenant forum --grounds 'the forum joins' --with bob --key ann.key --out t.json",
            "The first of two signatures; bob types: seawall keys sign t.json"},
    Example{
        "seawall keys tenant forum --remove --grounds 'the forum left' --with bob --key ann.key --out t.json",
        "Likewise: nothing of the forum opens any more, wherever copies lie."}};

}  // namespace

const CommandSpec& keys_backup_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys backup",
      .summary = "write down the cases' keys, sealed for this vault alone, by one custodian",
      .description =
          "The tenants' keys are not in it: without the vault it opens nothing, and once a case was "
          "destroyed "
          "or a tenant's key renewed, not even with it. So it erases with the vault; make a new one then. A "
          "file holds 50,000 cases; the rest go into FILE.2 and so on. It names tenants and cases, so a "
          "custodian signs for it, and the log is told.",
      .positionals = kNewFile,
      .options = kBackupOptions,
      .examples = kBackupExamples,
      .run = run_backup};
  return kCommand;
}

const CommandSpec& keys_restore_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys restore",
      .summary = "take back cases' keys that a vault lost, by two custodians",
      .description =
          "From a file of `seawall keys backup`. Cases that are there stay as they are; those that were "
          "destroyed do not come back, and none does whose tenant's key was replaced since, or whose tenant "
          "was removed.",
      .positionals = kBackupFile,
      .options = kRestoreOptions,
      .examples = kRestoreExamples,
      .run = run_restore};
  return kCommand;
}

const CommandSpec& keys_tenant_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys tenant",
      .summary = "have a vault make keys for a tenant, or remove one, by two custodians",
      .description =
          "Whoever reaches the key service has keys made for new records, but for known tenants only, and so "
          "many in an hour (`seawall keys limits`: made-hour, cases-hour).\n\nWith --remove every key of the "
          "tenant is erased, as `keys destroy` erases a case's; the answer is the receipt, and the name is "
          "never used again.",
      .positionals = kTenant,
      .options = kTenantOptions,
      .examples = kTenantExamples,
      .run = run_tenant};
  return kCommand;
}

}  // namespace seawall::cli
