#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/random_source.h"
#include "seawall/net/back_off.h"
#include "seawall/net/reach.h"
#include "seawall/stream_link/link_limits.h"
#include "seawall/stream_link/link_stream.h"
#include "seawall/stream_link/wires.h"
#include "seawall/stream_poll/stream_source.h"
#include "seawall/tls/tls_client.h"

namespace seawall::stream_link_detail {

/// One stream: its connection, and when it is made anew. Tells its source what to wait for.
/// Threads: one. Lifetime: borrows what Around holds.
class LinkPlayer {
 public:
  struct Around {
    const LinkLimits& limits;
    const Reach& reach;
    RandomSource& random;
    PollSink& sink;
    Wires& wires;
    std::shared_ptr<const TlsTrust> trust;  ///< Null: streams over TLS fail.
  };
  enum class State : std::uint8_t {
    kWaiting,    ///< Until due() to connect.
    kLookingUp,  ///< A name; until looked_up() or due().
    kConnecting,
    kTalking,
    kOver,  ///< Given up: kFailed was told.
  };

  LinkPlayer(StreamId id, std::unique_ptr<LinkStream> stream, Time now);
  LinkPlayer(LinkPlayer&&) = default;

  [[nodiscard]] State state() const { return state_; }
  /// Its connection; null: it has none.
  [[nodiscard]] Wire* wire() const { return wire_.get(); }
  [[nodiscard]] bool wants_to_write() const { return state_ == State::kConnecting || !output_.empty(); }
  [[nodiscard]] const std::string& host() const { return stream_->place().host; }
  /// When on_due() has something to do.
  [[nodiscard]] Time due() const { return due_; }

  /// A deadline, or the time to connect. True: its name is to be looked up now.
  bool on_due(const Around& around, Time now);
  void looked_up(std::vector<PeerAddress> addresses, const Around& around, Time now);
  /// The connection can be read or written, or has failed.
  void on_ready(const WireReady& ready, const Around& around, Time now);
  /// Nobody wants it any more: says goodbye if that can be sent at once.
  void leave();

 private:
  class Taker;

  void connect_next(const Around& around, Time now);
  void connected(const Around& around, Time now);
  void read(const Around& around, Time now);
  void write(const Around& around, Time now);
  void send_output(const Around& around, Time now);
  Result<void> seal(std::vector<std::byte> words);
  void note_playing(const Around& around, Time now);
  void fail(std::string reason, const Around& around, Time now);
  void tell(StreamEvent::Kind kind, const Around& around, Time now, std::string reason = {},
            std::uint64_t lost = 0) const;
  void on_time(const Around& around, Time now);
  void set_due(const Around& around, Time now);
  [[nodiscard]] bool plays() const { return started_ || stream_->playing(); }
  /// When it has been without a picture for too long; when without one that could be looked at.
  [[nodiscard]] Time stalled_at(const Around& around) const;
  [[nodiscard]] Time blind_at(const Around& around) const;
  void tell_late(const Around& around, Time now);

  StreamId id_;
  std::unique_ptr<LinkStream> stream_;
  State state_ = State::kWaiting;
  Time due_{};
  std::vector<PeerAddress> addresses_;  // Not tried yet.
  bool kept_back_ = false;              // One of them may not be reached.
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<TlsClient> tls_;  // Null: none.
  std::vector<std::byte> plain_;    // What TLS has just said.
  std::vector<std::byte> output_;
  Time connected_{};
  Time last_byte_{};
  std::optional<Time> first_picture_;  // Of this connection.
  Time last_picture_{};
  Time last_piece_{};  // Of this connection, where played_.
  std::optional<Time> failing_since_;
  std::string reason_;  // Told last.
  std::uint32_t failures_ = 0;
  std::uint64_t left_out_ = 0;  // Told.
  bool started_ = false;        // A piece was given at some time.
  bool played_ = false;         // One was given over this connection.
  bool stalled_ = false;
  bool blind_ = false;
};

}  // namespace seawall::stream_link_detail
