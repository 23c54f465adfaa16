#include <libheif/heif.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {
namespace {

struct ContextFree {
  void operator()(heif_context* context) const { heif_context_free(context); }
};
struct HandleRelease {
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
};
struct ImageRelease {
  void operator()(heif_image* image) const { heif_image_release(image); }
};
struct OptionsFree {
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};
using HeifImage = std::unique_ptr<heif_image, ImageRelease>;
using HeifHandle = std::unique_ptr<heif_image_handle, HandleRelease>;

tl::unexpected<Error> explain(const heif_error& error, const DecodeJob& job) {
  switch (error.code) {
    case heif_error_Memory_allocation_error:
      return job.memory_is_full();
    case heif_error_Unsupported_feature:
    case heif_error_Unsupported_filetype:
    case heif_error_Plugin_loading_error:
      return fail(Code::kUnsupported, "a HEIF picture of a kind that libheif does not read");
    default:
      return fail(Code::kInvalidInput, "the HEIF picture is damaged");
  }
}

/// 8-bit RGB or RGBA, upright: libheif applies the file's own rotations and mirrors.
Result<HeifImage> decode_primary(const heif_image_handle& handle, bool alpha, const DecodeJob& job) {
  const std::unique_ptr<heif_decoding_options, OptionsFree> options(heif_decoding_options_alloc());
  options->convert_hdr_to_8bit = 1;
  heif_image* image = nullptr;
  const heif_error error =
      heif_decode_image(&handle, &image, heif_colorspace_RGB,
                        alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
  if (error.code != heif_error_Ok) return explain(error, job);
  return HeifImage(image);
}

Result<void> deliver(DecodeJob& job, const heif_image& image, bool alpha, bool premultiplied) {
  int stride = 0;
  const std::uint8_t* data = heif_image_get_plane_readonly(&image, heif_channel_interleaved, &stride);
  const int width = heif_image_get_width(&image, heif_channel_interleaved);
  const int height = heif_image_get_height(&image, heif_channel_interleaved);
  if (data == nullptr || width <= 0 || height <= 0) {
    return fail(Code::kInvalidInput, "the HEIF picture is damaged");
  }
  // The file's boxes and its coded picture may disagree; the coded one counts.
  if (auto fits = job.check_size(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height));
      !fits) {
    return fits;
  }
  SEAWALL_TRY(const Raster raster, job.begin_frame(width, height, PixelLayout::kRgb24, 1));
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* from = data + std::ptrdiff_t{y} * stride;
    if (!alpha) {
      std::memcpy(raster.row(y), from, static_cast<std::size_t>(width) * 3);
    } else if (premultiplied) {
      premultiplied_rgba_over_white(from, raster.row(y), width);
    } else {
      rgba_over_white(from, raster.row(y), width);
    }
  }
  job.info.frames_total = 1;
  return job.deliver({.original_width_px = width, .original_height_px = height});
}

}  // namespace

Result<void> decode_heif(DecodeJob& job) {
  const std::unique_ptr<heif_context, ContextFree> context(heif_context_alloc());
  if (!context) return job.memory_is_full();
  heif_context_set_max_decoding_threads(context.get(), 0);
  heif_context_set_maximum_image_size_limit(context.get(), job.limits().side_px_max);
  heif_error error =
      heif_context_read_from_memory_without_copy(context.get(), job.bytes(), job.file().size(), nullptr);
  if (error.code != heif_error_Ok) return explain(error, job);
  heif_image_handle* raw = nullptr;
  error = heif_context_get_primary_image_handle(context.get(), &raw);
  if (error.code != heif_error_Ok) return explain(error, job);
  const HeifHandle handle(raw);
  const auto width = static_cast<std::uint64_t>(std::max(heif_image_handle_get_width(raw), 0));
  const auto height = static_cast<std::uint64_t>(std::max(heif_image_handle_get_height(raw), 0));
  if (auto fits = job.check_size(width, height); !fits) return fits;
  const bool alpha = heif_image_handle_has_alpha_channel(raw) != 0;
  SEAWALL_TRY(const HeifImage image, decode_primary(*raw, alpha, job));
  return deliver(job, *image, alpha, heif_image_handle_is_premultiplied_alpha(raw) != 0);
}

}  // namespace seawall::media_images
