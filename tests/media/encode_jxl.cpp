#include <jxl/encode.h>

#include <stdexcept>

#include "encoders.h"

namespace seawall::test {
namespace {

void require(JxlEncoderStatus status) {
  if (status != JXL_ENC_SUCCESS) throw std::runtime_error("libjxl cannot encode");
}

std::vector<std::uint8_t> samples_of(const Picture& p, int bits) {
  if (bits == 8) return p.samples;
  std::vector<std::uint8_t> wide;
  for (std::size_t i = 0; i < p.samples.size(); ++i) {
    wide.push_back(p.samples[i]);
    wide.push_back(static_cast<std::uint8_t>(i * 37));
  }
  return wide;
}

Bytes encode(std::span<const Picture> frames, const JxlShape& shape, bool animated) {
  const Picture& first = frames[0];
  JxlEncoder* encoder = JxlEncoderCreate(nullptr);
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = static_cast<unsigned>(first.width);
  info.ysize = static_cast<unsigned>(first.height);
  info.bits_per_sample = static_cast<unsigned>(shape.bits);
  info.num_color_channels = first.channels <= 2 ? 1 : 3;
  const bool alpha = first.channels % 2 == 0;
  info.alpha_bits = alpha ? info.bits_per_sample : 0;
  info.num_extra_channels = alpha ? 1 : 0;
  info.orientation = static_cast<JxlOrientation>(shape.orientation);
  info.uses_original_profile = shape.lossless ? JXL_TRUE : JXL_FALSE;
  if (animated) {
    info.have_animation = JXL_TRUE;
    info.animation.tps_numerator = 1000;
    info.animation.tps_denominator = 1;
  }
  require(JxlEncoderSetBasicInfo(encoder, &info));
  JxlColorEncoding colours;
  JxlColorEncodingSetToSRGB(&colours, first.channels <= 2 ? JXL_TRUE : JXL_FALSE);
  require(JxlEncoderSetColorEncoding(encoder, &colours));
  JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder, nullptr);
  require(JxlEncoderSetFrameLossless(settings, shape.lossless ? JXL_TRUE : JXL_FALSE));
  const JxlPixelFormat format{static_cast<unsigned>(first.channels),
                              shape.bits == 8 ? JXL_TYPE_UINT8 : JXL_TYPE_UINT16, JXL_BIG_ENDIAN, 0};
  for (const Picture& frame : frames) {
    if (animated) {
      JxlFrameHeader header;
      JxlEncoderInitFrameHeader(&header);
      header.duration = 40;
      require(JxlEncoderSetFrameHeader(settings, &header));
    }
    const std::vector<std::uint8_t> samples = samples_of(frame, shape.bits);
    require(JxlEncoderAddImageFrame(settings, &format, samples.data(), samples.size()));
  }
  JxlEncoderCloseInput(encoder);
  Bytes file(1 << 20);
  auto* next = reinterpret_cast<std::uint8_t*>(file.data());
  std::size_t room = file.size();
  require(JxlEncoderProcessOutput(encoder, &next, &room));
  file.resize(file.size() - room);
  JxlEncoderDestroy(encoder);
  return file;
}

}  // namespace

Bytes encode_jxl(const Picture& picture, const JxlShape& shape) {
  return encode(std::span(&picture, 1), shape, false);
}

Bytes encode_animated_jxl(std::span<const Picture> frames) { return encode(frames, {}, true); }

}  // namespace seawall::test
