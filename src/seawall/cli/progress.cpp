#include "seawall/cli/progress.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "seawall/report/html_text.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kSampleEvery{250};
constexpr double kFileCostBytes =
    50'000;  // Opening and looking up a file costs about as much as reading this.
constexpr std::size_t kBarMin = 8;
constexpr std::size_t kBarMax = 30;
constexpr int kColumnsDefault = 80;

double cost(std::uint64_t files, std::uint64_t bytes) {
  return static_cast<double>(files) * kFileCostBytes + static_cast<double>(bytes);
}

double fraction_done(const ProgressState& state) {
  const double whole = cost(state.files_total, state.bytes_total);
  return whole > 0 ? std::clamp(cost(state.files_done, state.bytes_done) / whole, 0.0, 1.0) : 1.0;
}

std::string decimal(double value) {
  char text[32];
  (void)std::snprintf(text, sizeof text, value < 10 ? "%.1f" : "%.0f", value);
  return text;
}

std::string files_part(const ProgressState& state) {
  std::string text = with_thousands(state.files_done);
  if (state.total_known) text += "/" + with_thousands(std::max(state.files_total, state.files_done));
  return text + " files";
}

std::string findings_part(const ProgressState& state) {
  std::string text = with_thousands(state.matches) + " matched";
  if (state.errors > 0)
    text += ", " + with_thousands(state.errors) + (state.errors == 1 ? " error" : " errors");
  return text;
}

std::string rate_part(const ProgressRates& rates) {
  return decimal(rates.files_per_second) + " files/s, " + decimal(rates.megabytes_per_second) + " MB/s";
}

std::string left_part(const ProgressState& state, const ProgressRates& rates) {
  if (!state.total_known) return "counting";
  return rates.left ? readable_duration(rates.left->count()) + " left" : "";
}

std::string percent_part(const ProgressState& state) {
  if (!state.total_known) return "";
  return std::to_string(static_cast<int>(fraction_done(state) * 100)) + "%";
}

std::string bar_part(double fraction, std::size_t width) {
  const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(width));
  return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "]";
}

// The parts that are not empty, two blanks between them.
std::string joined(const std::vector<std::string>& parts) {
  std::string line;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!line.empty()) line += "  ";
    line += part;
  }
  return line;
}

}  // namespace

ProgressRates ProgressMeter::add(const ProgressState& state) {
  if (recent_.empty() || state.elapsed >= recent_.back().elapsed + kSampleEvery) recent_.push_back(state);
  while (recent_.size() > 2 && recent_.front().elapsed + kSpan < state.elapsed) recent_.pop_front();
  const ProgressState& before = recent_.front();
  ProgressRates rates;
  const double seconds = static_cast<double>((state.elapsed - before.elapsed).count()) / 1000.0;
  if (seconds <= 0) return rates;
  const auto fresh = [](std::uint64_t done, std::uint64_t resumed) { return done - std::min(done, resumed); };
  const std::uint64_t files =
      fresh(state.files_done, state.files_resumed) - fresh(before.files_done, before.files_resumed);
  const std::uint64_t bytes =
      fresh(state.bytes_done, state.bytes_resumed) - fresh(before.bytes_done, before.bytes_resumed);
  rates.files_per_second = static_cast<double>(files) / seconds;
  rates.megabytes_per_second = static_cast<double>(bytes) / 1e6 / seconds;
  const double speed = cost(files, bytes) / seconds;
  if (!state.total_known || speed <= 0) return rates;
  const double remaining =
      cost(state.files_total, state.bytes_total) - cost(state.files_done, state.bytes_done);
  rates.left =
      std::chrono::milliseconds(static_cast<std::int64_t>(std::max(0.0, remaining) / speed * 1000.0));
  return rates;
}

std::string progress_line(const ProgressState& state, const ProgressRates& rates, int columns) {
  const std::size_t room = columns > 1 ? static_cast<std::size_t>(columns) - 1 : 0;
  const std::string percent = percent_part(state);
  const std::string files = files_part(state);
  const std::string findings = findings_part(state);
  const std::string left = left_part(state, rates);
  const std::string full = joined({percent, files, rate_part(rates), findings, left});
  if (state.total_known && full.size() + kBarMin + 4 <= room) {
    const std::size_t width = std::min(kBarMax, room - full.size() - 4);
    return joined({bar_part(fraction_done(state), width), full});
  }
  for (const std::string& line : {full, joined({percent, files, findings, left}),
                                  joined({percent, files, findings}), joined({files, findings}), files}) {
    if (line.size() <= room) return line;
  }
  return files.substr(0, room);
}

std::string progress_text(const ProgressState& state, const ProgressRates& rates) {
  return joined({percent_part(state), files_part(state), readable_bytes(state.bytes_done), rate_part(rates),
                 findings_part(state), left_part(state, rates)});
}

ProgressStyle progress_style_from(std::string_view text, const Console& console) {
  if (text == "bar") return ProgressStyle::kBar;
  if (text == "plain") return ProgressStyle::kPlain;
  if (text == "auto" && console.err_is_terminal()) return ProgressStyle::kBar;
  return ProgressStyle::kNone;
}

void ProgressDisplay::show(const ProgressState& state) {
  if (!visible()) return;
  const ProgressRates rates = meter_.add(state);
  if (state.elapsed < next_) return;
  if (style_ == ProgressStyle::kPlain) {
    if (next_.count() > 0) console_.print_error("seawall: " + progress_text(state, rates) + "\n");
    next_ = state.elapsed + kPlainEvery;
    return;
  }
  next_ = state.elapsed + kBarEvery;
  winsize size{};
  const bool known = ::ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  console_.print_error("\r" + progress_line(state, rates, known ? size.ws_col : kColumnsDefault) + "\033[K");
  drawn_ = true;
}

void ProgressDisplay::clear() {
  if (drawn_) console_.print_error("\r\033[K");
  drawn_ = false;
}

void ProgressDisplay::finish(const ProgressState& state) {
  clear();
  if (style_ == ProgressStyle::kPlain) {
    console_.print_error("seawall: " + progress_text(state, meter_.add(state)) + "\n");
  }
}

}  // namespace seawall::cli
