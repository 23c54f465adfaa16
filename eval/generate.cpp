#include "generate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace seawall::eval {
namespace {

std::uint8_t to_byte(double value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)); }

Colour random_colour(Random& random) {
  return {static_cast<std::uint8_t>(random.between(0, 255)),
          static_cast<std::uint8_t>(random.between(0, 255)),
          static_cast<std::uint8_t>(random.between(0, 255))};
}

double lattice(std::uint64_t seed, int octave, int i, int j) {
  Random random(seed ^ (static_cast<std::uint64_t>(octave) << 56) ^ (static_cast<std::uint64_t>(i) << 28) ^
                static_cast<std::uint64_t>(j));
  random.next();
  return random.uniform() - 0.5;
}

double smooth_noise(std::uint64_t seed, int octave, double u, double v) {
  const int i = static_cast<int>(std::floor(u));
  const int j = static_cast<int>(std::floor(v));
  const double a = u - i;
  const double b = v - j;
  const double fx = a * a * (3 - 2 * a);
  const double fy = b * b * (3 - 2 * b);
  return (lattice(seed, octave, i, j) * (1 - fx) + lattice(seed, octave, i + 1, j) * fx) * (1 - fy) +
         (lattice(seed, octave, i, j + 1) * (1 - fx) + lattice(seed, octave, i + 1, j + 1) * fx) * fy;
}

void add_noise_background(Picture& picture, std::uint64_t seed) {
  Random random(seed);
  const Colour tint = random_colour(random);
  const double cell = 0.5 * std::min(picture.width_px, picture.height_px);
  const double falloff = 0.5 + 0.12 * random.uniform();
  for (int y = 0; y < picture.height_px; ++y) {
    for (int x = 0; x < picture.width_px; ++x) {
      double luma = 128;
      double amplitude = 130;
      for (int octave = 0; octave < 7; ++octave, amplitude *= falloff) {
        const double size = cell / (1 << octave);
        luma += amplitude * smooth_noise(seed, octave, x / size, y / size);
      }
      picture.set(x, y,
                  {to_byte(luma + (tint.r - 128) * 0.3), to_byte(luma + (tint.g - 128) * 0.3),
                   to_byte(luma + (tint.b - 128) * 0.3)});
    }
  }
}

/// An ellipse or a slanted box, lit from one side, with a texture of its own.
void add_shape(Picture& picture, Random& random, std::uint64_t seed) {
  const double cx = random.uniform() * picture.width_px;
  const double cy = random.uniform() * picture.height_px;
  const double smaller = std::min(picture.width_px, picture.height_px);
  const double a = smaller * (0.05 + 0.2 * random.uniform());
  const double b = a * (0.4 + 0.6 * random.uniform());
  const double angle = random.uniform() * 3.14159;
  const bool is_box = random.between(0, 1) == 1;
  const Colour colour = random_colour(random);
  const double light = 2 * random.uniform() - 1;
  const int reach = static_cast<int>(1.5 * a) + 1;
  for (int y = static_cast<int>(cy) - reach; y <= static_cast<int>(cy) + reach; ++y) {
    for (int x = static_cast<int>(cx) - reach; x <= static_cast<int>(cx) + reach; ++x) {
      const double u = ((x - cx) * std::cos(angle) + (y - cy) * std::sin(angle)) / a;
      const double v = ((y - cy) * std::cos(angle) - (x - cx) * std::sin(angle)) / b;
      const bool is_inside = is_box ? std::abs(u) < 1 && std::abs(v) < 1 : u * u + v * v < 1;
      if (!is_inside) continue;
      const double shade = 1 + 0.4 * light * u + 0.25 * smooth_noise(seed, 9, x / 9.0, y / 9.0);
      picture.set(x, y, {to_byte(colour.r * shade), to_byte(colour.g * shade), to_byte(colour.b * shade)});
    }
  }
}

std::string words(Random& random, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += ' ';
    const int letters = random.between(2, 9);
    for (int k = 0; k < letters; ++k) text += static_cast<char>('A' + random.between(0, 25));
  }
  return text;
}

}  // namespace

Picture generated_scene(std::uint64_t seed) {
  Random random(seed * 77 + 5);
  constexpr std::array<std::array<int, 2>, 6> kSizes = {
      {{640, 480}, {800, 600}, {1024, 576}, {600, 800}, {720, 720}, {960, 640}}};
  const auto size = kSizes[static_cast<std::size_t>(random.between(0, 5))];
  Picture picture(size[0], size[1], {});
  add_noise_background(picture, seed);
  const int shapes = random.between(8, 22);
  for (int i = 0; i < shapes; ++i) add_shape(picture, random, seed * 31 + static_cast<std::uint64_t>(i));
  return picture;
}

