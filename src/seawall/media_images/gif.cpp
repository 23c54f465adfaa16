#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {
namespace {

constexpr std::uint64_t kPixelsDrawnMax =
    20'000'000'000;  ///< Over all frames, before the time limit says so.
constexpr int kDefaultDelayMs = 100;

tl::unexpected<Error> damaged() {
  return fail(Code::kInvalidInput, "the GIF is damaged; nothing of it could be decoded");
}

struct GifClose {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

/// How a frame is drawn and what happens to it before the next one.
struct Control {
  int disposal = DISPOSAL_UNSPECIFIED;
  int delay_ms = 0;
  int transparent = NO_TRANSPARENT_COLOR;
};

/// giflib over a file in memory.
class GifReader {
 public:
  explicit GifReader(std::span<const std::byte> file) : rest_(file) {
    int error = 0;
    gif_.reset(DGifOpen(this, on_read, &error));
  }
  GifReader(const GifReader&) = delete;
  GifReader& operator=(const GifReader&) = delete;

  [[nodiscard]] GifFileType* get() const { return gif_.get(); }

  /// Goes on to the next image, past extensions; notes what they say of it. False at the end or at damage;
  /// ended() tells which.
  bool next_image(Control& control) {
    control = {};
    for (;;) {
      GifRecordType type = UNDEFINED_RECORD_TYPE;
      if (DGifGetRecordType(gif_.get(), &type) == GIF_ERROR) return false;
      if (type == TERMINATE_RECORD_TYPE) {
        ended_ = true;
        return false;
      }
      if (type == EXTENSION_RECORD_TYPE && !read_extension(control)) return false;
      if (type == IMAGE_DESC_RECORD_TYPE) {
        forget_earlier_images();
        return DGifGetImageDesc(gif_.get()) == GIF_OK;
      }
    }
  }
  /// Skips the pixels of the image just described, without expanding them.
  bool skip_pixels() {
    int code_size = 0;
    GifByteType* block = nullptr;
    if (DGifGetCode(gif_.get(), &code_size, &block) == GIF_ERROR) return false;
    while (block != nullptr) {
      if (DGifGetCodeNext(gif_.get(), &block) == GIF_ERROR) return false;
    }
    return true;
  }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  static int on_read(GifFileType* gif, GifByteType* to, int bytes) {
    auto* self = static_cast<GifReader*>(gif->UserData);
    const std::size_t count = std::min(self->rest_.size(), static_cast<std::size_t>(std::max(bytes, 0)));
    if (count > 0) std::memcpy(to, self->rest_.data(), count);
    self->rest_ = self->rest_.subspan(count);
    return static_cast<int>(count);
  }

  bool read_extension(Control& control) {
    int code = 0;
    GifByteType* block = nullptr;
    if (DGifGetExtension(gif_.get(), &code, &block) == GIF_ERROR) return false;
    if (code == GRAPHICS_EXT_FUNC_CODE && block != nullptr) {
      GraphicsControlBlock fields{};
      if (DGifExtensionToGCB(block[0], block + 1, &fields) == GIF_OK) {
        control = {fields.DisposalMode, fields.DelayTime * 10, fields.TransparentColor};
      }
    }
    while (block != nullptr) {
      if (DGifGetExtensionNext(gif_.get(), &block) == GIF_ERROR) return false;
    }
    return true;
  }

  /// giflib keeps a record of every image it has described; one is enough.
  void forget_earlier_images() {
    GifFileType* gif = gif_.get();
    if (gif->ImageCount == 0) return;
    GifFreeSavedImages(gif);
    gif->SavedImages = nullptr;
    gif->ImageCount = 0;
  }

  std::span<const std::byte> rest_;
  std::unique_ptr<GifFileType, GifClose> gif_;
  bool ended_ = false;
};

/// The screen that frames are drawn on, on white.
class Canvas {
 public:
  Canvas(int width, int height)
      : width_(width),
        height_(height),
        rgb_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 0xFF) {}

  /// Draws the image just described; false when its data ends early (what came is drawn).
  bool draw(GifFileType* gif, const Control& control) {
    const GifImageDesc& image = gif->Image;
    const ColorMapObject* colours = image.ColorMap != nullptr ? image.ColorMap : gif->SColorMap;
    line_.resize(static_cast<std::size_t>(image.Width));
    constexpr std::array<int, 4> kStarts{0, 4, 2, 1};
    constexpr std::array<int, 4> kSteps{8, 8, 4, 2};
    const std::size_t passes = image.Interlace ? 4 : 1;
    for (std::size_t pass = 0; pass < passes; ++pass) {
      const int step = image.Interlace ? kSteps[pass] : 1;
      for (int y = image.Interlace ? kStarts[pass] : 0; y < image.Height; y += step) {
        if (DGifGetLine(gif, line_.data(), image.Width) == GIF_ERROR) return false;
        drew_ = true;
        draw_line(image, y, colours, control.transparent);
      }
    }
    return true;
  }
  [[nodiscard]] bool drew_anything() const { return drew_; }

