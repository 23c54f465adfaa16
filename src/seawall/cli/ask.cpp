#include "seawall/cli/ask.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "seawall/base/unique_fd.h"
#include "seawall/cli/quiet_terminal.h"

namespace seawall::cli {
namespace {

constexpr int kWaitMs = 100;

/// A terminal that shows nothing of what is typed, until the end of this.
class NoEcho {
 public:
  static Result<NoEcho> on(int fd) {
    termios before{};
    if (::tcgetattr(fd, &before) != 0) return failed();
    termios quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    // Neither ended nor stopped from the keyboard without a chance to put the echo back: these are bytes
    // here.
    quiet.c_cc[VQUIT] = quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
    put_back_at_end(fd, before);
    if (::tcsetattr(fd, TCSAFLUSH, &quiet) != 0) return failed();
    return NoEcho(fd, before);
  }
  NoEcho(NoEcho&& other) noexcept : fd_(std::exchange(other.fd_, -1)), before_(other.before_) {}
  NoEcho& operator=(NoEcho&&) = delete;
  ~NoEcho() {
    if (fd_ < 0) return;
    (void)::tcsetattr(fd_, TCSAFLUSH, &before_);
    put_back_done();
  }

 private:
  NoEcho(int fd, const termios& before) : fd_(fd), before_(before) {}
  static tl::unexpected<Error> failed() {
    put_back_done();
    return fail(Code::kUnavailable,
                "the terminal's echo cannot be switched off; give the password with --password-file");
  }

  int fd_;
  termios before_;
};

/// A line in memory that does not move, and is zeroed at its end.
struct Line {
  std::array<char, kAskedBytesMax> bytes{};
  std::size_t size = 0;
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { wipe_bytes(bytes.data(), bytes.size()); }
  [[nodiscard]] std::string_view text() const { return {bytes.data(), size}; }
};

Result<void> wait_for_input(int fd, const Console& console) {
  while (!console.stopping()) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, kWaitMs);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) break;
  }
  return fail(Code::kUnavailable, "told to stop; nothing was changed");
}

// Up to the end of the line, byte by byte: what stands behind it is not this question's.
Result<void> read_line(int fd, const Console& console, Line& line) {
  for (;;) {
    SEAWALL_CHECK(wait_for_input(fd, console));
    char byte = 0;
    const ssize_t got = ::read(fd, &byte, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return fail(Code::kUnavailable, std::string("cannot read: ") + std::strerror(errno));
    if (got == 0 && line.size == 0) return fail(Code::kInvalidInput, "the input ended before an answer");
    if (got == 0 || byte == '\n') break;
    if (line.size == line.bytes.size()) return fail(Code::kInvalidInput, "the line is too long");
    line.bytes[line.size++] = byte;
  }
  if (line.size > 0 && line.bytes[line.size - 1] == '\r') --line.size;
  return {};
}

Result<Secret> secret_of(const Line& line) {
  const bool plain = std::ranges::none_of(
      line.text(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!plain) return fail(Code::kInvalidInput, "a password holds no control characters");
  return Secret(line.text());
}

Result<Secret> ask_hidden(Console& console, std::string_view question) {
  SEAWALL_TRY(const NoEcho quiet, NoEcho::on(console.in_fd()));
  console.print_error(question);
  Line line;
  auto read = read_line(console.in_fd(), console, line);
  console.print_error("\n");  // The one that was typed did not show.
  if (!read) return tl::unexpected(std::move(read).error());
  return secret_of(line);
}

Result<void> check_can_ask(const Console& console) {
  if (can_ask(console)) return {};
  return fail(Code::kInvalidInput,
              "there is no terminal to ask for the password on; give it with --password-file FILE, or "
              "--password-file - for standard input");
}

Result<Secret> ask_twice(Console& console) {
  SEAWALL_CHECK(check_can_ask(console));
  SEAWALL_TRY(Secret first, ask_hidden(console, "New password (12 characters or more): "));
  SEAWALL_TRY(const Secret second, ask_hidden(console, "Once more: "));
  if (first.reveal() == second.reveal()) return first;
  return fail(Code::kInvalidInput, "the two passwords differ; nothing was changed");
}

Result<void> check_owner_only(int fd, const std::string& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    return fail(Code::kInvalidInput, path + " is not a file");
  }
  if (!S_ISREG(info.st_mode) || (info.st_mode & 077) == 0) return {};
  return fail(Code::kInvalidInput, path + " can be read or written by others; type: chmod 600 " + path);
}

Result<Secret> read_password(int fd, const Console& console, const std::string& path) {
  Line line;
  if (auto read = read_line(fd, console, line); !read) {
    return tl::unexpected(std::move(read).error().within(path));
  }
  return secret_of(line);
}

}  // namespace

bool can_ask(const Console& console) { return ::isatty(console.in_fd()) == 1; }

Result<std::string> ask(Console& console, std::string_view question) {
  console.flush();
  console.print_error(question);
  Line line;
  SEAWALL_CHECK(read_line(console.in_fd(), console, line));
  return std::string(line.text());
}

Result<Secret> secret_from_file(const std::string& path, Console& console) {
  if (path == "-") return read_password(console.in_fd(), console, "standard input");
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return fail(Code::kNotFound, "cannot read " + path + ": " + std::strerror(errno));
  SEAWALL_CHECK(check_owner_only(fd.get(), path));
  return read_password(fd.get(), console, path);
}

Result<Secret> new_password_from(const Arguments& arguments, Console& console) {
  const auto path = arguments.text("--password-file");
  return path ? secret_from_file(*path, console) : ask_twice(console);
}

Result<Secret> password_from(const Arguments& arguments, Console& console, std::string_view question) {
  if (const auto path = arguments.text("--password-file")) return secret_from_file(*path, console);
  SEAWALL_CHECK(check_can_ask(console));
  return ask_hidden(console, question);
}

}  // namespace seawall::cli
