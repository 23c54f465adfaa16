#include "seawall/video_print/tmk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "seawall/durable_file/byte_io.h"

namespace seawall {
namespace {

using durable::ByteReader;
using durable::ByteWriter;

constexpr std::array<char, 8> kMagic = {'T', 'M', 'K', '1', 'F', 'V', 'E', 'C'};
constexpr std::array<char, 4> kPdqFloat = {'P', 'D', 'Q', 'F'};

struct Counts {
  std::int32_t periods = 0;
  std::int32_t coefficients = 0;
  std::int32_t dimension = 0;
};

bool in_range(std::int32_t value, std::int32_t high) { return value >= 0 && value <= high; }

template <class T>
bool get_all(ByteReader& reader, std::vector<T>& values, std::size_t count) {
  if (reader.left().size() < count * sizeof(T)) return false;
  values.resize(count);
  return std::ranges::all_of(values, [&](T& value) { return reader.get(value); });
}

bool all_finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

Result<void> check_values(const TmkPrint& print) {
  if (!std::ranges::all_of(print.periods, [](std::int32_t p) { return p >= 1 && p <= TmkPrint::kPeriodMax; }))
    return fail(Code::kInvalidInput, "a period of the TMK file is not 1 to 65536 frames");
  if (!std::ranges::all_of(print.coefficients, [](float c) { return std::isfinite(c) && c >= 0; }))
    return fail(Code::kInvalidInput, "a coefficient of the TMK file is not a number from 0 up");
  if (!all_finite(print.average) || !all_finite(print.cosines) || !all_finite(print.sines))
    return fail(Code::kInvalidInput, "a feature of the TMK file is not a finite number");
  return {};
}

Result<Counts> read_header(ByteReader& reader, TmkPrint& print) {
  std::array<char, 8> magic{};
  std::array<char, 4> algorithm{};
  Counts counts;
  if (!reader.get(magic) || magic != kMagic) return fail(Code::kInvalidInput, "not a TMK file");
  if (!reader.get(algorithm) || algorithm != kPdqFloat)
    return fail(Code::kUnsupported, "of TMK files only those with PDQF features are read");
  if (!reader.get(print.frames_per_second) || !reader.get(counts.periods) ||
      !reader.get(counts.coefficients) || !reader.get(counts.dimension) || !reader.get(print.frame_count))
    return fail(Code::kInvalidInput, "the TMK file ends within its header");
  if (!in_range(counts.periods, TmkPrint::kPeriodsMax) ||
      !in_range(counts.coefficients, TmkPrint::kCoefficientsMax) ||
      !in_range(counts.dimension, TmkPrint::kDimensionMax))
    return fail(Code::kLimitExceeded, "a TMK file has at most 16 periods, 64 coefficients, 1024 dimensions");
  return counts;
}

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  const double scale = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  return scale > 0 ? dot(a, b) / scale : 0;
}

bool near(float a, float b) { return std::abs(a - b) <= 1e-6F * std::max(std::abs(a), std::abs(b)); }

bool whole(const TmkPrint& print) {
  const std::size_t floats = print.periods.size() * print.coefficients.size() * print.dimension();
  return print.cosines.size() == floats && print.sines.size() == floats;
}

bool compatible(const TmkPrint& a, const TmkPrint& b) {
  return whole(a) && whole(b) && a.frames_per_second == b.frames_per_second && a.periods == b.periods &&
         a.dimension() == b.dimension() && std::ranges::equal(a.coefficients, b.coefficients, near);
}

/// The kernel of one period as a trigonometric polynomial: sum over j of even[j] cos(j x) + odd[j] sin(j x).
struct Kernel {
  std::vector<double> even;
  std::vector<double> odd;
};

Kernel kernel_of(const TmkPrint& a, const TmkPrint& b, std::size_t period) {
  const std::size_t terms = a.coefficients.size();
  const std::size_t width = a.dimension();
  Kernel kernel;
  for (std::size_t j = 0; j < terms; ++j) {
    const std::size_t at = (period * terms + j) * width;
    const auto cos_a = std::span(a.cosines).subspan(at, width);
    const auto sin_a = std::span(a.sines).subspan(at, width);
    const auto cos_b = std::span(b.cosines).subspan(at, width);
    const auto sin_b = std::span(b.sines).subspan(at, width);
    kernel.even.push_back(j == 0 ? dot(cos_a, cos_b) : dot(cos_a, cos_b) + dot(sin_a, sin_b));
    kernel.odd.push_back(j == 0 ? 0 : dot(sin_a, cos_b) - dot(cos_a, sin_b));
  }
  return kernel;
}

/// By Clenshaw's recurrence for both series at once: one cosine and one sine for all terms.
double value_at(const Kernel& kernel, double angle) {
  const double twice = 2 * std::cos(angle);
  double even1 = 0;
  double even2 = 0;
  double odd1 = 0;
  double odd2 = 0;
  for (std::size_t j = kernel.even.size() - 1; j > 0; --j) {
    const double even0 = kernel.even[j] + twice * even1 - even2;
    const double odd0 = kernel.odd[j] + twice * odd1 - odd2;
    even2 = even1;
    even1 = even0;
    odd2 = odd1;
    odd1 = odd0;
  }
  return kernel.even[0] + even1 * std::cos(angle) - even2 + odd1 * std::sin(angle);
}

double normalizer(const std::vector<float>& coefficients) {
  double sum = 0;
  for (std::size_t j = 0; j < coefficients.size(); ++j)
    sum += (j == 0 ? 1.0 : 2.0) * static_cast<double>(coefficients[j]);
  return sum;
}

void score_level2(const TmkPrint& query, const TmkPrint& reference, TmkComparison& result) {
  result.level2_computed = true;
  const double scale = normalizer(query.coefficients);
  if (!(scale > 0) || query.periods.empty()) return;
  double best_of_all = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < query.periods.size(); ++i) {
    const Kernel kernel = kernel_of(query, reference, i);
    const int period = query.periods[i];
    double best = -std::numeric_limits<double>::infinity();
    int best_offset = 0;
    for (int offset = 0; offset < period; ++offset) {
      const double value = value_at(kernel, 2 * std::numbers::pi * offset / period);
      if (value <= best) continue;
      best = value;
      best_offset = offset;
    }
    result.best_offsets_frames.push_back(best_offset);
    best_of_all = std::max(best_of_all, best);
  }
  result.level2 = best_of_all / scale;
}

}  // namespace

