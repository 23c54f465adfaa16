// The whole `seawall scan` on a folder of JPEG photographs, all cores, against libjpeg-turbo decoding the
// same files to RGB on as many threads and doing nothing else. Both run as processes of their own, in turn;
// CPU time covers their children (the confined decoders), wall time gives the rates.
//
// usage: scan_bench [--json] [--full] [--photos FOLDER]   without FOLDER: pictures of soft noise, made here.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

// libjpeg's header needs <cstdio> before it.
#include <jpeglib.h>

#include "figure.h"
#include "seawall/bank/bank.h"

namespace seawall::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 3;
constexpr std::size_t kBankEntries = 100'000;

struct Cost {
  double wall_s = 0;
  double cpu_s = 0;
};

/// Runs `work` in a child process until it ends; its own children are counted once it has waited for them.
Cost measure(const std::function<void()>& work) {
  std::fflush(stdout);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    std::_Exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
    std::fprintf(stderr, "scan_bench: a measured process failed (status %d)\n", status);
    std::exit(1);
  }
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

/// The peer: reads and decodes every file, nothing else.
void decode_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<unsigned char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  errors.error_exit = [](j_common_ptr) { std::_Exit(2); };
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes.data(), bytes.size());
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  jpeg_start_decompress(&info);
  std::vector<JSAMPLE> pixels(std::size_t{info.output_width} * info.output_height * 3);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels.data() + std::size_t{info.output_scanline} * info.output_width * 3;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
}

void decode_all(const std::vector<std::string>& paths) {
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < paths.size(); at = next++) decode_file(paths[at]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::_Exit(0);
}

/// Soft noise: sums of smoothed random grids, like the spectrum of a photograph.
void make_photo(const fs::path& path, unsigned seed, int width, int height) {
  std::mt19937 random(seed);
  constexpr int kGrid = 33;
  std::vector<float> grid(kGrid * kGrid * 3);
  for (float& value : grid) value = static_cast<float>(random() % 200);
  std::vector<JSAMPLE> pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    const float gy = static_cast<float>(y) * (kGrid - 1.001F) / static_cast<float>(height);
    for (int x = 0; x < width; ++x) {
      const float gx = static_cast<float>(x) * (kGrid - 1.001F) / static_cast<float>(width);
      const auto cell = static_cast<std::size_t>(static_cast<int>(gy) * kGrid + static_cast<int>(gx)) * 3;
      const float fx = gx - std::floor(gx);
      const float fy = gy - std::floor(gy);
      for (std::size_t k = 0; k < 3; ++k) {
        const float top = grid[cell + k] * (1 - fx) + grid[cell + 3 + k] * fx;
        const float low = grid[cell + kGrid * 3 + k] * (1 - fx) + grid[cell + kGrid * 3 + 3 + k] * fx;
        const float grain = static_cast<float>(random() % 32);
        pixels[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) *
                   3 +
               k] = static_cast<JSAMPLE>(top * (1 - fy) + low * fy + grain);
      }
    }
  }
  std::FILE* out = std::fopen(path.c_str(), "wb");
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  jpeg_stdio_dest(&info, out);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 85, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = pixels.data() + std::size_t{info.next_scanline} * static_cast<std::size_t>(width) * 3;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::fclose(out);
}

bool make_bank(const fs::path& folder) {
  if (const auto made = Bank::create(folder, {.name = "bench"}); !made) {
    std::fprintf(stderr, "%s\n", made.error().message.c_str());
    return false;
  }
  auto bank = Bank::open_for_writing(folder);
  if (!bank) return false;
  auto import = (*bank)->begin_import();
  if (!import) return false;
  std::mt19937_64 random(1);
  for (std::size_t i = 0; i < kBankEntries; ++i) {
    SignalRecord record;
    record.id = std::to_string(i);
    ListedPdq hash;
    for (auto& word : hash.bits.words) word = random();
    hash.quality = 100;
    record.pdq.push_back(hash);
    if (!import->add(record)) return false;
  }
  const auto committed = import->commit();
  if (!committed) std::fprintf(stderr, "%s\n", committed.error().message.c_str());
  return committed.has_value();
}

struct Folder {
  fs::path path;
  std::vector<std::string> jpegs;
  double megabytes = 0;
};

