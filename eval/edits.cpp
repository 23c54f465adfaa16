#include "edits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "codecs.h"

namespace seawall::eval {
namespace {

using Context = EditContext;

std::uint8_t to_byte(double value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0)); }

template <class F>
Picture map_values(const Picture& picture, F map) {
  Picture result = picture;
  for (std::uint8_t& value : result.rgb) value = to_byte(map(static_cast<double>(value)));
  return result;
}

// --- quality ---------------------------------------------------------------------------------------------
template <int kQuality>
Picture jpeg(const Picture& picture, Context&) {
  return through_jpeg(picture, kQuality);
}

template <int kQuality>
Picture webp(const Picture& picture, Context&) {
  return through_webp(picture, kQuality);
}

Picture noise(const Picture& picture, Context& context) {
  return map_values(picture, [&](double value) { return value + 15 * context.random.normal(); });
}

Picture blur(const Picture& picture, Context&) { return gaussian_blur(picture, 3); }

Picture stretch(const Picture& picture, Context&) {
  return resize(picture, picture.width_px * 4 / 3, picture.height_px);
}

Picture tiny(const Picture& picture, Context&) { return resize(picture, 320, 240); }

Picture half_size(const Picture& picture, Context&) {
  return resize(picture, std::max(64, picture.width_px / 2), std::max(64, picture.height_px / 2));
}

/// What a GIF keeps: 6 levels a channel, ordered dither.
Picture palette(const Picture& picture, Context&) {
  constexpr std::array<int, 16> kBayer = {0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5};
  Picture result = picture;
  for (int y = 0; y < result.height_px; ++y) {
    for (int x = 0; x < result.width_px; ++x) {
      const double threshold = (kBayer[static_cast<std::size_t>((y % 4) * 4 + x % 4)] + 0.5) / 16 - 0.5;
      std::uint8_t* pixel = result.at(x, y);
      for (int c = 0; c < 3; ++c) pixel[c] = to_byte(51 * std::round(pixel[c] / 51.0 + threshold));
    }
  }
  return result;
}

// --- tone ------------------------------------------------------------------------------------------------
template <int kPercent>
Picture gamma(const Picture& picture, Context&) {
  return map_values(picture, [](double value) { return 255 * std::pow(value / 255, kPercent / 100.0); });
}

template <int kShift>
Picture brightness(const Picture& picture, Context&) {
  return map_values(picture, [](double value) { return value + kShift; });
}

template <int kPercent>
Picture contrast(const Picture& picture, Context&) {
  return map_values(picture, [](double value) { return 128 + (value - 128) * kPercent / 100.0; });
}

double luma_of(const std::uint8_t* pixel) { return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]; }

/// 0: gray, 100: as it is, 200: twice as colourful.
template <int kPercent>
Picture saturation(const Picture& picture, Context&) {
  Picture result = picture;
  for (std::size_t i = 0; i < result.rgb.size(); i += 3) {
    std::uint8_t* pixel = result.rgb.data() + i;
    const double luma = luma_of(pixel);
    for (int c = 0; c < 3; ++c) pixel[c] = to_byte(luma + (pixel[c] - luma) * kPercent / 100.0);
  }
  return result;
}

Picture sepia(const Picture& picture, Context&) {
  Picture result = picture;
  for (std::size_t i = 0; i < result.rgb.size(); i += 3) {
    std::uint8_t* pixel = result.rgb.data() + i;
    const double luma = luma_of(pixel);
    pixel[0] = to_byte(luma * 1.1 + 20);
    pixel[1] = to_byte(luma * 0.95 + 8);
    pixel[2] = to_byte(luma * 0.75);
  }
  return result;
}

Picture negative(const Picture& picture, Context&) {
  return map_values(picture, [](double value) { return 255 - value; });
}

// --- crop ------------------------------------------------------------------------------------------------
template <int kPercent>
Picture centre_crop(const Picture& picture, Context&) {
  const int width = picture.width_px * kPercent / 100;
  const int height = picture.height_px * kPercent / 100;
  return crop(picture, (picture.width_px - width) / 2, (picture.height_px - height) / 2, width, height);
}

