// Videos: a frame's planes to its PDQ hash, against Meta's reference on the same frame's RGB, in time and in
// bits; and a file to the hashes of its frames, through the sandbox, in times real time a core. Times are
// CPU: of this thread for planes, of this process and its workers for files.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <tuple>

#include "figure.h"
#include "peer.h"
#include "process_cpu.h"
#include "seawall/base/unique_fd.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/media_sandbox/sandboxed_video_decoder.h"
#include "seawall/media_video/ffmpeg_decoder.h"
#include "video_clips.h"

namespace seawall::bench {
namespace {

struct Settings {
  bool json = false;
  bool full = false;
  std::string photos;
  std::string only;
};

/// A frame that outlives its visit.
struct KeptFrame {
  std::vector<std::uint8_t> y, cb, cr;
  YccView view;

  explicit KeptFrame(const YccView& from) : view(from) {
    const auto take = [](const std::uint8_t* plane, std::ptrdiff_t stride, int rows) {
      return std::vector<std::uint8_t>(plane, plane + stride * rows);
    };
    const int chroma_rows = (from.height_px + (1 << from.chroma_v_shift) - 1) >> from.chroma_v_shift;
    y = take(from.y, from.y_stride_bytes, from.height_px);
    cb = take(from.cb, from.chroma_stride_bytes, chroma_rows);
    cr = take(from.cr, from.chroma_stride_bytes, chroma_rows);
    view.y = y.data();
    view.cb = cb.data();
    view.cr = cr.data();
  }
  KeptFrame(KeptFrame&&) = default;
};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "video_bench: %s\n", why.c_str());
  std::exit(3);
}

std::int64_t watch(VideoDecoder& decoder, const std::string& path, const VideoOptions& options,
                   const std::function<void(const VideoFrame&)>& look) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto info = decoder.decode({.file = file.get()}, options, [&](const VideoFrame& frame) {
    look(frame);
    return true;
  });
  if (!info) give_up(info.error().message);
  return info->frames_visited;
}

std::vector<KeptFrame> frames_of(const std::string& clip) {
  FfmpegDecoder decoder;
  std::vector<KeptFrame> frames;
  watch(decoder, clip, {.sampling = VideoSampling::kEveryFrame},
        [&](const VideoFrame& frame) { frames.emplace_back(frame.planes); });
  return frames;
}

volatile std::uint64_t sink = 0;

/// Median CPU us of `work` a frame, over rounds of all frames.
double us_a_frame(std::size_t frames, int rounds, const std::function<PdqHash(std::size_t)>& work) {
  std::vector<double> times;
  for (int round = 0; round <= rounds; ++round) {
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < frames; ++i) sink = sink + static_cast<std::uint64_t>(work(i).quality);
    if (round > 0) times.push_back((cpu_seconds() - start) * 1e6 / static_cast<double>(frames));
  }
  return median(std::move(times));
}

PdqHash peer_hash(const std::uint8_t* rgb, const YccView& size) {
  PdqHash hash{};
  std::array<std::uint8_t, 32> bytes{};
  Peer::instance().pdq_rgb(rgb, size.width_px, size.height_px, 3L * size.width_px, bytes.data(),
                           &hash.quality);
  for (std::size_t k = 0; k < 256; ++k) {
    const bool set = (bytes[31 - k / 8] >> (k % 8) & 1U) != 0;
    if (set) hash.bits.words[k / 64] |= std::uint64_t{1} << (k % 64);
  }
  return hash;
}

void say(const Settings& s, const std::string& name, double value, const char* unit) {
  print({.name = name, .ours = value, .unit = unit, .goal = ""}, s.json);
}

struct Kind {
  const char* label;
  int width;
  int height;
  const char* matrix;  ///< As FFmpeg calls it.
  double us_most;      ///< Goal; 0: none.
};

