#include <array>

#include "seawall/base/base64.h"
#include "seawall/cli/audit_commands.h"
#include "seawall/cli/audit_session.h"
#include "seawall/report/html_text.h"

namespace seawall::cli {
namespace {

constexpr std::array<const char*, 3> kWays{"--index", "--record", "--commitment"};

Result<std::uint64_t> find_by(ServedLog& served, FunctionRef<bool(const LogEntry&)> wanted,
                              Console& console) {
  return find_entry(served, wanted, [&](std::uint64_t read) {
    console.progress("looked at " + with_thousands(read) + " entries");
    return !console.stopping();
  });
}

Result<std::uint64_t> index_wanted(const Arguments& arguments, ServedLog& served, Console& console) {
  if (const auto index = arguments.integer("--index")) return static_cast<std::uint64_t>(*index);
  if (const auto path = arguments.text("--record")) {
    SEAWALL_TRY(const std::string text, text_of_file(*path, kRecordFileBytesMax, console));
    SEAWALL_TRY(const RecordFile record, record_file_from_text(text));
    return find_by(
        served, [&](const LogEntry& entry) { return opens(entry, record); }, console);
  }
  SEAWALL_TRY(const std::string bytes, from_base64(*arguments.text("--commitment")));
  const auto is_it = [&](const LogEntry& entry) {
    return std::ranges::equal(entry.commitment, std::as_bytes(std::span(bytes)));
  };
  return find_by(served, is_it, console);
}

Result<tlog::ProofFile> prove(const Arguments& arguments, const AuditKeys& keys, Console& console) {
  SEAWALL_TRY(const auto place,
              AuditPlace::open(arguments.positionals()[0], arguments.text("--ca-file").value_or("")));
  SEAWALL_TRY(const SignedHead head, read_head(place->files(), keys));
  ServedLog served(place->files(), head.tree().size);
  const auto index = index_wanted(arguments, served, console);
  console.progress("");
  if (!index) return tl::unexpected(index.error());
  return prove_entry(served, head, *index);
}

Result<Outcome> run_prove(const Arguments& arguments, Console& console) {
  if (arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  const auto given = [&](const char* way) { return !arguments.all(way).empty(); };
  if (std::ranges::count_if(kWays, given) != 1)
    return usage_failure(console, "one of --index, --record and --commitment is needed");
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  SEAWALL_TRY(const tlog::ProofFile proof, prove(arguments, keys, console));
  const auto out = arguments.text("--out");
  if (out) SEAWALL_CHECK(write_kept_file(*out, print_proof_file(proof)));
  if (!out && !console.json()) {
    console.print(print_proof_file(proof));
    return Outcome{};
  }
  const auto entry = log_entry_from_text(*proof.extra);
  if (console.json()) {
    Json json = json_of(proof.index, *proof.extra, entry);
    if (!out) json["proof"] = print_proof_file(proof);
    if (out) json["file"] = *out;
    console.print(to_line(json) + "\n");
  } else {
    console.print(line_of(proof.index, *proof.extra, entry));
    console.note("wrote the proof into " + *out + "; `seawall audit check` verifies it without the log");
  }
  return Outcome{};
}

constexpr std::array kPositionals{kAuditPlace};
constexpr std::array kOptions{
    kAuditLogOption,
    kAuditWitnessOption,
    kAuditQuorumOption,
    OptionSpec{.name = "--index",
               .value = "N",
               .help = "of the entry, counted from 0",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = (std::int64_t{1} << 62) - 1},
    OptionSpec{.name = "--record",
               .value = "FILE",
               .help = R"(find the entry that this record makes: {"record": ..., "salt": ...})",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--commitment",
               .value = "BASE64",
               .help = "find the entry with this commitment",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--out",
               .value = "FILE",
               .help = "where the proof goes (default: standard output)",
               .kind = ValueKind::kPath},
    kAuditOriginOption,
    kAuditCaFileOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall audit prove https://log.example --log VKEY --index 1041 --out entry.tlog-proof",
            "Prove that entry 1041 is in the log."},
    Example{"seawall audit prove https://log.example --log VKEY --record order.json --out order.tlog-proof",
            "Prove that an order that you were shown is in the log."}};

}  // namespace

const CommandSpec& audit_prove_command() {
  static constexpr CommandSpec kCommand{
      .name = "audit prove",
      .summary = "prove that an entry is in a transparency log",
      .description =
          "Makes a proof (C2SP tlog-proof) that an entry is in the log: the entry, the hashes that lead from "
          "it to the root, and the signed checkpoint. It is verified as it is made, and afterwards by "
          "anybody "
          "who has the keys, without the log.\n\nThe entry is named by its index, by its commitment, or by "
          "the record that it stands for, with the salt, as the record's keeper hands them out.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_prove};
  return kCommand;
}

}  // namespace seawall::cli
