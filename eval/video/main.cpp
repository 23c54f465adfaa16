#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include "../evaluation.h"
#include "../generate.h"
#include "../parallel.h"
#include "../photo_source.h"
#include "../program.h"
#include "clip_report.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

namespace {

using namespace seawall::eval;  // NOLINT(google-build-using-namespace): the program is that namespace's

constexpr const char* kHelp =
    R"(usage: seawall_video_eval --clips FOLDER [--photos FOLDER] [--listed N] [--seconds-max N] [--long-seconds N]
                          [--trials N: clips that each edit is tried on] [--time-max SECONDS: of trials]
                          [--threads N] [--only TEXT] [--edits NAME|NAME...] [--json] [--markdown FILE]
                          [--svg FILE] [--check BASELINE | --write-baseline FILE]
Makes clips (kept under --clips), lists some, edits them, looks the copies and unlisted clips up: clips found per
edit, false clips, errors of the times, by Seawall's rules and by vPDQ's. --check exits 1 on a shortfall.
)";

unsigned threads_of(const Options& options) {
  return static_cast<unsigned>(std::max(1, number(options, "--threads", 2)));
}

/// Distinct pictures: photographs, and generated ones where those do not suffice.
std::vector<Picture> pictures_of(const Options& options, std::size_t wanted) {
  std::vector<Picture> pictures;
  int too_plain = 0;
  int copies = 0;
  if (const std::string folder = text(options, "--photos"); !folder.empty()) {
    auto decoder = seawall::SandboxedDecoder::create();
    if (!decoder) {
      std::fprintf(stderr, "video evaluation: %s\n", decoder.error().message.c_str());
      std::exit(3);
    }
    pictures = distinct(load_photos(**decoder, folder, {1, 1024}), too_plain, copies);
  }
  std::fprintf(stderr, "%zu photographs, %zu pictures wanted\n", pictures.size(), wanted);
  const std::size_t photos = std::min(pictures.size(), wanted);
  pictures.resize(wanted);
  in_parallel(wanted - photos, threads_of(options),
              [&](std::size_t i) { pictures[photos + i] = fit_within(generated_scene(i), 640); });
  return pictures;
}

std::vector<std::string> split(const std::string& names) {
  std::vector<std::string> parts;
  std::istringstream in(names);
  for (std::string part; std::getline(in, part, '|');) parts.push_back(part);
  return parts;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options) || !options.contains("--clips")) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  ClipSetOptions what;
  what.listed = std::max(1, number(options, "--listed", what.listed));
  what.seconds_max = std::max(what.seconds_min, number(options, "--seconds-max", what.seconds_max));
  what.long_seconds = number(options, "--long-seconds", what.long_seconds);
  const std::vector<Picture> pictures = pictures_of(options, pictures_wanted(what));
  const ClipSet set = make_clip_set(pictures, what);
  const ClipEvaluation evaluation =
      evaluate_clips(set, {.threads = threads_of(options),
                           .only = text(options, "--only"),
                           .edits = split(text(options, "--edits")),
                           .trials = static_cast<std::size_t>(std::max(0, number(options, "--trials", 0))),
                           .seconds_max = number(options, "--time-max", 0),
                           .folder = text(options, "--clips")});
  write(text(options, "--ndjson"), to_ndjson(evaluation));
  return report(options, evaluation);
}
