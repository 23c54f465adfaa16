#include <webp/encode.h>
#include <webp/mux.h>

#include <stdexcept>

#include "encoders.h"

namespace seawall::test {
namespace {

void require(bool ok) {
  if (!ok) throw std::runtime_error("libwebp cannot encode");
}

Bytes bytes_of(const std::uint8_t* data, std::size_t size) {
  const auto* first = reinterpret_cast<const std::byte*>(data);
  return {first, first + size};
}

/// libwebp's own picture, which it must free.
class WebpPicture {
 public:
  explicit WebpPicture(const Picture& p) {
    require(WebPPictureInit(&picture_) != 0);
    picture_.use_argb = 1;
    picture_.width = p.width;
    picture_.height = p.height;
    const int stride = p.width * p.channels;
    require((p.channels == 4 ? WebPPictureImportRGBA(&picture_, p.samples.data(), stride)
                             : WebPPictureImportRGB(&picture_, p.samples.data(), stride)) != 0);
  }
  WebpPicture(const WebpPicture&) = delete;
  WebpPicture& operator=(const WebpPicture&) = delete;
  ~WebpPicture() { WebPPictureFree(&picture_); }
  WebPPicture* get() { return &picture_; }

 private:
  WebPPicture picture_{};
};

WebPConfig config_of(bool lossless) {
  WebPConfig config;
  require(WebPConfigInit(&config) != 0);
  config.lossless = lossless ? 1 : 0;
  config.exact = 1;  // keep colours under transparent pixels
  config.quality = 90;
  return config;
}

}  // namespace

Bytes encode_webp(const Picture& rgb_or_rgba, const WebpShape& shape) {
  WebpPicture picture(rgb_or_rgba);
  const WebPConfig config = config_of(shape.lossless);
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.get()->writer = WebPMemoryWrite;
  picture.get()->custom_ptr = &writer;
  require(WebPEncode(&config, picture.get()) != 0);
  Bytes file = bytes_of(writer.mem, writer.size);
  WebPMemoryWriterClear(&writer);
  if (shape.orientation == 0) return file;
  const Bytes exif = exif_block(shape.orientation, shape.orientation % 2 == 0);
  const WebPData image{reinterpret_cast<const std::uint8_t*>(file.data()), file.size()};
  const WebPData chunk{reinterpret_cast<const std::uint8_t*>(exif.data()), exif.size()};
  WebPMux* mux = WebPMuxCreate(&image, 1);
  WebPData assembled{};
  require(mux != nullptr && WebPMuxSetChunk(mux, "EXIF", &chunk, 1) == WEBP_MUX_OK &&
          WebPMuxAssemble(mux, &assembled) == WEBP_MUX_OK);
  file = bytes_of(assembled.bytes, assembled.size);
  WebPDataClear(&assembled);
  WebPMuxDelete(mux);
  return file;
}

Bytes encode_animated_webp(std::span<const Picture> frames) {
  WebPAnimEncoderOptions options;
  require(WebPAnimEncoderOptionsInit(&options) != 0);
  WebPAnimEncoder* encoder = WebPAnimEncoderNew(frames[0].width, frames[0].height, &options);
  const WebPConfig config = config_of(true);
  int time_ms = 0;
  for (const Picture& frame : frames) {
    WebpPicture picture(frame);
    require(WebPAnimEncoderAdd(encoder, picture.get(), time_ms, &config) != 0);
    time_ms += 40;
  }
  WebPData assembled{};
  require(WebPAnimEncoderAdd(encoder, nullptr, time_ms, nullptr) != 0 &&
          WebPAnimEncoderAssemble(encoder, &assembled) != 0);
  Bytes file = bytes_of(assembled.bytes, assembled.size);
  WebPDataClear(&assembled);
  WebPAnimEncoderDelete(encoder);
  return file;
}

}  // namespace seawall::test