/// Planes to hash: time, and bits from the reference's hash of the RGB that FFmpeg makes of them.
void planes_to_hash(const Settings& s, ClipFolder& folder, const Kind& kind) {
  const std::string clip =
      folder.make({.width_px = kind.width,
                   .height_px = kind.height,
                   .seconds = 2.4,
                   .frames_per_second = 25,
                   .codec = std::string("-c:v libx264 -preset ultrafast -crf 18 -colorspace ") + kind.matrix,
                   .extension = "mp4",
                   .slides = true},
                  s.photos);
  if (clip.empty()) return;
  const auto frames = frames_of(clip);
  const auto rgb = folder.rgb_frames(clip, kind.matrix);
  const std::size_t rgb_bytes = 3UL * static_cast<std::size_t>(kind.width * kind.height);
  if (frames.empty() || rgb.size() != frames.size() * rgb_bytes)
    give_up("the frames of " + clip + " do not add up");
  const double ours =
      us_a_frame(frames.size(), 15, [&](std::size_t i) { return pdq_hash_linear(frames[i].view); });
  const bool with_peer = Peer::instance().pdq_rgb != nullptr;
  const double peer =
      with_peer
          ? us_a_frame(frames.size(), 1,
                       [&](std::size_t i) { return peer_hash(rgb.data() + i * rgb_bytes, frames[i].view); })
          : 0;
  const std::string name = std::string(kind.label) + " " + kind.matrix;
  print({.name = "video/planes to hash " + name,
         .ours = ours,
         .peer = peer,
         .ratio = peer / ours,
         .unit = "us CPU",
         .goal = kind.us_most > 0 ? "at most " + std::to_string(static_cast<int>(kind.us_most)) + " us" : "",
         .met = kind.us_most <= 0 || ours <= kind.us_most},
        s.json);
  const Orientation turned{.mirrored = false, .quarter_turns = 1};
  say(s, "video/planes to hash, turned " + name,
      us_a_frame(frames.size(), 15, [&](std::size_t i) { return pdq_hash_linear(frames[i].view, turned); }),
      "us CPU");
  std::vector<int> bits;
  int unequal_quality = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const PdqHash linear = pdq_hash_linear(frames[i].view);
    const PixelView view{rgb.data() + i * rgb_bytes, kind.width, kind.height, 3L * kind.width,
                         PixelLayout::kRgb24};
    const PdqHash reference = with_peer ? peer_hash(view.data, frames[i].view) : pdq_hash(view);
    if (reference.quality < kPdqQualityMin) continue;
    bits.push_back(hamming_distance(linear.bits, reference.bits));
    if (linear.quality != reference.quality) ++unequal_quality;
  }
  if (bits.empty()) return;
  const auto count = static_cast<double>(bits.size());
  double sum = 0;
  for (const int b : bits) sum += b;
  const std::string against = with_peer ? " from Meta's on RGB " : " from ours on RGB ";
  say(s, "video/mean bits" + against + name, sum / count, "bits");
  say(s, "video/most bits" + against + name, *std::ranges::max_element(bits), "bits");
  say(s, "video/frames with 0 bits" + against + name,
      100 * static_cast<double>(std::ranges::count(bits, 0)) / count, "%");
  say(s, "video/frames of other quality" + against + name, 100 * unequal_quality / count, "%");
  say(s, "video/frames compared" + against + name, count, "frames");
}

void hash_into_sink(const VideoFrame& f) {
  sink = sink + static_cast<std::uint64_t>(pdq_hash_linear(f.planes, f.orientation).quality);
}

struct Codec {
  const char* name;
  const char* options;
  const char* extension;
};

/// A file to the hashes of its frames, through the sandbox.
void file_to_hashes(const Settings& s, ClipFolder& folder, const Codec& codec, int width, int height) {
  constexpr double kSeconds = 20;
  const std::string clip = folder.make({.width_px = width,
                                        .height_px = height,
                                        .seconds = kSeconds,
                                        .frames_per_second = 30,
                                        .codec = codec.options,
                                        .extension = codec.extension},
                                       s.photos);
  if (clip.empty()) return;
  auto decoder = SandboxedVideoDecoder::create({.workers_max = 1});
  if (!decoder) give_up(decoder.error().message);
  watch(**decoder, clip, {.sampling = VideoSampling::kInfo}, hash_into_sink);  // starts the worker
  for (const auto& [label, sampling] : {std::pair{"keyframes", VideoSampling::kKeyframes},
                                        {"1 frame a second", VideoSampling::kInterval},
                                        {"every frame", VideoSampling::kEveryFrame}}) {
    std::vector<double> times;
    std::int64_t frames = 0;
    for (int round = 0; round < 3; ++round) {
      const int repeats = sampling == VideoSampling::kKeyframes ? 10 : 1;
      const double start = family_cpu_seconds();
      for (int i = 0; i < repeats; ++i)
        frames = watch(**decoder, clip, {.sampling = sampling}, hash_into_sink);
      times.push_back((family_cpu_seconds() - start) / repeats);
    }
    say(s,
        std::string("video/file to hashes, ") + label + " (" + std::to_string(frames) + ") " + codec.name +
            " " + std::to_string(height) + "p",
        kSeconds / median(std::move(times)), "x real");
  }
}

