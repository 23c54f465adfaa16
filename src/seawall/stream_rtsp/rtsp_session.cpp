#include "seawall/stream_rtsp/rtsp_session.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace seawall {
namespace {

constexpr std::size_t kUrlBytesMax = 8 * 1024;
constexpr std::size_t kSessionBytesMax = 256;
constexpr std::string_view kAgent = "User-Agent: seawall\r\n";
constexpr std::chrono::seconds kKeepAliveLeast{5};

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// The number after `name` in a list of parameters: "timeout=60", "interleaved=0-1".
std::optional<unsigned> number_after(std::string_view text, std::string_view name) {
  const std::string all = lower(text);
  const std::size_t at = all.find(name);
  if (at == std::string::npos) return std::nullopt;
  unsigned number = 0;
  const char* const from = all.data() + at + name.size();
  const auto [end, error] = std::from_chars(from, all.data() + all.size(), number);
  if (error != std::errc{} || end == from) return std::nullopt;
  return number;
}

Result<void> refusal(int status) {
  if (status == 404 || status == 454) return fail(Code::kNotFound, "the server has no such stream now");
  if (status == 403) return fail(Code::kUnavailable, "the server refuses the stream to this user");
  if (status >= 300 && status < 400)
    return fail(Code::kUnavailable, "the server sends elsewhere: give that address");
  if (status == 461) return fail(Code::kUnsupported, "the server does not send over TCP");
  return fail(Code::kUnavailable, "the server refuses the stream (status " + std::to_string(status) + ")");
}

}  // namespace

RtspSession::RtspSession(const RtspAddress& address, RandomSource& random, Time now)
    : address_(address),
      auth_(address.user, address.password, random),
      base_(address.url),
      whole_(address.url),
      asked_at_(now) {
  ask("OPTIONS", address_.url);
}

void RtspSession::ask(std::string method, std::string url, std::string fields) {
  asked_.method = std::move(method);
  asked_.url = std::move(url);
  asked_.fields = std::move(fields);
  send_asked();
}

void RtspSession::send_asked() {
  asked_.number = ++number_;
  asked_.answered = false;
  std::string text =
      asked_.method + " " + asked_.url + " RTSP/1.0\r\nCSeq: " + std::to_string(number_) + "\r\n";
  text += kAgent;
  if (!session_.empty()) text += "Session: " + session_ + "\r\n";
  const std::string authorization = auth_.authorization(asked_.method, asked_.url);
  if (!authorization.empty()) text += "Authorization: " + authorization + "\r\n";
  text += asked_.fields + "\r\n";
  const auto bytes = std::as_bytes(std::span(text));
  output_.insert(output_.end(), bytes.begin(), bytes.end());
}

Result<void> RtspSession::take(std::span<const std::byte> bytes, OnPacket on_packet) {
  const auto take_message = [&](const RtspMessage& message) { return on_message(message); };
  const auto take_packet = [&](unsigned channel, std::span<const std::byte> packet) -> Result<void> {
    if (video_ && channel == channel_ && state_ >= State::kStarting) on_packet(packet);
    return {};
  };
  return reader_.take(bytes, take_message, take_packet);
}

Result<void> RtspSession::on_message(const RtspMessage& message) {
  return message.status == 0 ? on_request(message) : on_answer(message);
}

/// Servers ask little: whether one is there, and to leave.
Result<void> RtspSession::on_request(const RtspMessage& message) {
  if (message.method == "REDIRECT") return refusal(302);
  const std::string_view number = message.field("cseq");
  const bool is_number = !number.empty() && number.size() < 16 && is_printable(number);
  const bool known = message.method == "OPTIONS" || message.method == "GET_PARAMETER" ||
                     message.method == "SET_PARAMETER" || message.method == "ANNOUNCE";
  std::string text = known ? "RTSP/1.0 200 OK\r\n" : "RTSP/1.0 501 Not Implemented\r\n";
  if (is_number) text += "CSeq: " + std::string(number) + "\r\n";
  text += "\r\n";
  if (output_.size() + text.size() > kOutputMax)
    return fail(Code::kLimitExceeded, "the server asks for more answers than it takes");
  const auto bytes = std::as_bytes(std::span(text));
  output_.insert(output_.end(), bytes.begin(), bytes.end());
  return {};
}

