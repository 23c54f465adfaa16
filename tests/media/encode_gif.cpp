#include <gif_lib.h>

#include <array>
#include <stdexcept>

#include "encoders.h"

namespace seawall::test {
namespace {

void require(int status) {
  if (status != GIF_OK) throw std::runtime_error("giflib cannot encode");
}

int on_write(GifFileType* gif, const GifByteType* data, int bytes) {
  auto* file = static_cast<Bytes*>(gif->UserData);
  const auto* first = reinterpret_cast<const std::byte*>(data);
  file->insert(file->end(), first, first + bytes);
  return bytes;
}

ColorMapObject* cube() {
  ColorMapObject* map = GifMakeMapObject(256, nullptr);
  for (unsigned i = 0; i < 216; ++i) {
    map->Colors[i] = {static_cast<GifByteType>(i / 36 * 51), static_cast<GifByteType>(i / 6 % 6 * 51),
                      static_cast<GifByteType>(i % 6 * 51)};
  }
  return map;
}

void put_frame(GifFileType* gif, const GifFrame& frame) {
  const GraphicsControlBlock control{frame.disposal, false, 5, frame.transparent};
  std::array<GifByteType, 4> extension{};
  const auto size = static_cast<int>(EGifGCBToExtension(&control, extension.data()));
  require(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, size, extension.data()));
  require(EGifPutImageDesc(gif, frame.left, frame.top, frame.width, frame.height, frame.interlaced, nullptr));
  std::vector<std::uint8_t> indices = frame.indices;
  constexpr std::array<int, 4> kStarts{0, 4, 2, 1};
  constexpr std::array<int, 4> kSteps{8, 8, 4, 2};
  for (std::size_t pass = 0; pass < (frame.interlaced ? 4U : 1U); ++pass) {
    const int step = frame.interlaced ? kSteps[pass] : 1;
    for (int y = frame.interlaced ? kStarts[pass] : 0; y < frame.height; y += step) {
      require(EGifPutLine(gif, indices.data() + y * frame.width, frame.width));
    }
  }
}

}  // namespace

Bytes encode_gif(int width, int height, std::span<const GifFrame> frames) {
  Bytes file;
  int error = 0;
  GifFileType* gif = EGifOpen(&file, on_write, &error);
  if (gif == nullptr) throw std::runtime_error("giflib cannot encode");
  EGifSetGifVersion(gif, true);
  ColorMapObject* map = cube();
  require(EGifPutScreenDesc(gif, width, height, 8, 0, map));
  GifFreeMapObject(map);
  for (const GifFrame& frame : frames) put_frame(gif, frame);
  require(EGifCloseFile(gif, &error));
  return file;
}

GifFrame gif_frame_of(const Picture& rgb) {
  GifFrame frame;
  frame.width = rgb.width;
  frame.height = rgb.height;
  const Picture cube_colours = to_cube(rgb);
  for (std::size_t i = 0; i + 2 < cube_colours.samples.size(); i += 3) {
    const std::uint8_t* c = &cube_colours.samples[i];
    frame.indices.push_back(static_cast<std::uint8_t>(c[0] / 51 * 36 + c[1] / 51 * 6 + c[2] / 51));
  }
  return frame;
}

}  // namespace seawall::test
