#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall::cli {

/// Where a command prints: standard output (results, buffered) and standard error (notes, progress, errors).
/// Guarantees: a reader that closes the pipe makes stopping() true and output silently vanish; lines on the
/// two streams never mix within a line. Threads: one; commands hand results to the thread that owns the
/// console.
class Console {
 public:
  struct Streams {
    int in_fd = 0;
    int out_fd = 1;
    int err_fd = 2;
  };
  /// Colours when the stream is a terminal, NO_COLOR is unset or empty and TERM is not "dumb".
  Console(Streams streams, bool json);
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;
  ~Console();

  /// Whether results are NDJSON.
  [[nodiscard]] bool json() const { return json_; }

  /// Results: appended to the buffer as they are; write the line end yourself.
  void print(std::string_view text);
  /// Hands buffered results to the stream.
  void flush();

  /// A remark on standard error, one line, with the program's name before it; shown_text() of `text`.
  void note(std::string_view text);
  /// The same, marked as an error. Says `code`'s name when it helps a script: always.
  void error(const Error& error);
  /// On a terminal: replaces the line that the last call drew. Empty text takes it off. Elsewhere: nothing.
  void progress(std::string_view text);
  /// Raw text on standard error (progress).
  void print_error(std::string_view text);

  [[nodiscard]] int in_fd() const { return streams_.in_fd; }
  [[nodiscard]] bool out_is_terminal() const { return out_is_terminal_; }
  [[nodiscard]] bool err_is_terminal() const { return err_is_terminal_; }

  /// Escape sequences for standard output, empty without colours.
  [[nodiscard]] std::string_view bold() const { return out_colour_ ? "\033[1m" : ""; }
  [[nodiscard]] std::string_view red() const { return out_colour_ ? "\033[31m" : ""; }
  [[nodiscard]] std::string_view green() const { return out_colour_ ? "\033[32m" : ""; }
  [[nodiscard]] std::string_view dim() const { return out_colour_ ? "\033[2m" : ""; }
  [[nodiscard]] std::string_view plain() const { return out_colour_ ? "\033[0m" : ""; }

  /// True after Ctrl-C, SIGTERM, or when nobody reads standard output any more: end soon and cleanly.
  [[nodiscard]] bool stopping() const;
  [[nodiscard]] bool out_closed() const { return out_closed_; }
  /// Standard output could not be written for another reason (disk full).
  [[nodiscard]] int out_errno() const { return out_errno_; }

 private:
  Streams streams_;
  bool json_;
  bool out_is_terminal_;
  bool err_is_terminal_;
  bool out_colour_;
  bool err_colour_;
  bool out_closed_ = false;
  int out_errno_ = 0;
  std::string buffer_;
};

/// `text` for a person at a terminal: control characters, and those that reorder a line, are written as \xHH,
/// so that a name from outside cannot move the cursor, forge a line or change the terminal's state.
[[nodiscard]] std::string shown_text(std::string_view text);

/// Installs handlers: the first SIGINT or SIGTERM sets a flag, the second ends the program at once; SIGPIPE
/// is ignored. Call once, before threads start.
void watch_signals();
/// The signal that asked the program to stop, or 0. Safe from any thread.
[[nodiscard]] int stop_signal();

}  // namespace seawall::cli
