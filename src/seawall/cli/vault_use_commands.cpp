#include <array>

#include "seawall/base/base64.h"
#include "seawall/base/codes.h"
#include "seawall/base/hex.h"
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
  return whole_file(*path, kProofBytesMax);
}

/// Makes the demand's nonce, and with it the key that its answer is sealed for.
Result<void> ask_for_sealed(KeyUse& use, const PersonKey& key) {
  SEAWALL_TRY(use.nonce, new_key_nonce());
  SEAWALL_TRY(const HpkeKey reply, reply_key_of(key, use.nonce));
  use.reply_to = reply.public_key();
  return {};
}

/// What the vault gave, opened on this machine with the person's own key; or its refusal.
Result<Outcome> tell_keys(const Json& answer, const SignedStatement& statement, const PersonKey& key,
                          Console& console) {
  if (answer.contains("refused"))
    return fail(Code::kInvalidInput,
                "the vault refuses (" + answer.value("refused", "") + "): " + answer.value("detail", ""));
  SEAWALL_TRY(const std::string sealed, from_base64(answer.value("sealed", "")));
  SEAWALL_TRY(const KeyUse use, key_use_from(statement));
  SEAWALL_TRY(const HpkeKey reply, reply_key_of(key, use.nonce));
  SEAWALL_TRY(const auto keys, open_answer(reply, to_hex(statement.id()), sealed));
  Json told = {{"keys", Json::array()}};
  for (const KeyBytes& one : keys) told["keys"].push_back(to_base64(one.text()));
  if (answer.contains("mark")) told["mark"] = answer["mark"];
  print_answer(told, console);
  return Outcome{};
}

Result<Outcome> demand(SignedStatement statement, std::string proof, const PersonKey& key,
                       const Arguments& arguments, Console& console) {
  SEAWALL_TRY(VaultSession session, VaultSession::open(arguments));
  const KeyDemand demand{.statement = std::move(statement), .evidence = {.proof = std::move(proof)}};
  SEAWALL_TRY(const Json answer, session.post("/keys", to_text(demand)));
  return tell_keys(answer, demand.statement, key, console);
}

Result<Outcome> run_unwrap(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const SealedPersonKey sealed, person_key_file(arguments));
  SEAWALL_TRY(KeyUse use, use_from(arguments, sealed.public_key.name));
  SEAWALL_TRY(std::string proof, proof_from(arguments));
  SEAWALL_TRY(const PersonKey key, opened_key(sealed, arguments, console));
  SEAWALL_CHECK(ask_for_sealed(use, key));
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  SEAWALL_TRY(auto statement, draft_key_use(now, use, *person_role_named(*arguments.text("--role")), ""));
  SEAWALL_CHECK(statement.sign(key));
  return demand(std::move(statement), std::move(proof), key, arguments, console);
}

/// "REC=WRAPPED": of the record's first version.
Result<WantedKey> wanted_from(const std::string& word) {
  const auto mark = word.find('=');
  if (mark == std::string::npos) return fail(Code::kInvalidInput, "say RECORD=WRAPPED for each record");
  SEAWALL_TRY(std::string wrapped, from_base64(word.substr(mark + 1)));
  return WantedKey{.record = word.substr(0, mark), .version = 1, .wrapped = std::move(wrapped)};
}

Result<Outcome> run_export(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const SealedPersonKey sealed, person_key_file(arguments));
  KeyUse use{.person = sealed.public_key.name,
             .order = {},
             .action = OrderAction::kExport,
             .tenant = {},
             .case_id = {},
             .purpose = {},
             .recipient = {},
             .records = {}};
  SEAWALL_TRY(use.tenant, needed(arguments, "--tenant", "whose records"));
  SEAWALL_TRY(use.case_id, needed(arguments, "--case", "the case that the records are of"));
  SEAWALL_TRY(use.order, needed(arguments, "--order", "the order that allows it"));
  SEAWALL_TRY(use.purpose, needed(arguments, "--purpose", "what it is for, in your words"));
  SEAWALL_TRY(use.recipient, needed(arguments, "--recipient", "who gets the copy"));
  SEAWALL_TRY(const std::string approver, needed(arguments, "--with", "the approver who signs after you"));
  for (const std::string& word : arguments.positionals()) {
    SEAWALL_TRY(WantedKey wanted, wanted_from(word));
    use.records.push_back(std::move(wanted));
  }
  SEAWALL_TRY(const PersonKey key, opened_key(sealed, arguments, console));
  SEAWALL_CHECK(ask_for_sealed(use, key));
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  SEAWALL_TRY(auto statement,
              draft_key_use(now, use, *person_role_named(*arguments.text("--role")), approver));
  return sign_for_vault(std::move(statement), key, arguments, console);
}

