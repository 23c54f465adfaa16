#include <png.h>

#include <array>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "seawall/media/exif.h"
#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {
namespace {

constexpr png_alloc_size_t kChunkBytesMax = 8U << 20;
constexpr png_uint_32 kCachedChunksMax = 128;

/// One libpng reader. Each method that calls the library sets its own jump target and holds no object with a
/// destructor, so a jump skips none.
class PngReader {
 public:
  explicit PngReader(DecodeJob& job) : job_(job), rest_(job.file()) {}
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  bool read_header() {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    if (png_ == nullptr) return false;
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    info_ = png_create_info_struct(png_);
    if (info_ == nullptr) return false;
    png_set_read_fn(png_, this, on_read);
    const auto side_max = static_cast<png_uint_32>(PNG_UINT_31_MAX);  // our own check says the limit better
    png_set_user_limits(png_, side_max, side_max);
    png_set_chunk_malloc_max(png_, kChunkBytesMax);
    png_set_chunk_cache_max(png_, kCachedChunksMax);
    png_set_crc_action(png_, PNG_CRC_WARN_USE, PNG_CRC_QUIET_USE);
    ignore_text_and_profiles();
    png_read_info(png_, info_);
    width_ = png_get_image_width(png_, info_);
    height_ = png_get_image_height(png_, info_);
    return true;
  }

  /// 8-bit gray or RGB out of whatever the file holds.
  bool start() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_expand(png_);
    png_set_strip_16(png_);
    const int colour_type = png_get_color_type(png_, info_);
    if ((colour_type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0) {
      // The background is given in the file's own depth, or in 8 bits once expanded.
      const png_uint_16 white = png_get_bit_depth(png_, info_) == 16 ? 0xFFFF : 0xFF;
      const png_color_16 background{0, white, white, white, white};
      png_set_background(png_, &background, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    }
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    channels_ = png_get_channels(png_, info_);
    return channels_ == 1 || channels_ == 3;
  }

  /// Stops early at damage; rows_usable() then says how far it came.
  void read_rows(const Raster& raster) {
    if (setjmp(png_jmpbuf(png_)) != 0) return;
    for (pass_ = 0; pass_ < passes_; ++pass_) {
      for (row_ = 0; row_ < raster.height_px; ++row_) {
        if ((row_ & 31) == 0 && job_.out_of_time()) {
          limit_hit_ = true;
          return;
        }
        // The display form fills whole blocks in each pass, so a partly read interlaced picture has no holes.
        png_read_row(png_, nullptr, raster.row(row_));
      }
    }
    png_read_end(png_, nullptr);
    complete_ = true;
  }

  /// Rows holding pixels: all of them once the first of several passes is through.
  [[nodiscard]] int rows_usable(int height) const { return pass_ > 0 ? height : row_; }

  [[nodiscard]] tl::unexpected<Error> failure() const {
    if (limit_hit_) return job_.time_is_up();
    return fail(Code::kInvalidInput, "the PNG is damaged; nothing of it could be decoded");
  }
  [[nodiscard]] bool interlaced() const { return passes_ > 1; }
  [[nodiscard]] bool limit_hit() const { return limit_hit_; }
  [[nodiscard]] bool damaged() const { return damaged_ || !complete_; }
  [[nodiscard]] std::uint32_t width() const { return width_; }
  [[nodiscard]] std::uint32_t height() const { return height_; }
  [[nodiscard]] int channels() const { return channels_; }

 private:
  static void on_error(png_structp png, png_const_charp) { png_longjmp(png, 1); }
  static void on_warning(png_structp png, png_const_charp message) {
    auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
    if (std::strstr(message, "CRC error") != nullptr) self->damaged_ = true;
  }
  static void on_read(png_structp png, png_bytep to, std::size_t bytes) {
    auto* self = static_cast<PngReader*>(png_get_io_ptr(png));
    if (bytes > self->rest_.size()) png_error(png, "end of file");
    std::memcpy(to, self->rest_.data(), bytes);
    self->rest_ = self->rest_.subspan(bytes);
  }

  void ignore_text_and_profiles() {
    static constexpr std::array<png_byte, 26> kNames = {'i', 'C', 'C', 'P', 0,   't', 'E', 'X', 'T',
                                                        0,   'z', 'T', 'X', 't', 0,   'i', 'T', 'X',
                                                        't', 0,   's', 'P', 'L', 'T', 0,   0};
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, kNames.data(), 5);
  }

  DecodeJob& job_;
  std::span<const std::byte> rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::uint32_t width_ = 0;
  std::uint32_t height_ = 0;
  int channels_ = 0;
  int passes_ = 1;
  int pass_ = 0;  // members, not locals: their values survive the jump
  int row_ = 0;
  bool complete_ = false;
  bool damaged_ = false;
  bool limit_hit_ = false;
};

}  // namespace

Result<void> decode_png(DecodeJob& job) {
  PngReader reader(job);
  if (!reader.read_header()) return reader.failure();
  if (auto fits = job.check_size(reader.width(), reader.height()); !fits) return fits;
  if (!reader.start()) return reader.failure();
  const int width = static_cast<int>(reader.width());
  const int height = static_cast<int>(reader.height());
  const PixelLayout layout = reader.channels() == 1 ? PixelLayout::kGray8 : PixelLayout::kRgb24;
  SEAWALL_TRY(const Raster raster,
              job.begin_frame(width, height, layout, exif_orientation(find_png_exif(job.file()))));
  if (reader.interlaced()) fill_rows(raster, 0);
  reader.read_rows(raster);
  if (reader.limit_hit()) return reader.failure();
  const int rows = reader.rows_usable(height);
  if (rows == 0) return reader.failure();
  fill_rows(raster, rows);
  job.info.truncated = reader.damaged();
  job.info.frames_total = 1;
  return job.deliver({.original_width_px = width, .original_height_px = height});
}

}  // namespace seawall::media_images
