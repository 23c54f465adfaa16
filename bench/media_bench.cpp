// From a file's bytes to its PDQ hash, through the sandbox: against libjpeg-turbo's own decode in process and
// against Meta's reference; what scaled decoding costs in bits; what the hand-off to a worker costs.
// Times are CPU microseconds of this thread and of the worker together, wiping included, unless a name says
// wall. Ours and the peer take turns file by file; each figure is the median over rounds of the sum over
// files.
#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>

#include "../tests/media/encoders.h"
#include "figure.h"
#include "media_files.h"
#include "peer.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/match/firm_decode.h"
#include "seawall/media_images/images_decoder.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

namespace seawall::bench {
namespace {

using test::Bytes;
using test::Picture;

struct Settings {
  bool json = false;
  std::string photos;
};

/// The hash as the program takes it. `scale`: of the decode that it came from.
PdqHash hash_file(MediaDecoder& decoder, const Bytes& file, bool exact, int* scale = nullptr) {
  PdqHash hash{};
  const auto info = decode_firm(decoder, file, {.limits = {}, .exact = exact}, [&](const Frame& frame) {
    hash = pdq_hash(pdq_spectrum(grid_of(frame)));
    if (scale != nullptr) *scale = frame.scale_denominator;
  });
  if (!info) {
    std::fprintf(stderr, "media_bench: %s\n", info.error().message.c_str());
    std::exit(3);
  }
  return hash;
}

/// Process ids of this process' workers.
std::vector<pid_t> workers() {
  std::vector<pid_t> found;
  for (const auto& task : {std::string("/proc/self/task")}) {
    DIR* directory = ::opendir(task.c_str());
    for (const dirent* entry = ::readdir(directory); entry != nullptr; entry = ::readdir(directory)) {
      std::ifstream list(task + "/" + entry->d_name + "/children");
      for (pid_t pid = 0; list >> pid;) found.push_back(pid);
    }
    ::closedir(directory);
  }
  return found;
}

/// A sandbox of one worker whose CPU time can be read.
class Sandbox {
 public:
  explicit Sandbox(bool wipe) {
    SandboxOptions options;
    options.workers_max = 1;
    options.wipe = wipe;
    options.jobs_per_worker_max = 1 << 30;
    const std::vector<pid_t> before = workers();
    auto decoder = SandboxedDecoder::create(std::move(options));
    if (!decoder) {
      std::fprintf(stderr, "media_bench: %s\n", decoder.error().message.c_str());
      std::exit(3);
    }
    decoder_ = *std::move(decoder);
    hash_file(*decoder_, test::encode_png(test::make_picture(8, 8, 3)), true);
    for (const pid_t pid : workers()) {
      if (std::ranges::find(before, pid) == before.end()) ::clock_getcpuclockid(pid, &clock_);
    }
  }
  MediaDecoder& operator*() const { return *decoder_; }
  [[nodiscard]] double cpu() const {
    timespec t{};
    ::clock_gettime(clock_, &t);
    return cpu_seconds() + static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  }

