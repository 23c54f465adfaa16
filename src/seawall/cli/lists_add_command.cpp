#include <array>

#include "seawall/base/hex.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/media_files.h"
#include "seawall/cli/open_media.h"
#include "seawall/json/text.h"
#include "seawall/listing/listed_content.h"
#include "seawall/lists/import.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/store/content_check.h"

namespace seawall::cli {
namespace {

constexpr std::string_view kManual = "manual";

/// Pictures and videos as records of a list, each decoded when it is asked for.
class FilesReader final : public ExchangeReader {
 public:
  FilesReader(std::vector<std::string> names, std::optional<std::string> key, MediaDecoder& pictures,
              VideoDecoder& videos, const VideoLimits& limits, Console& console)
      : files_(std::move(names)),
        key_(std::move(key)),
        pictures_(pictures),
        videos_(videos),
        console_(console) {
    pictures_how_.side = VariantSide::kStored;
    pictures_how_.decode.exact = true;
    how_.limits = limits;
    how_.stopping = [&console] { return console.stopping(); };
  }

  Result<ExchangeOutcome> next(ExchangeRecord& record) override {
    for (;;) {
      const auto file = files_.next();
      // Before the end everything can be taken away again.
      if (console_.stopping()) return fail(Code::kInvalidInput, "stopped; nothing was proposed");
      if (!file) return ExchangeOutcome{};
      console_.progress(path_to_utf8(file->path));
      const auto read = take(*file, record);
      if (read && !*read) continue;
      if (read) return ExchangeOutcome{ExchangeOutcome::Kind::kRecord, path_to_utf8(file->path), "", ""};
      if (is_no_decoder(read.error())) return fail(Code::kInvalidInput, read.error().message);
      ++failed_;
      console_.error(Error(read.error()).within(file->path));
      return ExchangeOutcome{ExchangeOutcome::Kind::kRefused, path_to_utf8(file->path), "not_read",
                             read.error().message};
    }
  }
  [[nodiscard]] const ExchangeDocument& document() const override { return document_; }
  [[nodiscard]] std::uint64_t failed() const { return failed_; }

 private:
  /// False: met in a folder, and neither picture nor video.
  Result<bool> take(const MediaFile& file, ExchangeRecord& record) {
    SEAWALL_TRY(const OpenedMedia opened, open_media(file, console_.in_fd()));
    record = {};
    if (opened.video) {
      const OpenVideo& video = *opened.video;
      const auto listed = listed_video(videos_, video.source(), how_);
      if (!listed && file.from_folder() && is_no_video(listed.error())) return false;
      if (!listed) return tl::unexpected(no_video(Error(listed.error())));
      SEAWALL_TRY(const FileDigests digests, video_digests(video, console_));
      SEAWALL_TRY(record.content, content_of_video(*listed, {digests, video.type, video.size_bytes}));
    } else {
      const auto signals = signals_of(pictures_, opened.bytes, pictures_how_);
      if (!signals && file.from_folder() && is_no_picture(signals.error(), opened.bytes)) return false;
      if (!signals) return tl::unexpected(no_media(Error(signals.error())));
      record.content = content_of_picture(
          *signals, {signals->digests, mime_type_of(signals->info.type), opened.bytes.size()});
    }
    record.key = key_ ? *key_ : path_to_utf8(file.path);
    if (file.is_stdin || !check_key(record.key)) record.key = to_hex(*record.content.signals.sha256);
    return true;
  }

  MediaFiles files_;
  std::optional<std::string> key_;
  MediaDecoder& pictures_;
  VideoDecoder& videos_;
  SignalOptions pictures_how_;
  ListingOptions how_;
  Console& console_;
  ExchangeDocument document_;
  std::uint64_t failed_ = 0;
};

Result<Outcome> run_lists_add(const Arguments& arguments, Console& console) {
  std::vector<std::string> names(arguments.positionals().begin() + 1, arguments.positionals().end());
  const auto key = arguments.text("--id");
  if (key && names.size() > 1) {
    return usage_failure(console, "--id names one entry, and several files are given");
  }
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  ImportOptions options;
  SEAWALL_TRY(options.by, actor_from(arguments));
  {
    SEAWALL_TRY(const auto view, session->store().view());
    SEAWALL_TRY(const ListBank bank, bank_from(*view, arguments.positionals()[0]));
    options.bank = bank.id;
  }
  SEAWALL_TRY(options.source,
              session->service().ensure_source(std::string(kManual), std::string(kManual), options.by));
  options.batch_records = 100;
  SEAWALL_TRY(const auto pictures, SandboxedDecoder::create({.workers_max = 1}));
  LateVideoDecoder videos(1, video_limits_of(arguments));
  FilesReader reader(std::move(names), key, *pictures, videos, video_limits_of(arguments), console);
  auto report = import_list(session->store(), session->clock(), reader, options);
  console.progress("");
  if (!report) return tl::unexpected(std::move(report).error());
  for (const Refusal& refusal : report->listed) {
    if (refusal.reason == "not_read") continue;
    console.note(shown_text(refusal.key + ": " + refusal.reason + ": " + refusal.detail));
  }
  if (report->release) {
    SEAWALL_TRY(const auto view, session->store().view());
    SEAWALL_CHECK(print_sealed(console, session->service(), *view, *report->release));
  } else {
    console.note("nothing to propose: the bank has all of this already");
  }
  return Outcome{.matched = false, .input_errors = report->progress.counts.refused};
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "BANK", .help = "NAME, or TENANT/NAME"},
    PositionalSpec{.name = "FILE",
                   .help = "a picture or a video to list, a folder of them, or -",
                   .kind = ValueKind::kPath,
                   .repeatable = true}};
constexpr std::array kOptions{
    kStoreOption,
    kWhyOption,
    kAsOption,
    OptionSpec{.name = "--id",
               .value = "ID",
               .help = "the entry's key, 1 to 256 bytes (default: the path of the file)",
               .kind = ValueKind::kText},
    kVideoSecondsOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall lists add known film.mp4 --id case-17 --why 'court decision'",
            "Propose a video: once it is in force, parts of it are found in uploads."},
    Example{"seawall lists add known evidence/ --why 'case 17'", "A folder of pictures and videos."}};

}  // namespace

const CommandSpec& lists_add_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists add",
      .summary = "propose pictures and videos themselves",
      .description =
          "Hashes pictures and videos and proposes their signals as one release, from the source `manual`: "
          "of a picture the hash of each frame in every variant, of a video the fingerprint of all its "
          "frames, "
          "and the digests. No picture and no frame is kept. A key that is known changes its entry. A file "
          "that cannot be read is reported (exit code 3); the others are proposed.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_lists_add};
  return kCommand;
}

}  // namespace seawall::cli
