#include "seawall/cli/match_media.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "seawall/base/codes.h"
#include "seawall/cli/benign_banks.h"
#include "seawall/cli/files_progress.h"
#include "seawall/cli/media_files.h"
#include "seawall/cli/open_media.h"
#include "seawall/cli/ordered_work.h"
#include "seawall/cli/scan_bank.h"
#include "seawall/crypto/digest.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/match/signals.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/scan/video_search.h"

namespace seawall::cli {
namespace {

using Banks = std::vector<std::unique_ptr<OpenedScanBank>>;

// How a video was looked at.
struct LookedAt {
  std::string codec;
  int width_px = 0;
  int height_px = 0;
  std::int64_t duration_ms = 0;
  std::int64_t frames = 0;
  bool in_step = false;
  bool truncated = false;
};

struct MatchedFile {
  std::string path;
  int quality = -1;  // Of the first frame; -1 when there is none.
  std::vector<RecordedMatch> matches;
  std::optional<LookedAt> video;
  bool no_decoder = false;  // The error concerns every file of the kind.
  bool is_video = false;
  std::uint64_t bytes = 0;
  std::optional<Error> error;  // Matches may stand beside it: digests match what does not decode.
};

Result<Banks> open_for_media(const Arguments& arguments, Console& console) {
  Banks banks;
  std::optional<int> radius;
  if (const auto asked = arguments.integer("--radius")) radius = static_cast<int>(*asked);
  SEAWALL_TRY(const BenignTemplates benign, benign_templates(arguments, console));
  for (const std::string& folder : arguments.all("--bank")) {
    SEAWALL_TRY(auto bank, OpenedScanBank::open(folder, radius, benign.hashes));
    if (!bank->remark().empty()) console.note(folder + ": " + bank->remark());
    banks.push_back(std::move(bank));
  }
  return banks;
}

// What a command compares with and by.
struct Comparing {
  const Banks& banks;
  MediaDecoder& pictures;
  VideoDecoder& videos;
  SignalOptions signals;
  VideoQueryOptions query;
  const Console& console;

