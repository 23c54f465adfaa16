#include <jxl/decode.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {
namespace {

struct DecoderDestroy {
  void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
};
using Decoder = std::unique_ptr<JxlDecoder, DecoderDestroy>;

tl::unexpected<Error> damaged() {
  return fail(Code::kInvalidInput, "the JPEG XL file is damaged; nothing of it could be decoded");
}

/// A decoder at the start of the file; without a runner, so it stays on this thread.
Decoder open(const DecodeJob& job, int events) {
  Decoder decoder(JxlDecoderCreate(nullptr));
  const bool ready = decoder && JxlDecoderSubscribeEvents(decoder.get(), events) == JXL_DEC_SUCCESS &&
                     JxlDecoderSetInput(decoder.get(), job.bytes(), job.file().size()) == JXL_DEC_SUCCESS;
  if (!ready) decoder.reset();
  return decoder;
}

/// Samples as libjxl writes them: interleaved, tightly packed.
struct SampleShape {
  JxlPixelFormat format{};
  PixelLayout layout = PixelLayout::kRgb24;
  bool direct = false;  ///< Just what a raster holds.
  bool premultiplied = false;
};

SampleShape shape_of(const JxlBasicInfo& info) {
  SampleShape shape;
  const bool gray = info.num_color_channels == 1;
  const bool alpha = info.alpha_bits > 0;
  const bool wide = info.bits_per_sample > 8 && info.exponent_bits_per_sample == 0;
  shape.layout = gray ? PixelLayout::kGray8 : PixelLayout::kRgb24;
  shape.format = {(gray ? 1U : 3U) + (alpha ? 1U : 0U), wide ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
                  JXL_BIG_ENDIAN, 0};
  shape.direct = !alpha && !wide;
  shape.premultiplied = info.alpha_premultiplied != 0;
  return shape;
}

/// One row of `samples` to the raster: high bytes, alpha on white.
void convert_row(std::uint8_t* samples, const SampleShape& shape, std::uint8_t* to, int width_px) {
  const std::size_t channels = shape.format.num_channels;
  const std::size_t count = static_cast<std::size_t>(width_px) * channels;
  if (shape.format.data_type == JXL_TYPE_UINT16) {
    for (std::size_t i = 0; i < count; ++i)
      samples[i] = samples[2 * i];  // big-endian: the high byte is first
  }
  if (channels == 1 || channels == 3) {
    std::memcpy(to, samples, count);
  } else if (shape.premultiplied && channels == 4) {
    premultiplied_rgba_over_white(samples, to, width_px);
  } else if (channels == 4) {
    rgba_over_white(samples, to, width_px);
  } else if (shape.premultiplied) {
    premultiplied_gray_alpha_over_white(samples, to, width_px);
  } else {
    gray_alpha_over_white(samples, to, width_px);
  }
}

/// Frames of an animation, counted without decoding pixels. A damaged file counts as far as it goes.
int count_frames(const DecodeJob& job) {
  const Decoder decoder = open(job, JXL_DEC_FRAME);
  int frames = 0;
  while (decoder && frames <= kFramesWalkedMax && !job.out_of_time() &&
         JxlDecoderProcessInput(decoder.get()) == JXL_DEC_FRAME) {
    ++frames;
  }
  return std::max(frames, 1);
}

/// Walks one file's events; each handler below answers one.
class JxlReader {
 public:
  explicit JxlReader(DecodeJob& job) : job_(job) {}

  Result<void> run() {
    decoder_ = open(job_, JXL_DEC_BASIC_INFO | JXL_DEC_FRAME | JXL_DEC_FULL_IMAGE);
    if (!decoder_) return damaged();
    for (;;) {
      if (job_.out_of_time()) return job_.time_is_up();
      Result<void> step;
      switch (JxlDecoderProcessInput(decoder_.get())) {
        case JXL_DEC_BASIC_INFO:
          step = on_basic_info();
          break;
        case JXL_DEC_FRAME:
          step = on_frame();
          break;
        case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
          step = on_buffer_wanted();
          break;
        case JXL_DEC_FULL_IMAGE:
          step = on_full_image();
          break;
        case JXL_DEC_SUCCESS:
          return job_.info.frames_decoded > 0 ? Result<void>() : damaged();
        default:
          return on_damage();
      }
      if (!step) return step;
    }
  }

