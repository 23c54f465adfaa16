#include "seawall/stream_link/detail/link_player.h"

#include <algorithm>
#include <array>

namespace seawall::stream_link_detail {
namespace {

/// Read at once, so that one stream does not hold up the others.
constexpr std::size_t kReadBytes = 64 << 10;
/// How often a stream is asked whether it has something to say.
constexpr std::chrono::milliseconds kAskEvery{1'000};
constexpr const char* kNoKeyPictures =
    "no key picture comes, and others cannot be looked at alone: have its encoder send one every few seconds";

}  // namespace

LinkPlayer::LinkPlayer(StreamId id, std::unique_ptr<LinkStream> stream, Time now)
    : id_(id), stream_(std::move(stream)), due_(now) {}

void LinkPlayer::tell(StreamEvent::Kind kind, const Around& around, Time now, std::string reason,
                      std::uint64_t lost) const {
  StreamEvent event;
  event.stream = id_;
  event.kind = kind;
  event.at = now;
  event.reason = std::move(reason);
  event.lost = lost;
  event.cause = GapCause::kTooLarge;
  around.sink.on_event(event);
}

void LinkPlayer::fail(std::string reason, const Around& around, Time now) {
  wire_.reset();
  tls_.reset();
  output_.clear();
  addresses_.clear();
  if (played_) failures_ = 0;
  played_ = false;
  if (!failing_since_) failing_since_ = now;
  if (now - *failing_since_ >= around.limits.give_up_after) {
    state_ = State::kOver;
    return tell(StreamEvent::Kind::kFailed, around, now, std::move(reason));
  }
  if (reason != reason_) tell(StreamEvent::Kind::kFailing, around, now, reason);
  reason_ = std::move(reason);
  const BackOff back_off{around.limits.back_off_first, around.limits.back_off_most};
  state_ = State::kWaiting;
  due_ = now + back_off.delay(++failures_, around.random);
}

bool LinkPlayer::on_due(const Around& around, Time now) {
  switch (state_) {
    case State::kWaiting: {
      kept_back_ = false;
      if (const auto numbers = PeerAddress::from_text(host())) {
        addresses_ = {*numbers};
        connect_next(around, now);
        return false;
      }
      state_ = State::kLookingUp;
      due_ = now + around.limits.resolve_deadline;
      return true;
    }
    case State::kLookingUp:
      fail("its name was not looked up in time", around, now);
      return false;
    case State::kConnecting:
      connect_next(around, now);
      return false;
    case State::kTalking:
      on_time(around, now);
      return false;
    case State::kOver:
      break;
  }
  return false;
}

void LinkPlayer::looked_up(std::vector<PeerAddress> addresses, const Around& around, Time now) {
  if (state_ != State::kLookingUp) return;
  addresses_ = std::move(addresses);
  if (addresses_.empty()) return fail("its name has no address", around, now);
  connect_next(around, now);
}

void LinkPlayer::connect_next(const Around& around, Time now) {
  std::string reason = state_ == State::kConnecting ? "no answer" : "";
  const std::uint16_t port = stream_->place().port;
  while (!addresses_.empty()) {
    const PeerAddress address = addresses_.front();
    addresses_.erase(addresses_.begin());
    if (!around.reach.allows(address, port)) {
      kept_back_ = true;
      continue;
    }
    auto wire = around.wires.connect(address, port, *stream_);
    if (wire) {
      wire_ = *std::move(wire);
      state_ = State::kConnecting;
      due_ = now + around.limits.connect_deadline;
      return;
    }
    reason = wire.error().message;
  }
  if (reason.empty() && kept_back_)
    reason = "its address is not one of the public internet; allow its network if it is your own";
  fail(reason.empty() ? "no answer" : std::move(reason), around, now);
}

void LinkPlayer::connected(const Around& around, Time now) {
  if (const auto done = wire_->finish_connect(); !done) {
    if (!addresses_.empty()) return connect_next(around, now);
    return fail(done.error().message, around, now);
  }
  if (stream_->place().tls) {
    if (!around.trust) return fail("TLS is not followed here", around, now);
    auto tls = TlsClient::begin(around.trust, stream_->place().host);
    if (!tls) return fail(tls.error().message, around, now);
    tls_ = *std::move(tls);
  }
  state_ = State::kTalking;
  connected_ = last_byte_ = last_picture_ = now;
  first_picture_.reset();
  blind_ = false;
  stream_->begin(now);
  set_due(around, now);
  send_output(around, now);
}

void LinkPlayer::on_ready(const WireReady& ready, const Around& around, Time now) {
  if (state_ == State::kConnecting) {
    if (ready.readable || ready.writable) connected(around, now);
    return;
  }
  if (state_ == State::kTalking && ready.readable) read(around, now);
  if (state_ == State::kTalking && ready.writable) write(around, now);
}

/// Puts words into what is to be sent, as the connection wants them.
Result<void> LinkPlayer::seal(std::vector<std::byte> words) {
  if (tls_) {
    SEAWALL_CHECK(tls_->put(words));
    words = tls_->take_output();
  }
  if (output_.size() + words.size() > kLinkOutputMax + TlsClient::kWaitingMax)
    return seawall::fail(Code::kLimitExceeded, "the server does not take what it asks for");
  output_.insert(output_.end(), words.begin(), words.end());
  return {};
}

/// Takes up what the stream has to say.
void LinkPlayer::send_output(const Around& around, Time now) {
  if (const auto sealed = seal(stream_->take_output()); !sealed)
    return fail(sealed.error().message, around, now);
  write(around, now);
}

void LinkPlayer::write(const Around& around, Time now) {
  while (!output_.empty()) {
    const auto sent = wire_->write(output_);
    if (!sent) return fail(sent.error().message, around, now);
    if (*sent == 0) return;
    output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(*sent));
  }
}

/// Between a stream and the sink.
class LinkPlayer::Taker final : public LinkTaker {
 public:
  Taker(LinkPlayer& player, const Around& around, Time now) : player_(player), around_(around), now_(now) {}

