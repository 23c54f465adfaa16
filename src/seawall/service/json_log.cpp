#include "seawall/service/json_log.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "seawall/base/codes.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall {
namespace {

constexpr std::int64_t kWriteWaitNs = 1'000'000'000;
constexpr int kLookEveryMs = 100;  // Whether it is to end.

void member(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out.append(",\"").append(name).append("\":");
  append_json_string(out, text);
}

void member(std::string& out, std::string_view name, std::int64_t number) {
  out.append(",\"").append(name).append("\":");
  append_json_number(out, number);
}

std::int64_t us(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

JsonLog::JsonLog(const Clock& clock, Options options)
    : clock_(clock), options_(std::move(options)), lines_(options_.lines_max), writer_([this] { work(); }) {}

JsonLog::~JsonLog() {
  end_by_ns_ = steady_ns() + kWriteWaitNs;
  lines_.close();
}

// A reader that stands still holds the log for a second, then loses lines. No write is larger than what a
// pipe takes at once when it says that there is room.
bool JsonLog::write_all(std::string_view text) {
  const std::int64_t begun = steady_ns();
  while (!text.empty()) {
    const std::int64_t end = end_by_ns_;
    if (steady_ns() > (end != 0 ? end : begun + kWriteWaitNs)) return false;
    pollfd ready{options_.fd, POLLOUT, 0};
    if (::poll(&ready, 1, kLookEveryMs) <= 0) continue;
    const auto written = ::write(options_.fd, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string JsonLog::begin(std::string_view level, std::string_view event) const {
  std::string line = "{\"time\":";
  append_json_string(line, to_text(clock_.now()));
  member(line, "level", level);
  member(line, "event", event);
  return line;
}

void JsonLog::request(const RequestLine& of) {
  if (options_.fd < 0) return;
  std::string line = begin(of.status >= 500 ? "error" : "info", "request");
  member(line, "request_id", of.request_id);
  member(line, "method", of.method);
  member(line, "path", of.path);
  member(line, "key", of.key);
  member(line, "status", of.status);
  member(line, "problem", of.problem);
  member(line, "bytes_in", static_cast<std::int64_t>(of.bytes_in));
  member(line, "bytes_out", static_cast<std::int64_t>(of.bytes_out));
  member(line, "us", us(of.took));
  member(line, "waited_us", us(of.waited));
  put(std::move(line));
}

void JsonLog::event(std::string_view event, const Error& error, std::string_view request_id) {
  std::string line = begin("error", event);
  member(line, "request_id", request_id);
  member(line, "code", meaning_of(error.code).name);
  member(line, "message", error.message);
  put(std::move(line));
}

void JsonLog::note(std::string_view event, std::string_view text) {
  std::string line = begin("info", event);
  member(line, "message", text);
  put(std::move(line));
}

void JsonLog::put(std::string line) {
  if (options_.fd < 0) return;
  line += "}\n";
  if (!lines_.try_push(line)) options_.lost();
}

void JsonLog::work() {
  while (auto line = lines_.pop()) {
    // What has queued up meanwhile goes out in one write.
    while (line->size() < 64 * 1024) {
      auto more = lines_.pop_for(std::chrono::milliseconds(0));
      if (!more) break;
      *line += *more;
    }
    if (!write_all(*line)) options_.lost();
  }
}

}  // namespace seawall
