#include "seawall/cli/console.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "seawall/base/codes.h"
#include "seawall/cli/quiet_terminal.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

std::atomic<int> stop_signal_seen{0};
static_assert(std::atomic<int>::is_always_lock_free);

// Of a terminal that shows nothing of what is typed: how it was before. No signal comes between the two.
termios terminal_before{};
std::atomic<int> quiet_terminal{-1};

// The first asks the program to end; one more ends it, and leaves no terminal without its echo.
extern "C" void on_stop_signal(int number) {
  if (stop_signal_seen.exchange(number) == 0) return;
  const int fd = quiet_terminal.load();
  if (fd >= 0) (void)::tcsetattr(fd, TCSANOW, &terminal_before);
  (void)std::signal(number, SIG_DFL);
  (void)::raise(number);
}

// 0 or the errno of the failure.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// Bytes of the control or reordering character at text[at]; 0 when it is another.
std::size_t unsafe_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const unsigned char first = byte(at);
  if (first < 0x20 || first == 0x7F) return 1;
  if (first == 0xC2 && byte(at + 1) >= 0x80 && byte(at + 1) < 0xA0) return 2;  // C1 controls.
  if (first != 0xE2) return 0;
  const bool lines_and_order = byte(at + 1) == 0x80 && byte(at + 2) >= 0xA8 && byte(at + 2) <= 0xAE;
  const bool isolates = byte(at + 1) == 0x81 && byte(at + 2) >= 0xA0 && byte(at + 2) <= 0xAF;
  return lines_and_order || isolates ? 3 : 0;  // U+2028..202E, U+2060..206F.
}

bool wants_colour(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
  return isatty(fd) == 1;
}

}  // namespace

Console::Console(Streams streams, bool json)
    : streams_(streams),
      json_(json),
      out_is_terminal_(isatty(streams.out_fd) == 1),
      err_is_terminal_(isatty(streams.err_fd) == 1),
      out_colour_(wants_colour(streams.out_fd)),
      err_colour_(wants_colour(streams.err_fd)) {}

Console::~Console() { flush(); }

void Console::print(std::string_view text) {
  if (out_closed_) return;
  buffer_ += text;
  if (buffer_.size() >= kBufferBytes || out_is_terminal_) flush();
}

void Console::flush() {
  if (buffer_.empty() || out_closed_) return;
  const int failed = write_all(streams_.out_fd, buffer_);
  buffer_.clear();
  if (failed == 0) return;
  out_closed_ = true;
  if (failed != EPIPE) out_errno_ = failed;
}

void Console::note(std::string_view text) {
  flush();
  print_error("seawall: " + shown_text(text) + "\n");
}

void Console::error(const Error& error) {
  flush();
  const std::string_view red = err_colour_ ? "\033[31m" : "";
  const std::string_view plain = err_colour_ ? "\033[0m" : "";
  std::string line = "seawall: ";
  line.append(red).append("error").append(plain).append(": ").append(shown_text(error.message));
  line.append(" [").append(meaning_of(error.code).name).append("]\n");
  print_error(line);
}

void Console::progress(std::string_view text) {
  if (err_is_terminal_) print_error("\r\033[K" + std::string(text));
}

void Console::print_error(std::string_view text) { (void)write_all(streams_.err_fd, text); }

bool Console::stopping() const { return out_closed_ || stop_signal() != 0; }

std::string shown_text(std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string safe;
  std::size_t unsafe = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsafe = std::max(unsafe, unsafe_bytes(text, i));
    if (unsafe == 0) {
      safe += text[i];
      continue;
    }
    --unsafe;
    safe += "\\x";
    safe += kHexDigits[static_cast<unsigned char>(text[i]) >> 4];
    safe += kHexDigits[static_cast<unsigned char>(text[i]) & 15];
  }
  return safe;
}

void watch_signals() {
  (void)std::signal(SIGPIPE, SIG_IGN);
  struct sigaction action = {};
  action.sa_handler = on_stop_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void put_back_at_end(int fd, const termios& before) {
  terminal_before = before;
  quiet_terminal.store(fd);
}

void put_back_done() { quiet_terminal.store(-1); }

int stop_signal() { return stop_signal_seen.load(); }

}  // namespace seawall::cli