/// A long file to hashes beside Meta's vPDQ on the same file: CPU seconds of all threads and workers.
void beside_vpdq(const Settings& s, ClipFolder& folder) {
  const double seconds = s.full ? 600 : 60;
  const std::string clip = folder.make({.width_px = 1280,
                                        .height_px = 720,
                                        .seconds = seconds,
                                        .frames_per_second = 30,
                                        .codec = "-c:v libx264 -preset veryfast -g 60 -bf 2",
                                        .extension = "mp4"},
                                       s.photos);
  if (clip.empty()) return;
  auto decoder = SandboxedVideoDecoder::create({.workers_max = 1});
  if (!decoder) give_up(decoder.error().message);
  watch(**decoder, clip, {.sampling = VideoSampling::kInfo}, hash_into_sink);
  const auto cpu_of = [](const std::function<void()>& work) {
    const double start = family_cpu_seconds();
    work();
    return family_cpu_seconds() - start;
  };
  const auto ours = [&](VideoSampling sampling) {
    return cpu_of([&] { watch(**decoder, clip, {.sampling = sampling}, hash_into_sink); });
  };
  auto* const vpdq = Peer::instance().vpdq_file;
  const auto theirs = [&](double seconds_per_hash) {
    return vpdq == nullptr ? 0.0 : cpu_of([&] {
      if (vpdq(clip.c_str(), seconds_per_hash, 1) <= 0) give_up("the peer could not hash the video");
    });
  };
  std::vector<double> keys, seconds_ours, all_ours, seconds_theirs;
  for (int round = 0; round < 3; ++round) {  // In turn.
    keys.push_back(ours(VideoSampling::kKeyframes));
    seconds_ours.push_back(ours(VideoSampling::kInterval));
    all_ours.push_back(ours(VideoSampling::kEveryFrame));
    seconds_theirs.push_back(theirs(1));
  }
  const double all_theirs = s.full ? 0 : theirs(0);  // Some 30 ms a frame: of the short clip, once.
  const auto row = [&](const char* name, double mine, double other, double goal) {
    print({.name = std::string("video/whole 720p file of ") + (s.full ? "10 min" : "1 min") + ", " + name,
           .ours = mine,
           .peer = other,
           .ratio = other / mine,
           .unit = "CPU s",
           .goal = goal > 0 ? std::to_string(static_cast<int>(goal)) + "x" : "",
           .met = other == 0 || other / mine >= goal},
          s.json);
  };
  const double second = median(seconds_theirs);
  row("keyframes, vPDQ 1 a second", median(keys), second, 20);
  row("all decoded, 1 hash a second, vPDQ likewise", median(seconds_ours), second, 0);
  row("all decoded and hashed, vPDQ 1 a second", median(all_ours), second, 3);
  if (!s.full) row("all decoded and hashed, vPDQ likewise", median(all_ours), all_theirs, 3);
}

/// What a live stream brings: one key picture at a time, in a container of its own.
void live_pieces(const Settings& s, ClipFolder& folder) {
  auto decoder = SandboxedVideoDecoder::create({.workers_max = 1});
  if (!decoder) give_up(decoder.error().message);
  for (const auto& [label, width, height] : {std::tuple{"360p", 640, 360}, {"720p", 1280, 720}}) {
    for (const char* extension : {"flv", "ts"}) {
      const std::string clip =
          folder.make({.width_px = width,
                       .height_px = height,
                       .seconds = 0.03,
                       .frames_per_second = 30,
                       .codec = "-c:v libx264 -preset veryfast -tune zerolatency -b:v 2M -g 60",
                       .extension = extension},
                      s.photos);
      if (clip.empty()) return;
      std::ifstream in(clip, std::ios::binary);
      const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
      const std::array<VideoSource::Bytes, 1> parts{std::as_bytes(std::span(bytes))};
      const auto cost = [&](bool at_sight) {
        std::vector<double> times;
        for (int round = 0; round < 9; ++round) {
          const double start = family_cpu_seconds();
          for (int i = 0; i < 40; ++i) {
            const auto info = (*decoder)->decode(
                {.parts = parts}, {.sampling = VideoSampling::kKeyframes, .at_sight = at_sight},
                [](const VideoFrame& f) {
                  hash_into_sink(f);
                  return true;
                });
            if (!info) give_up(info.error().message);
          }
          times.push_back((family_cpu_seconds() - start) * 1e3 / 40);
        }
        return median(std::move(times));
      };
      cost(true);
      const double looked_ahead = cost(false);
      const double at_sight = cost(true);
      const std::string what = std::string("video/live key picture to hash, ") + extension + " " + label;
      say(s, what + ", at sight", at_sight, "CPU ms");
      say(s, what + ", looked ahead", looked_ahead, "CPU ms");
    }
  }
}