 private:
  Result<void> on_basic_info() {
    JxlBasicInfo info{};
    if (JxlDecoderGetBasicInfo(decoder_.get(), &info) != JXL_DEC_SUCCESS) return damaged();
    // Upright already: the library turns pictures, and xsize and ysize are given as turned.
    if (auto fits = job_.check_size(info.xsize, info.ysize); !fits) return fits;
    width_ = static_cast<int>(info.xsize);
    height_ = static_cast<int>(info.ysize);
    shape_ = shape_of(info);
    if (info.have_animation != 0) {
      const double ticks = info.animation.tps_numerator;
      ms_per_tick_ = ticks > 0 ? 1000.0 * info.animation.tps_denominator / ticks : 0;
      job_.info.frames_total = count_frames(job_);
    } else {
      job_.info.frames_total = 1;
    }
    if (job_.info.frames_total > kFramesWalkedMax) {
      return fail(Code::kLimitExceeded,
                  "the JPEG XL file has more frames than the limit of " + std::to_string(kFramesWalkedMax));
    }
    return {};
  }

  Result<void> on_frame() {
    JxlFrameHeader header{};
    if (JxlDecoderGetFrameHeader(decoder_.get(), &header) != JXL_DEC_SUCCESS) return damaged();
    ++index_;
    start_ms_ = next_start_ms_;
    next_start_ms_ += header.duration * ms_per_tick_;
    buffer_set_ = false;
    return {};
  }

  Result<void> on_buffer_wanted() {
    std::size_t bytes = 0;
    if (JxlDecoderImageOutBufferSize(decoder_.get(), &shape_.format, &bytes) != JXL_DEC_SUCCESS)
      return damaged();
    SEAWALL_TRY(raster_, job_.begin_frame(width_, height_, shape_.layout, 1));
    std::uint8_t* to = raster_.data;
    if (!shape_.direct) {
      samples_.resize(bytes);
      to = samples_.data();
    } else if (bytes != static_cast<std::size_t>(raster_.stride_bytes) * static_cast<std::size_t>(height_)) {
      return damaged();
    }
    if (JxlDecoderSetImageOutBuffer(decoder_.get(), &shape_.format, to, bytes) != JXL_DEC_SUCCESS)
      return damaged();
    buffer_set_ = true;
    return {};
  }

  Result<void> on_full_image() {
    buffer_set_ = false;
    if (index_ >= job_.info.frames_total || !job_.wants_frame(index_, job_.info.frames_total)) return {};
    if (!shape_.direct) {
      const std::size_t row = samples_.size() / static_cast<std::size_t>(height_);
      for (int y = 0; y < height_; ++y) {
        convert_row(samples_.data() + static_cast<std::size_t>(y) * row, shape_, raster_.row(y), width_);
      }
    }
    return job_.deliver({.original_width_px = width_,
                         .original_height_px = height_,
                         .index = index_,
                         .time_ms = static_cast<std::int64_t>(std::min(start_ms_, 1e15))});
  }

  /// The file ends early or is wrong from here on: what is there of the current frame is used.
  Result<void> on_damage() {
    job_.info.truncated = true;
    if (buffer_set_) {
      fill_rows(raster_, 0);
      std::fill(samples_.begin(), samples_.end(), kFillGray);
      if (JxlDecoderFlushImage(decoder_.get()) == JXL_DEC_SUCCESS) return on_full_image();
    }
    return job_.info.frames_decoded > 0 ? Result<void>() : damaged();
  }

  DecodeJob& job_;
  Decoder decoder_;
  SampleShape shape_;
  Raster raster_;
  std::vector<std::uint8_t> samples_;
  int width_ = 0;
  int height_ = 0;
  int index_ = -1;
  double ms_per_tick_ = 0;
  double start_ms_ = 0;
  double next_start_ms_ = 0;
  bool buffer_set_ = false;
};

}  // namespace

Result<void> decode_jxl(DecodeJob& job) { return JxlReader(job).run(); }

}  // namespace seawall::media_images
