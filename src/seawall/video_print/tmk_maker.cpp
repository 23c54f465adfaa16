#include "seawall/video_print/tmk_maker.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace seawall {
namespace {

constexpr std::array kPeriods = {2731, 4391, 9767, 14653};
constexpr std::size_t kTerms = 32;
constexpr double kBeta = 32;
constexpr std::size_t kFloats = kPeriods.size() * kTerms * TmkMaker::kDimension;

/// Of the kernel's Fourier series: a modified von Mises kernel by Bessel functions.
std::vector<float> poullot_coefficients() {
  std::vector<float> coefficients;
  const double scale = std::sinh(kBeta);
  coefficients.push_back(static_cast<float>((std::cyl_bessel_i(0, kBeta) - std::exp(-kBeta)) / (2 * scale)));
  for (std::size_t j = 1; j < kTerms; ++j)
    coefficients.push_back(static_cast<float>(std::cyl_bessel_i(static_cast<double>(j), kBeta) / scale));
  return coefficients;
}

double length_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

/// Each row of kDimension as a unit vector times the root of its coefficient.
std::vector<float> scaled_rows(std::span<const double> rows, const std::vector<float>& coefficients) {
  std::vector<float> scaled(rows.size());
  for (std::size_t at = 0; at < rows.size(); at += TmkMaker::kDimension) {
    const auto row = rows.subspan(at, TmkMaker::kDimension);
    const double length = length_of(row);
    if (length == 0) continue;
    const double scale =
        std::sqrt(static_cast<double>(coefficients[at / TmkMaker::kDimension % kTerms])) / length;
    std::ranges::transform(row, scaled.begin() + static_cast<std::ptrdiff_t>(at),
                           [&](double value) { return static_cast<float>(value * scale); });
  }
  return scaled;
}

struct Turn {
  double cosine = 0;
  double sine = 0;
};

/// The sum of cos and sin of 2 pi j t / period over `count` whole t from `first` on, in closed form: a header
/// can let one picture stand for weeks. Angles are reduced in whole numbers.
Turn sum_of_turns(std::int64_t j, std::int64_t first, std::int64_t count, std::int64_t period) {
  if (j == 0) return {static_cast<double>(count), 0};
  const double half_turn = std::numbers::pi / static_cast<double>(period);  // Of one step of 2 j t + ...
  const auto reduced = [&](std::int64_t halves) {
    return static_cast<double>(halves % (2 * period)) * half_turn;
  };
  const double scale = std::sin(reduced(j * count)) / std::sin(reduced(j));
  const double middle = reduced(j * (2 * first + count - 1));
  return {scale * std::cos(middle), scale * std::sin(middle)};
}

}  // namespace

TmkMaker::TmkMaker() : average_(kDimension), cosines_(kFloats), sines_(kFloats) {}

Result<void> TmkMaker::add(std::span<const float> features, std::int64_t time_us) {
  if (features.size() != kDimension)
    return fail(Code::kInvalidInput, "a frame of a TMK signal has 256 features");
  if (time_us < 0) return fail(Code::kInvalidInput, "a frame lies before the start of its video");
  if (time_us > kTimeUsMax) return fail(Code::kLimitExceeded, "a TMK signal is of at most 24 days");
  if (!std::ranges::all_of(features, [](float value) { return std::isfinite(value); }))
    return fail(Code::kInvalidInput, "a feature of a frame is not a finite number");
  if (time_us <= shown_from_us_) return {};
  // A slot is shown by the frame that stands at its middle: half a slot is what ffmpeg allows either way.
  show_until((time_us * kFramesPerSecond + 500'000) / 1'000'000);
  shown_from_us_ = time_us;
  shown_.assign(features.begin(), features.end());
  double sum = 0;
  for (const float value : features) sum += static_cast<double>(value) * static_cast<double>(value);
  unit_ = shown_;
  if (sum > 0) {
    for (float& value : unit_) value = static_cast<float>(static_cast<double>(value) / std::sqrt(sum));
  }
  return {};
}

Result<TmkPrint> TmkMaker::finish(std::int64_t end_us) {
  if (shown_.empty()) return fail(Code::kInvalidInput, "no frame of the video could be looked at");
  if (end_us > kTimeUsMax) return fail(Code::kLimitExceeded, "a TMK signal is of at most 24 days");
  show_until(std::max<std::int64_t>(1, (end_us * kFramesPerSecond + 500'000) / 1'000'000));
  TmkPrint print;
  print.frames_per_second = kFramesPerSecond;
  print.frame_count = static_cast<std::int32_t>(slots_);
  print.periods.assign(kPeriods.begin(), kPeriods.end());
  print.coefficients = poullot_coefficients();
  for (const double sum : average_)
    print.average.push_back(static_cast<float>(sum / static_cast<double>(slots_)));
  print.cosines = scaled_rows(cosines_, print.coefficients);
  print.sines = scaled_rows(sines_, print.coefficients);
  *this = TmkMaker();
  return print;
}

void TmkMaker::show_until(std::int64_t slot) {
  if (!shown_.empty() && slot > slots_) take(slot - slots_);
}

void TmkMaker::take(std::int64_t slots) {
  const auto times = static_cast<double>(slots);
  for (std::size_t k = 0; k < kDimension; ++k) average_[k] += static_cast<double>(shown_[k]) * times;
  for (std::size_t i = 0; i < kPeriods.size(); ++i) {
    for (std::size_t j = 0; j < kTerms; ++j) {
      const Turn turn = sum_of_turns(static_cast<std::int64_t>(j), slots_, slots, kPeriods[i]);
      double* cosines = cosines_.data() + (i * kTerms + j) * kDimension;
      double* sines = sines_.data() + (i * kTerms + j) * kDimension;
      for (std::size_t k = 0; k < kDimension; ++k) {
        cosines[k] += static_cast<double>(unit_[k]) * turn.cosine;
        sines[k] += static_cast<double>(unit_[k]) * turn.sine;
      }
    }
  }
  slots_ += slots;
}

}  // namespace seawall
