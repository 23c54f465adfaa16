#include "seawall/streams/alert_recorder.h"

#include <algorithm>
#include <vector>

#include "seawall/streams/alert_text.h"
#include "seawall/streams/detail/random_id.h"

namespace seawall {
namespace {

constexpr std::chrono::milliseconds kTryAgainEvery{1'000};

}  // namespace

AlertRecorder::AlertRecorder(Parts parts) : parts_(std::move(parts)), thread_([this] { run(); }) {}

AlertRecorder::~AlertRecorder() { close(); }

void AlertRecorder::close() {
  letters_.close();
  if (thread_.joinable()) thread_.join();
}

void AlertRecorder::on_alert(const WatchAlert& alert) { letters_.push({parts_.stream(alert.stream), alert}); }
void AlertRecorder::on_event(WatchId /*stream*/, const std::string& /*name*/, const StreamEvent& /*event*/) {}
void AlertRecorder::on_blind(WatchId /*stream*/, const std::string& /*name*/, const std::string& /*reason*/) {
}
void AlertRecorder::on_spacing(std::chrono::microseconds /*spacing*/) {}

void AlertRecorder::run() {
  auto tried = std::chrono::steady_clock::now();
  for (;;) {
    auto letter = letters_.pop_for(kTryAgainEvery);
    if (letter) {
      const auto done = record(*letter);
      if (!done) put_by(*std::move(letter), done.error());
    }
    const auto now = std::chrono::steady_clock::now();
    if (!letter && letters_.closed()) break;
    if (unsaved_.empty() || now - tried < kTryAgainEvery) continue;
    try_again();
    tried = now;
  }
  try_again();
  lost_ += unsaved_.size();
}

void AlertRecorder::put_by(Letter letter, const Error& error) {
  if (unsaved_.empty()) parts_.trouble(error);
  if (unsaved_.size() >= kUnsavedMax) {
    ++lost_;
    return;
  }
  unsaved_.push_back(std::move(letter));
}

void AlertRecorder::try_again() {
  while (!unsaved_.empty() && record(unsaved_.front())) unsaved_.pop_front();
}

Result<std::optional<ClipStanding>> AlertRecorder::judge(const Letter& letter) {
  const ClipSegment& segment = letter.alert.clip.segment;
  ClipQuestion question{.shown = {letter.alert.clip.clip, segment.query_begin_ms, segment.query_end_ms, 256},
                        .tenant = letter.stream->tenant,
                        .banks = letter.stream->banks,
                        .beside = {}};
  for (const AlignedPair& pair : segment.pairs)
    question.shown.distance_bits = std::min(question.shown.distance_bits, pair.distance_bits);
  std::vector<ShownClip> beside;
  const auto known = harmless_.find(letter.stream->id);
  if (known != harmless_.end()) beside.assign(known->second.begin(), known->second.end());
  question.beside = beside;
  SEAWALL_TRY(auto listed, parts_.directory.standing(question));
  if (!listed || !listed->harmless) return listed;
  if (known == harmless_.end() && harmless_.size() >= kStreamsMax) harmless_.erase(harmless_.begin());
  Harmless& harmless = harmless_[letter.stream->id];
  harmless.push_back(question.shown);
  if (harmless.size() > kHarmlessMax) harmless.pop_front();
  return std::nullopt;
}

Result<void> AlertRecorder::record(Letter& letter) {
  if (!letter.stream) letter.stream = parts_.stream(letter.alert.stream);  // It had just been attached.
  if (!letter.stream) {
    ++lost_;
    return {};
  }
  SEAWALL_TRY(const auto listed, judge(letter));
  return listed ? keep(letter, *listed) : Result<void>();
}

Result<void> AlertRecorder::keep(const Letter& letter, const ClipStanding& listed) {
  const AttachedStream& stream = *letter.stream;
  StreamAlert alert;
  SEAWALL_TRY(alert.id, streams_detail::random_id("a_"));
  alert.tenant = stream.tenant;
  alert.stream = stream.name;
  alert.stream_id = stream.id;
  alert.at = letter.alert.told;
  alert.bank = listed.bank;
  alert.silent = listed.silent;
  alert.is_rise = letter.alert.clip.is_rise;
  alert.body = alert_json(alert.id, letter.alert, stream, listed);
  if (cuts_off(listed, letter.alert, stream)) {
    alert.webhook = stream.cut_off->webhook;
    alert.caller = stream.caller;
    alert.key_id = stream.key_id;
  }
  SEAWALL_CHECK(parts_.store.add(alert));
  parts_.kept(stream, alert);
  return {};
}

}  // namespace seawall
