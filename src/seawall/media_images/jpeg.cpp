// jpeglib.h wants <cstdio> before it and jerror.h after it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <string_view>
#include <vector>

#include "seawall/media/exif.h"
#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {
namespace {

/// A real progressive file has about ten; each costs a pass over the picture.
constexpr int kScansMax = 200;
constexpr int kRowsAtOnce = 16;
/// Scaled decoding by s keeps the PDQ hash within about 2 bits where min(W, H) / (64 s) is at least this.
constexpr double kSamplesPerCellMin = 5.5;
constexpr std::int64_t kDcOnlyPixelsMin = 4'000'000;
/// Fewest pixels of a side for which the DC picture (1/8) is used: measured in docs/media.md.
constexpr int kDcOnlySideMin = 1408;

/// libjpeg's error handler, which must not return: it jumps to `escape`.
struct ErrorTrap {
  jpeg_error_mgr base{};
  std::jmp_buf escape{};
  int code = 0;
  bool damaged = false;
};

void on_error(j_common_ptr info) {
  auto* trap = reinterpret_cast<ErrorTrap*>(info->err);
  trap->code = trap->base.msg_code;
  std::longjmp(trap->escape, 1);
}

void on_message(j_common_ptr info, int level) {
  auto* trap = reinterpret_cast<ErrorTrap*>(info->err);
  if (level >= 0) return;
  switch (trap->base.msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
      break;  // odd, but nothing is missing
    default:
      trap->damaged = true;
  }
}

/// libjpeg's callback between rows of multi-scan files: ends those that would go on for ever.
struct Watch {
  jpeg_progress_mgr base{};
  const DecodeJob* job = nullptr;
  bool limit_hit = false;
};

void on_progress(j_common_ptr info) {
  auto* watch = reinterpret_cast<Watch*>(info->progress);
  const auto* decompress = reinterpret_cast<j_decompress_ptr>(info);
  if (decompress->input_scan_number <= kScansMax && !watch->job->out_of_time()) return;
  watch->limit_hit = true;
  std::longjmp(reinterpret_cast<ErrorTrap*>(info->err)->escape, 1);
}

/// One libjpeg decompressor. Each method that calls the library sets its own jump target and holds no object
/// with a destructor, so a jump skips none.
class JpegReader {
 public:
  explicit JpegReader(DecodeJob& job) : job_(job) {
    info_.err = jpeg_std_error(&trap_.base);
    trap_.base.error_exit = on_error;
    trap_.base.emit_message = on_message;
    watch_.base.progress_monitor = on_progress;
    watch_.job = &job;
  }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&info_); }

  bool read_header() {
    if (setjmp(trap_.escape) != 0) return false;
    jpeg_create_decompress(&info_);
    info_.progress = &watch_.base;
    info_.mem->max_memory_to_use = static_cast<long>(job_.limits().memory_bytes_max);
    jpeg_mem_src(&info_, job_.bytes(), static_cast<unsigned long>(job_.file().size()));
    jpeg_save_markers(&info_, JPEG_APP0 + 1, 0xFFFF);
    return jpeg_read_header(&info_, TRUE) == JPEG_HEADER_OK;
  }

  [[nodiscard]] int orientation() const {
    for (const jpeg_marker_struct* m = info_.marker_list; m != nullptr; m = m->next) {
      const std::span data(reinterpret_cast<const std::byte*>(m->data), m->data_length);
      if (m->data_length > 6 && std::memcmp(m->data, "Exif\0\0", 6) == 0) return exif_orientation(data);
    }
    return 1;
  }

  void choose_colours_and_scale(int orientation) {
    const bool is_cmyk = info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
    const bool is_gray = info_.jpeg_color_space == JCS_GRAYSCALE;
    info_.out_color_space = is_cmyk ? JCS_CMYK : is_gray ? JCS_GRAYSCALE : JCS_RGB;
    if (job_.options().exact || is_cmyk) return;
    dc_only_ = wants_dc_only();
    scale_ = dc_only_ ? 8 : scale_for(orientation);
    info_.scale_num = 1;
    info_.scale_denom = static_cast<unsigned>(scale_);
    if (scale_ > 1) info_.out_color_space = JCS_GRAYSCALE;
    if (!dc_only_) return;
    info_.buffered_image = TRUE;
    info_.do_block_smoothing = FALSE;
  }

  bool start() {
    if (setjmp(trap_.escape) != 0) return false;
    if (jpeg_start_decompress(&info_) == FALSE) return false;
    if (!dc_only_) return true;
    int scans = 0;
    while (scans < kScansMax) {
      const int state = jpeg_consume_input(&info_);
      if (state == JPEG_REACHED_EOI || state == JPEG_SUSPENDED) break;
      if (state != JPEG_SCAN_COMPLETED) continue;
      ++scans;
      if (info_.coef_bits != nullptr && info_.coef_bits[0][0] >= 0) break;
    }
    return jpeg_start_output(&info_, info_.input_scan_number) != FALSE;
  }

  /// Rows that came out whole.
  int read_rows(const Raster& raster) {
    if (info_.out_color_space == JCS_CMYK) cmyk_row_.resize(static_cast<std::size_t>(raster.width_px) * 4);
    if (setjmp(trap_.escape) != 0) return static_cast<int>(info_.output_scanline);
    while (info_.output_scanline < info_.output_height) {
      const int y = static_cast<int>(info_.output_scanline);
      if (job_.out_of_time()) {
        watch_.limit_hit = true;
        return y;
      }
      const unsigned got =
          info_.out_color_space == JCS_CMYK ? read_cmyk_row(raster, y) : read_some(raster, y);
      if (got == 0) return y;
    }
    return raster.height_px;
  }

  [[nodiscard]] tl::unexpected<Error> failure() const {
    if (watch_.limit_hit)
      return fail(Code::kLimitExceeded, "the JPEG takes longer than the limit of " +
                                            std::to_string(job_.limits().time_ms_max) +
                                            " ms, or has more than " + std::to_string(kScansMax) + " scans");
    switch (trap_.code) {
      case JERR_OUT_OF_MEMORY:
      case JERR_NO_BACKING_STORE:
        return job_.memory_is_full();
      case JERR_BAD_PRECISION:
      case JERR_SOF_UNSUPPORTED:
      case JERR_CONVERSION_NOTIMPL:
        return fail(Code::kUnsupported, "a JPEG of a kind that libjpeg does not read");
      default:
        return fail(Code::kInvalidInput, "the JPEG is damaged; nothing of it could be decoded");
    }
  }

  /// Whether the picture's end marker is missing from what a DC-only read did not look at. Scans cannot hold
  /// its two bytes; a file that ends with them, or with zeros after them, is not searched.
  [[nodiscard]] bool end_missing() const {
    if (!dc_only_) return false;
    const auto* rest = reinterpret_cast<const char*>(info_.src->next_input_byte);
    constexpr std::string_view kEnd = "\xFF\xD9";
    std::string_view unread(rest, info_.src->bytes_in_buffer);
    unread = unread.substr(0, unread.find_last_not_of('\0') + 1);
    return !unread.ends_with(kEnd) && unread.find(kEnd) == std::string_view::npos;
  }

  [[nodiscard]] bool limit_hit() const { return watch_.limit_hit; }
  [[nodiscard]] bool damaged() const { return trap_.damaged; }
  [[nodiscard]] int scale() const { return scale_; }
  [[nodiscard]] const jpeg_decompress_struct& info() const { return info_; }

 private:
  [[nodiscard]] bool wants_dc_only() const {
    const std::int64_t pixels = std::int64_t{info_.image_width} * info_.image_height;
    const int side = static_cast<int>(std::min(info_.image_width, info_.image_height));
    return info_.progressive_mode != FALSE && pixels > kDcOnlyPixelsMin && side >= kDcOnlySideMin;
  }

  /// A turned picture starts with its last block, which is whole only where the scale divides the side.
  [[nodiscard]] int scale_for(int orientation) const {
    const int side = static_cast<int>(std::min(info_.image_width, info_.image_height));
    const bool turned = orientation != 1 && orientation != 5;
    for (const int scale : {8, 4, 2}) {
      const auto divisor = static_cast<unsigned>(scale);
      const bool whole = info_.image_width % divisor == 0 && info_.image_height % divisor == 0;
      if (side >= kSamplesPerCellMin * 64 * scale && (!turned || whole)) return scale;
    }
    return 1;
  }

  unsigned read_some(const Raster& raster, int y) {
    std::array<JSAMPROW, kRowsAtOnce> rows;
    const int count = std::min(kRowsAtOnce, raster.height_px - y);
    for (int i = 0; i < count; ++i) rows[static_cast<std::size_t>(i)] = raster.row(y + i);
    return jpeg_read_scanlines(&info_, rows.data(), static_cast<unsigned>(count));
  }

  unsigned read_cmyk_row(const Raster& raster, int y) {
    JSAMPROW row = cmyk_row_.data();
    const unsigned got = jpeg_read_scanlines(&info_, &row, 1);
    if (got == 1) cmyk_to_rgb(row, raster.row(y), raster.width_px, info_.saw_Adobe_marker != FALSE);
    return got;
  }

  DecodeJob& job_;
  jpeg_decompress_struct info_{};
  ErrorTrap trap_;
  Watch watch_;
  std::vector<std::uint8_t> cmyk_row_;
  int scale_ = 1;
  bool dc_only_ = false;
};

}  // namespace

Result<void> decode_jpeg(DecodeJob& job) {
  JpegReader reader(job);
  if (!reader.read_header()) return reader.failure();
  const auto& info = reader.info();
  if (auto fits = job.check_size(info.image_width, info.image_height); !fits) return fits;
  const int orientation = reader.orientation();
  reader.choose_colours_and_scale(orientation);
  if (!reader.start()) return reader.failure();
  const PixelLayout layout =
      info.out_color_space == JCS_GRAYSCALE ? PixelLayout::kGray8 : PixelLayout::kRgb24;
  SEAWALL_TRY(const Raster raster,
              job.begin_frame(static_cast<int>(info.output_width), static_cast<int>(info.output_height),
                              layout, orientation));
  const int rows = reader.read_rows(raster);
  if (reader.limit_hit() || rows == 0) return reader.failure();
  fill_rows(raster, rows);
  job.info.truncated = reader.damaged() || rows < raster.height_px || reader.end_missing();
  job.info.frames_total = 1;
  return job.deliver({.original_width_px = static_cast<int>(info.image_width),
                      .original_height_px = static_cast<int>(info.image_height),
                      .scale_denominator = reader.scale()});
}

}  // namespace seawall::media_images