Result<TmkPrint> read_tmk(std::span<const std::byte> file) {
  if (file.size() > TmkPrint::kBytesMax) return fail(Code::kLimitExceeded, "a TMK file has at most 2 MiB");
  ByteReader reader(file);
  TmkPrint print;
  SEAWALL_TRY(const Counts counts, read_header(reader, print));
  const auto periods = static_cast<std::size_t>(counts.periods);
  const auto terms = static_cast<std::size_t>(counts.coefficients);
  const auto width = static_cast<std::size_t>(counts.dimension);
  if (reader.left().size() != 4 * (periods + terms + width + 2 * periods * terms * width))
    return fail(Code::kInvalidInput, "the TMK file is not as long as its header says");
  if (!get_all(reader, print.periods, periods) || !get_all(reader, print.coefficients, terms) ||
      !get_all(reader, print.average, width) || !get_all(reader, print.cosines, periods * terms * width) ||
      !get_all(reader, print.sines, periods * terms * width))
    return fail(Code::kInvalidInput, "the TMK file ends early");
  SEAWALL_CHECK(check_values(print));
  return print;
}

std::vector<std::byte> write_tmk(const TmkPrint& print) {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kPdqFloat);
  writer.put(print.frames_per_second);
  writer.put(static_cast<std::int32_t>(print.periods.size()));
  writer.put(static_cast<std::int32_t>(print.coefficients.size()));
  writer.put(static_cast<std::int32_t>(print.average.size()));
  writer.put(print.frame_count);
  writer.put_bytes(std::as_bytes(std::span(print.periods)));
  writer.put_bytes(std::as_bytes(std::span(print.coefficients)));
  writer.put_bytes(std::as_bytes(std::span(print.average)));
  writer.put_bytes(std::as_bytes(std::span(print.cosines)));
  writer.put_bytes(std::as_bytes(std::span(print.sines)));
  return std::move(writer).take();
}

Result<TmkComparison> tmk_compare(const TmkPrint& query, const TmkPrint& reference, const TmkRule& rule) {
  if (!compatible(query, reference))
    return fail(Code::kInvalidInput, "the two TMK signals were made with other parameters");
  TmkComparison result;
  result.level1 = cosine(query.average, reference.average);
  if (result.level1 < rule.level1_min) return result;
  score_level2(query, reference, result);
  result.is_match = result.level2 >= rule.level2_min;
  return result;
}

}  // namespace seawall