 private:
  std::unique_ptr<SandboxedDecoder> decoder_;
  clockid_t clock_{};
};

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Contender {
  std::function<void(const Bytes&)> work;
  std::function<double()> clock;
};

/// Microseconds a file of each contender, taking turns file by file; the first round only warms up.
std::vector<double> race(const std::vector<Bytes>& files, const std::vector<Contender>& contenders,
                         int rounds) {
  std::vector<std::vector<double>> sums(contenders.size());
  for (int round = 0; round <= rounds; ++round) {
    std::vector<double> sum(contenders.size());
    for (const Bytes& file : files) {
      for (std::size_t c = 0; c < contenders.size(); ++c) {
        const double start = contenders[c].clock();
        contenders[c].work(file);
        sum[c] += contenders[c].clock() - start;
      }
    }
    for (std::size_t c = 0; round > 0 && c < contenders.size(); ++c) sums[c].push_back(sum[c]);
  }
  std::vector<double> medians;
  for (auto& series : sums)
    medians.push_back(median(std::move(series)) * 1e6 / static_cast<double>(files.size()));
  return medians;
}

void report(const Settings& s, const std::string& name, double ours, double peer, const std::string& goal,
            double ratio_least) {
  print({.name = name,
         .ours = ours,
         .peer = peer,
         .ratio = peer / ours,
         .unit = "us CPU",
         .goal = goal,
         .met = goal.empty() || peer / ours >= ratio_least},
        s.json);
}

struct Class {
  const char* label;
  int width;
  int height;
  std::size_t files;
  int rounds;
};

/// Exact mode against libjpeg-turbo's RGB decode, and against Meta's path from file to hash.
void exact_against_plain(const Settings& s, const std::vector<Picture>& pictures, const Class& c) {
  const auto files = jpegs(pictures, c.width, c.height, false, c.files);
  const Sandbox wiping(true);
  const Sandbox keeping(false);
  ImagesDecoder in_process;
  std::vector<Contender> contenders = {
      {[&](const Bytes& f) { hash_file(*wiping, f, true); }, [&] { return wiping.cpu(); }},
      {[&](const Bytes& f) { hash_file(*keeping, f, true); }, [&] { return keeping.cpu(); }},
      {[&](const Bytes& f) { hash_file(in_process, f, true); }, cpu_seconds},
      {[&](const Bytes& f) { plain_rgb_decode(f); }, cpu_seconds},
      {[&](const Bytes& f) { hash_file(*keeping, f, true); }, wall_seconds},
  };
  const Peer& peer = Peer::instance();
  if (peer.pdq_jpeg != nullptr) {
    contenders.push_back({[&](const Bytes& f) {
                            std::array<std::uint8_t, 32> hash{};
                            int quality = 0;
                            peer.pdq_jpeg(reinterpret_cast<const std::uint8_t*>(f.data()), f.size(),
                                          hash.data(), &quality);
                          },
                          cpu_seconds});
  }
  const auto t = race(files, contenders, c.rounds);
  const std::string size = std::string(" ") + c.label;
  const std::string goal = "at most 1.15 times the plain decode";
  report(s, "media/exact file to hash, sandboxed" + size, t[0], t[3], goal, 1 / 1.15);
  report(s, "media/exact file to hash, sandboxed, not wiping" + size, t[1], t[3], "", 0);
  report(s, "media/exact file to hash, in process" + size, t[2], t[3], "", 0);
  report(s, "media/exact file to hash, not wiping, wall" + size, t[4], t[3], "", 0);
  if (t.size() < 6) return;
  const bool asked = c.width == 512;
  report(s, "media/exact file to hash against Meta in process" + size, t[0], t[5],
         asked ? "at least 8 times Meta's path" : "", 8);
}

void fast_against_plain(const Settings& s, const std::vector<Picture>& pictures, const Class& c,
                        bool progressive, double ratio_least) {
  const auto files = jpegs(pictures, c.width, c.height, progressive, c.files);
  const Sandbox sandbox(true);
  const auto t =
      race(files,
           {{[&](const Bytes& f) { hash_file(*sandbox, f, false); }, [&] { return sandbox.cpu(); }},
            {[&](const Bytes& f) { plain_rgb_decode(f); }, cpu_seconds}},
           c.rounds);
  const std::string goal = ratio_least > 0 ? "at least " + std::to_string(static_cast<int>(ratio_least)) +
                                                 " times the plain decode"
                                           : "";
  report(
      s,
      std::string("media/default file to hash, sandboxed ") + (progressive ? "progressive " : "") + c.label,
      t[0], t[1], goal, ratio_least);
}

/// Bits between the default mode's hash and the exact one, over all pictures at one size.
void distances(const Settings& s, const std::vector<Picture>& pictures, const Class& c, bool progressive,
               double mean_most) {
  ImagesDecoder decoder;
  std::array<int, 257> histogram{};
  int most_scaled = 1;
  double sum = 0;
  int within_2 = 0;
  int twice = 0;
  int most = 0;
  const auto files = jpegs(pictures, c.width, c.height, progressive, c.files);
  for (const Bytes& file : files) {
    int scale = 1;
    const PdqHash fast = hash_file(decoder, file, false, &scale);
    most_scaled = std::max(most_scaled, scale);
    twice += scale == 1 ? 1 : 0;  // every size below is large enough to come scaled at first
    const int bits = hamming_distance(fast.bits, hash_file(decoder, file, true).bits);
    ++histogram[static_cast<std::size_t>(bits)];
    sum += bits;
    within_2 += bits <= 2 ? 1 : 0;
    most = std::max(most, bits);
  }
  const auto n = static_cast<double>(files.size());
  const std::string size = std::string(" ") + c.label + (progressive ? " progressive" : "") + ", 1/" +
                           std::to_string(most_scaled) + ", " + std::to_string(files.size()) + " pictures";
  print({.name = "media/default mode, mean bits from exact" + size,
         .ours = sum / n,
         .unit = "bits",
         .goal = mean_most > 0 ? "mean at most 2" : "",
         .met = mean_most <= 0 || sum / n <= mean_most},
        s.json);
  print({.name = "media/default mode, within 2 bits of exact" + size,
         .ours = 100 * within_2 / n,
         .unit = "%",
         .goal = ""},
        s.json);
  print({.name = "media/default mode, most bits from exact" + size,
         .ours = static_cast<double>(most),
         .unit = "bits",
         .goal = "at most 4",
         .met = most <= 4},
        s.json);
  print({.name = "media/default mode, decoded a second time exactly" + size,
         .ours = 100 * twice / n,
         .unit = "%",
         .goal = ""},
        s.json);
  std::fprintf(stderr, "   bits: pictures, %s:", c.label);
  for (std::size_t b = 0; b < histogram.size(); ++b) {
    if (histogram[b] > 0) std::fprintf(stderr, "  %zu: %d", b, histogram[b]);
  }
  std::fprintf(stderr, "\n");
}

/// What a file costs above decoding it in process: a tiny picture, so that nothing else matters.
void hand_off(const Settings& s) {
  const Bytes file = test::encode_pnm(test::make_picture(8, 8, 3));
  const std::vector<Bytes> files(500, file);
  const Sandbox sandbox(true);
  ImagesDecoder in_process;
  const auto decode = [](MediaDecoder& decoder, const Bytes& f) {
    (void)decoder.decode(f, {.limits = {}, .exact = true}, [](const Frame&) {});
  };
  const auto t = race(files,
                      {{[&](const Bytes& f) { decode(*sandbox, f); }, [&] { return sandbox.cpu(); }},
                       {[&](const Bytes& f) { decode(*sandbox, f); }, wall_seconds},
                       {[&](const Bytes& f) { decode(in_process, f); }, cpu_seconds}},
                      9);
  print({.name = "media/hand-off to a worker and back, CPU of both",
         .ours = t[0] - t[2],
         .unit = "us CPU",
         .goal = ""},
        s.json);
  print({.name = "media/hand-off to a worker and back, wall",
         .ours = t[1] - t[2],
         .unit = "us",
         .goal = "at most 20 us",
         .met = t[1] - t[2] <= 20},
        s.json);
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  namespace b = seawall::bench;
  b::Settings settings;
  std::string only;  // hand-off, exact, default or bits; all unless named
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) settings.json = true;
    if (std::strcmp(argv[i], "--photos") == 0 && i + 1 < argc) settings.photos = argv[++i];
    if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc) only = argv[++i];
  }
  const auto wanted = [&](const char* name) { return only.empty() || only == name; };
  const auto pictures = b::load_pictures(settings.photos, 40);
  // Enlarged pictures lack detail and decode faster: large sizes are made from the largest pictures.
  auto largest = pictures;
  std::ranges::stable_sort(largest, std::ranges::greater(), [](const auto& p) { return p.samples.size(); });
  std::fprintf(stderr, "media_bench: %zu %s pictures\n", pictures.size(),
               settings.photos.empty() ? "generated" : "natural");
  if (wanted("hand-off")) b::hand_off(settings);
  if (wanted("exact")) {
    b::exact_against_plain(settings, pictures, {"512x512", 512, 512, 40, 5});
    b::exact_against_plain(settings, pictures, {"1024x768", 1024, 768, 24, 5});
    b::exact_against_plain(settings, largest, {"12 MP", 4000, 3000, 8, 3});
  }
  if (wanted("default")) {
    b::fast_against_plain(settings, pictures, {"1024x768", 1024, 768, 24, 5}, false, 0);
    b::fast_against_plain(settings, largest, {"12 MP", 4000, 3000, 8, 3}, false, 2);
    b::fast_against_plain(settings, largest, {"6.7 MP", 2992, 2244, 8, 3}, true, 10);
  }
  if (!wanted("bits")) return 0;
  b::distances(settings, pictures, {"1024x768", 1024, 768, 40, 0}, false, 2);
  b::distances(settings, pictures, {"2048x1536", 2048, 1536, 40, 0}, false, 2);
  b::distances(settings, largest, {"12 MP", 4000, 3000, 20, 0}, false, 2);
  b::distances(settings, largest, {"6.7 MP", 2992, 2244, 20, 0}, true, 2);
  b::distances(settings, largest, {"4.1 MP", 2720, 1530, 20, 0}, true, 2);
}
