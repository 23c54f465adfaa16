#include <array>
#include <charconv>

#include "seawall/http/detail/connection.h"

namespace seawall {
namespace {

/// RFC 9112 section 7.1.
void append_chunk_head(std::string& out, std::size_t bytes) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes, 16).ptr;
  out.append(digits.data(), end);
  out += "\r\n";
}

}  // namespace

bool Connection::has_stream() const { return work_->answer.stream != nullptr; }

void Connection::begin_stream() {
  state_ = State::kStreaming;
  work_->written = 0;
  work_->text.clear();
  since_ = now_;
  work_->answer.stream->connect([box = host_.box, id = id_, request = requests_] {
    box->put({id, request, std::nullopt, std::nullopt, true});
  });
}

void Connection::take_more() {
  auto piece = work_->answer.stream->take();
  const bool chunked = minor_version_ == 1;
  work_->written = 0;
  work_->text.clear();
  if (!piece.text.empty()) {
    if (chunked) append_chunk_head(work_->text, piece.text.size());
    work_->text += piece.text;
    if (chunked) work_->text += "\r\n";
  }
  work_->last_piece = piece.ended;
  if (piece.ended && chunked) work_->text += "0\r\n\r\n";
  since_ = now_;
}

bool Connection::stream_body() {
  if (work_->answer.stream->is_overflown()) {
    host_.counts.cut.add(1);
    close();
    return false;
  }
  if (work_->written == work_->text.size() && !work_->last_piece) take_more();
  while (work_->written < work_->text.size()) {
    const auto result = channel_.write(std::string_view(work_->text).substr(work_->written), {});
    if (result.state != IoState::kDone) return wait(result.state);
    work_->written += result.bytes;
    since_ = now_;
    host_.counts.bytes_out.add(result.bytes);
  }
  if (work_->last_piece) {
    start_linger();
    return true;
  }
  return watch_peer();
}

bool Connection::watch_peer() {
  std::array<std::byte, 1024> dropped;
  const auto result = channel_.read(dropped);
  wipe_bytes(dropped.data(), result.bytes);
  if (result.state == IoState::kEnd || result.state == IoState::kFailed) {
    close();  // It has seen enough: nothing was cut off.
    return false;
  }
  if (result.state != IoState::kDone) return wait(result.state);
  work_->dropped += result.bytes;
  if (work_->dropped > host_.options.discarded_body_bytes_max) {
    host_.counts.cut.add(1);
    close();
    return false;
  }
  return count_read(result.bytes);
}

}  // namespace seawall
