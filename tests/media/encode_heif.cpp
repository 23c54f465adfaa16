#include <libheif/heif.h>

#include <algorithm>
#include <stdexcept>

#include "encoders.h"

namespace seawall::test {
namespace {

void require(const heif_error& error) {
  if (error.code != heif_error_Ok) throw std::runtime_error(error.message);
}

heif_error on_write(heif_context*, const void* data, std::size_t bytes, void* user) {
  const auto* first = static_cast<const std::byte*>(data);
  static_cast<Bytes*>(user)->assign(first, first + bytes);
  return {heif_error_Ok, heif_suberror_Unspecified, ""};
}

heif_image* image_of(const Picture& p) {
  heif_image* image = nullptr;
  const bool alpha = p.channels == 4;
  require(heif_image_create(p.width, p.height, heif_colorspace_RGB,
                            alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, &image));
  require(heif_image_add_plane(image, heif_channel_interleaved, p.width, p.height, 8));
  int stride = 0;
  std::uint8_t* plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  const std::size_t row = static_cast<std::size_t>(p.width) * static_cast<std::size_t>(p.channels);
  for (int y = 0; y < p.height; ++y) {
    std::copy_n(p.samples.data() + static_cast<std::size_t>(y) * row, row,
                plane + std::ptrdiff_t{y} * stride);
  }
  return image;
}

}  // namespace

Bytes encode_heif(const Picture& rgb_or_rgba, HeifCodec codec, bool lossless, int orientation) {
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  require(heif_context_get_encoder_for_format(
      context, codec == HeifCodec::kHevc ? heif_compression_HEVC : heif_compression_AV1, &encoder));
  require(heif_encoder_set_lossless(encoder, lossless ? 1 : 0));
  if (!lossless) require(heif_encoder_set_lossy_quality(encoder, 80));
  require(heif_encoder_set_parameter_string(encoder, "chroma", "444"));
  if (codec == HeifCodec::kAv1) require(heif_encoder_set_parameter_integer(encoder, "speed", 8));
  heif_image* image = image_of(rgb_or_rgba);
  heif_encoding_options* options = heif_encoding_options_alloc();
  heif_color_profile_nclx* profile = heif_nclx_color_profile_alloc();
  profile->matrix_coefficients =
      lossless ? heif_matrix_coefficients_RGB_GBR : heif_matrix_coefficients_ITU_R_BT_601_6;
  profile->full_range_flag = 1;
  options->output_nclx_profile = profile;
  options->image_orientation = static_cast<heif_orientation>(orientation);
  heif_image_handle* handle = nullptr;
  require(heif_context_encode_image(context, image, encoder, options, &handle));
  Bytes file;
  heif_writer writer{1, on_write};
  require(heif_context_write(context, &writer, &file));
  heif_image_handle_release(handle);
  heif_nclx_color_profile_free(profile);
  heif_encoding_options_free(options);
  heif_image_release(image);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return file;
}

}  // namespace seawall::test
