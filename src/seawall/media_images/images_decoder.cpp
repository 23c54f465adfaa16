#include "seawall/media_images/images_decoder.h"

#include <new>
#include <stdexcept>

#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/samples.h"

namespace seawall {
namespace {

media_images::DecodeFunction decoder_of(MediaType type) {
  switch (type) {
    case MediaType::kJpeg:
      return media_images::decode_jpeg;
    case MediaType::kPng:
      return media_images::decode_png;
    case MediaType::kWebp:
      return media_images::decode_webp;
    case MediaType::kGif:
      return media_images::decode_gif;
    case MediaType::kAvif:
    case MediaType::kHeic:
      return media_images::decode_heif;
    case MediaType::kJxl:
      return media_images::decode_jxl;
    case MediaType::kTiff:
      return media_images::decode_tiff;
    case MediaType::kBmp:
      return media_images::decode_bmp;
    case MediaType::kPnm:
      return media_images::decode_pnm;
    case MediaType::kUnknown:
      break;
  }
  return nullptr;
}

bool limits_make_sense(const DecodeLimits& limits) {
  return limits.side_px_max > 0 && limits.frames_max > 0 && limits.time_ms_max > 0 &&
         limits.pixels_max <= (std::uint64_t{1} << 40);
}

}  // namespace

Result<MediaInfo> ImagesDecoder::decode(std::span<const std::byte> file, const DecodeOptions& options,
                                        FunctionRef<void(const Frame&)> visit) {
  if (!limits_make_sense(options.limits)) return fail(Code::kInvalidInput, "decode limits must be positive");
  if (file.size() > options.limits.input_bytes_max) {
    return fail(Code::kLimitExceeded, "a file of " + std::to_string(file.size()) +
                                          " bytes is over the limit of " +
                                          std::to_string(options.limits.input_bytes_max) + " bytes");
  }
  if (file.empty()) return fail(Code::kInvalidInput, "the file is empty");
  const MediaType type = sniff_media_type(file);
  const media_images::DecodeFunction decode_format = decoder_of(type);
  if (decode_format == nullptr) return fail(Code::kUnsupported, "not a picture format that Seawall reads");
  HeapFrameMemory heap;
  try {
    media_images::DecodeJob job(file, options, memory_ != nullptr ? *memory_ : heap, visit);
    job.info.type = type;
    if (Result<void> done = decode_format(job); !done) return tl::unexpected(std::move(done).error());
    return job.info;
  } catch (const std::bad_alloc&) {
    return fail_memory(options.limits.memory_bytes_max);
  } catch (const std::exception&) {
    return fail(Code::kInvalidInput, "the picture is damaged");
  }
}

void warm_up_image_libraries() {
  ImagesDecoder decoder;
  for (const std::span<const std::uint8_t> sample : media_images::samples()) {
    // The result does not matter here; the tests check that each sample decodes.
    (void)decoder.decode(std::as_bytes(sample), {}, [](const Frame&) {});
  }
}

}  // namespace seawall