/// A window of that size anywhere: the place differs from picture to picture.
template <int kPercent>
Picture random_crop(const Picture& picture, Context& context) {
  const int width = picture.width_px * kPercent / 100;
  const int height = picture.height_px * kPercent / 100;
  return crop(picture, context.random.between(0, picture.width_px - width),
              context.random.between(0, picture.height_px - height), width, height);
}

/// A tenth cut off one side.
Picture one_side_crop(const Picture& picture, Context& context) {
  const int side = context.random.between(0, 3);
  const int width = side < 2 ? picture.width_px * 9 / 10 : picture.width_px;
  const int height = side < 2 ? picture.height_px : picture.height_px * 9 / 10;
  return crop(picture, side == 0 ? picture.width_px - width : 0, side == 2 ? picture.height_px - height : 0,
              width, height);
}

/// Upright 9:16 (or wide 16:9 of an upright picture), `at` 0..1 along the cut side.
Picture cut_to_feed(const Picture& picture, double at) {
  const bool is_wide = picture.width_px >= picture.height_px;
  const int width = is_wide ? std::min(picture.width_px, picture.height_px * 9 / 16) : picture.width_px;
  const int height = is_wide ? picture.height_px : std::min(picture.height_px, picture.width_px * 9 / 16);
  return crop(picture, static_cast<int>(at * (picture.width_px - width)),
              static_cast<int>(at * (picture.height_px - height)), width, height);
}

Picture feed_centre(const Picture& picture, Context&) { return cut_to_feed(picture, 0.5); }
Picture feed_anywhere(const Picture& picture, Context& context) {
  return cut_to_feed(picture, context.random.uniform());
}

Picture square(const Picture& picture, Context&) {
  const int side = std::min(picture.width_px, picture.height_px);
  return crop(picture, (picture.width_px - side) / 2, (picture.height_px - side) / 2, side, side);
}

// --- frame -----------------------------------------------------------------------------------------------
Picture framed(const Picture& picture, int x_px, int y_px, Colour colour) {
  Picture result(picture.width_px + 2 * x_px, picture.height_px + 2 * y_px, colour);
  paste(result, picture, x_px, y_px);
  return result;
}

Picture letterbox(const Picture& picture, Context&) {
  return through_jpeg(framed(picture, 0, picture.height_px / 6, {0, 0, 0}), 75);
}
Picture pillarbox(const Picture& picture, Context&) {
  return through_jpeg(framed(picture, picture.width_px / 6, 0, {0, 0, 0}), 75);
}
Picture white_border(const Picture& picture, Context&) {
  const int side = std::min(picture.width_px, picture.height_px) / 12;
  return through_jpeg(framed(picture, side, side, {255, 255, 255}), 75);
}
Picture colour_border(const Picture& picture, Context& context) {
  const int side = std::min(picture.width_px, picture.height_px) / 20;
  const Colour colour{static_cast<std::uint8_t>(context.random.between(0, 255)),
                      static_cast<std::uint8_t>(context.random.between(0, 255)),
                      static_cast<std::uint8_t>(context.random.between(0, 255))};
  return through_jpeg(framed(picture, side, side, colour), 75);
}
Picture polaroid(const Picture& picture, Context&) {
  const int side = picture.width_px / 14;
  Picture result(picture.width_px + 2 * side, picture.height_px + 5 * side, {250, 250, 248});
  paste(result, picture, side, side);
  return through_jpeg(framed(result, side, side, {30, 30, 40}), 75);
}

// --- turn ------------------------------------------------------------------------------------------------
Picture mirror(const Picture& picture, Context&) {
  Picture result = picture;
  for (int y = 0; y < picture.height_px; ++y) {
    for (int x = 0; x < picture.width_px; ++x) {
      const std::uint8_t* pixel = picture.at(picture.width_px - 1 - x, y);
      result.set(x, y, {pixel[0], pixel[1], pixel[2]});
    }
  }
  return result;
}

Picture quarter_turn(const Picture& picture, Context&) {
  Picture result(picture.height_px, picture.width_px, {});
  for (int y = 0; y < picture.height_px; ++y) {
    for (int x = 0; x < picture.width_px; ++x) {
      const std::uint8_t* pixel = picture.at(x, y);
      result.set(picture.height_px - 1 - y, x, {pixel[0], pixel[1], pixel[2]});
    }
  }
  return result;
}