  [[nodiscard]] bool lists_videos() const {
    return std::ranges::any_of(banks, [](const auto& bank) { return bank->lists_videos(); });
  }
};

Result<void> search_banks(const Banks& banks, const MediaSignals& signals, MatchedFile& answer) {
  for (const auto& bank : banks) SEAWALL_CHECK(bank->search(signals, answer.matches));
  return {};
}

// Digests first: a video that cannot be decoded is compared by them all the same. Banks that list no video
// have nothing to decode it for.
Result<void> match_video(const Comparing& with, const OpenVideo& video, bool from_folder,
                         MatchedFile& answer) {
  MediaSignals signals;
  SEAWALL_TRY(signals.digests, video_digests(video, with.console));
  SEAWALL_CHECK(search_banks(with.banks, signals, answer));
  if (!with.lists_videos()) return {};
  std::vector<const ScanBank*> banks;
  for (const auto& bank : with.banks) banks.push_back(bank.get());
  auto search = search_video(with.videos, video.source(), banks, with.query);
  if (!search) {
    answer.no_decoder = is_no_decoder(search.error());
    if (from_folder && is_no_video(search.error())) return {};
    return tl::unexpected(no_video(std::move(search).error()));
  }
  const VideoInfo& info = search->video.info;
  answer.video = LookedAt{.codec = info.codec,
                          .width_px = info.shown_width_px(),
                          .height_px = info.shown_height_px(),
                          .duration_ms = info.length_ms(),
                          .frames = info.frames_visited,
                          .in_step = search->video.in_step,
                          .truncated = info.truncated};
  std::ranges::move(search->findings.matches, std::back_inserter(answer.matches));
  return search->video.whole();
}

Result<void> match_other(const Comparing& with, const std::vector<std::byte>& bytes, bool from_folder,
                         MatchedFile& answer) {
  answer.bytes = bytes.size();
  MediaSignals signals;
  std::optional<Error> error;
  if (auto made = signals_of(with.pictures, bytes, with.signals)) {
    signals = *std::move(made);
  } else {
    answer.no_decoder = is_no_decoder(made.error());
    const bool passed_over = from_folder && is_no_picture(made.error(), bytes);
    if (!passed_over) error = no_media(std::move(made).error());
    signals.digests = digests_of(bytes);
  }
  if (!signals.frames.empty()) answer.quality = signals.frames[0].pdq.quality;
  SEAWALL_CHECK(search_banks(with.banks, signals, answer));
  return error ? tl::unexpected(*std::move(error)) : Result<void>();
}

MatchedFile match_file(const Comparing& with, const MediaFile& file) {
  MatchedFile answer;
  answer.path = file.path;
  auto media = open_media(file, with.console.in_fd());
  if (!media) {
    answer.error = std::move(media).error();
    return answer;
  }
  answer.is_video = media->video.has_value();
  answer.bytes = media->video ? media->video->size_bytes : 0;
  auto done = media->video ? match_video(with, *media->video, file.from_folder(), answer)
                           : match_other(with, media->bytes, file.from_folder(), answer);
  if (!done) answer.error = std::move(done).error();
  // Parts of videos stay as they were found, the best first, after equal bytes.
  std::ranges::stable_sort(answer.matches, {}, [](const RecordedMatch& match) {
    return std::pair(match.clip.has_value(), match.clip ? 0 : match.distance_bits);
  });
  return answer;
}

Verdict verdict_of(const MatchedFile& file) {
  Verdict verdict = Verdict::kAllow;
  for (const RecordedMatch& match : file.matches) verdict = std::max(verdict, match.verdict);
  return verdict;
}

Json clip_json(const ClipSpan& clip) {
  Json json;
  json["tier"] = clip.tier;
  json["begin_ms"] = clip.begin_ms;
  json["end_ms"] = clip.end_ms;
  json["listed_begin_ms"] = clip.listed_begin_ms;
  json["listed_end_ms"] = clip.listed_end_ms;
  json["speed"] = std::round(clip.speed * 1000) / 1000;
  json["frames"] = clip.frames;
  return json;
}

Json video_json(const LookedAt& video) {
  Json json;
  json["codec"] = video.codec;
  json["width"] = video.width_px;
  json["height"] = video.height_px;
  json["duration_ms"] = video.duration_ms;
  json["frames_compared"] = video.frames;
  json["sampling"] = video.in_step ? "interval" : "keyframes";
  json["truncated"] = video.truncated;
  return json;
}

void print_json(const MatchedFile& file, bool several_banks, Console& console) {
  Json line;
  line["path"] = path_to_utf8(file.path);
  if (file.quality >= 0) line["pdq_quality"] = file.quality;
  if (file.video) line["video"] = video_json(*file.video);
  line["matches"] = Json::array();
  for (const RecordedMatch& match : file.matches) {
    Json one;
    one["entry"] = match.entry;
    one["distance"] = match.distance_bits;
    one["signal"] = signal_name(match);
    one["variant"] = match.variant;
    one["frame"] = match.frame_index;
    if (match.clip) one["clip"] = clip_json(*match.clip);
    if (several_banks) one["bank"] = match.bank;
    line["matches"].push_back(std::move(one));
  }
  line["verdict"] = name_of(verdict_of(file));
  if (file.error)
    line["error"] = {{"code", meaning_of(file.error->code).name}, {"message", file.error->message}};
  console.print(to_line(line) + "\n");
}

void print_text(const MatchedFile& file, Console& console) {
  if (file.error) console.error(Error(*file.error).within(file.path));
  const std::string path = shown_text(path_to_utf8(file.path));
  if (file.matches.empty()) {
    if (!file.error) console.print(path + ": no match\n");
    return;
  }
  console.print(std::string(console.red()) + path + ": " + std::string(name_of(verdict_of(file))) +
                std::string(console.plain()) + "\n");
  for (const RecordedMatch& match : file.matches) {
    std::string how = "same " + std::string(name_of(match.type));
    if (match.clip) {
      how = words_of(*match.clip) + "; nearest " + std::to_string(match.distance_bits) + " bits, " +
            match.variant;
    } else if (match.type == SignalType::kPdq) {
      how = std::to_string(match.distance_bits) + " bits apart, " + match.variant;
    }
    console.print("  " + shown_text(match.entry) + "  " + shown_text(how) + "  (bank " +
                  shown_text(match.bank) +
                  (file.quality >= 0 ? ", quality " + std::to_string(file.quality) : "") + ")\n");
  }
}

}  // namespace

Result<Outcome> match_media_files(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Banks banks, open_for_media(arguments, console));
  SignalOptions options;
  options.decode.exact = arguments.flag("--exact");
  SEAWALL_TRY(options.profile, variant_profile_from_text(*arguments.text("--variants")));
  const std::size_t workers = workers_of(arguments.integer("--jobs"));
  SEAWALL_TRY(auto decoder, SandboxedDecoder::create({.workers_max = static_cast<int>(workers)}));
  LateVideoDecoder videos(workers, video_limits_of(arguments));
  Comparing with{banks, *decoder, videos, options, {}, console};
  with.query.profile = options.profile;
  with.query.limits = video_limits_of(arguments);
  with.query.stopping = [&console] { return console.stopping(); };
  if (arguments.flag("--keyframes")) with.query.depth = VideoDepth::kKeyframes;
  MediaFiles files(arguments.positionals());
  Outcome outcome;
  std::optional<Error> fatal;
  FilesProgress progress(console, arguments.positionals());
  OrderedWork<MediaFile, MatchedFile> work(workers, 4 * workers);
  work.run([&] { return console.stopping() ? std::nullopt : files.next(); },
           [&](std::size_t, const MediaFile& file) { return match_file(with, file); },
           [&](const MatchedFile& file) {
             if (console.stopping()) return false;
             if (console.out_is_terminal() || file.error) progress.clear();
             // Without a worker for videos, digests are compared all the same, and pictures whole.
             if (file.no_decoder) fatal = file.error;
             const bool hopeless = file.no_decoder && !file.is_video;
             if (hopeless && file.matches.empty()) return false;
             outcome.matched = outcome.matched || !file.matches.empty();
             if (file.error) ++outcome.input_errors;
             if (console.json()) print_json(file, banks.size() > 1, console);
             if (!console.json()) print_text(file, console);
             progress.file_done(file.bytes, !file.matches.empty(), file.error.has_value());
             return !hopeless;
           });
  progress.clear();
  if (fatal && !outcome.matched) return tl::unexpected(*std::move(fatal));
  if (outcome.input_errors > 0) {
    console.note(std::to_string(outcome.input_errors) + " files could not be read whole");
  }
  return outcome;
}

}  // namespace seawall::cli
