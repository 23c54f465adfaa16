#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace seawall {

/// The body of an answer that goes out while it comes to be; HttpAnswer::stream.
/// Guarantees: write() never waits; at most `waiting_bytes_max` bytes that the peer has not taken are kept:
/// with one more the stream is over, and its connection is cut. Once it is over (the peer left or was too
/// slow, the server drains, the connection has lived its life) nothing more is taken. No thread waits for it.
/// Threads: any. Lifetime: shared between who writes and the server.
class HttpBodyStream {
 public:
  explicit HttpBodyStream(std::size_t waiting_bytes_max) : waiting_bytes_max_(waiting_bytes_max) {}
  HttpBodyStream(const HttpBodyStream&) = delete;
  HttpBodyStream& operator=(const HttpBodyStream&) = delete;

  /// False: it is over. Cost: a copy, and a wake-up of the connection's thread when nothing waited.
  bool write(std::string_view text);
  /// The body is complete: what waits still goes out.
  void end();
  [[nodiscard]] bool is_over() const;

  /// What its connection does with it. `wake`: called under the lock, when there is something to take.
  void connect(std::function<void()> wake);
  struct Piece {
    std::string text;
    bool ended = false;  ///< Nothing follows.
  };
  [[nodiscard]] Piece take();
  /// The peer was too slow: what waited is lost.
  [[nodiscard]] bool is_overflown() const;
  void abandon();

 private:
  void tell();

  const std::size_t waiting_bytes_max_;
  mutable std::mutex mutex_;  ///< Guards what follows.
  std::function<void()> wake_;
  std::string waiting_;
  bool told_ = false;  ///< wake_ was called since the last take().
  bool ended_ = false, over_ = false, overflown_ = false;
};

/// The end that goes into HttpAnswer::stream: when its last copy is gone, sent or not, the stream is over.
[[nodiscard]] std::shared_ptr<HttpBodyStream> reading_end_of(const std::shared_ptr<HttpBodyStream>& stream);

}  // namespace seawall
