#include <tiffio.h>

#include <cstring>
#include <stdexcept>

#include "encoders.h"

namespace seawall::test {
namespace {

void require(bool ok) {
  if (!ok) throw std::runtime_error("libtiff cannot encode");
}

struct Sink {
  Bytes file;
  std::size_t at = 0;
};
tmsize_t on_read(thandle_t handle, void* to, tmsize_t bytes) {
  auto* sink = static_cast<Sink*>(handle);
  const std::size_t count = std::min(static_cast<std::size_t>(bytes), sink->file.size() - sink->at);
  std::memcpy(to, sink->file.data() + sink->at, count);
  sink->at += count;
  return static_cast<tmsize_t>(count);
}
tmsize_t on_write(thandle_t handle, void* from, tmsize_t bytes) {
  auto* sink = static_cast<Sink*>(handle);
  const auto count = static_cast<std::size_t>(bytes);
  if (sink->file.size() < sink->at + count) sink->file.resize(sink->at + count);
  std::memcpy(sink->file.data() + sink->at, from, count);
  sink->at += count;
  return bytes;
}
toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  auto* sink = static_cast<Sink*>(handle);
  sink->at = offset + (whence == SEEK_CUR ? sink->at : whence == SEEK_END ? sink->file.size() : 0);
  if (sink->at > sink->file.size()) sink->file.resize(sink->at);
  return sink->at;
}
int on_close(thandle_t) { return 0; }
toff_t on_size(thandle_t handle) { return static_cast<Sink*>(handle)->file.size(); }

std::vector<std::uint8_t> samples_of(const Picture& p, int bits) {
  if (bits == 8) return p.samples;
  std::vector<std::uint8_t> wide;  // in this machine's order: little-endian
  for (std::size_t i = 0; i < p.samples.size(); ++i) {
    wide.push_back(static_cast<std::uint8_t>(i * 37));
    wide.push_back(p.samples[i]);
  }
  return wide;
}

void put_tiles(TIFF* tiff, const Picture& p, std::vector<std::uint8_t>& samples) {
  constexpr int kSide = 16;
  const auto channels = static_cast<std::size_t>(p.channels);
  std::vector<std::uint8_t> tile(kSide * kSide * channels);
  for (int ty = 0; ty < p.height; ty += kSide) {
    for (int tx = 0; tx < p.width; tx += kSide) {
      for (int y = ty; y < std::min(ty + kSide, p.height); ++y) {
        const auto columns = static_cast<std::size_t>(std::min(kSide, p.width - tx));
        std::memcpy(&tile[static_cast<std::size_t>(y - ty) * kSide * channels], &samples[p.at(tx, y, 0)],
                    columns * channels);
      }
      require(TIFFWriteTile(tiff, tile.data(), static_cast<unsigned>(tx), static_cast<unsigned>(ty), 0, 0) >
              0);
    }
  }
}

void put_page(TIFF* tiff, const Picture& p, const TiffShape& shape) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, p.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, p.height);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, p.channels);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, shape.bits);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, p.channels == 1 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, shape.compression);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, shape.orientation);
  if (p.channels == 4) {
    const std::uint16_t kind = EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &kind);
  }
  std::vector<std::uint8_t> samples = samples_of(p, shape.bits);
  if (shape.tiled) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 16);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
    put_tiles(tiff, p, samples);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 8);
    const std::size_t row = samples.size() / static_cast<std::size_t>(p.height);
    for (int y = 0; y < p.height; ++y) {
      require(TIFFWriteScanline(tiff, samples.data() + static_cast<std::size_t>(y) * row,
                                static_cast<unsigned>(y), 0) == 1);
    }
  }
  require(TIFFWriteDirectory(tiff) == 1);
}

}  // namespace

Bytes encode_tiff(std::span<const Picture> pages, const TiffShape& shape) {
  Sink sink;
  TIFF* tiff =
      TIFFClientOpen("memory", "w", &sink, on_read, on_write, on_seek, on_close, on_size, nullptr, nullptr);
  require(tiff != nullptr);
  for (const Picture& page : pages) put_page(tiff, page, shape);
  TIFFClose(tiff);
  return std::move(sink.file);
}

}  // namespace seawall::test