Result<Outcome> run_hand_in(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(SignedStatement statement, statement_file(arguments.positionals()[0]));
  SEAWALL_TRY(VaultSession session, VaultSession::open(arguments));
  if (const auto path = arguments.text("--backup")) {
    SEAWALL_TRY(const std::string backup, whole_file(*path, kRestoreBytesMax));
    const Json word = {{"backup", backup}, {"statement", Json::parse(statement.to_text())}};
    SEAWALL_TRY(const Json receipt, session.post("/restore", to_line(word)));
    print_answer(receipt, console);
    return Outcome{};
  }
  if (statement.kind() != "key-export") {
    SEAWALL_TRY(const Json answer, session.hand_in(statement));
    print_answer(answer, console);
    return Outcome{};
  }
  SEAWALL_TRY(std::string proof, proof_from(arguments));
  SEAWALL_TRY(const SealedPersonKey sealed, person_key_file(arguments));
  if (sealed.public_key.name != statement.signers().front().by)
    return fail(Code::kInvalidInput, "the keys are sealed for " + statement.signers().front().by +
                                         ", whose key (--key) opens them: nobody else can hand this in");
  SEAWALL_TRY(const PersonKey key, opened_key(sealed, arguments, console));
  return demand(std::move(statement), std::move(proof), key, arguments, console);
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
constexpr OptionSpec kOrderIdOption{.name = "--order",
                                    .value = "ID",
                                    .help = "the order that allows it (required)",
                                    .kind = ValueKind::kText};
constexpr OptionSpec kProofOption{.name = "--proof",
                                  .value = "FILE",
                                  .help = "a tlog-proof that the log holds the order",
                                  .kind = ValueKind::kFile};
constexpr OptionSpec kPurposeOption{.name = "--purpose",
                                    .value = "TEXT",
                                    .help = "what it is for, in your words (required)",
                                    .kind = ValueKind::kText};
constexpr OptionSpec kUseRoleOption{.name = "--role",
                                    .value = "ROLE",
                                    .help = "sign as this",
                                    .kind = ValueKind::kChoice,
                                    .choices = "applicant officer",
                                    .default_value = "applicant"};
constexpr std::array kExportOptions{kTenantNameOption,
                                    kCaseOption,
                                    kOrderIdOption,
                                    kPurposeOption,
                                    OptionSpec{.name = "--recipient",
                                               .value = "TEXT",
                                               .help = "who gets the copy (required)",
                                               .kind = ValueKind::kText},
                                    OptionSpec{.name = "--with",
                                               .value = "NAME",
                                               .help = "the approver who signs after you (required)",
                                               .kind = ValueKind::kText},
                                    OptionSpec{.name = "--out",
                                               .value = "FILE",
                                               .help = "a new file for the statement (required)",
                                               .kind = ValueKind::kPath},
                                    kUseRoleOption,
                                    kPersonKeyOption,
                                    kPasswordFileOption,
                                    kVaultOption,
                                    kJsonOption};
constexpr std::array kHandInOptions{kProofOption,
                                    OptionSpec{.name = "--backup",
                                               .value = "FILE",
                                               .help = "the backup that a restoring statement names",
                                               .kind = ValueKind::kFile},
                                    kPersonKeyOption,
                                    kPasswordFileOption,
                                    kVaultOption,
                                    kJsonOption};
constexpr std::array kExportWords{
    PositionalSpec{.name = "RECORD=WRAPPED", .help = "a record's id and its sealed key", .repeatable = true}};
constexpr std::array kStatementFile{
    PositionalSpec{.name = "FILE", .help = "the statement that all have signed", .kind = ValueKind::kFile}};
constexpr std::array kExportExamples{Example{
    "seawall keys export rec-1=6fE1... rec-2=Zx0p... --tenant forum --case case-12 --order "
    "o-0123456789abcdef --purpose 'the court asked' --recipient 'Example Court' --with dora --key amy.key "
    "--out e.json",
    "Then dora: keys sign e.json --out both.json, and amy: keys hand-in both.json --proof "
    "order.tlog-proof"}};
constexpr std::array kHandInExamples{
    Example{"seawall keys hand-in both.json --proof order.tlog-proof --key amy.key",
            "Prints the keys, and the mark to put into this copy."}};
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
    kOrderIdOption,
    kProofOption,
    OptionSpec{.name = "--action",
               .value = "ACTION",
               .help = "what for",
               .kind = ValueKind::kChoice,
               .choices = "observation-lookup disclosure evidence-open cross-tenant-read",
               .default_value = "evidence-open"},
    kPurposeOption,
    kUseRoleOption,
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
          "order's number nor a limit is used up. It seals the key for yours alone: nobody in between reads "
          "it. "
          "Each request, allowed or not, is told to the log. A "
          "request "
          "is good for five minutes, once.",
      .positionals = kRecord,
      .options = kUnwrapOptions,
      .examples = kUnwrapExamples,
      .run = run_unwrap};
  return kCommand;
}

const CommandSpec& keys_export_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys export",
      .summary = "ask for several records' keys of one case, as two people",
      .description =
          "Writes a statement for an approver to sign; who hands it in gets the keys and a mark, 32 hex "
          "digits, "
          "that is new for each copy: put it into the copy. The log is told of recipient and mark (as a "
          "commitment). Each record counts against all limits, and an export holds at most as many as the "
          "vault's limit says.",
      .positionals = kExportWords,
      .options = kExportOptions,
      .examples = kExportExamples,
      .run = run_export};
  return kCommand;
}

const CommandSpec& keys_hand_in_command() {
  static constexpr CommandSpec kCommand{.name = "keys hand-in",
                                        .summary = "hand in a statement that all have signed",
                                        .description =
                                            "For an export it prints the keys, which the key of whoever "
                                            "asked for them opens here (--key), and the "
                                            "mark; for anything else the vault's receipt.",
                                        .positionals = kStatementFile,
                                        .options = kHandInOptions,
                                        .examples = kHandInExamples,
                                        .run = run_hand_in};
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
