#include <leptonica/allheaders.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {
namespace {

struct PixDestroy {
  void operator()(PIX* pix) const { pixDestroy(&pix); }
};
using Pix = std::unique_ptr<PIX, PixDestroy>;

tl::unexpected<Error> damaged(const char* format) {
  return fail(Code::kInvalidInput, std::string("the ") + format +
                                       " file is damaged or of a kind that leptonica " + "does not read");
}

/// Which byte of a 16-bit gray sample is the high one: leptonica 1.82 reads those of a PGM in this machine's
/// order instead of the file's.
l_int32 high_byte_of_gray16() {
  static const l_int32 which = [] {
    constexpr std::string_view kOnePixel("P5\n1 1\n65535\n\x12\x34", 15);
    const Pix pix(pixReadMemPnm(reinterpret_cast<const l_uint8*>(kOnePixel.data()), kOnePixel.size()));
    return pix && pixGetData(pix.get())[0] >> 24 == 0x34 ? L_LS_BYTE : L_MS_BYTE;
  }();
  return which;
}

/// Gray for gray, 32-bit words for everything in colour.
Pix simplified(Pix pix) {
  if (pixGetColormap(pix.get()) != nullptr) {
    pix.reset(pixRemoveColormap(pix.get(), REMOVE_CMAP_BASED_ON_SRC));
  }
  if (!pix) return pix;
  const int depth = pixGetDepth(pix.get());
  if (depth == 8 || depth == 32) return pix;
  if (depth == 16) return Pix(pixConvert16To8(pix.get(), high_byte_of_gray16()));
  return Pix(depth < 8 ? pixConvertTo8(pix.get(), 0) : pixConvertTo32(pix.get()));
}

Result<void> deliver(DecodeJob& job, Pix pix, const char* format) {
  if (pix) pix = simplified(std::move(pix));
  if (!pix) return damaged(format);
  const int width = pixGetWidth(pix.get());
  const int height = pixGetHeight(pix.get());
  const bool gray = pixGetDepth(pix.get()) == 8;
  const bool alpha = pixGetSpp(pix.get()) == 4;
  const l_uint32* words = pixGetData(pix.get());
  const std::ptrdiff_t words_per_row = pixGetWpl(pix.get());
  SEAWALL_TRY(const Raster raster,
              job.begin_frame(width, height, gray ? PixelLayout::kGray8 : PixelLayout::kRgb24, 1));
  for (int y = 0; y < height; ++y) {
    const l_uint32* row = words + y * words_per_row;
    std::uint8_t* to = raster.row(y);
    for (int x = 0; x < width; ++x) {
      if (gray) {
        *to++ = static_cast<std::uint8_t>(row[x / 4] >> (24 - 8 * (x % 4)));
        continue;
      }
      const unsigned opacity = alpha ? row[x] & 0xFFU : 0xFFU;
      for (const unsigned shift : {24U, 16U, 8U}) *to++ = over_white(row[x] >> shift & 0xFFU, opacity);
    }
  }
  job.info.frames_total = 1;
  return job.deliver({.original_width_px = width, .original_height_px = height});
}

std::uint32_t little_endian(const std::uint8_t* at, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) value = value << 8 | at[i];
  return value;
}

}  // namespace

Result<void> decode_bmp(DecodeJob& job) {
  constexpr std::size_t kHeaderBytes = 26;
  if (job.file().size() < kHeaderBytes) return damaged("BMP");
  const std::uint8_t* at = job.bytes();
  const bool old = little_endian(at + 14, 4) == 12;
  const std::uint32_t width = old ? little_endian(at + 18, 2) : little_endian(at + 18, 4);
  const auto height = static_cast<std::int32_t>(old ? little_endian(at + 20, 2) : little_endian(at + 22, 4));
  const auto rows = static_cast<std::uint64_t>(std::abs(std::int64_t{height}));
  if (auto fits = job.check_size(width, rows); !fits) return fits;
  setMsgSeverity(L_SEVERITY_NONE);
  return deliver(job, Pix(pixReadMemBmp(at, job.file().size())), "BMP");
}

Result<void> decode_pnm(DecodeJob& job) {
  setMsgSeverity(L_SEVERITY_NONE);
  l_int32 width = 0;
  l_int32 height = 0;
  if (readHeaderMemPnm(job.bytes(), job.file().size(), &width, &height, nullptr, nullptr, nullptr, nullptr) !=
          0 ||
      width <= 0 || height <= 0) {
    return damaged("PNM");
  }
  if (auto fits = job.check_size(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height));
      !fits) {
    return fits;
  }
  return deliver(job, Pix(pixReadMemPnm(job.bytes(), job.file().size())), "PNM");
}

}  // namespace seawall::media_images
