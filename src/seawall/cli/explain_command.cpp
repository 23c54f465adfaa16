#include "seawall/cli/explain_command.h"

#include <array>

#include "seawall/api/media_json.h"
#include "seawall/cli/benign_banks.h"
#include "seawall/cli/explain_videos.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/media_files.h"
#include "seawall/cli/open_media.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/match/explain.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

namespace seawall::cli {
namespace {

// One side of the comparison: a file, or a bare hash.
struct Side {
  std::string name;
  bool is_hash = false;
  std::optional<OpenVideo> video;
  MediaSignals signals;
};

Result<Side> load_side(const std::string& word, MediaDecoder& decoder, const SignalOptions& options,
                       const Console& console) {
  Side side;
  side.name = word;
  if (const auto bits = fingerprint_from_text(word)) {
    side.is_hash = true;
    side.signals = signals_of_bare_hash(*bits);
    return side;
  }
  const MediaFile file{.path = word, .is_stdin = word == "-"};
  SEAWALL_TRY(OpenedMedia media, open_media(file, console.in_fd()));
  if (media.video) {
    side.video = std::move(media.video);
    return side;
  }
  auto signals = signals_of(decoder, media.bytes, options);
  if (!signals) return tl::unexpected(no_media(std::move(signals).error()).within(word));
  side.signals = *std::move(signals);
  return side;
}

ComparedSide shown(const Side& side) {
  ComparedSide out = compared_side(side.signals, side.is_hash);
  out.name = path_to_utf8(side.name);
  return out;
}

void print_text(const Side& a, const Side& b, const Explanation& why, Console& console) {
  const std::string_view colour = why.is_match ? console.red() : console.green();
  console.print(std::string(colour) + shown_text(why.words) + std::string(console.plain()) + "\n");
  const auto quality = [](const Side& side, int value) {
    return side.is_hash ? std::string("unknown (a bare hash)") : std::to_string(value) + " of 100";
  };
  console.print("  radius          " + std::to_string(why.radius_bits) + " bits, inclusive\n");
  console.print("  plain distance  " + std::to_string(why.plain_distance_bits) + " bits\n");
  if (why.has_best) {
    console.print("  best distance   " + std::to_string(why.best_distance_bits) + " bits: A " +
                  why.query_variant.name() + ", B " + why.stored_variant.name() + "\n");
  }
  console.print("  quality of A    " + quality(a, why.quality_query) + "\n");
  console.print("  quality of B    " + quality(b, why.quality_stored) + "\n");
}

Result<Outcome> run_explain(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(auto decoder, SandboxedDecoder::create({.workers_max = 1}));
  SignalOptions options;
  options.decode.exact = arguments.flag("--exact");
  SEAWALL_TRY(options.profile, variant_profile_from_text(*arguments.text("--variants")));
  options.side = VariantSide::kQuery;
  SEAWALL_TRY(const Side a, load_side(arguments.positionals()[0], *decoder, options, console));
  const auto bank = arguments.text("--bank");
  if (bank) {
    if (!a.video) return usage_failure(console, "--bank is for videos: A is none");
    return explain_videos({a.name, &*a.video, arguments.positionals()[1], nullptr, bank}, arguments, console);
  }
  options.side = VariantSide::kStored;
  SEAWALL_TRY(const Side b, load_side(arguments.positionals()[1], *decoder, options, console));
  if (a.video && b.video) {
    return explain_videos({a.name, &*a.video, b.name, &*b.video, {}}, arguments, console);
  }
  if (a.video || b.video) {
    return fail(Code::kInvalidInput, "one is a video and the other is not; compare two of a kind");
  }
  if (arguments.text("--html")) return usage_failure(console, "--html draws videos, and these are pictures");
  if (!arguments.all("--benign").empty())
    return usage_failure(console, "--benign is for videos, and these are pictures");
  const Explanation why = explain(a.signals, b.signals, static_cast<int>(*arguments.integer("--radius")));
  if (console.json()) console.print(to_line(explanation_json(why, shown(a), shown(b))) + "\n");
  if (!console.json()) print_text(a, b, why, console);
  return Outcome{.matched = why.is_match, .input_errors = 0};
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "A",
                   .help = "what was met: a picture, a video, - or a PDQ of 64 hex digits",
                   .kind = ValueKind::kFile},
    PositionalSpec{.name = "B",
                   .help = "what is listed: a picture, a video, a PDQ, or with --bank an entry",
                   .kind = ValueKind::kFile}};
constexpr std::array kOptions{
    OptionSpec{.name = "--radius",
               .value = "N",
               .help = "bits that pictures' hashes may differ in, inclusive; videos have fixed rules",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 256,
               .default_value = "31"},
    OptionSpec{.name = "--variants",
               .value = "PROFILE",
               .help = "how many alterations are looked for",
               .kind = ValueKind::kChoice,
               .choices = "none default thorough",
               .default_value = "default"},
    OptionSpec{.name = "--exact", .help = "decode large JPEGs at full size and in colour"},
    OptionSpec{.name = "--bank",
               .value = "DIR",
               .help = "for a video: B is the id of a video that this bank lists",
               .kind = ValueKind::kDirectory},
    kBenignOption,
    OptionSpec{.name = "--html",
               .value = "FILE",
               .help = "for videos: draw how one runs along the other, as a page",
               .kind = ValueKind::kFile},
    kVideoSecondsOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall explain upload.jpg listed.jpg", "Is the upload a copy of what is listed, and by what?"},
    Example{"seawall explain film.mp4 clip-17 --bank known.bank --html why.html",
            "Where a film shows a listed video, drawn."},
    Example{"seawall explain upload.jpg "
            "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
            "The same against a hash from a list."}};

}  // namespace

const CommandSpec& explain_command() {
  static constexpr CommandSpec kCommand{
      .name = "explain",
      .summary = "say why two pictures or videos match or do not",
      .description =
          "Compares two pictures, or hashes, as match would, and says the distance, the variant that came "
          "nearest, the quality of both, and why it is or is not a match. Of two videos it says which part "
          "of A "
          "shows which part of B, frame by frame, and what made it a match. The exit code is 1 for a match.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_explain};
  return kCommand;
}

}  // namespace seawall::cli