/// From asking for a pool to the first frame, and a tiny clip on a worker that stands ready.
void hand_off(const Settings& s, ClipFolder& folder) {
  const std::string clip = folder.make({.width_px = 64,
                                        .height_px = 48,
                                        .seconds = 0.1,
                                        .frames_per_second = 30,
                                        .codec = "-c:v libx264 -preset ultrafast",
                                        .extension = "mp4"},
                                       "");
  if (clip.empty()) return;
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto ms = [&](auto since) {
    return std::chrono::duration<double, std::milli>(now() - since).count();
  };
  const auto start = now();
  auto decoder = SandboxedVideoDecoder::create({.workers_max = 1});
  if (!decoder) give_up(decoder.error().message);
  watch(**decoder, clip, {}, [](const VideoFrame&) {});
  say(s, "video/first clip of a new worker, wall", ms(start), "ms");
  std::vector<double> boxed;
  std::vector<double> plain;
  FfmpegDecoder in_process;
  for (int i = 0; i < 100; ++i) {
    auto at = now();
    watch(**decoder, clip, {}, [](const VideoFrame&) {});
    boxed.push_back(ms(at));
    at = now();
    watch(in_process, clip, {}, [](const VideoFrame&) {});
    plain.push_back(ms(at));
  }
  say(s, "video/tiny clip, sandboxed, wall", median(boxed), "ms");
  say(s, "video/tiny clip, in process, wall", median(plain), "ms");
}

int run(const Settings& s) {
  auto place = TemporaryFolder::make("video-bench");
  if (!place) {
    std::fprintf(stderr, "video_bench: %s\n", place.error().message.c_str());
    return 1;
  }
  ClipFolder folder(*std::move(place));
  const auto wanted = [&](const char* part) { return s.only.empty() || s.only == part; };
  if (wanted("planes")) {
    for (const Kind& kind : {Kind{"640x360", 640, 360, "smpte170m", 0},
                             {"640x480", 640, 480, "smpte170m", 0},
                             {"1280x720", 1280, 720, "smpte170m", 100},
                             {"1280x720", 1280, 720, "bt709", 100},
                             {"1920x1080", 1920, 1080, "smpte170m", 400},
                             {"1920x1080", 1920, 1080, "bt709", 400}}) {
      planes_to_hash(s, folder, kind);
    }
  }
  if (wanted("hand-off")) hand_off(s, folder);
  if (wanted("live")) live_pieces(s, folder);
  if (wanted("vpdq")) beside_vpdq(s, folder);
  if (wanted("files")) {
    const Codec h264{"h264", "-c:v libx264 -preset veryfast -g 60 -bf 2", "mp4"};
    file_to_hashes(s, folder, h264, 1280, 720);
    file_to_hashes(s, folder, h264, 1920, 1080);
    if (s.full) {
      for (const Codec& codec :
           {Codec{"hevc", "-c:v libx265 -preset ultrafast -g 60 -x265-params log-level=none", "mp4"},
            {"vp9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 60 -b:v 2M", "webm"},
            {"av1", "-c:v libsvtav1 -preset 12 -g 60", "mp4"}}) {
        file_to_hashes(s, folder, codec, 1280, 720);
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  seawall::bench::Settings settings;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      settings.json = true;
    } else if (std::strcmp(argv[i], "--full") == 0) {
      settings.full = true;
    } else if (std::strcmp(argv[i], "--photos") == 0 && i + 1 < argc) {
      settings.photos = argv[++i];
    } else if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
      settings.only = argv[++i];
    } else {
      std::fprintf(
          stderr,
          "usage: video_bench [--json] [--full] [--photos DIR] [--only planes|hand-off|live|vpdq|files]\n");
      return 2;
    }
  }
  return seawall::bench::run(settings);
}
