#include "seawall/http/detail/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "seawall/http/detail/wire_parser.h"

namespace seawall {
namespace {

using Reason = HttpRefusalReason;

/// A call reads or writes at most this much before it lets others in.
constexpr std::size_t kShare = 1 << 20;
/// Bodies up to this go into one write with their headers.
constexpr std::size_t kShortBody = 8 * 1024;
constexpr std::size_t kChunkedBuffer = 16 * 1024;

}  // namespace

Connection::Connection(ConnectionHost& host, std::uint64_t id, Channel channel,
                       std::shared_ptr<const HttpPeer> peer, Time now)
    : host_(host),
      id_(id),
      channel_(std::move(channel)),
      peer_(std::move(peer)),
      now_(now),
      born_(now),
      since_(now) {}

bool Connection::has_request() const {
  return state_ == State::kHead || state_ == State::kAdmitting || state_ == State::kBody ||
         state_ == State::kHandling || state_ == State::kWriting || state_ == State::kStreaming;
}

void Connection::on_ready(Time now) {
  now_ = now;
  share_left_ = kShare;
  interest_ = Interest::kNothing;
  while (step()) {
  }
}

bool Connection::step() {
  switch (state_) {
    case State::kHandshake:
      return shake_hands();
    case State::kIdle:
    case State::kHead:
      return read_head();
    case State::kBody:
      return read_body();
    case State::kWriting:
      return write_answer();
    case State::kStreaming:
      return stream_body();
    case State::kLinger:
      return linger();
    case State::kAdmitting:
    case State::kHandling:
    case State::kClosed:
      return false;
  }
  return false;
}

bool Connection::wait(IoState state) {
  switch (state) {
    case IoState::kWantsRead:
      interest_ = Interest::kRead;
      break;
    case IoState::kWantsWrite:
      interest_ = Interest::kWrite;
      break;
    case IoState::kDone:
      break;
    case IoState::kEnd:
    case IoState::kFailed:
      if (state_ == State::kHandshake) host_.counts.tls_failures.add(1);
      if (has_request()) host_.counts.cut.add(1);
      close();
  }
  return false;
}

bool Connection::count_read(std::size_t bytes) {
  host_.counts.bytes_in.add(bytes);
  share_left_ -= std::min(share_left_, bytes);
  if (share_left_ > 0) return true;
  interest_ = Interest::kAgain;
  return false;
}

bool Connection::shake_hands() {
  const auto result = channel_.handshake();
  if (result.state != IoState::kDone) return wait(result.state);
  if (channel_.has_tls()) {
    HttpPeer known = *peer_;
    known.tls = channel_.tls_peer();
    peer_ = std::make_shared<const HttpPeer>(std::move(known));
  }
  state_ = State::kIdle;
  since_ = now_;
  return true;
}

bool Connection::read_head() {
  if (!buffer_.empty() && try_head()) return true;
  const auto room = buffer_.room(host_.options.head.bytes_max + 4);
  const auto result = channel_.read(room);
  if (result.state != IoState::kDone) {
    buffer_.used(0);  // Gives an empty buffer's memory back.
    return wait(result.state);
  }
  buffer_.wrote(result.bytes);
  if (state_ == State::kIdle) {
    state_ = State::kHead;
    since_ = now_;
  }
  return count_read(result.bytes);
}

/// Whether the bytes that are there led to something.
bool Connection::try_head() {
  if (scanned_ == 0 && buffer_.text().starts_with("\r\n")) buffer_.used(2);  // RFC 9112 section 2.2.
  const auto text = buffer_.text();
  const auto end = text.find("\r\n\r\n", scanned_ - std::min<std::size_t>(scanned_, 3));
  if (end == std::string_view::npos) {
    scanned_ = text.size();
    auto refused = text == "\r" ? std::nullopt : refusal_of_partial_head(text, host_.options.head);
    if (!refused) return false;
    refuse(refused->reason, std::move(refused->detail));
    return true;
  }
  scanned_ = 0;
  auto read = read_http_head(text.substr(0, end + 4), host_.options.head);
  if (auto* refused = std::get_if<HttpRefusal>(&read)) {
    refuse(refused->reason, std::move(refused->detail));
    return true;
  }
  work_ = std::make_unique<Work>();
  work_->head = std::get<HttpHead>(std::move(read));
  if (!beast_agrees(text.substr(0, end + 4), work_->head)) {
    refuse(Reason::kBadRequest, "The headers can be read in two ways.");
    return true;
  }
  buffer_.used(end + 4);
  work_->head.set_peer(peer_);
  for_head_method_ = work_->head.method() == HttpMethod::kHead;
  minor_version_ = work_->head.minor_version();
  ++requests_;
  keep_ = keep_ && work_->head.keeps_alive() && requests_ < host_.options.requests_per_connection_max;
  admit();
  return true;
}

void Connection::admit() {
  std::optional<HttpHandler::Decision> decision;
  try {
    decision = host_.handler.admit(work_->head);
  } catch (...) {  // A handler's fault must not end the server.
    return refuse(Reason::kNoAnswer, "Try again; an operator finds the reason in the log.");
  }
  if (auto* answer = std::get_if<HttpAnswer>(&*decision)) return answer_head(std::move(*answer));
  if (auto* admission = std::get_if<HttpAdmission>(&*decision)) return take_body(std::move(*admission));
  state_ = State::kAdmitting;
  since_ = now_;
  try {
    std::get<HttpDecideLater>(*decision).begin(HttpDecider(HttpResponder(host_.box, id_, requests_)));
  } catch (...) {  // Its decider has ended by now, and has sent word of it.
    return;
  }
}

void Connection::answer_head(HttpAnswer answer) {
  const auto& head = work_->head;
  const bool small = !head.is_chunked() && !head.expects_continue() &&
                     head.content_length().value_or(0) <= host_.options.discarded_body_bytes_max;
  if (head.has_body() && small) {
    work_->decided = std::move(answer);
    return await_body(host_.options.discarded_body_bytes_max, false);
  }
  if (head.has_body()) keep_ = false;
  start_answer(std::move(answer));
}

void Connection::take_body(HttpAdmission admission) {
  const auto& head = work_->head;
  if (head.content_length().value_or(0) > admission.body_bytes_max) {
    return refuse(Reason::kBodyTooLarge,
                  "The body is over " + std::to_string(admission.body_bytes_max) + " bytes; send less.");
  }
  work_->context = std::move(admission.context);
  if (!head.has_body()) return body_is_whole();
  await_body(admission.body_bytes_max, admission.secret_body);
}

void Connection::await_body(std::size_t bytes_max, bool secret) {
  const auto& head = work_->head;
  const auto bytes = head.content_length() ? static_cast<std::size_t>(*head.content_length()) : bytes_max;
  work_->body = BodyBytes(bytes, secret);
  state_ = State::kBody;
  since_ = now_;
  if (!head.expects_continue() || !buffer_.empty()) return;
  work_->text = "HTTP/1.1 100 Continue\r\n\r\n";
  continue_first_ = true;
  state_ = State::kWriting;
}

bool Connection::read_body() { return work_->head.is_chunked() ? read_chunked_body() : read_known_body(); }

bool Connection::read_known_body() {
  auto& body = work_->body;
  if (!buffer_.empty()) {
    const auto held = buffer_.bytes();
    const auto take = std::min<std::size_t>(held.size(), *work_->head.content_length() - body.size());
    if (!body.append(held.first(take))) {
      refuse(Reason::kNoMemory, "Try again in a moment.");
      return true;
    }
    buffer_.used(take);
  }
  if (body.is_full()) {
    body_is_whole();
    return true;
  }
  const auto room = body.room(kShare / 4);
  if (room.empty()) {
    refuse(Reason::kNoMemory, "Try again in a moment.");
    return true;
  }
  const auto result = channel_.read(room);
  if (result.state != IoState::kDone) return wait(result.state);
  body.wrote(result.bytes);
  return count_read(result.bytes);
}

bool Connection::read_chunked_body() {
  if (!buffer_.empty()) {
    const auto step = work_->chunks.decode(buffer_.text(), work_->body);
    buffer_.used(step.consumed);
    switch (step.state) {
      case ChunkDecoder::State::kDone:
        body_is_whole();
        return true;
      case ChunkDecoder::State::kBad:
        refuse(Reason::kBadRequest, "The chunks are malformed.");
        return true;
      case ChunkDecoder::State::kTooLarge:
        if (work_->body.is_full()) {
          refuse(Reason::kBodyTooLarge, "The body is too large; send less.");
        } else {
          refuse(Reason::kNoMemory, "Try again in a moment.");
        }
        return true;
      case ChunkDecoder::State::kNeedsMore:
        break;
    }
  }
  const auto room = buffer_.room(kChunkedBuffer);  // All that was in it has been used.
  const auto result = channel_.read(room);
  if (result.state != IoState::kDone) return wait(result.state);
  buffer_.wrote(result.bytes);
  return count_read(result.bytes);
}

void Connection::body_is_whole() {
  since_ = now_;
  if (work_->decided) return start_answer(*std::exchange(work_->decided, std::nullopt));
  state_ = State::kHandling;
  HttpRequest request{std::move(work_->head), std::move(work_->body), std::move(work_->context)};
  try {
    host_.handler.handle(std::move(request), HttpResponder(host_.box, id_, requests_));
  } catch (...) {  // Its responder has ended by now, and has sent word of it.
    return;
  }
}

void Connection::on_letter(AnswerLetter letter, Time now) {
  if (letter.more) {
    if (state_ == State::kStreaming && letter.request == requests_) on_ready(now);
    return;
  }
  const bool awaited = letter.admission ? state_ == State::kAdmitting
                                        : state_ == State::kAdmitting || state_ == State::kHandling;
  if (!awaited || letter.request != requests_) return host_.counts.too_late.add(1);
  now_ = now;
  if (letter.admission) {
    take_body(*std::move(letter.admission));
  } else if (!letter.answer) {
    refuse(Reason::kNoAnswer, "Try again; an operator finds the reason in the log.");
  } else if (state_ == State::kAdmitting) {
    answer_head(*std::move(letter.answer));
  } else {
    start_answer(*std::move(letter.answer));
  }
  on_ready(now);
}

void Connection::refuse(Reason reason, std::string detail) {
  host_.counts.refused[static_cast<std::size_t>(reason)].add(1);
  if (work_ == nullptr) work_ = std::make_unique<Work>();
  keep_ = false;
  const HttpRefusal refusal{reason, std::move(detail)};
  HttpAnswer answer;
  try {
    answer = host_.handler.refused(refusal, host_.options.retry_after);
  } catch (...) {
    answer = refusal_answer(refusal, host_.options.retry_after);
  }
  answer.status = meaning_of(reason).status;
  start_answer(std::move(answer));
}

void Connection::start_refused(const HttpRefusal& refusal, Time now) {
  now_ = now;
  refuse(refusal.reason, refusal.detail);
  on_ready(now);
}

bool Connection::keeps_open() const {
  return keep_ && !host_.draining && now_ - born_ < host_.options.connection_lifetime_max;
}

void Connection::start_answer(HttpAnswer answer) {
  if (answer.status == 204 || answer.status == 304) answer.stream = nullptr;
  if (answer.close || answer.stream != nullptr) keep_ = false;
  keep_ = keeps_open();
  continue_first_ = false;
  work_->answer = std::move(answer);
  work_->text.clear();
  if (!append_answer_head(work_->text, work_->answer, host_.date, keep_, minor_version_)) {
    host_.counts.refused[static_cast<std::size_t>(Reason::kNoAnswer)].add(1);
    work_->answer =
        refusal_answer({Reason::kNoAnswer, "An operator must look: an answer had a malformed header."},
                       host_.options.retry_after);
    work_->text.clear();
    static_cast<void>(append_answer_head(work_->text, work_->answer, host_.date, keep_, minor_version_));
  }
  const int status = work_->answer.status;
  const bool no_body = for_head_method_ || status == 204 || status == 304;
  if (no_body) work_->answer.stream = nullptr;
  const bool alone = no_body || has_stream();
  const auto body = alone ? std::string_view{} : work_->answer.body_text();
  if (body.size() <= kShortBody) {
    work_->text += body;
  } else {
    work_->beyond = body;
  }
  work_->written = 0;
  host_.counts.answers_by_class[static_cast<std::size_t>(status / 100)].add(1);
  state_ = State::kWriting;
  since_ = now_;
}

bool Connection::write_answer() {
  const std::size_t all = work_->text.size() + work_->beyond.size();
  while (work_->written < all) {
    const auto in_text = std::min(work_->written, work_->text.size());
    const auto result = channel_.write(std::string_view(work_->text).substr(in_text),
                                       work_->beyond.substr(work_->written - in_text));
    if (result.state != IoState::kDone) return wait(result.state);
    work_->written += result.bytes;
    host_.counts.bytes_out.add(result.bytes);
    share_left_ -= std::min(share_left_, result.bytes);
    if (share_left_ == 0 && work_->written < all) {
      interest_ = Interest::kAgain;
      return false;
    }
  }
  if (continue_first_) {
    continue_first_ = false;
    work_->written = 0;
    work_->text.clear();
    state_ = State::kBody;
  } else if (has_stream()) {
    begin_stream();
  } else if (keep_) {
    next_request();
    // Usually nothing has come yet: wait first, read then.
    if (buffer_.empty() && !channel_.has_pending()) return wait(IoState::kWantsRead);
  } else {
    start_linger();
  }
  return true;
}

void Connection::next_request() {
  work_ = nullptr;
  for_head_method_ = false;
  minor_version_ = 1;
  state_ = buffer_.empty() ? State::kIdle : State::kHead;
  since_ = now_;
  if (state_ == State::kIdle && host_.draining) close();
}

void Connection::start_linger() {
  // Closing with unread bytes would reset the connection, and the answer could be lost on its way.
  work_ = nullptr;
  buffer_.used(buffer_.text().size());
  channel_.end_writing();
  state_ = State::kLinger;
  since_ = now_;
}

bool Connection::linger() {
  std::array<std::byte, 16 * 1024> dropped;
  const auto result = channel_.read(dropped);
  wipe_bytes(dropped.data(), result.bytes);
  if (result.state != IoState::kDone) return wait(result.state);
  return count_read(result.bytes);
}

void Connection::close() {
  work_ = nullptr;
  state_ = State::kClosed;
  interest_ = Interest::kNothing;
}

void Connection::on_drain() {
  if (state_ == State::kIdle || state_ == State::kHandshake) close();
  if (state_ == State::kStreaming) on_time(now_);
}

bool Connection::is_late(const HttpPace& pace, std::uint64_t bytes) const {
  const auto whole_seconds = bytes / std::max<std::uint64_t>(pace.bytes_per_s_min, 1);
  return now_ - since_ > pace.grace + std::chrono::seconds(std::min<std::uint64_t>(whole_seconds, 1 << 30));
}

void Connection::on_time(Time now) {
  now_ = now;
  const auto& options = host_.options;
  const auto waited = now - since_;
  const auto give_up = [this] {
    if (has_request()) host_.counts.cut.add(1);
    close();
  };
  switch (state_) {
    case State::kHandshake:
      if (waited <= options.head_deadline) return;
      host_.counts.tls_failures.add(1);
      return give_up();
    case State::kIdle:
      if (waited > options.idle_deadline || now - born_ > options.connection_lifetime_max) give_up();
      return;
    case State::kHead:
      if (waited <= options.head_deadline) return;
      refuse(Reason::kHeadSlow, "Send the headers at once.");
      break;
    case State::kBody:
      if (!is_late(options.body_pace, work_->body.size())) return;
      refuse(Reason::kBodySlow, "Send the body faster.");
      break;
    case State::kAdmitting:
    case State::kHandling:
      if (waited <= options.answer_deadline) return;
      refuse(Reason::kAnswerLate, "Try again in a moment.");
      break;
    case State::kWriting:
      if (is_late(options.answer_pace, work_->written)) give_up();
      return;
    case State::kStreaming:
      if (work_->written < work_->text.size() && waited > options.answer_pace.grace) return give_up();
      if (!host_.draining && now - born_ <= options.connection_lifetime_max) return;
      work_->answer.stream->end();
      break;
    case State::kLinger:
      if (waited > options.linger_deadline) give_up();
      return;
    case State::kClosed:
      return;
  }
  on_ready(now);
}

}  // namespace seawall
