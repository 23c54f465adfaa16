#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "evaluation.h"
#include "generate.h"
#include "photo_source.h"
#include "program.h"
#include "report.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

namespace {

using namespace seawall::eval;  // NOLINT(google-build-using-namespace): the program is that namespace's

constexpr const char* kHelp =
    R"(usage: seawall_eval [--photos FOLDER] [--photos-every N] [--generated N] [--negatives N] [--threads N]
                    [--side PIXELS] [--only TEXT] [--json] [--markdown FILE] [--svg FILE]
                    [--check BASELINE | --write-baseline FILE]
Edits pictures, looks the copies up, prints recall in percent at distance 31/48/64 for plain PDQ and for the
default and thorough profiles, then false matches among look-alikes. --check exits 1 on a shortfall.
)";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "eval: %s\n", why.c_str());
  std::exit(3);
}

Evaluation evaluate(const Options& options) {
  std::vector<Picture> pictures;
  const int side = number(options, "--side", 1024);
  if (const std::string folder = text(options, "--photos"); !folder.empty()) {
    auto decoder = seawall::SandboxedDecoder::create();
    if (!decoder) give_up(decoder.error().message);
    pictures =
        load_photos(**decoder, folder,
                    {static_cast<std::size_t>(std::max(1, number(options, "--photos-every", 1))), side});
  }
  for (int i = 0; i < number(options, "--generated", 0); ++i) {
    pictures.push_back(fit_within(generated_scene(static_cast<std::uint64_t>(i)), side));
  }
  Evaluation evaluation;
  evaluation.photos = static_cast<int>(pictures.size());
  pictures = distinct(std::move(pictures), evaluation.too_plain, evaluation.copies);
  const EvaluationOptions how{static_cast<unsigned>(number(options, "--threads", 2)),
                              text(options, "--only")};
  if (!pictures.empty()) evaluation.edits = measure_recall(pictures, how);
  const int negatives = number(options, "--negatives", 60);
  if (negatives > 1) {
    evaluation.unrelated = measure_hard_negatives(negatives, how);
    evaluation.unrelated.push_back(measure_false_matches("the pictures above", pictures, how));
  }
  return evaluation;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  const Evaluation evaluation = evaluate(options);
  std::fprintf(stderr, "%d pictures, %d too plain to list and %d copies left out\n", evaluation.photos,
               evaluation.too_plain, evaluation.copies);
  return report(options, evaluation);
}
