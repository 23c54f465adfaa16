#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "seawall/base/bounded_queue.h"
#include "seawall/cli/console.h"
#include "seawall/cli/listed_clips.h"
#include "seawall/stream_evidence/line_file.h"
#include "seawall/stream_watch/stream_watch.h"

namespace seawall::cli {

/// Takes what a StreamWatch tells to the console's thread. Alerts wait for room; signals and remarks that
/// find none are dropped and counted. Threads: any.
class WatchMailbox final : public WatchListener {
 public:
  struct Event {
    std::string name;
    StreamEvent event;
  };
  struct Blind {
    std::string name;
    std::string reason;
  };
  struct Spacing {
    std::chrono::microseconds least{0};
  };
  using Letter = std::variant<WatchAlert, WatchFrames, Event, Blind, Spacing>;

  /// `with_frames`: somebody keeps the signals.
  explicit WatchMailbox(bool with_frames) : with_frames_(with_frames) {}
  void on_alert(const WatchAlert& alert) override { letters_.push(alert); }
  void on_frames(const WatchFrames& frames) override {
    if (with_frames_) try_push(frames);
  }
  void on_event(WatchId, const std::string& name, const StreamEvent& event) override {
    try_push(Event{name, event});
  }
  void on_blind(WatchId, const std::string& name, const std::string& reason) override {
    try_push(Blind{name, reason});
  }
  void on_spacing(std::chrono::microseconds spacing) override { try_push(Spacing{spacing}); }

  std::optional<Letter> next(std::chrono::milliseconds at_most) { return letters_.pop_for(at_most); }
  void close() { letters_.close(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  void try_push(Letter letter) {
    if (!letters_.try_push(letter)) ++dropped_;
  }
  const bool with_frames_;
  BoundedQueue<Letter> letters_{16'384};
  std::atomic<std::uint64_t> dropped_{0};
};

/// Prints what a watch tells, and keeps it where it is to be kept. Threads: the console's.
class StreamTeller {
 public:
  struct Files {
    std::optional<LineFile> evidence;
    std::optional<SignalWindows> signals;
  };
  StreamTeller(Console& console, const ListedClips& clips, Files files)
      : console_(console), clips_(clips), files_(std::move(files)) {}

  /// Errors: those of the files.
  Result<void> tell(const WatchMailbox::Letter& letter);
  [[nodiscard]] std::uint64_t alerts() const { return alerts_; }
  /// Streams that were given up, or could not be looked at.
  [[nodiscard]] std::size_t troubled() const { return troubled_.size(); }
  /// Called with each alert and its evidence, after it was written down.
  using OnAlert = std::function<void(const WatchAlert&, const std::string& evidence)>;
  void set_on_alert(OnAlert on_alert) { on_alert_ = std::move(on_alert); }

 private:
  Result<void> tell(const WatchAlert& alert);
  Result<void> tell(const WatchFrames& frames);
  Result<void> tell(const WatchMailbox::Event& event);
  Result<void> tell(const WatchMailbox::Blind& blind);
  Result<void> tell(const WatchMailbox::Spacing& spacing);
  void say(const std::string& name, const std::string& text);

  Console& console_;
  const ListedClips& clips_;
  Files files_;
  OnAlert on_alert_;
  std::uint64_t alerts_ = 0;
  std::set<std::string> troubled_;
};

/// One line for a terminal: how many streams are in which state, how quickly they are looked at.
[[nodiscard]] std::string watch_progress(const std::vector<WatchState>& states, const WatchCounts& counts);
/// The last word, as JSON or as text.
void print_watch_summary(Console& console, const std::vector<WatchState>& states, const WatchCounts& counts);

}  // namespace seawall::cli