  void save() { saved_ = rgb_; }
  void dispose(const GifImageDesc& image, int disposal) {
    if (disposal == DISPOSE_PREVIOUS && saved_.size() == rgb_.size()) rgb_.swap(saved_);
    if (disposal != DISPOSE_BACKGROUND) return;
    for (int y = std::max(image.Top, 0); y < std::min(image.Top + image.Height, height_); ++y) {
      const int left = std::clamp(image.Left, 0, width_);
      const int right = std::clamp(image.Left + image.Width, left, width_);
      std::memset(pixel(left, y), 0xFF, static_cast<std::size_t>(right - left) * 3);
    }
  }
  void copy_to(const Raster& raster) const { std::memcpy(raster.data, rgb_.data(), rgb_.size()); }

 private:
  std::uint8_t* pixel(int x, int y) {
    return rgb_.data() +
           (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 3;
  }
  void draw_line(const GifImageDesc& image, int y, const ColorMapObject* colours, int transparent) {
    const int canvas_y = image.Top + y;
    if (canvas_y < 0 || canvas_y >= height_) return;
    const int from = std::max(0, -image.Left);
    const int to = std::min(image.Width, width_ - image.Left);
    if (from >= to) return;
    std::uint8_t* out = pixel(image.Left + from, canvas_y);
    for (int x = from; x < to; ++x, out += 3) {
      const int index = line_[static_cast<std::size_t>(x)];
      if (index == transparent) continue;
      const bool known = colours != nullptr && index < colours->ColorCount;
      const GifColorType colour = known ? colours->Colors[index] : GifColorType{0, 0, 0};
      out[0] = colour.Red;
      out[1] = colour.Green;
      out[2] = colour.Blue;
    }
  }

  int width_;
  int height_;
  std::vector<std::uint8_t> rgb_;
  std::vector<std::uint8_t> saved_;
  std::vector<std::uint8_t> line_;
  bool drew_ = false;
};

struct Count {
  int frames = 0;
  bool complete = false;
  int width = 0;  ///< Of the screen, or of the first image where the screen is empty.
  int height = 0;
};

/// Walks the file once without expanding pixels. A last image that is cut off counts.
Result<Count> count_frames(const DecodeJob& job) {
  GifReader reader(job.file());
  if (reader.get() == nullptr) return damaged();
  Count count{0, false, reader.get()->SWidth, reader.get()->SHeight};
  std::uint64_t drawn = 0;
  Control control;
  while (reader.next_image(control)) {
    const GifImageDesc& image = reader.get()->Image;
    if (image.Width <= 0 || image.Height <= 0) break;
    if (count.frames == 0 && (count.width <= 0 || count.height <= 0)) {
      count.width = image.Width;
      count.height = image.Height;
    }
    drawn += static_cast<std::uint64_t>(image.Width) * static_cast<std::uint64_t>(image.Height);
    if (++count.frames > kFramesWalkedMax || drawn > kPixelsDrawnMax) {
      return fail(Code::kLimitExceeded, "the GIF has more than " + std::to_string(kFramesWalkedMax) +
                                            " frames or draws more than " + std::to_string(kPixelsDrawnMax) +
                                            " pixels, the limits");
    }
    if (auto fits =
            job.check_size(static_cast<std::uint64_t>(image.Width), static_cast<std::uint64_t>(image.Height));
        !fits) {
      return tl::unexpected(std::move(fits).error());
    }
    if (job.out_of_time()) return job.time_is_up();
    if (!reader.skip_pixels()) break;
  }
  count.complete = reader.ended();
  return count;
}

Result<void> deliver_canvas(DecodeJob& job, const Canvas& canvas, const Count& count, int index,
                            std::int64_t time_ms) {
  SEAWALL_TRY(const Raster raster, job.begin_frame(count.width, count.height, PixelLayout::kRgb24, 1));
  canvas.copy_to(raster);
  return job.deliver({.original_width_px = count.width,
                      .original_height_px = count.height,
                      .index = index,
                      .time_ms = time_ms});
}

}  // namespace

Result<void> decode_gif(DecodeJob& job) {
  SEAWALL_TRY(const Count count, count_frames(job));
  if (count.frames == 0) return damaged();
  if (auto fits =
          job.check_size(static_cast<std::uint64_t>(count.width), static_cast<std::uint64_t>(count.height));
      !fits) {
    return fits;
  }
  job.info.frames_total = count.frames;
  job.info.truncated = !count.complete;
  GifReader reader(job.file());
  if (reader.get() == nullptr) return damaged();
  Canvas canvas(count.width, count.height);
  std::int64_t time_ms = 0;
  Control control;
  for (int i = 0; i < count.frames && reader.next_image(control); ++i) {
    if (job.out_of_time()) return job.time_is_up();
    if (control.disposal == DISPOSE_PREVIOUS) canvas.save();
    const bool whole = canvas.draw(reader.get(), control);
    if (!canvas.drew_anything()) break;
    if (job.wants_frame(i, count.frames) || (!whole && job.info.frames_decoded == 0)) {
      if (auto done = deliver_canvas(job, canvas, count, i, time_ms); !done) return done;
    }
    if (!whole) {
      job.info.truncated = true;
      break;
    }
    canvas.dispose(reader.get()->Image, control.disposal);
    time_ms += control.delay_ms > 10 ? control.delay_ms : kDefaultDelayMs;
  }
  if (job.info.frames_decoded == 0) return damaged();
  return {};
}

}  // namespace seawall::media_images
