#include <webp/decode.h>
#include <webp/demux.h>

#include <cstring>
#include <memory>
#include <new>

#include "seawall/media/exif.h"
#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {
namespace {

struct DemuxDelete {
  void operator()(WebPDemuxer* demux) const { WebPDemuxDelete(demux); }
};
struct AnimationDelete {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};
struct IncrementalDelete {
  void operator()(WebPIDecoder* decoder) const { WebPIDelete(decoder); }
};

tl::unexpected<Error> damaged() {
  return fail(Code::kInvalidInput, "the WebP is damaged; nothing of it could be decoded");
}

/// Whether the file is shorter than its container says: what is missing may be only metadata, such as the
/// orientation, but the picture is then not known to be whole.
bool is_cut(const DecodeJob& job) {
  constexpr std::size_t kRiffHeaderBytes = 8;
  if (job.file().size() < kRiffHeaderBytes) return true;
  std::uint64_t payload_bytes = 0;
  for (std::size_t i = 0; i < 4; ++i) payload_bytes |= std::uint64_t{job.bytes()[4 + i]} << (8 * i);
  return job.file().size() < payload_bytes + kRiffHeaderBytes;
}

WebPData data_of(const DecodeJob& job) { return {job.bytes(), job.file().size()}; }

/// Orientation from the container's EXIF chunk, which may be cut off.
int orientation_of(const DecodeJob& job) {
  const WebPData data = data_of(job);
  WebPDemuxState state{};
  const std::unique_ptr<WebPDemuxer, DemuxDelete> demux(WebPDemuxPartial(&data, &state));
  if (!demux) return 1;
  WebPChunkIterator chunk{};
  int orientation = 1;
  if (WebPDemuxGetChunk(demux.get(), "EXIF", 1, &chunk) != 0) {
    orientation = exif_orientation(std::as_bytes(std::span(chunk.chunk.bytes, chunk.chunk.size)));
  }
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

void point_output_at(WebPDecBuffer& output, const Raster& raster, WEBP_CSP_MODE mode) {
  output.colorspace = mode;
  output.is_external_memory = 1;
  output.u.RGBA.rgba = raster.data;
  output.u.RGBA.stride = static_cast<int>(raster.stride_bytes);
  output.u.RGBA.size =
      static_cast<std::size_t>(raster.stride_bytes) * static_cast<std::size_t>(raster.height_px);
}

/// Rows decoded; all of them for a whole file.
int decode_into(const DecodeJob& job, const Raster& raster, WEBP_CSP_MODE mode) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return 0;
  point_output_at(config.output, raster, mode);
  const VP8StatusCode status = WebPDecode(job.bytes(), job.file().size(), &config);
  if (status == VP8_STATUS_OK) return raster.height_px;
  // A file that was cut off: the incremental decoder shows how far it goes.
  WebPDecBuffer partial;
  if (WebPInitDecBuffer(&partial) == 0) return 0;
  point_output_at(partial, raster, mode);
  const std::unique_ptr<WebPIDecoder, IncrementalDelete> decoder(WebPINewDecoder(&partial));
  if (!decoder) return 0;
  (void)WebPIUpdate(decoder.get(), job.bytes(), job.file().size());
  int rows = 0;
  return WebPIDecGetRGB(decoder.get(), &rows, nullptr, nullptr, nullptr) != nullptr ? rows : 0;
}

Result<void> decode_still(DecodeJob& job, const WebPBitstreamFeatures& features) {
  const int orientation = orientation_of(job);
  SEAWALL_TRY(const Raster raster,
              job.begin_frame(features.width, features.height, PixelLayout::kRgb24, orientation));
  int rows = 0;
  if (features.has_alpha != 0) {
    Raster rgba = raster;
    rgba.stride_bytes = static_cast<std::ptrdiff_t>(raster.width_px) * 4;
    const auto bytes = static_cast<std::size_t>(rgba.stride_bytes) * static_cast<std::size_t>(rgba.height_px);
    const std::unique_ptr<std::uint8_t[]> samples(new std::uint8_t[bytes]);
    rgba.data = samples.get();
    rows = decode_into(job, rgba, MODE_RGBA);
    for (int y = 0; y < rows; ++y) rgba_over_white(rgba.row(y), raster.row(y), raster.width_px);
  } else {
    rows = decode_into(job, raster, MODE_RGB);
  }
  if (rows == 0) return damaged();
  fill_rows(raster, rows);
  job.info.truncated = rows < raster.height_px || is_cut(job);
  job.info.frames_total = 1;
  return job.deliver({.original_width_px = features.width, .original_height_px = features.height});
}

Result<void> decode_animation(DecodeJob& job) {
  const WebPData data = data_of(job);
  WebPAnimDecoderOptions options;
  if (WebPAnimDecoderOptionsInit(&options) == 0) return damaged();
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  const std::unique_ptr<WebPAnimDecoder, AnimationDelete> decoder(WebPAnimDecoderNew(&data, &options));
  WebPAnimInfo info{};
  if (!decoder || WebPAnimDecoderGetInfo(decoder.get(), &info) == 0) return damaged();
  const int total = static_cast<int>(std::min<std::uint32_t>(info.frame_count, kFramesWalkedMax + 1));
  if (total > kFramesWalkedMax) return fail(Code::kLimitExceeded, "the WebP has more frames than the limit");
  job.info.frames_total = total;
  const int orientation = orientation_of(job);
  int time_ms = 0;
  for (int i = 0; i < total; ++i) {
    if (job.out_of_time()) return job.time_is_up();
    std::uint8_t* canvas = nullptr;
    int end_ms = 0;
    if (WebPAnimDecoderGetNext(decoder.get(), &canvas, &end_ms) == 0) {
      job.info.truncated = true;
      break;
    }
    if (job.wants_frame(i, total)) {
      const int width = static_cast<int>(info.canvas_width);
      const int height = static_cast<int>(info.canvas_height);
      SEAWALL_TRY(const Raster raster, job.begin_frame(width, height, PixelLayout::kRgb24, orientation));
      for (int y = 0; y < height; ++y) {
        rgba_over_white(canvas + std::ptrdiff_t{y} * width * 4, raster.row(y), width);
      }
      if (auto done = job.deliver(
              {.original_width_px = width, .original_height_px = height, .index = i, .time_ms = time_ms});
          !done) {
        return done;
      }
    }
    time_ms = end_ms;
  }
  if (job.info.frames_decoded == 0) return damaged();
  return {};
}

}  // namespace

Result<void> decode_webp(DecodeJob& job) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(job.bytes(), job.file().size(), &features) != VP8_STATUS_OK) return damaged();
  const auto width = static_cast<std::uint64_t>(std::max(features.width, 0));
  const auto height = static_cast<std::uint64_t>(std::max(features.height, 0));
  if (auto fits = job.check_size(width, height); !fits) return fits;
  return features.has_animation != 0 ? decode_animation(job) : decode_still(job, features);
}

}  // namespace seawall::media_images
