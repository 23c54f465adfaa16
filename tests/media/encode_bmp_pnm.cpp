#include <string>

#include "encoders.h"

namespace seawall::test {
namespace {

void put(Bytes& file, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::byte>(value >> (8 * i)));
}
void put(Bytes& file, const std::string& text) {
  for (const char c : text) file.push_back(static_cast<std::byte>(c));
}

}  // namespace

Bytes encode_bmp(const Picture& picture, bool top_down) {
  const bool gray = picture.channels == 1;
  const std::uint32_t pixels_at = gray ? 54 + 1024 : 54;
  const int row_bytes = picture.width * picture.channels;
  const int padding = (4 - row_bytes % 4) % 4;
  Bytes file;
  put(file, "BM");
  put(file, pixels_at + static_cast<unsigned>((row_bytes + padding) * picture.height), 4);
  put(file, 0, 4);
  put(file, pixels_at, 4);
  put(file, 40, 4);
  put(file, static_cast<unsigned>(picture.width), 4);
  put(file, static_cast<unsigned>(top_down ? -picture.height : picture.height), 4);
  put(file, 1, 2);
  put(file, gray ? 8 : 24, 2);
  for (int i = 0; i < 4; ++i) put(file, 0, 4);  // not compressed; resolution unknown
  put(file, gray ? 256 : 0, 4);
  put(file, 0, 4);
  for (unsigned i = 0; gray && i < 256; ++i) put(file, i * 0x010101U, 4);
  for (int i = 0; i < picture.height; ++i) {
    const int y = top_down ? i : picture.height - 1 - i;
    for (int x = 0; x < picture.width; ++x) {
      for (int c = picture.channels - 1; c >= 0; --c) put(file, picture.samples[picture.at(x, y, c)], 1);
    }
    for (int p = 0; p < padding; ++p) put(file, 0, 1);
  }
  return file;
}

Bytes encode_pnm(const Picture& picture, int bits, bool ascii) {
  const int kind = (picture.channels == 1 ? 2 : 3) + (ascii ? 0 : 3);
  Bytes file;
  put(file, "P" + std::to_string(kind) + "\n# made by a test\n" + std::to_string(picture.width) + " " +
                std::to_string(picture.height) + "\n" + (bits == 8 ? "255" : "65535") + "\n");
  for (std::size_t i = 0; i < picture.samples.size(); ++i) {
    if (ascii) {
      put(file, std::to_string(picture.samples[i]) + (i % 12 == 11 ? "\n" : " "));
    } else {
      put(file, picture.samples[i], 1);
      if (bits == 16) put(file, static_cast<std::uint8_t>(i * 37), 1);
    }
  }
  return file;
}

}  // namespace seawall::test
