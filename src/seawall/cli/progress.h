#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "seawall/cli/console.h"

namespace seawall::cli {

/// How far a long piece of work over files has come.
struct ProgressState {
  std::uint64_t files_done = 0;
  std::uint64_t files_resumed = 0;  ///< Of these: done by an earlier session; no part of the rates.
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_resumed = 0;
  std::uint64_t matches = 0;
  std::uint64_t errors = 0;
  std::uint64_t files_total = 0;
  std::uint64_t bytes_total = 0;
  bool total_known = false;
  std::chrono::milliseconds elapsed{0};
};

/// The rates of the last few seconds and the time left by them.
struct ProgressRates {
  double files_per_second = 0;
  double megabytes_per_second = 0;
  std::optional<std::chrono::milliseconds> left;
};

/// Turns a sequence of states into rates over the last kSpan. Pure but for what it remembers.
class ProgressMeter {
 public:
  static constexpr std::chrono::milliseconds kSpan{10'000};
  ProgressRates add(const ProgressState& state);

 private:
  std::deque<ProgressState> recent_;  // At most one a quarter of a second of the last kSpan.
};

/// One line, ASCII, without a line end, at most `columns` - 1 wide. What fits least is left out first: the
/// bar, then the rates, then the time left; the count of files and the matches stay to the last.
[[nodiscard]] std::string progress_line(const ProgressState& state, const ProgressRates& rates, int columns);
/// The same as one full line for a log.
[[nodiscard]] std::string progress_text(const ProgressState& state, const ProgressRates& rates);

/// Where progress goes.
enum class ProgressStyle : std::uint8_t { kNone, kBar, kPlain };
/// "auto" (a bar on a terminal, else nothing), "bar", "plain", "none".
[[nodiscard]] ProgressStyle progress_style_from(std::string_view text, const Console& console);

/// Draws progress on standard error: a bar in place, at most 10 times a second, or a line every 10 s.
/// Threads: the console's.
class ProgressDisplay {
 public:
  static constexpr std::chrono::milliseconds kBarEvery{100};
  static constexpr std::chrono::milliseconds kPlainEvery{10'000};

  ProgressDisplay(Console& console, ProgressStyle style) : console_(console), style_(style) {}
  ~ProgressDisplay() { clear(); }
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  [[nodiscard]] bool visible() const { return style_ != ProgressStyle::kNone; }
  void show(const ProgressState& state);
  /// Takes the bar off the screen, before other text is printed.
  void clear();
  /// The last word: with kPlain one more line.
  void finish(const ProgressState& state);

 private:
  Console& console_;
  ProgressStyle style_;
  ProgressMeter meter_;
  std::chrono::milliseconds next_{0};
  bool drawn_ = false;
};

}  // namespace seawall::cli