Picture text_slide(std::uint64_t seed) {
  Random random(seed + 900);
  Picture picture(960, 540, {250, 250, 252});
  fill_rect(picture, 0, 0, 960, 90, {20, 60, 120});
  fill_disc(picture, 905, 45, 30, {240, 180, 30});
  fill_rect(picture, 0, 510, 960, 30, {20, 60, 120});
  draw_text(picture, 40, 28, 5, words(random, random.between(2, 3)).c_str(), {255, 255, 255});
  const int lines = random.between(4, 8);
  for (int i = 0; i < lines; ++i) {
    fill_disc(picture, 60, 136 + 45 * i, 7, {20, 60, 120});
    draw_text(picture, 90, 125 + 45 * i, 3, words(random, random.between(3, 6)).c_str(), {30, 30, 30});
  }
  return picture;
}

Picture title_card(std::uint64_t seed) {
  Random random(seed + 1900);
  Picture picture(1280, 720, {0, 0, 0});
  const int lines = random.between(1, 3);
  for (int i = 0; i < lines; ++i) {
    const std::string text = words(random, random.between(1, 3)).substr(0, 26);
    const int scale = i == 0 ? 8 : 5;
    draw_text(picture, 640 - text_width(text.c_str(), scale) / 2, 300 + 90 * i, scale, text.c_str(),
              {235, 235, 235});
  }
  return picture;
}

Picture chat_screen(std::uint64_t seed) {
  Random random(seed + 2900);
  Picture picture(540, 960, {236, 229, 221});
  fill_rect(picture, 0, 0, 540, 80, {7, 94, 84});
  fill_disc(picture, 50, 40, 26, {200, 200, 200});
  draw_text(picture, 95, 30, 3, words(random, 1).c_str(), {255, 255, 255});
  fill_rect(picture, 0, 890, 540, 70, {246, 246, 246});
  for (int y = 100; y < 850;) {
    const bool is_mine = random.between(0, 1) == 1;
    const int lines = random.between(1, 4);
    const int width = random.between(180, 400);
    const int x = is_mine ? 520 - width : 20;
    fill_rect(picture, x, y, width, 20 + 26 * lines, is_mine ? Colour{220, 248, 198} : Colour{255, 255, 255});
    for (int i = 0; i < lines; ++i) {
      std::string text = words(random, 6);
      text.resize(std::min<std::size_t>(text.size(), static_cast<std::size_t>((width - 20) / 12)));
      draw_text(picture, x + 10, y + 10 + 26 * i, 2, text.c_str(), {40, 40, 40});
    }
    y += 40 + 26 * lines;
  }
  return picture;
}

Picture document_page(std::uint64_t seed) {
  Random random(seed + 3900);
  Picture picture(800, 1100, {255, 255, 255});
  draw_text(picture, 80, 70, 4, words(random, 2).c_str(), {0, 0, 0});
  for (int y = 140; y < 1020; y += 22) {
    if (random.between(0, 9) == 0) continue;
    std::string text = words(random, 12);
    text.resize(static_cast<std::size_t>(random.between(0, 5) == 0 ? random.between(10, 40) : 53));
    draw_text(picture, 80, y, 2, text.c_str(), {0, 0, 0});
  }
  return picture;
}

Picture flat(std::uint64_t seed) {
  Random random(seed + 4900);
  Picture picture(640, 480, random_colour(random));
  if (seed % 2 == 1) {
    for (std::uint8_t& value : picture.rgb) value = to_byte(value + 3 * random.normal());
  }
  return picture;
}

Picture gradient(std::uint64_t seed) {
  Random random(seed + 5900);
  Picture picture(640, 480, {});
  const Colour from = random_colour(random);
  const Colour to = random_colour(random);
  const double angle = 6.28318 * random.uniform();
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 640; ++x) {
      const double along =
          std::clamp(0.5 + ((x - 320) * std::cos(angle) + (y - 240) * std::sin(angle)) / 700, 0.0, 1.0);
      picture.set(x, y,
                  {to_byte(from.r + along * (to.r - from.r)), to_byte(from.g + along * (to.g - from.g)),
                   to_byte(from.b + along * (to.b - from.b))});
    }
  }
  return picture;
}

}  // namespace seawall::eval
