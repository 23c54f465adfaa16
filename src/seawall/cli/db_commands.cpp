#include "seawall/cli/db_commands.h"

#include <array>

#include "seawall/cli/lists_session.h"
#include "seawall/cli/order_gate.h"
#include "seawall/store_sql/admin.h"

namespace seawall::cli {
namespace {

Result<Outcome> open_as(const Arguments& arguments, Console& console, const OpenStoreOptions& options,
                        const char* done) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(const auto store, open_store(url, options));
  SEAWALL_TRY(const auto records, open_store_records(url, options));
  SEAWALL_TRY(const auto view, store->view());
  SEAWALL_TRY(const ListVersion version, view->version());
  if (console.json()) {
    Json json;
    json["store"] = done;
    json["version"] = version.number;
    console.print(to_line(json) + "\n");
  } else {
    console.note(std::string("the store is ") + done + ", at list version " + std::to_string(version.number));
  }
  return Outcome{};
}

Result<Outcome> run_create(const Arguments& arguments, Console& console) {
  return open_as(arguments, console, {.create = true}, "ready");
}

Result<Outcome> run_migrate(const Arguments& arguments, Console& console) {
  return open_as(arguments, console, {.migrate = true}, "up to date");
}

void print_backup(Console& console, const BackupSummary& summary, const char* done) {
  if (console.json()) {
    Json json;
    json["rows"] = summary.rows;
    json["bytes"] = summary.bytes;
    json["version"] = summary.version;
    console.print(to_line(json) + "\n");
  } else {
    console.note(std::string(done) + " " + std::to_string(summary.rows) + " rows, " +
                 std::to_string(summary.bytes) + " bytes, list version " + std::to_string(summary.version));
  }
}

/// A backup is of every tenant, and whoever has it has everything: one use of an order each.
Result<void> pass_backup_gate(const Arguments& arguments, const std::string& url) {
  return pass_order_gate(arguments, url,
                         {.action = OrderAction::kCrossTenantRead, .tenant = "all", .selector = "db:backup"});
}

Result<Outcome> run_backup(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_CHECK(pass_backup_gate(arguments, url));
  SEAWALL_TRY(const BackupSummary summary, backup_store(url, arguments.positionals()[0]));
  print_backup(console, summary, "backed up");
  return Outcome{};
}

Result<Outcome> run_restore(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(const BackupSummary summary, restore_store(url, arguments.positionals()[0], {.create = true}));
  print_backup(console, summary, "restored");
  return Outcome{};
}

void print_check(Console& console, const CheckSummary& summary) {
  if (console.json()) {
    Json json;
    json["versions"] = summary.versions;
    json["releases"] = summary.releases;
    json["entries"] = summary.entries;
    json["loading"] = summary.loading;
    json["problems"] = Json::array();
    for (const StoreProblem& problem : summary.problems) {
      json["problems"].push_back({{"what", problem.what}, {"where", problem.where}});
    }
    json["problem_count"] = summary.problem_count;
    console.print(to_line(json) + "\n");
    return;
  }
  console.print(std::to_string(summary.versions) + " versions, " + std::to_string(summary.releases) +
                " releases, " + std::to_string(summary.entries) + " entries");
  if (summary.loading != 0) console.print(", " + std::to_string(summary.loading) + " imports not ended");
  console.print(summary.problem_count == 0 ? ": all as it should be\n" : "\n");
  for (const StoreProblem& problem : summary.problems) {
    console.print(shown_text("  " + problem.what + ": " + problem.where) + "\n");
  }
}

Result<Outcome> run_check(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(const CheckSummary summary, check_store(url));
  print_check(console, summary);
  if (summary.problem_count != 0) {
    return fail(Code::kCorrupt, std::to_string(summary.problem_count) +
                                    " problems; keep this store as it is and restore a backup beside it");
  }
  return Outcome{};
}

constexpr std::array kOptions{kStoreOption, kJsonOption};
constexpr std::array kBackupOptions{kStoreOption,        kOrderOption,  kBookOption,
                                    kLogFolderOption,    kLogKeyOption, kWitnessKeyOption,
                                    kPinnedRosterOption, kAsOption,     kJsonOption};
constexpr std::array kNewFile{
    PositionalSpec{.name = "FILE", .help = "a file that does not exist yet", .kind = ValueKind::kPath}};
constexpr std::array kBackupFile{
    PositionalSpec{.name = "FILE", .help = "the backup", .kind = ValueKind::kFile}};
constexpr std::array kBackupExamples{
    Example{"seawall db backup lists.backup", "While others go on working."}};
constexpr std::array kRestoreExamples{
    Example{"seawall db restore lists.backup --store sqlite:new.db", "Into a new, empty store."}};
constexpr std::array kCheckExamples{
    Example{"seawall db check", "Recompute every digest and the whole chain."}};
constexpr std::array kCreateExamples{
    Example{"seawall db create --store sqlite:lists.db", "A store in one file."},
    Example{"export SEAWALL_STORE=sqlite:lists.db", "Every other command then finds it."}};
constexpr std::array kMigrateExamples{
    Example{"seawall db migrate", "After an upgrade of seawall, with a backup at hand."}};

}  // namespace

const CommandSpec& db_create_command() {
  static constexpr CommandSpec kCommand{.name = "db create",
                                        .summary = "make an empty list store",
                                        .description =
                                            "The store holds banks, entries, releases and their history, in "
                                            "one SQLite file. A store that is there "
                                            "already is left as it is. Passwords never stand in the URL.",
                                        .positionals = {},
                                        .options = kOptions,
                                        .examples = kCreateExamples,
                                        .run = run_create};
  return kCommand;
}

const CommandSpec& db_migrate_command() {
  static constexpr CommandSpec kCommand{
      .name = "db migrate",
      .summary = "bring a store of an older seawall up to date",
      .description = "In one transaction: either all of it or nothing. There is no way back but a backup.",
      .positionals = {},
      .options = kOptions,
      .examples = kMigrateExamples,
      .run = run_migrate};
  return kCommand;
}

const CommandSpec& db_backup_command() {
  static constexpr CommandSpec kCommand{
      .name = "db backup",
      .summary = "write the whole list store into one file",
      .description =
          "As of one moment, in a format that SQLite and PostgreSQL stores are both restored from "
          "(docs/formats/store-backup.md). The file appears under its name only when it is whole and on "
          "disk. Where a transparency log is kept of the store this needs an order (--order) for the tenant "
          "all, the action cross-tenant-read and the selector db:backup; each backup counts once.",
      .positionals = kNewFile,
      .options = kBackupOptions,
      .examples = kBackupExamples,
      .run = run_backup};
  return kCommand;
}

const CommandSpec& db_restore_command() {
  static constexpr CommandSpec kCommand{
      .name = "db restore",
      .summary = "fill a new list store from a backup",
      .description = "The store must be empty or new; afterwards it holds all of the backup, or nothing.",
      .positionals = kBackupFile,
      .options = kOptions,
      .examples = kRestoreExamples,
      .run = run_restore};
  return kCommand;
}

const CommandSpec& db_check_command() {
  static constexpr CommandSpec kCommand{
      .name = "db check",
      .summary = "check a list store against its own digests",
      .description =
          "Recomputes the chain of all versions, the digest of each release and of each changed entry, and "
          "the "
          "counts, and asks the database to check itself. Exit code 5: something is wrong.",
      .positionals = {},
      .options = kOptions,
      .examples = kCheckExamples,
      .run = run_check};
  return kCommand;
}

}  // namespace seawall::cli
