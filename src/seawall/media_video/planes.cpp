#include "seawall/media_video/detail/planes.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace seawall::media_video {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr int kHighDefinitionLines = 720;
constexpr int kHighDefinitionColumns = 1280;

constexpr std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// What to_planes() makes of a frame: sizes and places of its planes.
struct Shape {
  const AVPixFmtDescriptor* format = nullptr;
  bool colour_from_rgb = false;
  int planes = 1;
  int h_shift = 0;
  int v_shift = 0;
  std::size_t y_stride = 0;
  std::size_t chroma_stride = 0;
  std::size_t y_bytes = 0;
  std::size_t chroma_bytes = 0;
  int chroma_width = 0;
  int chroma_height = 0;
};

std::optional<Shape> shape_of(const AVFrame& frame) {
  const auto pixel_format = static_cast<AVPixelFormat>(frame.format);
  if (!is_readable(pixel_format) || frame.width <= 0 || frame.height <= 0) return std::nullopt;
  Shape shape;
  shape.format = ::av_pix_fmt_desc_get(pixel_format);
  shape.colour_from_rgb = (shape.format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
  shape.planes = shape.colour_from_rgb || shape.format->nb_components >= 3 ? 3 : 1;
  if (shape.planes == 3 && !shape.colour_from_rgb) {
    shape.h_shift = shape.format->log2_chroma_w;
    shape.v_shift = shape.format->log2_chroma_h;
  }
  shape.chroma_width = (frame.width + (1 << shape.h_shift) - 1) >> shape.h_shift;
  shape.chroma_height = (frame.height + (1 << shape.v_shift) - 1) >> shape.v_shift;
  shape.y_stride = aligned(static_cast<std::size_t>(frame.width));
  shape.chroma_stride = aligned(static_cast<std::size_t>(shape.chroma_width));
  shape.y_bytes = shape.y_stride * static_cast<std::size_t>(frame.height);
  shape.chroma_bytes = shape.chroma_stride * static_cast<std::size_t>(shape.chroma_height);
  return shape;
}

/// One row of one component, slowly, whatever the format: 16 bits a sample, scaled to 8.
class AnyRow {
 public:
  AnyRow(const AVFrame& frame, const AVPixFmtDescriptor& format, int width)
      : frame_(frame), format_(format), samples_(static_cast<std::size_t>(width)) {
    for (int p = 0; p < 4; ++p) data_[static_cast<std::size_t>(p)] = frame.data[p];
  }
  void read(int y, int component, std::uint8_t* out) {
    const bool palette = (format_.flags & AV_PIX_FMT_FLAG_PAL) != 0;
    ::av_read_image_line2(samples_.data(), data_.data(), frame_.linesize, &format_, 0, y, component,
                          static_cast<int>(samples_.size()), palette ? 1 : 0, 2);
    const int depth = palette ? 8 : format_.comp[component].depth;
    for (std::size_t x = 0; x < samples_.size(); ++x) {
      const unsigned value = samples_[x];
      out[x] =
          static_cast<std::uint8_t>(depth >= 8 ? value >> (depth - 8) : value * 255U / ((1U << depth) - 1U));
    }
  }

 private:
  const AVFrame& frame_;
  const AVPixFmtDescriptor& format_;
  std::array<const std::uint8_t*, 4> data_{};
  std::vector<std::uint16_t> samples_;
};

void copy_high_bytes(const std::uint8_t* from, int width, int shift, std::uint8_t* to) {
  for (int x = 0; x < width; ++x) {
    std::uint16_t value = 0;
    std::memcpy(&value, from + 2 * static_cast<std::ptrdiff_t>(x), sizeof value);
    to[x] = static_cast<std::uint8_t>(value >> shift);
  }
}

/// One component to one plane.
void copy_component(const AVFrame& frame, const AVPixFmtDescriptor& format, int component, int width,
                    int height, std::uint8_t* to, std::size_t stride) {
  const AVComponentDescriptor& comp = format.comp[component];
  const bool big_endian = (format.flags & AV_PIX_FMT_FLAG_BE) != 0;
  const bool bytes = comp.step == 1 && comp.shift == 0 && comp.depth == 8;
  const bool words = comp.step == 2 && comp.depth + comp.shift > 8 && comp.depth >= 8 && !big_endian &&
                     (format.flags & AV_PIX_FMT_FLAG_BITSTREAM) == 0 && comp.depth + comp.shift <= 16;
  if (!bytes && !words) {
    AnyRow row(frame, format, width);
    for (int y = 0; y < height; ++y, to += stride) row.read(y, component, to);
    return;
  }
  const std::uint8_t* from = frame.data[comp.plane] + comp.offset;
  const std::ptrdiff_t line = frame.linesize[comp.plane];
  for (int y = 0; y < height; ++y, from += line, to += stride) {
    if (bytes) {
      std::memcpy(to, from, static_cast<std::size_t>(width));
    } else {
      // A full 16-bit word has no bits above the sample, so only the low ones go.
      copy_high_bytes(from, width, comp.shift + comp.depth - 8, to);
    }
  }
}

std::uint8_t rounded(int fixed_16) {
  const int value = (fixed_16 + 32768) >> 16;
  return static_cast<std::uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

/// R, G and B of the frame to full-range BT.601.
void convert_rgb(const AVFrame& frame, const Shape& shape, std::uint8_t* y_plane, std::uint8_t* cb_plane,
                 std::uint8_t* cr_plane) {
  const auto width = static_cast<std::size_t>(frame.width);
  std::vector<std::uint8_t> rgb(3 * width);
  AnyRow row(frame, *shape.format, frame.width);
  for (int line = 0; line < frame.height; ++line) {
    for (int c = 0; c < 3; ++c) row.read(line, c, rgb.data() + static_cast<std::size_t>(c) * width);
    for (std::size_t x = 0; x < width; ++x) {
      const int r = rgb[x];
      const int g = rgb[width + x];
      const int b = rgb[2 * width + x];
      y_plane[x] = rounded(19595 * r + 38470 * g + 7471 * b);
      cb_plane[x] = rounded(128 * 65536 - 11059 * r - 21709 * g + 32768 * b);
      cr_plane[x] = rounded(128 * 65536 + 32768 * r - 27439 * g - 5329 * b);
    }
    y_plane += shape.y_stride;
    cb_plane += shape.chroma_stride;
    cr_plane += shape.chroma_stride;
  }
}

YccMatrix matrix_for(AVColorSpace space, bool full) {
  switch (space) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_SMPTE240M:
      return full ? YccMatrix::kBt709Full : YccMatrix::kBt709Limited;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return full ? YccMatrix::kBt2020Full : YccMatrix::kBt2020Limited;
    default:
      return full ? YccMatrix::kBt601Full : YccMatrix::kBt601Limited;
  }
}

bool is_stated(AVColorSpace space) {
  return space == AVCOL_SPC_BT709 || space == AVCOL_SPC_SMPTE240M || space == AVCOL_SPC_BT2020_NCL ||
         space == AVCOL_SPC_BT2020_CL || space == AVCOL_SPC_BT470BG || space == AVCOL_SPC_SMPTE170M ||
         space == AVCOL_SPC_FCC;
}

bool is_full_range(const AVFrame& frame) {
  switch (static_cast<AVPixelFormat>(frame.format)) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
      return true;
    default:
      return frame.color_range == AVCOL_RANGE_JPEG;
  }
}

}  // namespace