Picture half_turn(const Picture& picture, Context& context) {
  return quarter_turn(quarter_turn(picture, context), context);
}

/// The colour at a place between pixels; black outside.
std::array<double, 3> sample(const Picture& picture, double x, double y) {
  std::array<double, 3> colour{};
  const int x0 = static_cast<int>(std::floor(x));
  const int y0 = static_cast<int>(std::floor(y));
  for (int j = 0; j < 2; ++j) {
    for (int i = 0; i < 2; ++i) {
      if (x0 + i < 0 || y0 + j < 0 || x0 + i >= picture.width_px || y0 + j >= picture.height_px) continue;
      const double weight = std::abs(1 - i - (x - x0)) * std::abs(1 - j - (y - y0));
      for (std::size_t c = 0; c < 3; ++c) colour[c] += weight * picture.at(x0 + i, y0 + j)[c];
    }
  }
  return colour;
}

/// Turned about the centre on a canvas of the same size, black corners.
template <int kTenthDegrees>
Picture rotate(const Picture& picture, Context& context) {
  const double sign = context.random.between(0, 1) == 0 ? 1 : -1;
  const double angle = sign * kTenthDegrees / 10.0 * std::numbers::pi / 180;
  Picture result(picture.width_px, picture.height_px, {});
  const double cx = (picture.width_px - 1) / 2.0;
  const double cy = (picture.height_px - 1) / 2.0;
  for (int y = 0; y < picture.height_px; ++y) {
    for (int x = 0; x < picture.width_px; ++x) {
      const auto colour = sample(picture, cx + std::cos(angle) * (x - cx) - std::sin(angle) * (y - cy),
                                 cy + std::sin(angle) * (x - cx) + std::cos(angle) * (y - cy));
      result.set(x, y, {to_byte(colour[0]), to_byte(colour[1]), to_byte(colour[2])});
    }
  }
  return result;
}

// --- overlay ---------------------------------------------------------------------------------------------
void write_line(Picture& picture, int y, int height, Colour colour, Random& random) {
  std::array<char, 25> text{};
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    text[i] = random.between(0, 5) == 0 ? ' ' : static_cast<char>('A' + random.between(0, 25));
  }
  const int scale = std::max(1, std::min(height / 12, picture.width_px / (6 * 25)));
  draw_text(picture, (picture.width_px - text_width(text.data(), scale)) / 2, y + height / 2 - 4 * scale,
            scale, text.data(), colour);
}

/// Over the bottom of the picture.
Picture caption(const Picture& picture, Context& context) {
  Picture result = picture;
  const int height = picture.height_px * 15 / 100;
  fill_rect(result, 0, picture.height_px - height, picture.width_px, height, {0, 0, 0});
  write_line(result, picture.height_px - height, height, {255, 255, 255}, context.random);
  return result;
}

/// A white band with words above the picture, which keeps its size.
Picture meme(const Picture& picture, Context& context) {
  const int height = picture.height_px * 18 / 100;
  Picture result(picture.width_px, picture.height_px + height, {255, 255, 255});
  paste(result, picture, 0, height);
  write_line(result, 0, height, {0, 0, 0}, context.random);
  return through_jpeg(result, 75);
}

Picture big_logo(const Picture& picture, Context&) {
  Picture result = picture;
  const int radius = std::min(picture.width_px, picture.height_px) * 14 / 100;
  const int x = picture.width_px - radius - radius / 3;
  const int y = picture.height_px - radius - radius / 3;
  fill_disc(result, x, y, radius, {255, 255, 255});
  fill_disc(result, x, y, radius * 4 / 5, {200, 20, 40});
  draw_text(result, x - radius / 2, y - radius / 4, std::max(1, radius / 14), "NEWS", {255, 255, 255});
  return result;
}

Picture watermark(const Picture& picture, Context& context) {
  Picture marked = picture;
  const int scale = std::max(1, picture.width_px / 110);
  for (int y = 0; y < picture.height_px; y += 28 * scale) {
    draw_text(marked, context.random.between(0, 20 * scale), y, scale, "STOCK PHOTO", {255, 255, 255});
  }
  for (std::size_t i = 0; i < marked.rgb.size(); ++i) {
    marked.rgb[i] = to_byte(0.6 * picture.rgb[i] + 0.4 * marked.rgb[i]);
  }
  return marked;
}

