#include "seawall/cli/hash_command.h"

#include <algorithm>
#include <array>

#include "seawall/api/media_json.h"
#include "seawall/base/codes.h"
#include "seawall/cli/hash_video.h"
#include "seawall/cli/media_files.h"
#include "seawall/cli/open_media.h"
#include "seawall/cli/ordered_work.h"
#include "seawall/crypto/digest.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/match/firm_decode.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/video_print/vpdq.h"

namespace seawall::cli {
namespace {

struct HashOptions {
  DecodeOptions decode;
  HashStyle style;
  bool cli_dialect = false;
  ListingOptions listing;
};

struct HashedFile {
  std::string path;
  HashedMedia media;
  std::optional<HashedVideo> video;
  std::optional<Error> error;
  bool no_decoder = false;  // The error concerns every file.
};

// The dialect of Meta's command line: anything over 512 a side is first shrunk to 512 x 512, nearest
// neighbour.
constexpr int kCliSide = 512;
std::vector<std::uint8_t> shrink_as_cli(const PixelView& pixels) {
  const int bytes = bytes_per_pixel(pixels.layout);
  std::vector<std::uint8_t> out;
  out.reserve(static_cast<std::size_t>(kCliSide) * kCliSide * static_cast<std::size_t>(bytes));
  for (int y = 0; y < kCliSide; ++y) {
    const auto from_y = static_cast<std::ptrdiff_t>(std::int64_t{y} * pixels.height_px / kCliSide);
    for (int x = 0; x < kCliSide; ++x) {
      const auto from_x = static_cast<std::ptrdiff_t>(std::int64_t{x} * pixels.width_px / kCliSide);
      const std::uint8_t* pixel = pixels.data + from_y * pixels.stride_bytes + from_x * bytes;
      out.insert(out.end(), pixel, pixel + bytes);
    }
  }
  return out;
}

PdqSpectrum spectrum_of(const Frame& frame, bool cli_dialect) {
  const PixelView& pixels = frame.pixels;
  if (cli_dialect && (pixels.width_px > kCliSide || pixels.height_px > kCliSide)) {
    const auto small = shrink_as_cli(pixels);
    const int stride = kCliSide * bytes_per_pixel(pixels.layout);
    return pdq_spectrum(pdq_grid(PixelView{small.data(), kCliSide, kCliSide, stride, pixels.layout}));
  }
  return pdq_spectrum(grid_of(frame));
}

HashedFrame hash_frame(const Frame& frame, const HashOptions& options) {
  HashedFrame hash{.index = frame.index, .time_ms = frame.time_ms, .pdq = {}};
  if (std::min(frame.original_width_px, frame.original_height_px) < 5) return hash;  // As pdq_hash has it.
  const PdqSpectrum spectrum = spectrum_of(frame, options.cli_dialect);
  hash.pdq = pdq_hash(spectrum);
  if (options.style.dihedral) hash.symmetries = pdq_dihedral(spectrum);
  return hash;
}

void hash_video(VideoDecoder& decoder, const OpenVideo& video, bool from_folder, const Console& console,
                const HashOptions& options, HashedFile& hashed) {
  auto digests = video_digests(video, console);
  if (!digests) {
    hashed.error = std::move(digests).error();
    return;
  }
  hashed.media.digests = *digests;
  auto signals = listed_video(decoder, video.source(), options.listing);
  if (signals) {
    hashed.video = HashedVideo{std::string(video.type), *digests, *std::move(signals)};
  } else if (!from_folder || !is_no_video(signals.error())) {
    hashed.no_decoder = is_no_decoder(signals.error());
    hashed.error = no_video(std::move(signals).error());
  }
}

HashedFile hash_file(MediaDecoder& decoder, VideoDecoder& videos, const MediaFile& file,
                     const Console& console, const HashOptions& options) {
  HashedFile hashed;
  hashed.path = file.path;
  auto opened = open_media(file, console.in_fd());
  if (!opened) {
    hashed.error = std::move(opened).error();
    return hashed;
  }
  if (opened->video) {
    hash_video(videos, *opened->video, file.from_folder(), console, options, hashed);
    return hashed;
  }
  const std::vector<std::byte>& bytes = opened->bytes;
  HashedMedia& media = hashed.media;
  media.digests = digests_of(bytes);
  auto info = decode_firm(decoder, bytes, options.decode, [&](const Frame& frame) {
    if (options.style.every_frame || media.frames.empty()) media.frames.push_back(hash_frame(frame, options));
  });
  if (info) {
    media.info = *info;
    if (media.frames.empty()) hashed.error = Error{Code::kInvalidInput, "no frame could be decoded"};
  } else if (file.from_folder() && is_no_picture(info.error(), bytes)) {
    media.frames.clear();
    media.info.type = sniff_media_type(std::span(bytes).first(std::min<std::size_t>(64, bytes.size())));
  } else {
    hashed.no_decoder = is_no_decoder(info.error());
    hashed.error = no_media(std::move(info).error());
  }
  return hashed;
}

Json file_json(const HashedFile& file, const HashOptions& options) {
  Json json;
  json["path"] = path_to_utf8(file.path);
  if (file.error) {
    json["error"] = {{"code", meaning_of(file.error->code).name}, {"message", file.error->message}};
    return json;
  }
  json.update(file.video ? video_hashes_json(*file.video) : hashes_json(file.media, options.style));
  return json;
}

void print_text(const HashedFile& file, const HashOptions& options, Console& console) {
  const std::string path = shown_text(path_to_utf8(file.path));
  const HashedMedia& media = file.media;
  if (file.video) {
    return print_video_hashes(*file.video, path, console);
  }
  if (media.frames.empty()) {
    console.print(std::string(console.dim()) + "not a picture" + std::string(54, ' ') + path +
                  std::string(console.plain()) + "\n");
    return;
  }
  const auto row = [&](const PdqHash& pdq, const std::string& what) {
    const std::string quality = std::to_string(pdq.quality);
    console.print(to_text(pdq.bits) + std::string(4 - std::min<std::size_t>(3, quality.size()), ' ') +
                  quality + "  " + what + "\n");
  };
  const std::string shape = std::to_string(media.info.width_px) + "x" + std::to_string(media.info.height_px);
  row(media.frames[0].pdq, std::string(mime_type_of(media.info.type)) + " " + shape + "  " + path +
                               (media.info.truncated ? "  (truncated: what could be decoded was used)" : ""));
  for (std::size_t i = 1; options.style.every_frame && i < media.frames.size(); ++i) {
    row(media.frames[i].pdq, "frame " + std::to_string(media.frames[i].index) + "  " + path);
  }
  for (std::size_t i = 1; options.style.dihedral && i < kDihedralCount; ++i) {
    row(media.frames[0].symmetries[i], std::string(name_of(static_cast<Dihedral>(i))) + "  " + path);
  }
}

// The signal of one video and nothing else: it is a file of its own for the program that reads it.
Result<Outcome> write_signal(const Arguments& arguments, Console& console, const ListingOptions& listing) {
  const bool is_tmk = arguments.flag("--tmk");
  const std::string refusal = std::string(is_tmk ? "--tmk" : "--vpdq") +
                              " writes the signal of one video: name one, and leave out --json";
  if (is_tmk && arguments.flag("--vpdq")) return usage_failure(console, "--tmk or --vpdq, not both");
  if (arguments.positionals().size() != 1 || arguments.flag("--json")) return usage_failure(console, refusal);
  const auto file = MediaFiles(arguments.positionals()).next();
  if (!file) return usage_failure(console, refusal + "; the folder is empty");
  if (file->from_folder()) return usage_failure(console, refusal + "; this is a folder");
  auto opened = open_media(*file, console.in_fd());
  if (!opened) return tl::unexpected(std::move(opened).error().within(file->path));
  if (!opened->video) return usage_failure(console, refusal + "; this is none, by its first bytes");
  LateVideoDecoder videos(1, listing.limits);
  if (is_tmk) {
    auto tmk = tmk_of_video(videos, opened->video->source(),
                            {.stream = 0, .limits = listing.limits, .stopping = listing.stopping});
    if (!tmk) return tl::unexpected(no_video(std::move(tmk).error()).within(file->path));
    const std::vector<std::byte> bytes = write_tmk(*tmk);
    console.print({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return Outcome{};
  }
  auto signals = listed_video(videos, opened->video->source(), listing);
  if (!signals) return tl::unexpected(no_video(std::move(signals).error()).within(file->path));
  console.print(write_vpdq_text(signals->vpdq));
  return Outcome{};
}

Result<Outcome> run_hash(const Arguments& arguments, Console& console) {
  HashOptions options;
  options.cli_dialect = *arguments.text("--dialect") == "cli";
  options.decode.exact = arguments.flag("--exact") || options.cli_dialect;
  options.style.dihedral = arguments.flag("--dihedral");
  options.style.every_frame = arguments.flag("--frames");
  options.listing.limits = video_limits_of(arguments);
  options.listing.stopping = [&console] { return console.stopping(); };
  if (arguments.flag("--vpdq") || arguments.flag("--tmk"))
    return write_signal(arguments, console, options.listing);
  const std::size_t workers = workers_of(arguments.integer("--jobs"));
  SEAWALL_TRY(auto decoder, SandboxedDecoder::create({.workers_max = static_cast<int>(workers)}));
  LateVideoDecoder videos(workers, options.listing.limits);
  MediaFiles files(arguments.positionals());
  Outcome outcome;
  std::optional<Error> fatal;
  OrderedWork<MediaFile, HashedFile> work(workers, 4 * workers);
  work.run(
      [&] { return console.stopping() ? std::nullopt : files.next(); },
      [&](std::size_t, const MediaFile& file) { return hash_file(*decoder, videos, file, console, options); },
      [&](const HashedFile& file) {
        if (console.stopping()) return false;
        if (file.no_decoder) fatal = file.error;
        if (fatal) return false;
        if (file.error) {
          ++outcome.input_errors;
          if (!console.json()) console.error(Error(*file.error).within(file.path));
        }
        if (console.json()) {
          console.print(to_line(file_json(file, options)) + "\n");
        } else if (!file.error) {
          print_text(file, options, console);
        }
        return true;
      });
  if (fatal) return tl::unexpected(*std::move(fatal));
  return outcome;
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "FILE",
                   .help = "a picture or a video, a folder to walk, or - for standard input",
                   .kind = ValueKind::kPath,
                   .repeatable = true}};
constexpr std::array kOptions{
    OptionSpec{.name = "--exact",
               .help = "decode large JPEGs at full size and in colour (slower, 0 bits off)"},
    OptionSpec{.name = "--dihedral",
               .help = "also the hashes of the picture turned and mirrored, eight in all"},
    OptionSpec{.name = "--frames", .help = "every frame of an animation, not only the first"},
    OptionSpec{.name = "--vpdq", .help = "of one video: only its vPDQ signal, as Meta's program writes it"},
    OptionSpec{.name = "--tmk",
               .help = "of one video: only its TMK+PDQF signal, as a .tmk file on standard output"},
    kVideoSecondsOption,
    OptionSpec{.name = "--dialect",
               .value = "NAME",
               .help = "full: as HMA and pdqhash-python; cli: as Meta's command line, 0 to 10 bits apart",
               .kind = ValueKind::kChoice,
               .choices = "full cli",
               .default_value = "full"},
    kFileJobsOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall hash photo.jpg", "PDQ hash, quality, type and size of one picture."},
    Example{"seawall hash --json photos/ > hashes.ndjson", "All signals of a folder, one line a file."},
    Example{"seawall hash --vpdq film.mp4 > film.txt", "A video's signal for programs that read vPDQ."},
    Example{"seawall hash --tmk film.mp4 > film.tmk", "Likewise for those that read TMK+PDQF."},
    Example{"curl -s https://example.org/a.png | seawall hash -", "Of what a pipe brings."}};

}  // namespace

const CommandSpec& hash_command() {
  static constexpr CommandSpec kCommand{
      .name = "hash",
      .summary = "fingerprint pictures and videos: PDQ, vPDQ, MD5, SHA-1, SHA-256",
      .description =
          "Prints the signals of every file, in the order of the arguments; folders are walked depth first "
          "in byte "
          "order. Every file is decoded in a sandboxed process.\n\n"
          "Of a video, every frame is decoded: its vPDQ signal has one hash a second, as Meta's program "
          "makes "
          "it; with --json, the size of the dense print is told that a bank would store.\n\n"
          "A file met in a folder that is neither has digests alone, its pdq is null. A file that was "
          "named and "
          "is neither, or any that cannot be read, is an error: the others are hashed all the same, and "
          "the exit "
          "code is 3. Paths that are not UTF-8 are written with \\xHH escapes in JSON.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_hash};
  return kCommand;
}

}  // namespace seawall::cli