Result<void> RtspSession::on_answer(const RtspMessage& message) {
  const bool is_its = message.field("cseq") == std::to_string(asked_.number);
  if (asked_.answered || !is_its || message.status < 200) return {};  // Of something asked before.
  asked_.answered = true;
  if (message.status == 401) {
    std::vector<std::string_view> challenges;
    for (const auto& [name, value] : message.fields) {
      if (name == "www-authenticate") challenges.emplace_back(value);
    }
    SEAWALL_CHECK(auth_.challenged(challenges));
    send_asked();
    return {};
  }
  if (state_ == State::kPlaying) {  // A keep-alive's.
    return message.status == 454 ? refusal(454) : Result<void>{};
  }
  if (state_ == State::kOptions) {  // What it says there is a hint, a refusal too.
    knows_get_parameter_ = message.field("public").find("GET_PARAMETER") != std::string_view::npos;
    state_ = State::kDescribing;
    ask("DESCRIBE", address_.url, "Accept: application/sdp\r\n");
    return {};
  }
  if (message.status != 200) return refusal(message.status);
  if (state_ == State::kDescribing) return on_description(message);
  if (state_ == State::kSettingUp) return on_setup(message);
  state_ = State::kPlaying;
  return {};
}

/// Where a control of the description leads. RFC 2326 C.1.1: relative to what stands before it.
std::string RtspSession::resolved(const std::string& control) const {
  if (control.empty() || control == "*") return base_;
  const std::string begin = lower(std::string_view(control).substr(0, 8));
  if (begin.starts_with("rtsp://") || begin.starts_with("rtsps://")) return control;
  return base_.ends_with('/') ? base_ + control : base_ + "/" + control;
}

Result<void> RtspSession::on_description(const RtspMessage& message) {
  SEAWALL_TRY(SdpVideo video, sdp_video_from_text(message.body));
  std::string_view base = message.field("content-base");
  if (base.empty()) base = message.field("content-location");
  if (lower(base.substr(0, 4)) == "rtsp") base_ = base;
  whole_ = resolved(video.session_control);
  const std::string track = resolved(video.control);
  for (const std::string_view url : {std::string_view(whole_), std::string_view(track)}) {
    if (url.size() > kUrlBytesMax || !is_printable(url))
      return fail(Code::kInvalidInput, "the stream's description names no address that can be asked for");
  }
  video_ = std::move(video);
  state_ = State::kSettingUp;
  ask("SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
  return {};
}

Result<void> RtspSession::on_setup(const RtspMessage& message) {
  const std::string_view transport = message.field("transport");
  if (lower(transport).find("/tcp") == std::string::npos)
    return fail(Code::kUnsupported, "the server does not send over TCP");
  channel_ = number_after(transport, "interleaved=").value_or(0);
  if (channel_ > 255) return fail(Code::kInvalidInput, "the server names a channel that there is not");
  const std::string_view session = message.field("session");
  const std::string_view name = session.substr(0, session.find(';'));
  if (name.size() > kSessionBytesMax || !is_printable(name))
    return fail(Code::kInvalidInput, "the server names a session that cannot be named");
  session_ = name;
  if (const auto timeout = number_after(session, "timeout="))
    keep_alive_ =
        std::clamp(std::chrono::seconds(std::min(*timeout, 600U) / 2), kKeepAliveLeast, kKeepAliveMost);
  state_ = State::kStarting;
  ask("PLAY", whole_, "Range: npt=0.000-\r\n");
  return {};
}

void RtspSession::on_time(Time now) {
  if (state_ != State::kPlaying || now - asked_at_ < keep_alive_) return;
  asked_at_ = now;
  ask(knows_get_parameter_ ? "GET_PARAMETER" : "OPTIONS", whole_);
}

std::vector<std::byte> RtspSession::goodbye() {
  if (session_.empty()) return {};
  output_.clear();
  ask("TEARDOWN", whole_);
  return take_output();
}

}  // namespace seawall