bool is_readable(AVPixelFormat format) {
  const AVPixFmtDescriptor* described = ::av_pix_fmt_desc_get(format);
  if (described == nullptr || described->nb_components == 0) return false;
  constexpr auto kStrange = AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_FLOAT;
  if ((described->flags & kStrange) != 0 || format == AV_PIX_FMT_XYZ12LE || format == AV_PIX_FMT_XYZ12BE)
    return false;
  for (int c = 0; c < described->nb_components; ++c) {
    if (described->comp[c].depth > 16) return false;
  }
  return described->log2_chroma_w <= 2 && described->log2_chroma_h <= 2;
}

std::size_t plane_bytes(const AVFrame& frame) {
  const auto shape = shape_of(frame);
  if (!shape) return 0;
  return shape->y_bytes + (shape->planes == 3 ? 2 * shape->chroma_bytes : 0);
}

Planes to_planes(const AVFrame& frame, std::span<std::uint8_t> to) {
  const Shape shape = *shape_of(frame);
  std::uint8_t* y = to.data();
  std::uint8_t* cb = shape.planes == 3 ? y + shape.y_bytes : nullptr;
  std::uint8_t* cr = shape.planes == 3 ? cb + shape.chroma_bytes : nullptr;
  Planes planes;
  planes.view = {.y = y,
                 .cb = cb,
                 .cr = cr,
                 .y_stride_bytes = static_cast<std::ptrdiff_t>(shape.y_stride),
                 .chroma_stride_bytes = static_cast<std::ptrdiff_t>(shape.chroma_stride),
                 .width_px = frame.width,
                 .height_px = frame.height,
                 .chroma_h_shift = shape.h_shift,
                 .chroma_v_shift = shape.v_shift,
                 .matrix = YccMatrix::kBt601Full};
  if (shape.colour_from_rgb) {
    convert_rgb(frame, shape, y, cb, cr);
    planes.matrix_stated = true;
    return planes;
  }
  copy_component(frame, *shape.format, 0, frame.width, frame.height, y, shape.y_stride);
  if (shape.planes == 3) {
    copy_component(frame, *shape.format, 1, shape.chroma_width, shape.chroma_height, cb, shape.chroma_stride);
    copy_component(frame, *shape.format, 2, shape.chroma_width, shape.chroma_height, cr, shape.chroma_stride);
  }
  planes.matrix_stated = is_stated(frame.colorspace);
  const bool large = frame.height >= kHighDefinitionLines || frame.width >= kHighDefinitionColumns;
  const AVColorSpace custom = large ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
  planes.view.matrix = matrix_for(planes.matrix_stated ? frame.colorspace : custom, is_full_range(frame));
  return planes;
}

Orientation orientation_of(const std::int32_t* m) {
  // x' = m0 x + m3 y, y' = m1 x + m4 y, with y downwards.
  const std::int64_t straight = std::llabs(m[0]) + std::llabs(m[4]);
  const std::int64_t across = std::llabs(m[1]) + std::llabs(m[3]);
  if (straight >= across) {
    const bool left = m[0] < 0;
    const bool up = m[4] < 0;
    return {.mirrored = left != up, .quarter_turns = static_cast<std::uint8_t>(up ? 2 : 0)};
  }
  const bool down = m[1] >= 0;
  const bool mirrored = down == (m[3] >= 0);
  return {.mirrored = mirrored, .quarter_turns = static_cast<std::uint8_t>(down != mirrored ? 1 : 3)};
}

std::optional<Orientation> orientation_of(const AVFrame& frame) {
  const AVFrameSideData* data = ::av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
  if (data == nullptr || data->size < 9 * sizeof(std::int32_t)) return std::nullopt;
  std::array<std::int32_t, 9> matrix{};
  std::memcpy(matrix.data(), data->data, sizeof matrix);
  return orientation_of(matrix.data());
}

}  // namespace seawall::media_video
