#include "seawall/streams/alert_recorder.h"

#include <algorithm>

#include "seawall/streams/detail/random_id.h"

namespace seawall {
namespace {

WaitingShowings::Key key_of(const WatchAlert& alert) { return {alert.stream, alert.clip.clip}; }

ShownClip shown_in(const ClipAlert& clip) {
  const ClipSegment& segment = clip.segment;
  ShownClip shown{clip.clip, segment.query_begin_ms, segment.query_end_ms, 256};
  for (const AlignedPair& pair : segment.pairs)
    shown.distance_bits = std::min(shown.distance_bits, pair.distance_bits);
  return shown;
}

}  // namespace

AlertRecorder::AlertRecorder(Parts parts, const Options& options)
    : parts_(std::move(parts)), options_(options), waiting_(options.waiting), thread_([this] { run(); }) {}

AlertRecorder::~AlertRecorder() { close(); }

void AlertRecorder::close() {
  letters_.close();
  if (thread_.joinable()) thread_.join();
}

void AlertRecorder::on_alert(const WatchAlert& alert) {
  Letter letter{parts_.stream(alert.stream), alert};
  // All streams wait for whoever waits here.
  if (!letters_.try_push(letter)) ++lost_;
}
void AlertRecorder::on_event(WatchId /*stream*/, const std::string& /*name*/, const StreamEvent& /*event*/) {}
void AlertRecorder::on_blind(WatchId /*stream*/, const std::string& /*name*/, const std::string& /*reason*/) {
}
void AlertRecorder::on_spacing(std::chrono::microseconds /*spacing*/) {}

void AlertRecorder::run() {
  auto tried = std::chrono::steady_clock::now();
  for (;;) {
    auto letter = letters_.pop_for(options_.look_every);
    if (letter) {
      const auto done = record(*letter);
      if (!done) put_by(*std::move(letter), done.error());
    }
    const auto now = std::chrono::steady_clock::now();
    if (!letter && letters_.closed()) break;
    if (now - tried < options_.look_every) continue;
    try_again();
    judge_again();
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

void AlertRecorder::judge_again() {
  waiting_.forget_before(parts_.clock.now() - options_.waits_for);
  const std::uint64_t version = parts_.directory.version();
  if (version == judged_version_) return;
  for (const auto& key : waiting_.keys()) {
    auto showing = waiting_.take(key);
    if (!showing) continue;
    const auto waits = judge_again(*showing);
    if (!waits || *waits) waiting_.put(*std::move(showing));
    if (!waits && judges_) parts_.trouble(waits.error());
    judges_ = waits.has_value();
    if (!waits) return;  // The version stands as it did: all are asked again.
  }
  judged_version_ = version;
}

Result<bool> AlertRecorder::judge_again(WaitingShowing& showing) {
  SEAWALL_TRY(const auto listed, judge(showing, true));
  if (!listed) return false;
  SEAWALL_CHECK(tell(showing, *listed, showing.last_shown));
  return showing.told_as != ClipForce::kInForce;
}

Result<std::optional<ClipStanding>> AlertRecorder::judge(WaitingShowing& showing, bool again) {
  // What was known to be harmless then is so still, whatever was shown since.
  std::vector<ShownClip> beside = showing.beside;
  const auto known = harmless_.find(showing.stream->id);
  if (known != harmless_.end()) beside.insert(beside.end(), known->second.begin(), known->second.end());
  const ClipQuestion question{.shown = shown_in(showing.alert.clip),
                              .tenant = showing.stream->tenant,
                              .banks = showing.stream->banks,
                              .beside = beside,
                              .again = again};
  SEAWALL_TRY(auto listed, parts_.directory.standing(question));
  if (!again) showing.beside = std::move(beside);
  if (!listed || !listed->harmless) return listed;
  note_harmless(showing.stream->id, question.shown);
  return std::nullopt;
}

void AlertRecorder::note_harmless(const std::string& stream_id, const ShownClip& shown) {
  if (!harmless_.contains(stream_id) && harmless_.size() >= kStreamsMax) harmless_.erase(harmless_.begin());
  Harmless& harmless = harmless_[stream_id];
  harmless.push_back(shown);
  if (harmless.size() > kHarmlessMax) harmless.pop_front();
}

Result<void> AlertRecorder::record(Letter& letter) {
  if (!letter.stream) letter.stream = parts_.stream(letter.alert.stream);  // It had just been attached.
  if (!letter.stream) {
    ++lost_;
    return {};
  }
  WaitingShowing showing{
      .stream = letter.stream, .alert = letter.alert, .beside = {}, .last_shown = letter.alert.end};
  const auto key = key_of(letter.alert);
  if (letter.alert.clip.is_rise) {
    // One that does not wait was told in force.
    showing.showing_told_as = waiting_.told_as(key).value_or(ClipForce::kInForce);
  }
  SEAWALL_TRY(const auto listed, judge(showing, false));
  if (!listed) return {};
  SEAWALL_CHECK(tell(showing, *listed, std::nullopt));
  if (showing.told_as == ClipForce::kInForce) {
    waiting_.settle(key, showing.alert.clip.segment.tier);
  } else {
    waiting_.put(std::move(showing));
  }
  return {};
}

Result<void> AlertRecorder::tell(WaitingShowing& showing, const ClipStanding& listed,
                                 std::optional<Time> last_shown) {
  if (listed.force <= showing.told_as) return {};
  showing.alert.clip.is_rise = showing.showing_told_as >= listed.force;
  const Time at = last_shown ? parts_.clock.now() : showing.alert.told;
  SEAWALL_CHECK(keep(showing, listed, {at, last_shown}));
  showing.told_as = listed.force;
  showing.showing_told_as = std::max(showing.showing_told_as, listed.force);
  return {};
}

Result<void> AlertRecorder::keep(const WaitingShowing& showing, const ClipStanding& listed,
                                 const AlertTimes& times) {
  const AttachedStream& stream = *showing.stream;
  StreamAlert alert;
  SEAWALL_TRY(alert.id, streams_detail::random_id("a_"));
  alert.tenant = stream.tenant;
  alert.stream = stream.name;
  alert.stream_id = stream.id;
  alert.at = times.at;
  alert.bank = listed.bank;
  alert.silent = listed.force != ClipForce::kInForce;
  alert.is_rise = showing.alert.clip.is_rise;
  alert.body = alert_json(alert.id, times, showing.alert, stream, listed);
  if (cuts_off(listed, showing.alert, stream)) {
    alert.webhook = stream.cut_off->webhook;
    alert.caller = stream.caller;
    alert.key_id = stream.key_id;
  }
  SEAWALL_CHECK(parts_.store.add(alert));
  parts_.kept(stream, alert);
  return {};
}

}  // namespace seawall
