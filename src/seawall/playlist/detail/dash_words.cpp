#include "seawall/playlist/detail/dash_words.h"

#include <charconv>
#include <cmath>

#include "seawall/playlist/detail/hls_words.h"
#include "seawall/playlist/uri.h"

namespace seawall {
namespace {

constexpr double kLongestSeconds = 100.0 * 366 * 86'400;
constexpr std::size_t kWidthMax = 20;

/// "%05d" as its width; "" is 1.
Result<std::size_t> width_of(std::string_view format) {
  if (format.empty()) return std::size_t{1};
  const auto refuse = [] { return fail(Code::kInvalidInput, "a template's width is not %0<digits>d"); };
  if (!format.starts_with("%0") || !format.ends_with('d') || format.size() < 3) return refuse();
  const std::string_view digits = format.substr(2, format.size() - 3);
  if (digits.empty()) return std::size_t{1};
  const auto width = hls_number(digits);
  if (!width || *width == 0 || *width > kWidthMax) return refuse();
  return static_cast<std::size_t>(*width);
}

Result<std::string> identifier_text(std::string_view identifier, const TemplateValues& values) {
  if (identifier.empty()) return std::string("$");
  if (identifier == "RepresentationID") return std::string(values.representation_id);
  const auto percent = std::min(identifier.find('%'), identifier.size());
  const std::string_view name = identifier.substr(0, percent);
  SEAWALL_TRY(const std::size_t width, width_of(identifier.substr(percent)));
  std::optional<std::uint64_t> value;
  if (name == "Number") value = values.number;
  if (name == "Time") value = values.time;
  if (name == "Bandwidth") value = values.bandwidth;
  if (name == "SubNumber") return fail(Code::kUnsupported, "segments with $SubNumber$ are not read");
  if (!value) return fail(Code::kInvalidInput, "a template names something that is not known here");
  std::string text = std::to_string(*value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

}  // namespace

std::optional<std::chrono::milliseconds> xs_duration(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  double seconds = 0;
  bool in_time = false;
  bool any = false;
  while (!text.empty()) {
    if (text.front() == 'T' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
      continue;
    }
    double value = 0;
    const auto [at, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc{} || at == text.data() + text.size() || !(value >= 0)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(at - text.data()));
    const char unit = text.front();
    text.remove_prefix(1);
    const double scale = !in_time && unit == 'D'  ? 86'400
                         : in_time && unit == 'H' ? 3'600
                         : in_time && unit == 'M' ? 60
                         : in_time && unit == 'S' ? 1
                         : value == 0             ? 0  // "P0Y0M0DT0S": years and months of none.
                                                  : -1;
    if (scale < 0) return std::nullopt;
    seconds += value * scale;
    any = true;
  }
  if (!any || !(seconds <= kLongestSeconds)) return std::nullopt;
  return std::chrono::milliseconds(std::llround(seconds * 1e3));
}

std::optional<ByteRange> dash_range(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = hls_number(text.substr(0, dash));
  const auto last = hls_number(text.substr(dash + 1));
  if (!first || !last || *last < *first || *last >= kHlsNumberMax) return std::nullopt;
  return ByteRange{*first, *last - *first + 1};
}

Result<std::string> filled_template(std::string_view text, const TemplateValues& values) {
  std::string out;
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$')) {
    const auto end = text.find('$', at + 1);
    if (end == std::string_view::npos) return fail(Code::kInvalidInput, "a template's $ has no end");
    SEAWALL_TRY(const std::string value, identifier_text(text.substr(at + 1, end - at - 1), values));
    out.append(text.substr(0, at)).append(value);
    text.remove_prefix(end + 1);
    if (out.size() > kUriBytesMax) return fail(Code::kLimitExceeded, "an address has more than 8 KiB");
  }
  out += text;
  return out;
}

}  // namespace seawall
