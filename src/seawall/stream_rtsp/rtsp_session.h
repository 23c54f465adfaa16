#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/random_source.h"
#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"
#include "seawall/stream_rtsp/rtsp_address.h"
#include "seawall/stream_rtsp/rtsp_auth.h"
#include "seawall/stream_rtsp/rtsp_reader.h"
#include "seawall/stream_rtsp/sdp.h"

namespace seawall {

/// A player's side of one RTSP connection, without the connection: what came goes in, what is to be sent
/// comes out. Asks what is there (OPTIONS, DESCRIBE), has the video sent over the same connection (SETUP with
/// interleaved packets, PLAY), says who one is where that is asked (RtspAuth), and keeps the session alive.
/// Guarantees: whatever the server sends, memory stays within RtspReader's limits, and what is to be sent
/// within kOutputMax; no message of an error holds the address, a secret or what the server said.
/// Threads: one. Lifetime: borrows address and random. Source: RFC 2326.
class RtspSession {
 public:
  static constexpr std::size_t kOutputMax = 64 << 10;
  static constexpr std::chrono::seconds kKeepAliveMost{30};

  RtspSession(const RtspAddress& address, RandomSource& random, Time now);

  /// A packet of RTP of the video.
  using OnPacket = FunctionRef<void(std::span<const std::byte>)>;
  /// Errors: kNotFound (there is no such stream now), kUnavailable, kUnavailable (it refuses, or sends one
  /// elsewhere), kUnsupported, kInvalidInput (that is not RTSP), kLimitExceeded.
  Result<void> take(std::span<const std::byte> bytes, OnPacket on_packet);
  /// What is to be sent now; then nothing until more is.
  [[nodiscard]] std::vector<std::byte> take_output() { return std::exchange(output_, {}); }
  /// Keeps the session alive, when it is time.
  void on_time(Time now);
  /// The word that one leaves.
  [[nodiscard]] std::vector<std::byte> goodbye();

  [[nodiscard]] bool playing() const { return state_ == State::kPlaying; }
  /// What is played; known from the answer to SETUP on.
  [[nodiscard]] const std::optional<SdpVideo>& video() const { return video_; }

 private:
  enum class State : std::uint8_t { kOptions, kDescribing, kSettingUp, kStarting, kPlaying };

  Result<void> on_message(const RtspMessage& message);
  Result<void> on_answer(const RtspMessage& message);
  Result<void> on_request(const RtspMessage& message);
  Result<void> on_description(const RtspMessage& message);
  Result<void> on_setup(const RtspMessage& message);
  [[nodiscard]] std::string resolved(const std::string& control) const;
  void ask(std::string method, std::string url, std::string fields = {});
  void send_asked();

  const RtspAddress& address_;
  RtspAuth auth_;
  RtspReader reader_;
  State state_ = State::kOptions;
  struct Asked {
    std::string method;
    std::string url;
    std::string fields;
    std::uint32_t number = 0;
    bool answered = true;
  };
  Asked asked_;  // Last.
  std::uint32_t number_ = 0;
  std::vector<std::byte> output_;
  std::string base_;     // What controls are relative to.
  std::string whole_;    // What PLAY and TEARDOWN name.
  std::string session_;  // Its name, as the server says it.
  std::optional<SdpVideo> video_;
  unsigned channel_ = 0;
  bool knows_get_parameter_ = false;
  std::chrono::seconds keep_alive_{kKeepAliveMost};
  Time asked_at_{};
};

}  // namespace seawall