  void on_piece(LiveSegment piece) override {
    player_.note_playing(around_, now_);
    piece.stream = player_.id_;
    around_.sink.on_segment(std::move(piece));
  }
  void on_picture() override {
    player_.last_picture_ = now_;
    if (!player_.first_picture_) player_.first_picture_ = now_;
  }
  bool wants_all() override { return around_.sink.wants_all(player_.id_); }

 private:
  LinkPlayer& player_;
  const Around& around_;
  Time now_;
};

void LinkPlayer::read(const Around& around, Time now) {
  static thread_local std::array<std::byte, kReadBytes> buffer;
  const auto got = wire_->read(buffer);
  if (!got) return fail(got.error().message, around, now);
  if (*got == 0) return;
  last_byte_ = now;
  Taker taker(*this, around, now);
  std::span<const std::byte> bytes = std::span<const std::byte>(buffer).first(*got);
  if (tls_) {
    plain_.clear();
    const auto opened = tls_->take(bytes, plain_);
    if (!opened && plain_.empty()) return fail(opened.error().message, around, now);
    bytes = plain_;
  }
  const auto taken = bytes.empty() ? Result<void>{} : stream_->take(bytes, now, taker);
  if (!taken) return fail(taken.error().message, around, now);
  if (const std::uint64_t left_out = stream_->left_out(); left_out > left_out_) {
    tell(StreamEvent::Kind::kGap, around, now, {}, left_out - left_out_);
    left_out_ = left_out;
  }
  set_due(around, now);
  send_output(around, now);
}

void LinkPlayer::note_playing(const Around& around, Time now) {
  last_piece_ = now;
  blind_ = false;
  if (!played_) {
    tell(started_ ? StreamEvent::Kind::kRestarted : StreamEvent::Kind::kStarted, around, now);
    played_ = started_ = true;
    reason_.clear();
    failing_since_.reset();
    stalled_ = false;
  } else if (stalled_) {
    tell(StreamEvent::Kind::kResumed, around, now);
    stalled_ = false;
  }
}

/// What is late: the server's word that it plays, a byte, a picture. And what is to be said now and then.
void LinkPlayer::on_time(const Around& around, Time now) {
  if (!played_ && now - connected_ >= around.limits.play_deadline && !stream_->playing() &&
      !stream_->unpublished()) {
    return fail("the server did not begin to play", around, now);
  }
  if (now - last_byte_ >= around.limits.idle_deadline)
    return fail("the server sent nothing for too long", around, now);
  tell_late(around, now);
  stream_->on_time(now);
  set_due(around, now);
  send_output(around, now);
}

Time LinkPlayer::stalled_at(const Around& around) const {
  return stalled_ || !plays() ? Time::max() : last_picture_ + around.limits.stalled_least;
}

Time LinkPlayer::blind_at(const Around& around) const {
  if (blind_ || !first_picture_) return Time::max();
  return played_ ? last_piece_ + around.limits.blind_again : *first_picture_ + around.limits.blind_first;
}

/// Also where it plays and no picture has ever come of it.
void LinkPlayer::tell_late(const Around& around, Time now) {
  if (now >= stalled_at(around)) {
    stalled_ = true;
    tell(StreamEvent::Kind::kStalled, around, now);
  }
  const bool comes = now - last_picture_ < around.limits.stalled_least;
  if (now < blind_at(around) || !comes) return;
  blind_ = true;
  stalled_ = false;
  tell(StreamEvent::Kind::kBlind, around, now, kNoKeyPictures);
}

void LinkPlayer::set_due(const Around& around, Time now) {
  due_ = std::min({now + kAskEvery, last_byte_ + around.limits.idle_deadline, stalled_at(around)});
  if (!played_ && !stream_->playing() && !stream_->unpublished())
    due_ = std::min(due_, connected_ + around.limits.play_deadline);
}

void LinkPlayer::leave() {
  if (state_ != State::kTalking || !output_.empty()) return;
  std::vector<std::byte> words = stream_->goodbye();
  if (!words.empty() && seal(std::move(words))) (void)wire_->write(output_);
}

}  // namespace seawall::stream_link_detail
