// Makes the harmless sample of ./do run: a folder of "listed" photographs and a folder of "uploads" that
// holds altered copies of them among thousands of other pictures, and truth.csv, which says what each copy
// is.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "codecs.h"
#include "edits.h"
#include "generate.h"
#include "photo_source.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

namespace {

using seawall::eval::EditContext;
using seawall::eval::Picture;

constexpr int kListedSidePx = 1024;
constexpr int kOtherSidePx = 320;
constexpr int kTileSidePx = 200;
constexpr int kListedQuality = 90;
constexpr int kOtherQuality = 80;

struct Plan {
  std::filesystem::path photos;
  std::filesystem::path out;
  std::size_t listed = 24;
  std::size_t uploads = 3000;
};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "demo pictures: %s\n", why.c_str());
  std::exit(3);
}

void save(const std::filesystem::path& path, const Picture& picture, int quality) {
  const std::vector<std::byte> jpeg = seawall::eval::to_jpeg(picture, quality);
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
  if (!out.flush()) give_up("cannot write " + path.string());
}

std::string numbered(const char* prefix, std::size_t number) {
  char name[64];
  std::snprintf(name, sizeof name, "%s%05zu.jpg", prefix, number);
  return name;
}

/// Runs body(i) for i in 0..count-1 on all cores.
template <class F>
void for_each_index(std::size_t count, F&& body) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned t = 0; t < std::max(1U, std::thread::hardware_concurrency()); ++t) {
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < count; i = next++) body(i);
    });
  }
}

/// The edits of the demonstration: those that the default profile finds (docs/robustness.md has all).
std::vector<const seawall::eval::Edit*> demonstrated() {
  std::vector<const seawall::eval::Edit*> edits;
  for (const auto& edit : seawall::eval::all_edits()) {
    const bool small_turn = edit.name.find("degrees") != std::string_view::npos;  // For the thorough profile.
    if (edit.group == "quality" || edit.group == "frame" || edit.group == "turn") {
      if (!small_turn) edits.push_back(&edit);
    }
  }
  return edits;
}

std::vector<Picture> photographs(const Plan& plan) {
  if (plan.photos.empty()) return {};
  auto decoder = seawall::SandboxedDecoder::create();
  if (!decoder) give_up(decoder.error().message);
  return seawall::eval::load_photos(**decoder, plan.photos, {1, kListedSidePx});
}

/// One of the pictures that nobody listed: a whole photograph, or a tile of one; generated where there are
/// none.
Picture other_picture(const std::vector<const Picture*>& rest, std::size_t number) {
  if (rest.empty()) return seawall::eval::fit_within(seawall::eval::generated_scene(number), kOtherSidePx);
  const Picture& whole = *rest[number % rest.size()];
  const std::size_t tile = number / rest.size();
  if (tile == 0) return seawall::eval::fit_within(whole, 2 * kOtherSidePx);
  const int across = std::max(1, whole.width_px / kTileSidePx);
  const int down = std::max(1, whole.height_px / kTileSidePx);
  const int place = static_cast<int>((tile - 1) % static_cast<std::size_t>(across * down));
  return seawall::eval::crop(whole, place % across * kTileSidePx, place / across * kTileSidePx,
                             std::min(kTileSidePx, whole.width_px), std::min(kTileSidePx, whole.height_px));
}

void make(const Plan& plan) {
  std::vector<Picture> pictures = photographs(plan);
  while (pictures.size() < plan.listed) {
    pictures.push_back(seawall::eval::generated_scene(1'000'000 + pictures.size()));
  }
  std::filesystem::create_directories(plan.out / "listed");
  std::filesystem::create_directories(plan.out / "uploads");
  const auto edits = demonstrated();
  std::ofstream truth(plan.out / "truth.csv");
  truth << "upload,edit,listed\n";
  const std::size_t step = pictures.size() / plan.listed;
  for (std::size_t i = 0; i < plan.listed; ++i) {
    const Picture& picture = pictures[i * step];
    const auto& edit = *edits[i * edits.size() / plan.listed];
    const std::string name = numbered("listed_", i);
    save(plan.out / "listed" / name, picture, kListedQuality);
    EditContext context{seawall::eval::Random(i), &pictures[(i * step + 1) % pictures.size()]};
    // Spread among the others, so that a name says nothing.
    const std::string upload = numbered("upload_", 7 + i * (plan.uploads / plan.listed));
    save(plan.out / "uploads" / upload, edit.apply(picture, context), kOtherQuality);
    truth << upload << ",\"" << edit.name << "\"," << name << '\n';
  }
  std::vector<const Picture*> rest;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (i % step != 0 || i / step >= plan.listed) rest.push_back(&pictures[i]);
  }
  const std::size_t others = plan.uploads - plan.listed;
  for_each_index(plan.uploads, [&](std::size_t i) {
    const std::filesystem::path path = plan.out / "uploads" / numbered("upload_", i);
    if (std::filesystem::exists(path)) return;  // A copy has this name.
    save(path, other_picture(rest, i), kOtherQuality);
  });
  std::printf("%zu listed, %zu altered copies among %zu others\n", plan.listed, plan.listed, others);
}

}  // namespace

int main(int argc, char** argv) {
  Plan plan;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--photos") plan.photos = value;
    if (name == "--out") plan.out = value;
    if (name == "--listed") plan.listed = std::strtoul(value, nullptr, 10);
    if (name == "--uploads") plan.uploads = std::strtoul(value, nullptr, 10);
  }
  if (plan.out.empty() || plan.listed == 0 || plan.uploads < plan.listed) {
    std::fputs(
        "usage: seawall_demo_pictures --out FOLDER [--photos FOLDER] [--listed N] [--generated N >= "
        "listed]\n",
        stderr);
    return 2;
  }
  make(plan);
  return 0;
}
