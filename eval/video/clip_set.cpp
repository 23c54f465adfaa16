#include "clip_set.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace seawall::eval {
namespace {

constexpr int kShotSecondsMin = 2;
constexpr int kShotSecondsMax = 5;
constexpr std::uint64_t kListedSeed = 11;
constexpr std::uint64_t kUnlistedSeed = 12;

/// Gives out pictures, each once until all were given; null where there are none.
class Pictures {
 public:
  explicit Pictures(std::span<const Picture> all) : all_(all) {}
  const Picture* next() { return all_.empty() ? (++given_, nullptr) : &all_[given_++ % all_.size()]; }
  [[nodiscard]] std::size_t given() const { return given_; }

 private:
  std::span<const Picture> all_;
  std::size_t given_ = 0;
};

struct Shape {
  int width_px;
  int height_px;
};

/// Mostly as televisions are, some older, some as telephones are held.
Shape shape_of(int number) {
  if (number % 9 == 4) return {480, 360};
  if (number % 9 == 7) return {360, 640};
  return {640, 360};
}

class Studio {
 public:
  Studio(const Pictures& pictures, std::uint64_t seed) : pictures_(pictures), random_(seed) {}

  Movie movie(const std::string& family, int number) {
    Movie made;
    made.family = family;
    made.name = family + " " + std::to_string(number);
    const Shape shape = shape_of(number);
    made.width_px = shape.width_px;
    made.height_px = shape.height_px;
    return made;
  }
  void shot(Movie& movie, ShotKind kind, double seconds) {
    Shot made{kind, seconds, nullptr, nullptr, random_.next()};
    if (kind == ShotKind::kPan || kind == ShotKind::kText || kind == ShotKind::kHead)
      made.photo = pictures_.next();
    if (kind == ShotKind::kHead) made.other = pictures_.next();
    movie.shots.push_back(made);
  }
  /// Shots of `kind` until the movie is `seconds` long.
  void fill(Movie& movie, ShotKind kind, double seconds, int shot_min = kShotSecondsMin,
            int shot_max = kShotSecondsMax) {
    while (seconds - movie.seconds() > 0.5) {
      const double rest = seconds - movie.seconds();
      const double length = random_.between(4 * shot_min, 4 * shot_max) / 4.0;
      shot(movie, kind, rest - length < shot_min ? rest : length);
    }
  }
  double length(int low, int high) { return random_.between(low, high); }
  [[nodiscard]] std::size_t pictures_given() const { return pictures_.given(); }

 private:
  Pictures pictures_;
  Random random_;
};

/// One of the kinds of which listed clips are.
Movie listed_movie(Studio& studio, int number, const ClipSetOptions& options) {
  const double seconds = studio.length(options.seconds_min, options.seconds_max);
  Movie movie;
  switch (number % 9) {
    case 2:
      movie = studio.movie("fades", number);
      movie.fade_seconds = 0.5;
      studio.fill(movie, ShotKind::kPan, seconds);
      break;
    case 3:
      movie = studio.movie("text over photographs", number);
      studio.fill(movie, ShotKind::kText, seconds, 4, 8);
      break;
    case 5:
      movie = studio.movie("talking heads", number);
      studio.fill(movie, ShotKind::kHead, seconds, 4, 8);
      break;
    case 6:
      movie = studio.movie("slides", number);
      studio.fill(movie, ShotKind::kSlide, seconds, 2, 4);
      break;
    case 8:
      movie = studio.movie("title, bars and black", number);
      studio.shot(movie, ShotKind::kBars, 2);
      studio.shot(movie, ShotKind::kTitle, 2);
      studio.fill(movie, ShotKind::kPan, std::max(seconds - 1, 9.0));
      studio.shot(movie, ShotKind::kBlack, 1);
      break;
    default:
      movie = studio.movie("pans and cuts", number);
      studio.fill(movie, ShotKind::kPan, seconds);
  }
  return movie;
}

void add_unlisted(Studio& studio, const ClipSetOptions& options, std::vector<Movie>& movies) {
  const int few = std::max(1, options.listed / 6);
  const auto add = [&](const char* family, ShotKind kind, int count, int shot_min, int shot_max) {
    for (int i = 0; i < count; ++i) {
      Movie movie = studio.movie(family, i);
      studio.fill(movie, kind, studio.length(options.seconds_min + 6, options.seconds_max + 6), shot_min,
                  shot_max);
      movies.push_back(std::move(movie));
    }
  };
  add("other photographs", ShotKind::kPan, 2 * few, kShotSecondsMin, kShotSecondsMax);
  add("other talking heads", ShotKind::kHead, few, 4, 8);
  add("other slides", ShotKind::kSlide, few, 2, 4);
  add("other text", ShotKind::kText, few, 4, 8);
  add("other title cards", ShotKind::kTitle, few, 2, 3);
  for (int i = 0; i < few; ++i) {
    Movie movie = studio.movie("bars, black and titles", i);
    studio.shot(movie, ShotKind::kBars, 4);
    studio.shot(movie, ShotKind::kBlack, 2);
    studio.shot(movie, ShotKind::kTitle, 3);
    studio.shot(movie, ShotKind::kPan, 3);
    studio.shot(movie, ShotKind::kBars, 3);
    movies.push_back(std::move(movie));
  }
  for (int i = 0; i < 2 && options.long_seconds > 0; ++i) {
    Movie movie = studio.movie("long", i);
    studio.fill(movie, ShotKind::kPan, options.long_seconds);
    movies.push_back(std::move(movie));
  }
}

std::size_t unlisted_pictures(const ClipSetOptions& options) {
  return static_cast<std::size_t>(std::clamp(options.listed, 8, 40));
}

}  // namespace

std::size_t pictures_wanted(const ClipSetOptions& options) {
  Studio dry(Pictures({}), kListedSeed);
  for (int i = 0; i < options.listed; ++i) (void)listed_movie(dry, i, options);
  return dry.pictures_given() + unlisted_pictures(options);
}

ClipSet make_clip_set(std::span<const Picture> photos, const ClipSetOptions& options) {
  if (photos.size() < pictures_wanted(options)) std::abort();
  ClipSet set;
  Studio listing(Pictures(photos.subspan(unlisted_pictures(options))), kListedSeed);
  for (int i = 0; i < options.listed; ++i) set.listed.push_back(listed_movie(listing, i, options));
  Studio other(Pictures(photos.first(unlisted_pictures(options))), kUnlistedSeed);
  add_unlisted(other, options, set.unlisted);
  return set;
}

}  // namespace seawall::eval