Picture stickers(const Picture& picture, Context& context) {
  Picture result = picture;
  const int radius = std::min(picture.width_px, picture.height_px) / 12;
  for (int i = 0; i < 3; ++i) {
    const int x = context.random.between(radius, picture.width_px - radius);
    const int y = context.random.between(radius, picture.height_px - radius);
    fill_disc(result, x, y, radius, {250, 210, 60});
    fill_disc(result, x - radius / 3, y - radius / 4, radius / 7, {40, 30, 20});
    fill_disc(result, x + radius / 3, y - radius / 4, radius / 7, {40, 30, 20});
  }
  return result;
}

// --- inset -----------------------------------------------------------------------------------------------
/// Half size, off the middle, on another picture.
Picture picture_in_picture(const Picture& picture, Context& context) {
  Picture result = resize(*context.other, picture.width_px, picture.height_px);
  const int width = picture.width_px / 2;
  const int height = picture.height_px / 2;
  const int x =
      context.random.between(picture.width_px / 20, picture.width_px - width - picture.width_px / 20);
  const int y =
      context.random.between(picture.height_px / 20, picture.height_px - height - picture.height_px / 20);
  paste(result, resize(picture, width, height), x, y);
  return through_jpeg(result, 80);
}

Picture split_screen(const Picture& picture, Context& context) {
  const bool is_left = context.random.between(0, 1) == 0;
  Picture result(2 * picture.width_px, picture.height_px, {});
  paste(result, picture, is_left ? 0 : picture.width_px, 0);
  paste(result, resize(*context.other, picture.width_px, picture.height_px), is_left ? picture.width_px : 0,
        0);
  return through_jpeg(result, 80);
}

/// A telephone's screen with the picture across it, bars and buttons above and below.
Picture screenshot(const Picture& picture, Context& context) {
  const Picture shown = resize(picture, 540, std::max(64, picture.height_px * 540 / picture.width_px));
  const int height = std::max(960, shown.height_px + 240);
  Picture result(540, height, {18, 18, 20});
  write_line(result, 10, 40, {230, 230, 230}, context.random);
  fill_disc(result, 50, height - 60, 20, {230, 230, 230});
  fill_disc(result, 270, height - 60, 20, {230, 60, 60});
  write_line(result, height - 130, 40, {200, 200, 200}, context.random);
  paste(result, shown, 0, 90);
  return through_jpeg(result, 85);
}

// --- reframe ---------------------------------------------------------------------------------------------
/// Sharp across the middle of an upright screen, itself enlarged and blurred behind.
Picture blurred_background(const Picture& picture, Context&) {
  constexpr int kWidth = 540;
  constexpr int kHeight = 960;
  const double cover = std::max(static_cast<double>(kWidth) / picture.width_px,
                                static_cast<double>(kHeight) / picture.height_px);
  const int width = std::max(kWidth, static_cast<int>(picture.width_px * cover));
  const int height = std::max(kHeight, static_cast<int>(picture.height_px * cover));
  // Blurred at a sixth of the size, which is a sigma of 18 for a thirty-sixth of the work.
  const Picture small = gaussian_blur(resize(picture, width / 6, height / 6), 3);
  Picture result =
      crop(resize(small, width, height), (width - kWidth) / 2, (height - kHeight) / 2, kWidth, kHeight);
  const int strip = std::min(kHeight, picture.height_px * kWidth / picture.width_px);
  paste(result, resize(picture, kWidth, strip), 0, (kHeight - strip) / 2);
  return through_jpeg(result, 80);
}

/// Filmed off a screen: perspective, the screen's dark frame, soft focus, glare, noise.
Picture camcorder(const Picture& picture, Context& context) {
  const double width = picture.width_px;
  const double height = picture.height_px;
  const double lean = 0.04 + 0.03 * context.random.uniform();
  const double zoom = 1.06;
  Picture result(picture.width_px, picture.height_px, {});
  for (int y = 0; y < picture.height_px; ++y) {
    for (int x = 0; x < picture.width_px; ++x) {
      const double u = (x / width - 0.5) * zoom;
      const double v = (y / height - 0.5) * zoom;
      const double depth = 1 + lean * u;
      const auto colour = sample(picture, (u / depth + 0.5) * width, ((v + 0.02 * u) / depth + 0.5) * height);
      const double glare = 30 * std::exp(-8 * ((u - 0.2) * (u - 0.2) + (v + 0.2) * (v + 0.2)));
      result.set(x, y,
                 {to_byte(colour[0] * 0.8 + 12 + glare), to_byte(colour[1] * 0.8 + 14 + glare),
                  to_byte(colour[2] * 0.85 + 16 + glare)});
    }
  }
  result = gaussian_blur(result, 1.5);
  return through_jpeg(map_values(result, [&](double value) { return value + 6 * context.random.normal(); }),
                      60);
}

