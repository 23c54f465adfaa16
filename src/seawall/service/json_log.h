#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "seawall/base/bounded_queue.h"
#include "seawall/base/clock.h"
#include "seawall/base/result.h"

namespace seawall {

/// What the log says of a request: all of it, and nothing else. No address of a peer, no query, no header, no
/// body, no account.
struct RequestLine {
  std::string_view request_id;
  std::string_view method;
  std::string_view path;     ///< The route's, with its {names}: never what the caller sent.
  std::string_view key;      ///< "k_..." of a key; "session" of a person; empty: nobody said.
  std::string_view problem;  ///< The type of the problem document; empty: none.
  int status = 0;
  std::uint64_t bytes_in = 0;  ///< Of the body.
  std::uint64_t bytes_out = 0;
  std::chrono::nanoseconds took{};
  std::chrono::nanoseconds waited{};
};

/// Writes lines of JSON to a file descriptor, on a thread of its own.
/// Guarantees: its callers never wait: with `lines_max` lines unwritten a line is dropped, and `lost` is
/// called. Lines are of a fixed set of members. Threads: any. Lifetime: the clock outlives it; its end writes
/// what is left, for a second at most. Does not own the descriptor.
class JsonLog {
 public:
  struct Options {
    int fd = 2;  ///< Below 0: nothing is written.
    std::size_t lines_max = 65'536;
    std::function<void()> lost = [] {};
  };
  JsonLog(const Clock& clock, Options options);
  ~JsonLog();
  JsonLog(const JsonLog&) = delete;
  JsonLog& operator=(const JsonLog&) = delete;

  void request(const RequestLine& line);
  /// Something that an operator should know. `event`: a word of the program; `error`: its text is for
  /// operators (base/result.h). `request_id` may be empty.
  void event(std::string_view event, const Error& error, std::string_view request_id = {});
  /// The same without an error.
  void note(std::string_view event, std::string_view text);

 private:
  void put(std::string line);
  void work();
  [[nodiscard]] bool write_all(std::string_view text);
  [[nodiscard]] std::string begin(std::string_view level, std::string_view event) const;

  const Clock& clock_;
  const Options options_;
  BoundedQueue<std::string> lines_;
  std::atomic<std::int64_t> end_by_ns_{0};  // Steady; 0: it goes on.
  std::jthread writer_;                     // Last: it uses all of the above.
};

}  // namespace seawall
