#include "video_clips.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace seawall::bench {
namespace {

/// The photographs of one kind, the one that there is most of, as FFmpeg's glob takes them.
std::string pattern_of(const std::string& photos) {
  std::map<std::string, int> counts;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(photos, none))
    ++counts[entry.path().extension()];
  std::string most = ".jpg";
  for (const auto& [extension, count] : counts) {
    const bool readable = extension == ".webp" || extension == ".png" || extension == ".jpg";
    if (readable && count > counts[most]) most = extension;
  }
  return photos + "/*" + most;
}

bool run(const std::string& arguments) {
  const std::string command = "ffmpeg -nostdin -v error -y " + arguments;
  if (std::system(command.c_str()) == 0) return true;
  std::fprintf(stderr, "video_bench: this failed: %s\n", command.c_str());
  return false;
}

}  // namespace

std::string ClipFolder::make(const ClipRecipe& recipe, const std::string& photos) {
  const std::string size = std::to_string(recipe.width_px) + "x" + std::to_string(recipe.height_px);
  const std::string rate = std::to_string(recipe.frames_per_second);
  const std::string length = " -t " + std::to_string(recipe.seconds);
  const std::string clip =
      (folder_.path() / ("clip" + std::to_string(made_++) + "." + recipe.extension)).string();
  std::string input = "-f lavfi -i testsrc2=size=" + size + ":rate=" + rate;
  std::string filter = "null";
  if (!photos.empty()) {
    input = "-pattern_type glob -framerate " + std::string(recipe.slides ? rate : "0.5") + " -i '" +
            pattern_of(photos) + "'";
    filter =
        recipe.slides
            ? "scale=" + std::to_string(recipe.width_px) + ":" + std::to_string(recipe.height_px)
            : "zoompan=z=1.3:x='(iw-iw/zoom)*on/60':y='(ih-ih/zoom)*on/60':d=60:s=" + size + ":fps=" + rate;
  }
  const std::string output =
      " -vf \"" + filter + ",setsar=1,format=yuv420p\" " + recipe.codec + length + " " + clip;
  return run(input + output) ? clip : std::string();
}

std::vector<std::uint8_t> ClipFolder::rgb_frames(const std::string& clip, const std::string& matrix) {
  const std::string raw = (folder_.path() / "frames.rgb").string();
  const std::string filter =
      "scale=in_color_matrix=" + matrix + ":flags=accurate_rnd+full_chroma_int+neighbor";
  if (!run("-i " + clip + " -vsync passthrough -vf " + filter + " -pix_fmt rgb24 -f rawvideo " + raw))
    return {};
  std::ifstream in(raw, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace seawall::bench