constexpr std::array kEdits = {
    Edit{"jpeg 80", "quality", jpeg<80>},
    Edit{"jpeg 50", "quality", jpeg<50>},
    Edit{"jpeg 20", "quality", jpeg<20>},
    Edit{"jpeg 10", "quality", jpeg<10>},
    Edit{"webp 50", "quality", webp<50>},
    Edit{"webp 10", "quality", webp<10>},
    Edit{"palette 216, dithered", "quality", palette},
    Edit{"noise 15", "quality", noise},
    Edit{"blur 3 px", "quality", blur},
    Edit{"half size", "quality", half_size},
    Edit{"320x240", "quality", tiny},
    Edit{"stretch 4:3 wider", "quality", stretch},
    Edit{"gamma 0.5", "tone", gamma<50>},
    Edit{"gamma 2.0", "tone", gamma<200>},
    Edit{"brightness +40", "tone", brightness<40>},
    Edit{"brightness -40", "tone", brightness<-40>},
    Edit{"contrast 60%", "tone", contrast<60>},
    Edit{"contrast 150%", "tone", contrast<150>},
    Edit{"grayscale", "tone", saturation<0>},
    Edit{"saturation 200%", "tone", saturation<200>},
    Edit{"sepia", "tone", sepia},
    Edit{"negative", "tone", negative},
    Edit{"centre crop 98%", "crop", centre_crop<98>},
    Edit{"centre crop 97%", "crop", centre_crop<97>},
    Edit{"centre crop 95%", "crop", centre_crop<95>},
    Edit{"centre crop 92%", "crop", centre_crop<92>},
    Edit{"centre crop 90%", "crop", centre_crop<90>},
    Edit{"centre crop 80%", "crop", centre_crop<80>},
    Edit{"centre crop 70%", "crop", centre_crop<70>},
    Edit{"centre crop 65%", "crop", centre_crop<65>},
    Edit{"centre crop 50%", "crop", centre_crop<50>},
    Edit{"off-centre crop 90%", "crop", random_crop<90>},
    Edit{"off-centre crop 75%", "crop", random_crop<75>},
    Edit{"one side cut 10%", "crop", one_side_crop},
    Edit{"square crop", "crop", square},
    Edit{"9:16 crop, centre", "crop", feed_centre},
    Edit{"9:16 crop, anywhere", "crop", feed_anywhere},
    Edit{"letterbox", "frame", letterbox},
    Edit{"pillarbox", "frame", pillarbox},
    Edit{"white border", "frame", white_border},
    Edit{"colour border", "frame", colour_border},
    Edit{"polaroid in frame", "frame", polaroid},
    Edit{"mirror", "turn", mirror},
    Edit{"rotate 90", "turn", quarter_turn},
    Edit{"rotate 180", "turn", half_turn},
    Edit{"rotate 2 degrees", "turn", rotate<20>},
    Edit{"rotate 5 degrees", "turn", rotate<50>},
    Edit{"caption 15% over it", "overlay", caption},
    Edit{"meme band above it", "overlay", meme},
    Edit{"big logo", "overlay", big_logo},
    Edit{"watermark", "overlay", watermark},
    Edit{"three stickers", "overlay", stickers},
    Edit{"picture in picture", "inset", picture_in_picture},
    Edit{"split screen", "inset", split_screen},
    Edit{"screenshot", "inset", screenshot},
    Edit{"blurred-background 9:16", "reframe", blurred_background},
    Edit{"camcorder-like", "reframe", camcorder},
};

}  // namespace

std::span<const Edit> all_edits() { return kEdits; }

}  // namespace seawall::eval
