#include <array>

#include "seawall/base/base64.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/log_commands.h"
#include "seawall/json/json.h"
#include "seawall/store_sql/log_records.h"

namespace seawall::cli {
namespace {

Result<Outcome> run_record(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(const auto records, open_log_records(url));
  const auto leaf = static_cast<std::uint64_t>(*arguments.integer("--index"));
  SEAWALL_TRY(const auto found, records->record_of_leaf(leaf));
  if (!found) return fail(Code::kNotFound, "this store has no record of that entry of the log");
  if (found->erased)
    return fail(Code::kNotFound, "the record and its salt were erased: the entry says nothing");
  if (!found->salt) {
    return fail(Code::kNotFound, "the record is kept where it came from (" + found->source +
                                     "): seawall orders show --openings, or the key service");
  }
  SEAWALL_TRY(const Json record, parse_json(found->record));
  Json opening;
  opening["record"] = record;
  opening["salt"] = to_base64({reinterpret_cast<const char*>(found->salt->data()), found->salt->size()});
  console.print(to_line(opening) + "\n");
  return Outcome{};
}

constexpr std::array kOptions{kStoreOption, OptionSpec{.name = "--index",
                                                       .value = "N",
                                                       .help = "of the entry, counted from 0",
                                                       .kind = ValueKind::kInteger,
                                                       .minimum = 0,
                                                       .maximum = INT64_MAX,
                                                       .default_value = "0"}};
constexpr std::array kExamples{Example{
    "seawall log record --index 41 > record.json && seawall audit inspect https://log.example --log VKEY "
    "--record record.json",
    "Hand out what entry 41 stands for, and show that it does."}};

}  // namespace

const CommandSpec& log_record_command() {
  static constexpr CommandSpec kCommand{
      .name = "log record",
      .summary = "hand out the record and the salt that an entry of the log stands for",
      .description =
          "Prints {\"record\": ..., \"salt\": \"...\"} of an entry of this store's log, for those who may "
          "know who "
          "did what and why. With it anybody can check what the entry says (seawall audit inspect --record); "
          "without it nobody. What was erased, and what another source keeps, is said.",
      .positionals = {},
      .options = kOptions,
      .examples = kExamples,
      .run = run_record};
  return kCommand;
}

}  // namespace seawall::cli
