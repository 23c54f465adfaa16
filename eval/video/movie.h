#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../picture.h"

namespace seawall::eval {

/// What a shot shows.
enum class ShotKind : std::uint8_t {
  kPan,    ///< The camera moves over a photograph, nearer or farther.
  kHead,   ///< A still photograph, and before it a head that nods: another photograph in an ellipse.
  kText,   ///< Lines of text that roll over a darkened photograph.
  kSlide,  ///< A still slide of one template.
  kTitle,  ///< A still title card.
  kBars,   ///< A test pattern, the same everywhere.
  kBlack,
};

struct Shot {
  ShotKind kind = ShotKind::kPan;
  double seconds = 0;
  const Picture* photo = nullptr;  ///< Outlives the movie.
  const Picture* other = nullptr;  ///< kHead: what the head is painted with.
  std::uint64_t seed = 0;          ///< Where the camera goes, what is written.
};

/// A clip before it is encoded. Nothing in it is hidden chance: the same shots give the same frames.
struct Movie {
  std::string name;
  std::string family;
  int width_px = 640;
  int height_px = 360;
  double fade_seconds = 0;  ///< Shots fade into each other; 0: they are cut.
  std::vector<Shot> shots;

  [[nodiscard]] double seconds() const;
  /// All that the frames hang on, as text: the key under which the encoded clip is kept.
  [[nodiscard]] std::string key() const;
};

inline constexpr int kFramesPerSecond = 24;

/// Draws a movie frame by frame. Lifetime: the movie must outlive it. Cost: some 3 ms a frame of 640 x 360.
class Projector {
 public:
  explicit Projector(const Movie& movie);
  /// The frame at `seconds` from the start; the reference holds until the next call.
  [[nodiscard]] const Picture& frame(double seconds);

 private:
  struct Stage {
    double begin = 0;
    Picture ground;  ///< The photograph at the size it is panned at, or the still picture itself.
    Picture head;
  };
  void draw(std::size_t shot, double seconds, Picture& out) const;

  const Movie& movie_;
  std::vector<Stage> stages_;
  Picture frame_;
  Picture next_;
};

/// The test pattern of kBars, as a picture.
[[nodiscard]] Picture test_bars(int width_px, int height_px);

}  // namespace seawall::eval
