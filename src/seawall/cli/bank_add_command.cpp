#include <algorithm>
#include <array>

#include "seawall/bank/bank.h"
#include "seawall/base/codes.h"
#include "seawall/base/hex.h"
#include "seawall/cli/bank_commands.h"
#include "seawall/cli/files_progress.h"
#include "seawall/cli/media_files.h"
#include "seawall/cli/ordered_work.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/match/signals.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

namespace seawall::cli {
namespace {

struct AddedFile {
  std::string path;
  SignalRecord record;
  bool passed_over = false;  // Met in a folder and no picture.
  std::optional<Error> error;
  bool no_decoder = false;  // The error concerns every file.
  std::uint64_t bytes = 0;
};

// An entry's signals: the digests and the hash of every frame in every variant that a list stores.
SignalRecord record_of(const MediaSignals& signals) {
  SignalRecord record;
  record.md5 = signals.digests.md5;
  record.sha1 = signals.digests.sha1;
  record.sha256 = signals.digests.sha256;
  for (const FrameSignals& frame : signals.frames) {
    for (const VariantHash& variant : frame.variants) {
      if (record.pdq.size() == SignalRecord::kPdqMax) return record;
      const auto same = [&](const ListedPdq& pdq) { return pdq.bits == variant.hash.bits; };
      if (std::ranges::none_of(record.pdq, same)) {
        record.pdq.push_back({variant.hash.bits, variant.hash.quality});
      }
    }
  }
  return record;
}

// Files are called by their path; one that cannot be an id, by its SHA-256.
std::string default_id(const std::string& path, const FileDigests& digests) {
  std::string id = path_to_utf8(path);
  if (path == "-" || !check_id(id)) id = to_hex(digests.sha256);
  return id;
}

AddedFile hash_for_list(MediaDecoder& decoder, const MediaFile& file, int stdin_fd,
                        const SignalOptions& options, const std::optional<std::string>& id) {
  AddedFile added;
  added.path = file.path;
  std::vector<std::byte> bytes;
  if (auto read = read_media(file, stdin_fd, bytes); !read) {
    added.error = std::move(read).error();
    return added;
  }
  added.bytes = bytes.size();
  auto signals = signals_of(decoder, bytes, options);
  if (!signals) {
    added.no_decoder = is_no_decoder(signals.error());
    added.passed_over = file.from_folder() && is_no_picture(signals.error(), bytes);
    if (!added.passed_over) added.error = std::move(signals).error();
    return added;
  }
  added.record = record_of(*signals);
  added.record.id = id ? *id : default_id(file.path, signals->digests);
  return added;
}

void print_added(const AddedFile& file, Console& console, FilesProgress& progress) {
  if (!console.json()) {
    if (file.record.pdq.empty()) {
      progress.clear();
      console.note(file.path + ": too flat for a PDQ hash; listed by its digests alone");
    }
    return;
  }
  Json line;
  line["path"] = path_to_utf8(file.path);
  line["id"] = file.record.id;
  line["pdq_hashes"] = file.record.pdq.size();
  if (console.out_is_terminal()) progress.clear();
  console.print(to_line(line) + "\n");
}

void print_failed(const AddedFile& file, Console& console, FilesProgress& progress) {
  progress.clear();
  if (!console.json()) return console.error(Error(*file.error).within(file.path));
  Json line;
  line["path"] = path_to_utf8(file.path);
  line["error"] = {{"code", meaning_of(file.error->code).name}, {"message", file.error->message}};
  console.print(to_line(line) + "\n");
}

Result<Outcome> add_files(const Arguments& arguments, BankImport& import, Console& console) {
  std::vector<std::string> names(arguments.positionals().begin() + 1, arguments.positionals().end());
  const auto id = arguments.text("--id");
  SignalOptions options;
  options.side = VariantSide::kStored;
  options.decode.exact = true;
  SEAWALL_TRY(options.profile, variant_profile_from_text(*arguments.text("--variants")));
  const std::size_t workers = workers_of(arguments.integer("--jobs"));
  SEAWALL_TRY(auto decoder, SandboxedDecoder::create({.workers_max = static_cast<int>(workers)}));
  FilesProgress progress(console, names);
  MediaFiles files(std::move(names));
  Outcome outcome;
  Result<void> added;
  OrderedWork<MediaFile, AddedFile> work(workers, 4 * workers);
  work.run([&] { return console.stopping() ? std::nullopt : files.next(); },
           [&](std::size_t, const MediaFile& file) {
             return hash_for_list(*decoder, file, console.in_fd(), options, id);
           },
           [&](const AddedFile& file) {
             if (file.no_decoder) {
               added = tl::unexpected(*file.error);
             } else if (file.error) {
               ++outcome.input_errors;
               print_failed(file, console, progress);
             } else if (!file.passed_over) {
               added = import.add(file.record);
               if (added) print_added(file, console, progress);
             }
             progress.file_done(file.bytes, false, file.error.has_value());
             return added.has_value() && !console.stopping();
           });
  SEAWALL_CHECK(std::move(added));
  return outcome;
}

// What --pdq, --id and --quality name.
Result<SignalRecord> record_of_hash(const Arguments& arguments) {
  SignalRecord record;
  record.id = *arguments.text("--id");
  SEAWALL_TRY(const Fingerprint256 bits, fingerprint_from_text(*arguments.text("--pdq")));
  const auto quality = arguments.integer("--quality");
  record.pdq.push_back({bits, quality ? static_cast<int>(*quality) : ListedPdq::kQualityUnknown});
  return record;
}

Result<Outcome> run_add(const Arguments& arguments, Console& console) {
  const bool by_hash = arguments.text("--pdq").has_value();
  const std::size_t files = arguments.positionals().size() - 1;
  if (by_hash == (files > 0)) {
    return usage_failure(console, "name files to list, or give --pdq HEX --id ID: one of the two");
  }
  if (files > 1 && arguments.text("--id")) {
    return usage_failure(console, "--id names one entry, and several files are given");
  }
  if (const auto id = arguments.text("--id"); by_hash || id) {
    if (!id) return usage_failure(console, "--pdq needs a name for the entry: --id ID");
    if (const auto checked = check_id(*id); !checked) {
      return usage_failure(console, "--id: " + checked.error().message);
    }
  }
  std::optional<SignalRecord> by_hash_record;
  if (by_hash) {
    auto record = record_of_hash(arguments);
    if (!record) return usage_failure(console, "--pdq: " + record.error().message);
    by_hash_record = *std::move(record);
  }
  SEAWALL_TRY(const auto bank, Bank::open_for_writing(arguments.positionals()[0]));
  if (!bank->remark().empty()) console.note(bank->remark());
  SEAWALL_TRY(BankImport import, bank->begin_import());
  Outcome outcome;
  if (by_hash) {
    SEAWALL_CHECK(import.add(*by_hash_record));
  } else {
    SEAWALL_TRY(outcome, add_files(arguments, import, console));
  }
  if (console.stopping()) {
    console.note("stopped; nothing was listed");
    return outcome;
  }
  SEAWALL_TRY(const BankImportCounts counts, import.commit());
  if (!console.json()) {
    console.note("added " + std::to_string(counts.added) + ", updated " + std::to_string(counts.updated) +
                 ", unchanged " + std::to_string(counts.unchanged));
  }
  if (counts.all_zero_hashes > 0) {
    console.note(
        "warning: an all-zero hash is that of a flat picture; it is listed and matches such pictures");
  }
  if (counts.low_quality_rows > 0) {
    console.error(
        {Code::kInvalidInput, "a hash of quality under 50 matches anything flat; it was not listed"});
    ++outcome.input_errors;
  }
  return outcome;
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "DIR", .help = "the bank's folder", .kind = ValueKind::kDirectory},
    PositionalSpec{.name = "FILE",
                   .help = "a picture to list, a folder of them, or -",
                   .kind = ValueKind::kPath,
                   .required = false,
                   .repeatable = true}};
constexpr std::array kOptions{
    OptionSpec{.name = "--id",
               .value = "ID",
               .help = "the entry's name, 1 to 256 bytes (default: the path of the file)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--pdq",
               .value = "HEX",
               .help = "list this hash of 64 hex digits instead of a file",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--quality",
               .value = "N",
               .help = "with --pdq: its quality",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 100},
    OptionSpec{.name = "--variants",
               .value = "PROFILE",
               .help = "what is stored of each picture beside its own hash",
               .kind = ValueKind::kChoice,
               .choices = "none default thorough",
               .default_value = "default"},
    kFileJobsOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall bank add known.bank a.jpg b.png", "List two pictures under their paths."},
    Example{"seawall bank add known.bank --id case-17 --pdq "
            "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
            "List a hash that another body sent."}};

}  // namespace

const CommandSpec& bank_add_command() {
  static constexpr CommandSpec kCommand{
      .name = "bank add",
      .summary = "list pictures, or one hash",
      .description =
          "Hashes pictures and lists their signals: the PDQ hash of each frame, of its trimmed variant, and "
          "the "
          "digests. No picture is kept. All readable files are listed in one step; one that cannot be read "
          "is "
          "reported (exit code 3). An id that is listed already takes the new signals.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_add};
  return kCommand;
}

}  // namespace seawall::cli
