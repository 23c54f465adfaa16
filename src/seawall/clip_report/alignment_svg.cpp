#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "seawall/clip_report/alignment_picture.h"
#include "seawall/clip_report/detail/label_text.h"
#include "seawall/report/html_text.h"

namespace seawall {
namespace {

constexpr int kLeftPx = 78;
constexpr int kRightPx = 16;
constexpr int kTopPx = 44;
constexpr int kBottomPx = 92;
constexpr std::size_t kTicksMax = 8;
constexpr std::array<std::int64_t, 19> kTickSteps = {
    100,     200,     500,     1'000,   2'000,     5'000,     10'000,    15'000,     30'000,    60'000,
    120'000, 300'000, 600'000, 900'000, 1'800'000, 3'600'000, 7'200'000, 21'600'000, 86'400'000};

/// Shapes and colours of Okabe and Ito's palette, told apart by either alone.
struct Mark {
  std::string_view id;
  std::string_view words;
  std::string_view shape;  ///< An SVG element around 0, 0.
};
constexpr std::array kMarks = {
    Mark{"d31", "one", R"(<circle r="3.6" fill="#0072B2"/>)"},
    Mark{"d48", "two", R"(<path d="M0-4.6L4.6 0L0 4.6L-4.6 0Z" fill="#D55E00"/>)"},
    Mark{"d64", "three", R"(<path d="M0-4.4L4.2 3.4L-4.2 3.4Z" fill="#009E73"/>)"},
    Mark{"no", "never counts",
         R"(<path d="M-3.4-3.4L3.4 3.4M-3.4 3.4L3.4-3.4" stroke="#777" stroke-width="1.6"/>)"}};

struct Stroke {
  ClipTier tier;
  std::string_view attributes;
};
constexpr std::array kStrokes = {
    Stroke{ClipTier::kThreeAligned, R"(stroke="#009E73" stroke-width="2.5")"},
    Stroke{ClipTier::kTwoAligned, R"(stroke="#D55E00" stroke-width="2.5" stroke-dasharray="9 4")"},
    Stroke{ClipTier::kSingleFrame, R"(stroke="#0072B2" stroke-width="2.5" stroke-dasharray="2 4")"},
    Stroke{ClipTier::kNone, R"(stroke="#777" stroke-width="1.2" stroke-dasharray="1 5")"}};

std::string number(double value) {
  std::array<char, 40> text;
  (void)std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

/// Times to places of one axis. `low` may lie right of or below `high`.
struct Axis {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 1;
  double low_px = 0;
  double high_px = 1;

  [[nodiscard]] double at(std::int64_t ms) const {
    const double part =
        static_cast<double>(std::clamp(ms, from_ms, to_ms) - from_ms) / static_cast<double>(to_ms - from_ms);
    return low_px + part * (high_px - low_px);
  }
  [[nodiscard]] std::vector<std::int64_t> ticks() const {
    std::int64_t step = kTickSteps.back();
    for (const std::int64_t candidate : kTickSteps) {
      if ((to_ms - from_ms) / candidate > static_cast<std::int64_t>(kTicksMax)) continue;
      step = candidate;
      break;
    }
    while ((to_ms - from_ms) / step > static_cast<std::int64_t>(kTicksMax)) step *= 2;
    std::vector<std::int64_t> times;
    for (std::int64_t t = (from_ms + step - 1) / step * step; t <= to_ms; t += step) times.push_back(t);
    return times;
  }
};

std::string_view mark_of(const AlignedPair& pair) {
  constexpr ClipRules kRules;
  if (pair.benign) return "no";
  if (pair.distance_bits <= kRules.single_bits) return "d31";
  return pair.distance_bits <= kRules.two_bits ? "d48" : "d64";
}

class Picture {
 public:
  Picture(const ClipMatch& match, const AlignmentSubject& subject, const AlignmentPictureOptions& options)
      : match_(match), subject_(subject), options_(options) {
    std::int64_t query_end = subject.query_duration_ms;
    std::int64_t reference_end = subject.reference_duration_ms;
    for (const ClipSegment& segment : match.segments) {
      query_end = std::max(query_end, segment.query_end_ms);
      reference_end = std::max(reference_end, segment.reference_end_ms);
      pairs_ += segment.pairs.size();
    }
    x_ = {0, std::max<std::int64_t>(query_end, 1), kLeftPx, static_cast<double>(options.width_px - kRightPx)};
    y_ = {0, std::max<std::int64_t>(reference_end, 1), static_cast<double>(options.height_px - kBottomPx),
          kTopPx};
  }

  std::string drawn() {
    open();
    axes();
    for (const ClipSegment& segment : match_.segments) line(segment);
    const std::size_t every = (pairs_ + std::max<std::size_t>(options_.points_max, 1) - 1) /
                              std::max<std::size_t>(options_.points_max, 1);
    std::size_t i = 0;
    for (const ClipSegment& segment : match_.segments) {
      for (const AlignedPair& pair : segment.pairs) {
        if (i++ % every == 0) point(pair);
      }
    }
    legend(every);
    return std::move(out_) + "</svg>\n";
  }

 private:
  void open() {
    std::string words = alignment_table(match_, subject_, 0);
    std::ranges::replace(words, '\n', ' ');
    const std::string size = std::to_string(options_.width_px) + " " + std::to_string(options_.height_px);
    const std::string title =
        "Alignment of " + subject_.query_name + " with the listed clip " + subject_.reference_name;
    out_ += R"(<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 )" + size + R"(" width=")" +
            std::to_string(options_.width_px) + R"(" height=")" + std::to_string(options_.height_px) +
            R"(" font-family="sans-serif" font-size="11">)" + "\n<title>" + html_escaped(title) +
            "</title>\n<desc>" + html_escaped(words) + "</desc>\n<defs>";
    for (const Mark& mark : kMarks) {
      out_ += R"(<g id="seawall-)";
      out_ += mark.id;
      out_ += "\">";
      out_ += mark.shape;
      out_ += "</g>";
    }
    out_ += "</defs>\n";
    rectangle(0, 0, options_.width_px, options_.height_px, "#fff", "none");
    text(kLeftPx, 18, "start", title);
  }

  void axes() {
    const double left = x_.low_px;
    const double right = x_.high_px;
    const double bottom = y_.low_px;
    for (const std::int64_t t : x_.ticks()) {
      stroke(x_.at(t), bottom, x_.at(t), y_.high_px, R"(stroke="#ddd")");
      text(x_.at(t), bottom + 15, "middle", short_time(t));
    }
    for (const std::int64_t t : y_.ticks()) {
      stroke(left, y_.at(t), right, y_.at(t), R"(stroke="#ddd")");
      text(left - 6, y_.at(t) + 4, "end", short_time(t));
    }
    rectangle(left, y_.high_px, right - left, bottom - y_.high_px, "none", "#333");
    text((left + right) / 2, bottom + 32, "middle", "time in the query");
    text(kLeftPx, kTopPx - 8, "start", "time in the listed clip");
  }

  void line(const ClipSegment& segment) {
    for (const Stroke& style : kStrokes) {
      if (style.tier != segment.tier) continue;
      stroke(x_.at(segment.query_begin_ms), y_.at(segment.reference_begin_ms), x_.at(segment.query_end_ms),
             y_.at(segment.reference_end_ms), style.attributes);
    }
  }

  void point(const AlignedPair& pair) { use(mark_of(pair), x_.at(pair.query_ms), y_.at(pair.reference_ms)); }

  void legend(std::size_t every) {
    constexpr ClipRules kRules;
    const std::array<std::string, 4> words = {
        "to " + std::to_string(kRules.single_bits) + " bits: ",
        "to " + std::to_string(kRules.two_bits) + " bits: ",
        "to " + std::to_string(kRules.three_bits) + " bits: ", "benign: "};
    const double y = y_.low_px + 52;
    for (std::size_t i = 0; i < kMarks.size(); ++i) {
      const double x = kLeftPx + 165.0 * static_cast<double>(i);
      use(kMarks[i].id, x, y - 4);
      text(x + 9, y, "start", words[i] + std::string(kMarks[i].words));
    }
    for (std::size_t i = 0; i < kStrokes.size(); ++i) {
      const double x = kLeftPx + 165.0 * static_cast<double>(i);
      stroke(x - 4, y + 16, x + 22, y + 16, kStrokes[i].attributes);
      text(x + 28, y + 20, "start",
           kStrokes[i].tier == ClipTier::kNone ? "not enough" : name_of(kStrokes[i].tier));
    }
    if (every > 1) text(x_.high_px, 18, "end", "one of every " + std::to_string(every) + " frames is drawn");
  }

  static std::string short_time(std::int64_t ms) {
    std::string text = media_time(ms);
    if (ms % 1000 == 0) text.resize(text.size() - 4);
    return text;
  }
  void text(double x, double y, std::string_view anchor, std::string_view words) {
    out_ += R"(<text x=")" + number(x) + R"(" y=")" + number(y) + R"(" text-anchor=")";
    out_ += anchor;
    out_ += R"(" fill="#111">)" + html_escaped(words) + "</text>\n";
  }
  void stroke(double x1, double y1, double x2, double y2, std::string_view attributes) {
    out_ += R"(<line x1=")" + number(x1) + R"(" y1=")" + number(y1) + R"(" x2=")" + number(x2) + R"(" y2=")" +
            number(y2) + R"(" )";
    out_ += attributes;
    out_ += "/>\n";
  }
  void rectangle(double x, double y, double width, double height, std::string_view fill,
                 std::string_view line) {
    out_ += R"(<rect x=")" + number(x) + R"(" y=")" + number(y) + R"(" width=")" + number(width) +
            R"(" height=")" + number(height) + R"(" fill=")";
    out_ += fill;
    out_ += R"(" stroke=")";
    out_ += line;
    out_ += "\"/>\n";
  }
  void use(std::string_view id, double x, double y) {
    out_ += R"(<use href="#seawall-)";
    out_ += id;
    out_ += R"(" x=")" + number(x) + R"(" y=")" + number(y) + "\"/>\n";
  }

  const ClipMatch& match_;
  const AlignmentSubject& subject_;
  const AlignmentPictureOptions& options_;
  Axis x_;
  Axis y_;
  std::size_t pairs_ = 0;
  std::string out_;
};

}  // namespace

std::string alignment_svg(const ClipMatch& match, const AlignmentSubject& subject,
                          const AlignmentPictureOptions& options) {
  return Picture(match, subject, options).drawn();
}

}  // namespace seawall
