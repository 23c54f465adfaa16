#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "seawall/http/detail/answer_box.h"
#include "seawall/http/detail/channel.h"
#include "seawall/http/detail/chunk_decoder.h"
#include "seawall/http/detail/counts.h"
#include "seawall/http/detail/read_buffer.h"
#include "seawall/http/server.h"

namespace seawall {

/// What a connection needs of the thread that it lives on.
struct ConnectionHost {
  const HttpServerOptions& options;
  HttpHandler& handler;
  ThreadCounts& counts;
  std::shared_ptr<AnswerBox> box;
  std::string date;  ///< For the header Date, now.
  bool draining = false;
};

/// One connection: reads requests, asks the handler, writes answers. Waits for nothing itself: the host calls
/// it when the socket is ready, a letter has come or time has passed, and then asks what it waits for.
/// Guarantees: each call returns soon (a fast peer has its share of bytes, then interest() is kAgain).
/// Threads: its host's. Lifetime: the host ends it once is_closed(). Cost: about 1 KiB, while a head or a
/// body is read a buffer of 4 to 16 KiB, and TLS's own.
class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Interest : unsigned char { kNothing, kRead, kWrite, kAgain };

  Connection(ConnectionHost& host, std::uint64_t id, Channel channel, std::shared_ptr<const HttpPeer> peer,
             Time now);

  /// Answers `refusal` without reading anything, then closes.
  void start_refused(const HttpRefusal& refusal, Time now);
  /// The socket may be ready.
  void on_ready(Time now);
  /// Ends what has passed its deadline.
  void on_time(Time now);
  /// The answer to request `letter.request`, or word that it is let in, if that is the one under way.
  void on_letter(AnswerLetter letter, Time now);
  /// Closes if no request is under way; otherwise does so after its answer.
  void on_drain();

  [[nodiscard]] Interest interest() const { return interest_; }
  [[nodiscard]] bool is_closed() const { return state_ == State::kClosed; }
  [[nodiscard]] bool has_request() const;

 private:
  enum class State : unsigned char {
    kHandshake,
    kIdle,
    kHead,
    kAdmitting,
    kBody,
    kHandling,
    kWriting,
    kStreaming,
    kLinger,
    kClosed
  };

  // Each does what can be done at once; true: there may be more.
  bool step();
  bool shake_hands();
  bool read_head();
  bool try_head();
  bool read_body();
  bool read_known_body();
  bool read_chunked_body();
  bool write_answer();
  bool stream_body();
  /// Whether the peer is still there; what it sends is dropped.
  bool watch_peer();
  bool linger();

  void admit();
  void take_body(HttpAdmission admission);
  /// In place of the request's body.
  void answer_head(HttpAnswer answer);
  void await_body(std::size_t bytes_max, bool secret);
  void body_is_whole();
  void start_answer(HttpAnswer answer);
  void refuse(HttpRefusalReason reason, std::string detail);
  void begin_stream();
  /// Puts what the stream has into `text`, as a chunk.
  void take_more();
  [[nodiscard]] bool has_stream() const;
  void start_linger();
  void next_request();
  void close();
  /// Does what a read or write that gave no bytes asks for. Always false.
  bool wait(IoState state);
  /// Counts bytes read against this call's share; false: it is used up.
  bool count_read(std::size_t bytes);
  [[nodiscard]] bool is_late(const HttpPace& pace, std::uint64_t bytes) const;
  [[nodiscard]] bool keeps_open() const;

  ConnectionHost& host_;
  const std::uint64_t id_;
  Channel channel_;
  std::shared_ptr<const HttpPeer> peer_;
  State state_ = State::kHandshake;
  Interest interest_ = Interest::kNothing;
  bool keep_ = true;              // Whether another request may follow.
  bool continue_first_ = false;   // What is written is "100 Continue", and the body follows.
  bool for_head_method_ = false;  // The answer goes without its body.
  int minor_version_ = 1;
  Time now_, born_, since_;  // since_: when this state began.
  std::size_t share_left_ = 0;
  std::size_t scanned_ = 0;  // Bytes of the buffer in which no head ends.
  std::uint64_t requests_ = 0;
  ReadBuffer buffer_;

  // Of the request under way; not there while idle.
  struct Work {
    HttpHead head;
    ChunkDecoder chunks;
    BodyBytes body;
    std::unique_ptr<HttpContext> context;
    std::optional<HttpAnswer> decided;  // Goes out once the body was read and dropped.
    HttpAnswer answer;
    std::string text;         // Status line and headers, and the body if it is short.
    std::string_view beyond;  // The rest of the body, in `answer`.
    std::size_t written = 0;
    std::size_t dropped = 0;  // Bytes that came while a body was streamed.
    bool last_piece = false;  // Of a streamed body: nothing follows `text`.
  };
  std::unique_ptr<Work> work_;
};

/// The status line and headers of `answer`, ending in the empty line. `date`: the header Date's value.
/// False: a field of it is no header; then `out` is unspecified.
[[nodiscard]] bool append_answer_head(std::string& out, const HttpAnswer& answer, std::string_view date,
                                      bool keeps_open, int minor_version);

}  // namespace seawall