/// The JPEG files under `from` in a folder of their own, so that both sides read the same files; each under
/// four names, so that starting the program weighs little: a name is a file of its own to a scan.
Folder jpegs_of(const fs::path& from, const fs::path& to) {
  Folder folder{to, {}, 0};
  fs::create_directory(to);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".jpg") continue;
    for (int name = 0; name < 4; ++name) {
      const fs::path path = to / (std::to_string(folder.jpegs.size()) + ".jpg");
      fs::copy_file(entry.path(), path);
      folder.jpegs.push_back(path.string());
      folder.megabytes += static_cast<double>(entry.file_size()) / 1e6;
    }
  }
  return folder;
}

void scan(const std::string& program, const Folder& folder, const fs::path& work, const char* extra) {
  if (std::freopen("/dev/null", "w", stdout) == nullptr) std::_Exit(126);
  const std::string state = (work / "state").string();
  const std::string bank = (work / "bank").string();
  ::execl(program.c_str(), "seawall", "scan", folder.path.c_str(), "--bank", bank.c_str(), "--state",
          state.c_str(), "--restart", "--progress", "none", extra, static_cast<char*>(nullptr));
}

void compare(const std::string& label, const Folder& folder, const fs::path& work, const std::string& program,
             const char* extra, const char* cpu_goal, double cpu_ratio_goal, bool json) {
  std::vector<double> ours_wall;
  std::vector<double> ours_cpu;
  std::vector<double> peer_wall;
  std::vector<double> peer_cpu;
  for (int round = 0; round < kRounds; ++round) {
    const Cost ours = measure([&] { scan(program, folder, work, extra); });
    const Cost peer = measure([&] { decode_all(folder.jpegs); });
    ours_wall.push_back(ours.wall_s);
    ours_cpu.push_back(ours.cpu_s);
    peer_wall.push_back(peer.wall_s);
    peer_cpu.push_back(peer.cpu_s);
  }
  const double files = static_cast<double>(folder.jpegs.size());
  const double ours = median(ours_wall);
  const double peer = median(peer_wall);
  print({.name = "scan " + label + ": rate, all cores",
         .ours = files / ours,
         .peer = files / peer,
         .ratio = peer / ours,
         .unit = "files/s",
         .goal = {}},
        json);
  print({.name = "scan " + label + ": data, all cores",
         .ours = folder.megabytes / ours,
         .peer = folder.megabytes / peer,
         .ratio = peer / ours,
         .unit = "MB/s",
         .goal = {}},
        json);
  const double ratio = median(peer_cpu) / median(ours_cpu);
  print({.name = "scan " + label + ": CPU, children included",
         .ours = median(ours_cpu) * 1e3 / files,
         .peer = median(peer_cpu) * 1e3 / files,
         .ratio = ratio,
         .unit = "ms/file",
         .goal = cpu_goal,
         .met = ratio >= cpu_ratio_goal},
        json);
}

}  // namespace

int run(int argc, char** argv) {
  bool json = false;
  bool full = false;
  std::string photos;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) json = true;
    if (std::strcmp(argv[i], "--full") == 0) full = true;
    if (std::strcmp(argv[i], "--photos") == 0 && i + 1 < argc) photos = argv[++i];
  }
  const std::string program = (fs::read_symlink("/proc/self/exe").parent_path() / "seawall").string();
  std::string pattern = (fs::temp_directory_path() / "seawall-scan-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return 1;
  const fs::path work = pattern;
  if (!make_bank(work / "bank")) return 1;
  Folder folder;
  if (!photos.empty()) folder = jpegs_of(photos, work / "photos");
  if (folder.jpegs.empty()) {
    std::fprintf(stderr, "scan_bench: no photographs named; generated pictures of 2048 x 1536 instead\n");
    fs::create_directory(work / "generated");
    const unsigned pictures = full ? 400 : 30;
    for (unsigned i = 0; i < pictures; ++i) {
      make_photo(work / "generated" / (std::to_string(i) + ".jpg"), i, 2048, 1536);
    }
    fs::remove_all(work / "photos");
    folder = jpegs_of(work / "generated", work / "photos");
  }
  std::fprintf(stderr, "%zu files, %.1f MB, bank of %zu\n", folder.jpegs.size(), folder.megabytes,
               kBankEntries);
  compare("photos, default", folder, work, program, nullptr, "at least decoding alone", 1.0, json);
  compare("photos, --exact", folder, work, program, "--exact", "at least 0.8 of decoding alone", 0.8, json);
  fs::remove_all(work);
  return 0;
}

}  // namespace seawall::bench

int main(int argc, char** argv) { return seawall::bench::run(argc, argv); }
