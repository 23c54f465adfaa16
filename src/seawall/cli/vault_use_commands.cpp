#include <array>

#include "seawall/base/base64.h"
#include "seawall/base/codes.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/vault_commands.h"
#include "seawall/cli/vault_session.h"
#include "seawall/key_service/key_words.h"
#include "seawall/statement/canonical_json.h"

namespace seawall::cli {
namespace {

constexpr std::uint64_t kProofBytesMax = 256 * 1024;

Result<RecordName> record_name(const Arguments& arguments) {
  RecordName name;
  SEAWALL_TRY(name.tenant, needed(arguments, "--tenant", "whose records"));
  SEAWALL_TRY(name.case_id, needed(arguments, "--case", "the case that the record is of"));
  name.record = arguments.positionals()[0];
  name.version = static_cast<std::uint64_t>(arguments.integer("--version").value_or(1));
  SEAWALL_CHECK(check_record_name(name));
  return name;
}

Result<Outcome> run_record(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const RecordName name, record_name(arguments));
  SEAWALL_TRY(VaultSession session, VaultSession::open(arguments));
  const Json ask = {
      {"case", name.case_id}, {"record", name.record}, {"tenant", name.tenant}, {"version", name.version}};
  SEAWALL_TRY(const Json answer, session.post("/record-keys", to_line(ask)));
  print_answer(answer, console);
  return Outcome{};
}

Result<KeyUse> use_from(const Arguments& arguments, const std::string& person) {
  SEAWALL_TRY(const RecordName name, record_name(arguments));
  SEAWALL_TRY(const std::string wrapped, needed(arguments, "--wrapped", "the record's sealed key"));
  SEAWALL_TRY(std::string bytes, from_base64(wrapped));
  KeyUse use{.person = person,
             .order = {},
             .action = *order_action_named(*arguments.text("--action")),
             .tenant = name.tenant,
             .case_id = name.case_id,
             .purpose = {},
             .recipient = {},
             .records = {{name.record, name.version, std::move(bytes)}}};
  SEAWALL_TRY(use.order, needed(arguments, "--order", "the order that allows it"));
  SEAWALL_TRY(use.purpose, needed(arguments, "--purpose", "what it is for, in your words"));
  return use;
}

Result<std::string> proof_from(const Arguments& arguments) {
  const auto path = arguments.text("--proof");
  if (!path) return std::string();
  const UniqueFd fd = open_input(*path);
  if (!fd) return tl::unexpected(path_error(*path, errno));
  std::vector<std::byte> bytes;
  SEAWALL_CHECK(read_whole(fd.get(), *path, kProofBytesMax, bytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<Outcome> run_unwrap(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const SealedPersonKey sealed, person_key_file(arguments));
  SEAWALL_TRY(const KeyUse use, use_from(arguments, sealed.public_key.name));
  SEAWALL_TRY(std::string proof, proof_from(arguments));
  SEAWALL_TRY(VaultSession session, VaultSession::open(arguments));
  SEAWALL_TRY(const PersonKey key, opened_key(sealed, arguments, console));
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  SEAWALL_TRY(auto statement, draft_key_use(now, use, *person_role_named(*arguments.text("--role")), ""));
  SEAWALL_CHECK(statement.sign(key));
  const KeyDemand demand{.statement = std::move(statement), .evidence = {.proof = std::move(proof)}};
  SEAWALL_TRY(const Json answer, session.post("/keys", to_text(demand)));
  if (answer.contains("refused"))
    return fail(Code::kInvalidInput,
                "the vault refuses (" + answer.value("refused", "") + "): " + answer.value("detail", ""));
  print_answer(answer, console);
  return Outcome{};
}

Result<Outcome> run_status(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(VaultSession session, VaultSession::open(arguments));
  SEAWALL_TRY(const Json status, session.get("/status"));
  SEAWALL_TRY(const Json alarms, session.get("/alarms"));
  print_answer(status, console);
  for (const Json& one : alarms.value("alarms", Json::array())) print_answer(one, console);
  return Outcome{};
}

constexpr std::array kRecord{PositionalSpec{.name = "RECORD", .help = "the record's id"}};
constexpr OptionSpec kTenantNameOption{
    .name = "--tenant", .value = "NAME", .help = "whose records (required)", .kind = ValueKind::kText};
constexpr OptionSpec kCaseOption{.name = "--case",
                                 .value = "ID",
                                 .help = "the case that the record is of (required)",
                                 .kind = ValueKind::kText};
constexpr OptionSpec kVersionOption{.name = "--version",
                                    .value = "N",
                                    .help = "the record's version",
                                    .kind = ValueKind::kInteger,
                                    .minimum = 1,
                                    .maximum = kCanonicalIntegerMax,
                                    .default_value = "1"};
constexpr std::array kRecordOptions{kTenantNameOption, kCaseOption, kVersionOption, kVaultOption,
                                    kJsonOption};
constexpr std::array kUnwrapOptions{
    kTenantNameOption,
    kCaseOption,
    kVersionOption,
    OptionSpec{.name = "--wrapped",
               .value = "BASE64",
               .help = "the record's sealed key, as it lies beside the record (required)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--order",
               .value = "ID",
               .help = "the order that allows it (required)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--proof",
               .value = "FILE",
               .help = "a tlog-proof that the log holds the order",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--action",
               .value = "ACTION",
               .help = "what for",
               .kind = ValueKind::kChoice,
               .choices = "observation-lookup disclosure evidence-open cross-tenant-read",
               .default_value = "evidence-open"},
    OptionSpec{.name = "--purpose",
               .value = "TEXT",
               .help = "what it is for, in your words (required)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--role",
               .value = "ROLE",
               .help = "sign as this",
               .kind = ValueKind::kChoice,
               .choices = "applicant officer",
               .default_value = "applicant"},
    kPersonKeyOption,
    kPasswordFileOption,
    kVaultOption,
    kJsonOption};
constexpr std::array kStatusOptions{kVaultOption, kJsonOption};
constexpr std::array kRecordExamples{
    Example{"seawall keys record rec-1 --tenant forum --case case-12 --vault unix:/run/seawall-keys/socket",
            "A new record's key, and its sealed form to keep beside the record."}};
constexpr std::array kUnwrapExamples{
    Example{"seawall keys unwrap rec-1 --tenant forum --case case-12 --wrapped 6fE1... --order "
            "o-0123456789abcdef --proof order.tlog-proof --purpose 'reply to the court' --key amy.key",
            "Open one record's key under an order."}};
constexpr std::array kStatusExamples{
    Example{"seawall keys status --vault unix:/run/seawall-keys/socket",
            "What the vault holds, who is frozen, and what it raised an alarm about."}};

}  // namespace

const CommandSpec& keys_record_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys record",
      .summary = "have a key made for a new record",
      .description =
          "Prints `key`, to encrypt the record with and then to forget, and `wrapped`, to keep beside the "
          "record. Nobody signs for that: it opens nothing. A case of that name is made when it is not "
          "there; "
          "one that was destroyed takes no more records.",
      .positionals = kRecord,
      .options = kRecordOptions,
      .examples = kRecordExamples,
      .run = run_record};
  return kCommand;
}

const CommandSpec& keys_unwrap_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys unwrap",
      .summary = "open one record's key, under an order",
      .description =
          "Signs a request with your own key and hands it in. The vault gives the record's key if the order "
          "names you, this action and this record, is in force and in the log (--proof), and if neither the "
          "order's number nor a limit is used up. Each request, allowed or not, is told to the log. A "
          "request "
          "is good for five minutes, once.",
      .positionals = kRecord,
      .options = kUnwrapOptions,
      .examples = kUnwrapExamples,
      .run = run_unwrap};
  return kCommand;
}

const CommandSpec& keys_status_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys status",
      .summary = "what a key service holds, and its alarms",
      .description =
          "Prints one object with counts, limits and whose access is frozen, then one for each alarm, newest "
          "first, with the two custodians to be told.",
      .positionals = {},
      .options = kStatusOptions,
      .examples = kStatusExamples,
      .run = run_status};
  return kCommand;
}

}  // namespace seawall::cli
