#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "seawall/base/unique_fd.h"
#include "seawall/net/back_off.h"
#include "seawall/stream_rtmp/flv_cutter.h"
#include "seawall/stream_rtmp/rtmp_address.h"
#include "seawall/stream_rtmp/rtmp_session.h"
#include "seawall/stream_rtmp/rtmp_source.h"

namespace seawall::stream_rtmp_detail {

/// One stream: its connection, and when it is made anew. Tells its source what to wait for.
/// Threads: one. Lifetime: borrows what Around holds.
class RtmpPlayer {
 public:
  struct Around {
    const RtmpLimits& limits;
    const Reach& reach;
    RandomSource& random;
    PollSink& sink;
  };
  enum class State : std::uint8_t {
    kWaiting,    ///< Until due() to connect.
    kLookingUp,  ///< A name; until looked_up() or due().
    kConnecting,
    kTalking,
    kOver,  ///< Given up: kFailed was told.
  };

  RtmpPlayer(StreamId id, RtmpAddress address, Time now);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] bool wants_to_write() const { return state_ == State::kConnecting || !output_.empty(); }
  [[nodiscard]] const std::string& host() const { return address_.host; }
  /// When on_due() has something to do.
  [[nodiscard]] Time due() const { return due_; }

  /// A deadline, or the time to connect. True: its name is to be looked up now.
  bool on_due(const Around& around, Time now);
  void looked_up(std::vector<PeerAddress> addresses, const Around& around, Time now);
  /// The socket can be read or written, or has failed.
  void on_ready(bool readable, bool writable, const Around& around, Time now);

 private:
  void connect_next(const Around& around, Time now);
  void connected(const Around& around, Time now);
  void read(const Around& around, Time now);
  void write(const Around& around, Time now);
  void on_video(RtmpVideo video, const Around& around, Time now, std::string& trouble);
  void fail(std::string reason, const Around& around, Time now);
  void tell(StreamEvent::Kind kind, const Around& around, Time now, std::string reason = {},
            std::uint64_t lost = 0) const;
  void note_stall(const Around& around, Time now);
  void set_due(const Around& around);

  const StreamId id_;
  const RtmpAddress address_;
  State state_ = State::kWaiting;
  Time due_{};
  std::vector<PeerAddress> addresses_;  // Not tried yet.
  bool kept_back_ = false;              // One of them may not be reached.
  UniqueFd socket_;
  std::optional<RtmpSession> session_;
  FlvCutter cutter_;
  std::vector<std::byte> output_;
  Time connected_{};
  Time last_byte_{};
  Time last_picture_{};
  std::optional<Time> failing_since_;
  std::string reason_;  // Told last.
  std::uint32_t failures_ = 0;
  std::uint64_t left_out_ = 0;  // Told.
  bool started_ = false;        // A piece was given at some time.
  bool played_ = false;         // One was given over this connection.
  bool stalled_ = false;
};

}  // namespace seawall::stream_rtmp_detail
