#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstring>
#include <memory>

#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {
namespace {

constexpr int kPagesMax = 2'000;  ///< libtiff looks for loops by comparing with every page before.

tl::unexpected<Error> damaged() {
  return fail(Code::kInvalidInput, "the TIFF is damaged; nothing of it could be decoded");
}

/// The file in memory as libtiff's callbacks want it, and whether anything went wrong.
struct Source {
  std::span<const std::byte> file;
  std::size_t at = 0;
  bool complained = false;
};

tmsize_t on_read(thandle_t handle, void* to, tmsize_t bytes) {
  auto* source = static_cast<Source*>(handle);
  const std::size_t left = source->file.size() - std::min(source->at, source->file.size());
  const std::size_t count = std::min(left, static_cast<std::size_t>(std::max<tmsize_t>(bytes, 0)));
  if (count > 0) std::memcpy(to, source->file.data() + source->at, count);
  source->at += count;
  return static_cast<tmsize_t>(count);
}
tmsize_t on_write(thandle_t, void*, tmsize_t) { return 0; }
toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  auto* source = static_cast<Source*>(handle);
  const toff_t base = whence == SEEK_CUR ? source->at : whence == SEEK_END ? source->file.size() : 0;
  source->at = base + offset;
  return source->at;
}
int on_close(thandle_t) { return 0; }
toff_t on_size(thandle_t handle) { return static_cast<Source*>(handle)->file.size(); }
/// libtiff 4.5.0 refuses small uncompressed tiles of a source that it cannot map.
int on_map(thandle_t handle, void** base, toff_t* bytes) {
  const auto* source = static_cast<Source*>(handle);
  *base = const_cast<std::byte*>(source->file.data());  // opened for reading: it never writes there
  *bytes = source->file.size();
  return 1;
}
void on_unmap(thandle_t, void*, toff_t) {}
int on_error(TIFF*, void* user_data, const char*, const char*, va_list) {
  static_cast<Source*>(user_data)->complained = true;
  return 1;
}
int on_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

struct TiffClose {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
struct OptionsFree {
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};
using Tiff = std::unique_ptr<TIFF, TiffClose>;

Tiff open(Source& source, const DecodeLimits& limits) {
  const std::unique_ptr<TIFFOpenOptions, OptionsFree> options(TIFFOpenOptionsAlloc());
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(limits.memory_bytes_max));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, nullptr);
  return Tiff(TIFFClientOpenExt("memory", "r", &source, on_read, on_write, on_seek, on_close, on_size, on_map,
                                on_unmap, options.get()));
}

int count_pages(TIFF* tiff) {
  int pages = 1;
  while (pages <= kPagesMax && TIFFReadDirectory(tiff) == 1) ++pages;
  return pages;
}

/// libtiff's any-to-RGBA converter for the current page.
class Converter {
 public:
  explicit Converter(TIFF* tiff) {
    std::array<char, 1024> message{};
    ready_ = TIFFRGBAImageOK(tiff, message.data()) == 1 &&
             TIFFRGBAImageBegin(&image_, tiff, 0, message.data()) == 1;
    if (!ready_) return;
    orientation_ = image_.orientation >= 1 && image_.orientation <= 8 ? image_.orientation : 1;
    image_.orientation = image_.req_orientation = ORIENTATION_TOPLEFT;  // as stored; we turn it
    if (image_.Bitdepth16To8 == nullptr) return;
    // libtiff would scale and round; here 16-bit samples keep their high byte in every format.
    for (std::size_t i = 0; i < 65'536; ++i) image_.Bitdepth16To8[i] = static_cast<std::uint8_t>(i >> 8);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (ready_) TIFFRGBAImageEnd(&image_);
  }
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] int orientation() const { return orientation_; }
  [[nodiscard]] bool is_gray() const {
    return image_.samplesperpixel == 1 &&
           (image_.photometric == PHOTOMETRIC_MINISBLACK || image_.photometric == PHOTOMETRIC_MINISWHITE);
  }
  /// Fills `rgba` (bytes R, G, B, A; colours times alpha), which must be zeroed.
  bool convert(std::uint32_t* rgba) {
    return TIFFRGBAImageGet(&image_, rgba, image_.width, image_.height) == 1;
  }

 private:
  TIFFRGBAImage image_{};
  bool ready_ = false;
  int orientation_ = 1;
};

Result<void> decode_page(DecodeJob& job, TIFF* tiff, int index) {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
  if (auto fits = job.check_size(width, height); !fits) return fits;
  Converter converter(tiff);
  if (!converter.ready()) return fail(Code::kUnsupported, "a TIFF of a kind that libtiff does not convert");
  const std::size_t pixels = std::size_t{width} * height;
  const std::unique_ptr<std::uint32_t[]> rgba(new std::uint32_t[pixels]());
  if (!converter.convert(rgba.get())) return damaged();
  const bool gray = converter.is_gray();
  SEAWALL_TRY(const Raster raster,
              job.begin_frame(static_cast<int>(width), static_cast<int>(height),
                              gray ? PixelLayout::kGray8 : PixelLayout::kRgb24, converter.orientation()));
  for (int y = 0; y < raster.height_px; ++y) {
    const auto* from =
        reinterpret_cast<const std::uint8_t*>(rgba.get() + static_cast<std::size_t>(y) * width);
    std::uint8_t* to = raster.row(y);
    if (!gray) {
      premultiplied_rgba_over_white(from, to, raster.width_px);
      continue;
    }
    for (int x = 0; x < raster.width_px; ++x) to[x] = from[4 * x];
  }
  return job.deliver(
      {.original_width_px = raster.width_px, .original_height_px = raster.height_px, .index = index});
}

}  // namespace

Result<void> decode_tiff(DecodeJob& job) {
  Source source{job.file()};
  const Tiff tiff = open(source, job.limits());
  if (!tiff) return damaged();
  const int pages = count_pages(tiff.get());
  if (pages > kPagesMax) return fail(Code::kLimitExceeded, "the TIFF has more pages than the limit");
  job.info.frames_total = pages;
  Error first_error{Code::kInvalidInput, "the TIFF holds no picture"};
  for (int page = 0; page < pages; ++page) {
    if (job.out_of_time()) return job.time_is_up();
    if (!job.wants_frame(page, pages)) continue;
    Result<void> done = fail(Code::kInvalidInput, "the TIFF holds a page that cannot be reached");
    if (TIFFSetDirectory(tiff.get(), static_cast<tdir_t>(page)) == 1)
      done = decode_page(job, tiff.get(), page);
    if (done) continue;
    if (page == 0 || job.info.frames_decoded == 0) first_error = std::move(done).error();
    source.complained = true;
  }
  if (job.info.frames_decoded == 0) return tl::unexpected(std::move(first_error));
  job.info.truncated = source.complained;
  return {};
}

}  // namespace seawall::media_images
