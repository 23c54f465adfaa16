#pragma once

#include "seawall/media/decoder.h"
#include "seawall/media/frame_memory.h"

namespace seawall {

/// Decodes pictures in this process with the distribution's libraries: JPEG (libjpeg-turbo), PNG (libpng),
/// WebP (libwebp), GIF (giflib), AVIF and HEIC (libheif), JPEG XL (libjxl), TIFF (libtiff), BMP and PNM
/// (leptonica). docs/media.md states what each does with damage, alpha, depth and orientation.
///
/// Guarantees: every pixel handed on is initialised; dimensions stay within the limits. Not safe against
/// hostile files by itself: these libraries fall from time to time, so only media_worker, which has nothing
/// to lose, runs it on files of unknown origin; everything else takes media_sandbox. The time limit is
/// checked between rows and frames, the memory limit where a library has a knob for it. Threads: without a
/// FrameMemory any number at once; with one, one decode at a time. Never starts threads itself; libheif's
/// codecs may (docs/media.md).
class ImagesDecoder final : public MediaDecoder {
 public:
  /// Puts pixels on the heap.
  ImagesDecoder() = default;
  /// Puts pixels into `memory`, which must outlive this object.
  explicit ImagesDecoder(FrameMemory& memory) : memory_(&memory) {}

  Result<MediaInfo> decode(std::span<const std::byte> file, const DecodeOptions& options,
                           FunctionRef<void(const Frame&)> visit) override;

 private:
  FrameMemory* memory_ = nullptr;
};

/// Makes every library do now what it does lazily at first use (tables, plugins, thread-local storage), by
/// decoding a tiny built-in sample of each format, so that nothing needs the file system afterwards.
void warm_up_image_libraries();

}  // namespace seawall
