#include <array>

#include "seawall/cli/audit_commands.h"
#include "seawall/cli/audit_session.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kProofBytesMax = 2 * tlog::kNoteBytesMax;

Result<std::optional<RecordFile>> record_wanted(const Arguments& arguments, const Console& console) {
  const auto path = arguments.text("--record");
  if (!path) return std::nullopt;
  SEAWALL_TRY(const std::string text, text_of_file(*path, kRecordFileBytesMax, console));
  SEAWALL_TRY(RecordFile record, record_file_from_text(text));
  return record;
}

Result<ProvedEntry> check(const Arguments& arguments, const Console& console) {
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  SEAWALL_TRY(const std::string proof, text_of_file(arguments.positionals()[0], kProofBytesMax, console));
  std::optional<std::string> text;
  if (const auto path = arguments.text("--entry")) {
    SEAWALL_TRY(text, text_of_file(*path, 1 << 16, console));
  }
  SEAWALL_TRY(const auto record, record_wanted(arguments, console));
  SEAWALL_TRY(ProvedEntry proved, check_proof(proof, text, keys));
  if (!record) return proved;
  const auto entry = log_entry_from_text(proved.text);
  if (entry && opens(*entry, *record)) return proved;
  return fail(Code::kCorrupt, "the proof is right, but its entry does not stand for this record and salt");
}

Result<Outcome> run_check(const Arguments& arguments, Console& console) {
  if (arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  const auto proved = check(arguments, console);
  if (!proved) return tl::unexpected(proved.error());
  const auto entry = log_entry_from_text(proved->text);
  if (console.json()) {
    Json json{{"verified", true}};
    json.update(json_of(proved->index, proved->text, entry));
    json["size"] = proved->head.tree().size;
    json["seen_by"] = seen_json(proved->head);
    console.print(to_line(json) + "\n");
  } else {
    console.print("verified: this is in the log " + proved->head.opened.checkpoint.origin + " of " +
                  std::to_string(proved->head.tree().size) + " entries\n" +
                  line_of(proved->index, proved->text, entry) + "seen: " + seen_text(proved->head) + "\n");
    if (arguments.text("--record")) console.print("it stands for the record that you gave\n");
  }
  return Outcome{};
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "PROOF",
                   .help = "the proof, of `seawall audit prove`; - for standard input",
                   .kind = ValueKind::kFile}};
constexpr std::array kOptions{
    kAuditLogOption,
    kAuditWitnessOption,
    kAuditQuorumOption,
    OptionSpec{.name = "--entry",
               .value = "FILE",
               .help = "the entry's bytes (default: those in the proof)",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--record",
               .value = "FILE",
               .help = R"(also check that the entry stands for this record: {"record": ..., "salt": ...})",
               .kind = ValueKind::kFile},
    kAuditOriginOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall audit check order.tlog-proof --log VKEY --witness VKEY --record order.json",
            "Check, without the network, that an order is in the log and that a witness saw it."}};

}  // namespace

const CommandSpec& audit_check_command() {
  static constexpr CommandSpec kCommand{
      .name = "audit check",
      .summary = "check a proof that an entry is in a transparency log, without the log",
      .description =
          "Verifies a proof file (C2SP tlog-proof) against the keys that you name, and prints its entry. "
          "With "
          "--record it also checks that the entry stands for a record that you were shown. Needs no network. "
          "Ends with 0 if all of it is right, with 5 if not.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_check};
  return kCommand;
}

}  // namespace seawall::cli
