#include <algorithm>
#include <array>

#include "seawall/bank/bank.h"
#include "seawall/base/codes.h"
#include "seawall/base/hex.h"
#include "seawall/cli/bank_commands.h"
#include "seawall/cli/files_progress.h"
#include "seawall/cli/media_files.h"
#include "seawall/cli/open_media.h"
#include "seawall/cli/ordered_work.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/match/signals.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall::cli {
namespace {

struct AddedFile {
  std::string path;
  SignalRecord record;
  std::optional<DensePrint> print;  // Of a video.
  bool truncated = false;
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

struct Listing {
  MediaDecoder& pictures;
  VideoDecoder& videos;
  SignalOptions signals;
  ListingOptions video;
  std::optional<std::string> id;
  const Console& console;
};

Result<void> take_video(const Listing& how, const OpenVideo& video, const MediaFile& file, AddedFile& added) {
  SEAWALL_TRY(const FileDigests digests, video_digests(video, how.console));
  auto signals = listed_video(how.videos, video.source(), how.video);
  if (!signals) {
    added.passed_over = file.from_folder() && is_no_video(signals.error());
    if (added.passed_over) return {};
    return tl::unexpected(no_video(std::move(signals).error()));
  }
  added.record.md5 = digests.md5;
  added.record.sha1 = digests.sha1;
  added.record.sha256 = digests.sha256;
  added.record.id = how.id ? *how.id : default_id(file.path, digests);
  added.truncated = signals->info.truncated;
  added.print = std::move(signals->print);
  return {};
}

Result<void> take_picture(const Listing& how, const std::vector<std::byte>& bytes, const MediaFile& file,
                          AddedFile& added) {
  auto signals = signals_of(how.pictures, bytes, how.signals);
  if (!signals) {
    added.passed_over = file.from_folder() && is_no_picture(signals.error(), bytes);
    if (added.passed_over) return {};
    return tl::unexpected(no_media(std::move(signals).error()));
  }
  added.record = record_of(*signals);
  added.record.id = how.id ? *how.id : default_id(file.path, signals->digests);
  return {};
}

AddedFile hash_for_list(const Listing& how, const MediaFile& file) {
  AddedFile added;
  added.path = file.path;
  auto opened = open_media(file, how.console.in_fd());
  if (!opened) {
    added.error = std::move(opened).error();
    return added;
  }
  added.bytes = opened->video ? opened->video->size_bytes : opened->bytes.size();
  auto taken = opened->video ? take_video(how, *opened->video, file, added)
                             : take_picture(how, opened->bytes, file, added);
  if (!taken) {
    added.no_decoder = is_no_decoder(taken.error());
    added.error = std::move(taken).error();
  }
  return added;
}

// A video none of whose frames can be looked up is listed by its digests, as a flat picture is.
Result<void> list(BankImport& import, const AddedFile& file) {
  const bool has_print = file.print && !file.print->hashes.empty();
  return has_print ? import.add_video(file.record, *file.print) : import.add(file.record);
}

void print_added(const AddedFile& file, Console& console, FilesProgress& progress) {
  if (!console.json()) {
    const bool is_flat = file.print ? file.print->hashes.empty() : file.record.pdq.empty();
    if (is_flat || file.truncated) progress.clear();
    if (is_flat) console.note(file.path + ": too flat for a PDQ hash; listed by its digests alone");
    if (file.truncated) console.note(file.path + ": damaged or cut short; what could be decoded is listed");
    return;
  }
  Json line;
  line["path"] = path_to_utf8(file.path);
  line["id"] = file.record.id;
  line["pdq_hashes"] = file.record.pdq.size();
  if (file.print) {
    line["video_hashes"] = file.print->hashes.size();
    line["duration_ms"] = file.print->duration_ms;
    line["truncated"] = file.truncated;
  }
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
  SignalOptions options;
  options.side = VariantSide::kStored;
  options.decode.exact = true;
  SEAWALL_TRY(options.profile, variant_profile_from_text(*arguments.text("--variants")));
  const std::size_t workers = workers_of(arguments.integer("--jobs"));
  SEAWALL_TRY(auto decoder, SandboxedDecoder::create({.workers_max = static_cast<int>(workers)}));
  LateVideoDecoder videos(workers, video_limits_of(arguments));
  Listing how{*decoder, videos, options, {}, arguments.text("--id"), console};
  how.video.profile = options.profile;
  how.video.limits = video_limits_of(arguments);
  how.video.stopping = [&console] { return console.stopping(); };
  FilesProgress progress(console, names);
  MediaFiles files(std::move(names));
  Outcome outcome;
  Result<void> added;
  OrderedWork<MediaFile, AddedFile> work(workers, 4 * workers);
  work.run([&] { return console.stopping() ? std::nullopt : files.next(); },
           [&](std::size_t, const MediaFile& file) { return hash_for_list(how, file); },
           [&](const AddedFile& file) {
             if (file.no_decoder) {
               added = tl::unexpected(*file.error);
             } else if (file.error) {
               ++outcome.input_errors;
               print_failed(file, console, progress);
             } else if (!file.passed_over) {
               added = list(import, file);
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
  if (counts.prints_lost > 0) {
    console.note("warning: " + std::to_string(counts.prints_lost) +
                 " videos lose their print: other signals are listed under their id now");
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
                   .help = "a picture or a video to list, a folder of them, or -",
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
               .help = "what is stored of each picture or frame beside its own hash",
               .kind = ValueKind::kChoice,
               .choices = "none default thorough",
               .default_value = "default"},
    kVideoSecondsOption,
    kFileJobsOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall bank add known.bank a.jpg b.png", "List two pictures under their paths."},
    Example{"seawall bank add known.bank film.mp4", "List a video: parts of it are found in others."},
    Example{"seawall bank add known.bank --id case-17 --pdq "
            "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
            "List a hash that another body sent."}};

}  // namespace

const CommandSpec& bank_add_command() {
  static constexpr CommandSpec kCommand{
      .name = "bank add",
      .summary = "list pictures and videos, or one hash",
      .description =
          "Hashes pictures and lists their signals: the PDQ hash of each frame, of its trimmed variant, and "
          "the "
          "digests. Of a video every frame is hashed, and what differs from the frame before is listed, so "
          "that any "
          "part of it is found later. No picture and no frame is kept. All readable files are listed in one "
          "step; one that cannot be read "
          "is "
          "reported (exit code 3). An id that is listed already takes the new signals.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_add};
  return kCommand;
}

}  // namespace seawall::cli
