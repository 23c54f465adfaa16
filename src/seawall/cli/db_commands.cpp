#include "seawall/cli/db_commands.h"

#include <array>

#include "seawall/cli/lists_session.h"

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

constexpr std::array kOptions{kStoreOption, kJsonOption};
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

}  // namespace seawall::cli
