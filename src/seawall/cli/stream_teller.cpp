#include "seawall/cli/stream_teller.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "seawall/json/json.h"
#include "seawall/model/time_text.h"

namespace seawall::cli {
namespace {

std::string seconds_text(double seconds) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), seconds < 10 ? "%.2f s" : "%.0f s", seconds);
  return text.data();
}

std::string clip_time(std::int64_t ms) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.1f", static_cast<double>(ms) / 1000);
  return text.data();
}

std::string words_of(const StreamEvent& event) {
  switch (event.kind) {
    case StreamEvent::Kind::kStarted:
      return "watching";
    case StreamEvent::Kind::kStalled:
      return "nothing new comes";
    case StreamEvent::Kind::kResumed:
      return "goes on";
    case StreamEvent::Kind::kRestarted:
      return "began anew";
    case StreamEvent::Kind::kGap:
      return "lost " + std::to_string(event.lost) + " pieces (" + std::string(name_of(event.cause)) + ")";
    case StreamEvent::Kind::kBlind:
      return "what comes cannot be looked at: " + event.reason;
    case StreamEvent::Kind::kFailing:
      return "cannot be followed now: " + event.reason;
    case StreamEvent::Kind::kEnded:
      return "is over";
    case StreamEvent::Kind::kFailed:
      return "given up: " + event.reason;
  }
  return "";
}

std::size_t count_of(const std::vector<WatchState>& states, WatchPhase phase) {
  return static_cast<std::size_t>(std::ranges::count(states, phase, &WatchState::phase));
}

}  // namespace

void StreamTeller::say(const std::string& name, const std::string& text) {
  console_.progress("");
  console_.note(name + ": " + text);
}

Result<void> StreamTeller::tell(const WatchMailbox::Letter& letter) {
  return std::visit([this](const auto& each) { return tell(each); }, letter);
}

Result<void> StreamTeller::tell(const WatchAlert& alert) {
  alerts_ += alert.clip.is_rise ? 0 : 1;
  const ListedName listed = clips_.name(alert.clip.clip);
  const std::string line = evidence_line(alert, listed);
  Result<void> kept;
  if (files_.evidence) kept = files_.evidence->append(line, true);
  if (console_.json()) {
    console_.print(line + "\n");
  } else {
    const ClipSegment& segment = alert.clip.segment;
    console_.progress("");
    console_.print(std::string(console_.red()) + (alert.clip.is_rise ? "RISEN" : "MATCH") +
                   std::string(console_.plain()) + "  " + to_text(alert.told) + "  " +
                   shown_text(alert.name) + "  " + shown_text(listed.entry) + " of " +
                   shown_text(listed.bank) + "  " + std::string(name_of(segment.tier)) + "  listed " +
                   clip_time(segment.reference_begin_ms) + "-" + clip_time(segment.reference_end_ms) +
                   " s, on air from " + to_text(alert.begin) + "\n");
  }
  console_.flush();
  if (on_alert_) on_alert_(alert, line);
  return kept;  // Told all the same.
}

Result<void> StreamTeller::tell(const WatchFrames& frames) {
  if (!files_.signals || frames.frames.empty()) return {};
  return files_.signals->append(frames_line(frames), frames.frames.back().at);
}

Result<void> StreamTeller::tell(const WatchMailbox::Event& told) {
  const StreamEvent& event = told.event;
  if (event.kind == StreamEvent::Kind::kFailed) troubled_.insert(told.name);
  if (!console_.json()) {
    say(told.name, words_of(event));
    return {};
  }
  Json json;
  json["event"] = "stream";
  json["stream"] = told.name;
  json["at"] = to_text(event.at);
  json["kind"] = std::string(name_of(event.kind));
  if (event.kind == StreamEvent::Kind::kGap) {
    json["lost"] = event.lost;
    json["cause"] = std::string(name_of(event.cause));
  }
  if (!event.reason.empty()) json["reason"] = event.reason;
  console_.print(to_line(json) + "\n");
  console_.flush();
  return {};
}

Result<void> StreamTeller::tell(const WatchMailbox::Blind& blind) {
  troubled_.insert(blind.name);
  if (!console_.json()) {
    say(blind.name, "what comes cannot be looked at: " + blind.reason);
    return {};
  }
  Json json;
  json["event"] = "blind";
  json["stream"] = blind.name;
  json["reason"] = blind.reason;
  console_.print(to_line(json) + "\n");
  console_.flush();
  return {};
}

Result<void> StreamTeller::tell(const WatchMailbox::Spacing& spacing) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(spacing.least).count();
  if (!console_.json()) {
    console_.progress("");
    console_.note(seconds == 0 ? "the load is low enough again: every picture wanted is looked at"
                               : "overload: of every stream one picture in " + std::to_string(seconds) +
                                     " s is looked at");
    return {};
  }
  Json json;
  json["event"] = "load";
  json["spacing_s"] = seconds;
  console_.print(to_line(json) + "\n");
  console_.flush();
  return {};
}

std::string watch_progress(const std::vector<WatchState>& states, const WatchCounts& counts) {
  std::string text = std::to_string(states.size()) + (states.size() == 1 ? " stream" : " streams");
  for (const WatchPhase phase : {WatchPhase::kLive, WatchPhase::kWaiting, WatchPhase::kStalled,
                                 WatchPhase::kFailing, WatchPhase::kOver}) {
    const std::size_t count = count_of(states, phase);
    if (count > 0) text += ", " + std::to_string(count) + " " + std::string(name_of(phase));
  }
  std::chrono::milliseconds lag{0};
  for (const WatchState& state : states) lag = std::max(lag, state.lag);
  text += "; " + std::to_string(counts.frames) + " pictures, lag " +
          seconds_text(std::chrono::duration<double>(lag).count()) + ", " + std::to_string(counts.alerts) +
          (counts.alerts == 1 ? " match" : " matches");
  if (counts.level > 0) text += "; overload";
  return text;
}

void print_watch_summary(Console& console, const std::vector<WatchState>& states, const WatchCounts& counts) {
  if (!console.json()) return console.note(watch_progress(states, counts));
  Json json;
  json["event"] = "summary";
  json["streams"] = states.size();
  json["pieces"] = counts.pieces;
  json["pictures"] = counts.frames;
  json["matches"] = counts.alerts;
  json["pieces_left_out"] = counts.pieces_unseen;
  json["pieces_not_decodable"] = counts.pieces_blind;
  console.print(to_line(json) + "\n");
  console.flush();
}

}  // namespace seawall::cli
