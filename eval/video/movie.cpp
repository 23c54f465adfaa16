#include "movie.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "../generate.h"

namespace seawall::eval {
namespace {

constexpr double kRoom = 1.4;  ///< How much wider than the frame a photograph is drawn, at the widest view.
constexpr double kTurn = 6.28318530717958648;

std::uint64_t digest_of(const Picture& picture) {
  std::uint64_t digest = 0xcbf29ce484222325;
  for (const std::uint8_t value : picture.rgb) digest = (digest ^ value) * 0x100000001b3;
  return digest;
}

/// Where the camera looks: the middle and the width of what it sees.
struct View {
  double x = 0;
  double y = 0;
  double width = 0;
};

View random_view(Random& random, const Picture& ground, const Movie& movie) {
  const double aspect = static_cast<double>(movie.height_px) / movie.width_px;
  View view;
  view.width = kRoom * movie.width_px * (0.55 + 0.4 * random.uniform());
  const double height = view.width * aspect;
  view.x = view.width / 2 + random.uniform() * (ground.width_px - view.width);
  view.y = height / 2 + random.uniform() * (ground.height_px - height);
  return view;
}

View between(const View& a, const View& b, double part) {
  return {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part, a.width + (b.width - a.width) * part};
}

/// What lies under `view`, by bilinear samples.
void look(const Picture& ground, const View& view, Picture& out) {
  const double step = view.width / out.width_px;
  const double left = view.x - view.width / 2;
  const double top = view.y - step * out.height_px / 2;
  for (int y = 0; y < out.height_px; ++y) {
    const double v = std::clamp(top + step * y, 0.0, ground.height_px - 1.001);
    const int row = static_cast<int>(v);
    const auto down = static_cast<int>(256 * (v - row));
    for (int x = 0; x < out.width_px; ++x) {
      const double u = std::clamp(left + step * x, 0.0, ground.width_px - 1.001);
      const int column = static_cast<int>(u);
      const auto right = static_cast<int>(256 * (u - column));
      const std::uint8_t* above = ground.at(column, row);
      const std::uint8_t* below = ground.at(column, row + 1);
      std::uint8_t* pixel = out.at(x, y);
      for (int c = 0; c < 3; ++c) {
        const int upper = above[c] * (256 - right) + above[c + 3] * right;
        const int lower = below[c] * (256 - right) + below[c + 3] * right;
        pixel[c] = static_cast<std::uint8_t>((upper * (256 - down) + lower * down) >> 16);
      }
    }
  }
}

/// The photograph cut to the frame's shape and sized so that the widest view of it is kRoom frames wide.
Picture ground_of(const Picture& photo, const Movie& movie, double room) {
  const double aspect = static_cast<double>(movie.height_px) / movie.width_px;
  const double fit = std::min<double>(photo.width_px, photo.height_px / aspect);
  const double scale = room * movie.width_px / fit;
  return resize(photo, static_cast<int>(std::ceil(scale * photo.width_px)),
                static_cast<int>(std::ceil(scale * photo.height_px)));
}

void darken(Picture& picture) {
  for (std::uint8_t& value : picture.rgb) value = static_cast<std::uint8_t>(value * 3 / 5);
}

void roll_text(Picture& out, std::uint64_t seed, double seconds) {
  Random random(seed);
  const int scale = std::max(2, out.height_px / 110);
  for (int line = 0; line < 40; ++line) {
    std::string text;
    for (int letters = random.between(6, 18); letters > 0; --letters)
      text += random.between(0, 5) == 0 ? ' ' : static_cast<char>('A' + random.between(0, 25));
    const int y = static_cast<int>(out.height_px * (0.9 - 0.12 * seconds)) + line * 14 * scale;
    if (y > -10 * scale && y < out.height_px)
      draw_text(out, (out.width_px - text_width(text.c_str(), scale)) / 2, y, scale, text.c_str(),
                {240, 240, 230});
  }
}

void nod_head(Picture& out, const Picture& head, std::uint64_t seed, double seconds) {
  Random random(seed);
  const double phase = random.uniform();
  const double x = out.width_px * (0.5 + 0.06 * std::sin(kTurn * (seconds / 3.1 + phase)));
  const double y = out.height_px * (0.55 + 0.05 * std::sin(kTurn * (seconds / 1.7 + phase)));
  const double a = 0.17 * out.height_px;
  const double b = 0.3 * out.height_px * (1 + 0.04 * std::sin(kTurn * seconds * 1.3));
  for (int j = static_cast<int>(y - b); j <= static_cast<int>(y + b); ++j) {
    for (int i = static_cast<int>(x - a); i <= static_cast<int>(x + a); ++i) {
      const double u = (i - x) / a;
      const double v = (j - y) / b;
      if (u * u + v * v > 1) continue;
      const std::uint8_t* from =
          head.at(std::clamp(static_cast<int>((u + 1) / 2 * head.width_px), 0, head.width_px - 1),
                  std::clamp(static_cast<int>((v + 1) / 2 * head.height_px), 0, head.height_px - 1));
      out.set(i, j, {from[0], from[1], from[2]});
    }
  }
}

void mix(Picture& onto, const Picture& other, double part) {
  const int share = static_cast<int>(256 * part);
  for (std::size_t i = 0; i < onto.rgb.size(); ++i)
    onto.rgb[i] = static_cast<std::uint8_t>((onto.rgb[i] * (256 - share) + other.rgb[i] * share) >> 8);
}

}  // namespace

Picture test_bars(int width_px, int height_px) {
  constexpr std::array<Colour, 7> kBars = {Colour{192, 192, 192}, {192, 192, 0}, {0, 192, 192}, {0, 192, 0},
                                           {192, 0, 192},         {192, 0, 0},   {0, 0, 192}};
  Picture picture(width_px, height_px, {16, 16, 16});
  const auto edge = [&](int i) { return width_px * i / 7; };
  for (int i = 0; i < 7; ++i) {
    const int width = edge(i + 1) - edge(i);
    fill_rect(picture, edge(i), 0, width, height_px * 2 / 3, kBars[static_cast<std::size_t>(i)]);
    if (i % 2 == 0)
      fill_rect(picture, edge(i), height_px * 2 / 3, width, height_px / 12,
                kBars[static_cast<std::size_t>(6 - i)]);
  }
  fill_rect(picture, width_px / 6, height_px * 3 / 4, width_px / 6, height_px / 4, {235, 235, 235});
  return picture;
}

double Movie::seconds() const {
  double sum = 0;
  for (const Shot& shot : shots) sum += shot.seconds;
  return sum;
}

std::string Movie::key() const {
  std::string text = "movie 1 " + std::to_string(width_px) + "x" + std::to_string(height_px) + " fade " +
                     std::to_string(fade_seconds);
  for (const Shot& shot : shots) {
    text += " " + std::to_string(static_cast<int>(shot.kind)) + ":" + std::to_string(shot.seconds) + ":" +
            std::to_string(shot.seed);
    for (const Picture* picture : {shot.photo, shot.other})
      text += ":" + (picture == nullptr ? "-" : std::to_string(digest_of(*picture)));
  }
  return text;
}

Projector::Projector(const Movie& movie)
    : movie_(movie), frame_(movie.width_px, movie.height_px, {}), next_(frame_) {
  double begin = 0;
  for (const Shot& shot : movie.shots) {
    Stage stage;
    stage.begin = begin;
    begin += shot.seconds;
    const auto whole = [&](const Picture& picture) {
      return resize(picture, movie.width_px, movie.height_px);
    };
    switch (shot.kind) {
      case ShotKind::kHead:
        stage.head = resize(*shot.other, 120, 160);
        [[fallthrough]];
      case ShotKind::kPan:
      case ShotKind::kText:
        stage.ground = ground_of(*shot.photo, movie, kRoom);
        if (shot.kind == ShotKind::kText) darken(stage.ground);
        break;
      case ShotKind::kSlide:
        stage.ground = whole(text_slide(shot.seed));
        break;
      case ShotKind::kTitle:
        stage.ground = whole(title_card(shot.seed));
        break;
      case ShotKind::kBars:
        stage.ground = test_bars(movie.width_px, movie.height_px);
        break;
      case ShotKind::kBlack:
        stage.ground = Picture(movie.width_px, movie.height_px, {16, 16, 16});
        break;
    }
    stages_.push_back(std::move(stage));
  }
}

void Projector::draw(std::size_t index, double seconds, Picture& out) const {
  const Shot& shot = movie_.shots[index];
  const Stage& stage = stages_[index];
  Random random(shot.seed);
  const View from = shot.photo == nullptr ? View{} : random_view(random, stage.ground, movie_);
  const View to = shot.photo == nullptr ? View{} : random_view(random, stage.ground, movie_);
  const double part = std::clamp(seconds / shot.seconds, 0.0, 1.0);
  switch (shot.kind) {
    case ShotKind::kPan:
      look(stage.ground, between(from, to, part), out);
      break;
    case ShotKind::kText:
      look(stage.ground, between(from, between(from, to, 0.3), part), out);
      roll_text(out, shot.seed + 1, seconds);
      break;
    case ShotKind::kHead:
      look(stage.ground, from, out);
      nod_head(out, stage.head, shot.seed + 2, seconds);
      break;
    default:
      out = stage.ground;
  }
}

const Picture& Projector::frame(double seconds) {
  std::size_t shot = 0;
  while (shot + 1 < stages_.size() && stages_[shot + 1].begin <= seconds) ++shot;
  draw(shot, seconds - stages_[shot].begin, frame_);
  if (shot + 1 < stages_.size() && movie_.fade_seconds > 0) {
    const double until = stages_[shot + 1].begin - seconds;
    if (until < movie_.fade_seconds) {
      draw(shot + 1, 0, next_);
      mix(frame_, next_, 1 - until / movie_.fade_seconds);
    }
  }
  return frame_;
}

}  // namespace seawall::eval
