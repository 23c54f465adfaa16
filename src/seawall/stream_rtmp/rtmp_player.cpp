#include "seawall/stream_rtmp/detail/rtmp_player.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace seawall::stream_rtmp_detail {
namespace {

/// Read at once, so that one stream does not hold up the others.
constexpr std::size_t kReadBytes = 64 << 10;

/// IPv4 and IPv6 alike.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  SocketAddress(const PeerAddress& address, std::uint16_t port) {
    if (address.is_v4()) {
      sockaddr_in v4{};
      v4.sin_family = AF_INET;
      v4.sin_port = htons(port);
      std::memcpy(&v4.sin_addr, address.bytes().data() + 12, 4);
      size = sizeof v4;
      std::memcpy(&storage, &v4, sizeof v4);
    } else {
      sockaddr_in6 v6{};
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(port);
      std::memcpy(&v6.sin6_addr, address.bytes().data(), 16);
      size = sizeof v6;
      std::memcpy(&storage, &v6, sizeof v6);
    }
  }
};

std::string reason_of(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "nobody listens there";
    case ETIMEDOUT:
      return "no answer";
    case EHOSTUNREACH:
    case ENETUNREACH:
      return "there is no way to the host";
    case ECONNRESET:
    case EPIPE:
      return "the server broke the connection";
    default:
      return std::string("the connection failed: ") + std::strerror(error);
  }
}

}  // namespace

RtmpPlayer::RtmpPlayer(StreamId id, RtmpAddress address, Time now)
    : id_(id), address_(std::move(address)), due_(now) {}

void RtmpPlayer::tell(StreamEvent::Kind kind, const Around& around, Time now, std::string reason,
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

void RtmpPlayer::fail(std::string reason, const Around& around, Time now) {
  socket_.reset();
  session_.reset();
  output_.clear();
  addresses_.clear();
  cutter_.restart();
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

bool RtmpPlayer::on_due(const Around& around, Time now) {
  switch (state_) {
    case State::kWaiting: {
      kept_back_ = false;
      if (const auto numbers = PeerAddress::from_text(address_.host)) {
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
      note_stall(around, now);
      return false;
    case State::kOver:
      break;
  }
  return false;
}

void RtmpPlayer::looked_up(std::vector<PeerAddress> addresses, const Around& around, Time now) {
  if (state_ != State::kLookingUp) return;
  addresses_ = std::move(addresses);
  if (addresses_.empty()) return fail("its name has no address", around, now);
  connect_next(around, now);
}

void RtmpPlayer::connect_next(const Around& around, Time now) {
  std::string reason = state_ == State::kConnecting ? "no answer" : "";
  while (!addresses_.empty()) {
    const PeerAddress address = addresses_.front();
    addresses_.erase(addresses_.begin());
    if (!around.reach.allows(address, address_.port)) {
      kept_back_ = true;
      continue;
    }
    const SocketAddress to(address, address_.port);
    socket_ = UniqueFd(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int connecting =
        socket_ ? ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to.storage), to.size) : -1;
    if (connecting == 0 || errno == EINPROGRESS) {
      state_ = State::kConnecting;
      due_ = now + around.limits.connect_deadline;
      return;
    }
    reason = reason_of(errno);
  }
  if (reason.empty() && kept_back_)
    reason = "its address is not one of the public internet; allow its network if it is your own";
  fail(reason.empty() ? "no answer" : std::move(reason), around, now);
}

void RtmpPlayer::connected(const Around& around, Time now) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) {
    if (!addresses_.empty()) return connect_next(around, now);
    return fail(reason_of(error), around, now);
  }
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  state_ = State::kTalking;
  connected_ = last_byte_ = last_picture_ = now;
  session_.emplace(address_, around.random);
  output_ = session_->take_output();
  set_due(around);
  write(around, now);
}

void RtmpPlayer::on_ready(bool readable, bool writable, const Around& around, Time now) {
  if (state_ == State::kConnecting) {
    if (readable || writable) connected(around, now);
    return;
  }
  if (state_ == State::kTalking && readable) read(around, now);
  if (state_ == State::kTalking && writable) write(around, now);
}

void RtmpPlayer::write(const Around& around, Time now) {
  while (!output_.empty()) {
    const ssize_t sent = ::send(socket_.get(), output_.data(), output_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (sent < 0) return fail(reason_of(errno), around, now);
    output_.erase(output_.begin(), output_.begin() + sent);
  }
}

void RtmpPlayer::read(const Around& around, Time now) {
  static thread_local std::array<std::byte, kReadBytes> buffer;
  const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) return;
  if (got < 0) return fail(reason_of(errno), around, now);
  if (got == 0) return fail("the server closed the connection", around, now);
  last_byte_ = now;
  std::string trouble;
  const auto taken =
      session_->take(std::span<const std::byte>(buffer).first(static_cast<std::size_t>(got)),
                     [&](RtmpVideo video) { on_video(std::move(video), around, now, trouble); });
  if (!taken) return fail(taken.error().message, around, now);
  if (!trouble.empty()) return fail(std::move(trouble), around, now);
  const std::vector<std::byte> more = session_->take_output();
  if (output_.size() + more.size() > RtmpSession::kOutputMax)
    return fail("the server does not take what it asks for", around, now);
  output_.insert(output_.end(), more.begin(), more.end());
  if (cutter_.left_out() > left_out_) {
    tell(StreamEvent::Kind::kGap, around, now, {}, cutter_.left_out() - left_out_);
    left_out_ = cutter_.left_out();
  }
  set_due(around);
  write(around, now);
}

void RtmpPlayer::on_video(RtmpVideo video, const Around& around, Time now, std::string& trouble) {
  last_picture_ = now;
  const auto taken = cutter_.take(std::move(video), now, around.sink.wants_all(id_), [&](LiveSegment piece) {
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
    piece.stream = id_;
    around.sink.on_segment(std::move(piece));
  });
  if (!taken) trouble = taken.error().message;
}

/// What is late: the server's word that it plays, a byte, a picture.
void RtmpPlayer::note_stall(const Around& around, Time now) {
  if (!played_ && now - connected_ >= around.limits.play_deadline && !session_->playing() &&
      !session_->unpublished()) {
    return fail("the server did not begin to play", around, now);
  }
  if (now - last_byte_ >= around.limits.idle_deadline)
    return fail("the server sent nothing for too long", around, now);
  if (now - last_picture_ >= around.limits.stalled_least && started_ && !stalled_) {
    stalled_ = true;
    tell(StreamEvent::Kind::kStalled, around, now);
  }
  set_due(around);
}

void RtmpPlayer::set_due(const Around& around) {
  due_ = last_byte_ + around.limits.idle_deadline;
  if (started_ && !stalled_) due_ = std::min(due_, last_picture_ + around.limits.stalled_least);
  if (!played_ && !session_->playing() && !session_->unpublished())
    due_ = std::min(due_, connected_ + around.limits.play_deadline);
}

}  // namespace seawall::stream_rtmp_detail
