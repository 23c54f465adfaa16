#include "seawall/cli/match_media.h"

#include <algorithm>

#include "seawall/base/codes.h"
#include "seawall/cli/files_progress.h"
#include "seawall/cli/media_files.h"
#include "seawall/cli/ordered_work.h"
#include "seawall/cli/scan_bank.h"
#include "seawall/crypto/digest.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/match/signals.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

namespace seawall::cli {
namespace {

using Banks = std::vector<std::unique_ptr<OpenedScanBank>>;

struct MatchedFile {
  std::string path;
  int quality = -1;  // Of the first frame; -1 when there is none.
  std::vector<RecordedMatch> matches;
  bool no_decoder = false;  // The error concerns every file.
  std::uint64_t bytes = 0;
  std::optional<Error> error;  // Matches may stand beside it: digests match what does not decode.
};

Result<Banks> open_for_media(const Arguments& arguments, Console& console) {
  Banks banks;
  std::optional<int> radius;
  if (const auto asked = arguments.integer("--radius")) radius = static_cast<int>(*asked);
  for (const std::string& folder : arguments.all("--bank")) {
    SEAWALL_TRY(auto bank, OpenedScanBank::open(folder, radius));
    if (!bank->remark().empty()) console.note(folder + ": " + bank->remark());
    banks.push_back(std::move(bank));
  }
  return banks;
}

MatchedFile match_file(const Banks& banks, MediaDecoder& decoder, const MediaFile& file, int stdin_fd,
                       const SignalOptions& options) {
  MatchedFile answer;
  answer.path = file.path;
  std::vector<std::byte> bytes;
  if (auto read = read_media(file, stdin_fd, bytes); !read) {
    answer.error = std::move(read).error();
    return answer;
  }
  answer.bytes = bytes.size();
  MediaSignals signals;
  if (auto made = signals_of(decoder, bytes, options)) {
    signals = *std::move(made);
  } else {
    answer.no_decoder = is_no_decoder(made.error());
    const bool passed_over = file.from_folder() && is_no_picture(made.error(), bytes);
    if (!passed_over) answer.error = std::move(made).error();
    signals.digests = digests_of(bytes);
  }
  if (!signals.frames.empty()) answer.quality = signals.frames[0].pdq.quality;
  for (const auto& bank : banks) {
    if (auto searched = bank->search(signals, answer.matches); !searched) {
      answer.error = std::move(searched).error();
      return answer;
    }
  }
  std::ranges::stable_sort(answer.matches, {}, &RecordedMatch::distance_bits);
  return answer;
}

Verdict verdict_of(const MatchedFile& file) {
  Verdict verdict = Verdict::kAllow;
  for (const RecordedMatch& match : file.matches) verdict = std::max(verdict, match.verdict);
  return verdict;
}

void print_json(const MatchedFile& file, bool several_banks, Console& console) {
  Json line;
  line["path"] = path_to_utf8(file.path);
  if (file.quality >= 0) line["pdq_quality"] = file.quality;
  line["matches"] = Json::array();
  for (const RecordedMatch& match : file.matches) {
    Json one;
    one["entry"] = match.entry;
    one["distance"] = match.distance_bits;
    one["signal"] = name_of(match.type);
    one["variant"] = match.variant;
    one["frame"] = match.frame_index;
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
    const std::string how = match.type == SignalType::kPdq
                                ? std::to_string(match.distance_bits) + " bits apart, " + match.variant
                                : "same " + std::string(name_of(match.type));
    console.print("  " + shown_text(match.entry) + "  " + how + "  (bank " + shown_text(match.bank) +
                  ", quality " + std::to_string(file.quality) + ")\n");
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
  MediaFiles files(arguments.positionals());
  Outcome outcome;
  std::optional<Error> fatal;
  FilesProgress progress(console, arguments.positionals());
  OrderedWork<MediaFile, MatchedFile> work(workers, 4 * workers);
  work.run([&] { return console.stopping() ? std::nullopt : files.next(); },
           [&](std::size_t, const MediaFile& file) {
             return match_file(banks, *decoder, file, console.in_fd(), options);
           },
           [&](const MatchedFile& file) {
             if (console.stopping()) return false;
             if (console.out_is_terminal() || file.error) progress.clear();
             if (file.no_decoder) fatal = file.error;
             if (fatal) return false;
             outcome.matched = outcome.matched || !file.matches.empty();
             if (file.error) ++outcome.input_errors;
             if (console.json()) print_json(file, banks.size() > 1, console);
             if (!console.json()) print_text(file, console);
             progress.file_done(file.bytes, !file.matches.empty(), file.error.has_value());
             return true;
           });
  progress.clear();
  if (fatal) return tl::unexpected(*std::move(fatal));
  if (outcome.input_errors > 0) {
    console.note(std::to_string(outcome.input_errors) + " files could not be read whole");
  }
  return outcome;
}

}  // namespace seawall::cli
