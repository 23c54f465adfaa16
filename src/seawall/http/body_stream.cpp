#include "seawall/http/body_stream.h"

#include <utility>

namespace seawall {

void HttpBodyStream::tell() {
  if (wake_ && !std::exchange(told_, true)) wake_();
}

bool HttpBodyStream::write(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  if (over_ || ended_) return false;
  if (text.size() > waiting_bytes_max_ - waiting_.size()) {
    over_ = overflown_ = true;
    waiting_ = std::string();
    told_ = false;  // What it was told last waits behind what the peer does not take.
    tell();
    return false;
  }
  waiting_ += text;
  tell();
  return true;
}

void HttpBodyStream::end() {
  const std::scoped_lock lock(mutex_);
  if (over_ || std::exchange(ended_, true)) return;
  tell();
}

bool HttpBodyStream::is_over() const {
  const std::scoped_lock lock(mutex_);
  return over_ || ended_;
}

void HttpBodyStream::connect(std::function<void()> wake) {
  const std::scoped_lock lock(mutex_);
  wake_ = std::move(wake);
  told_ = false;
  if (!waiting_.empty() || ended_ || over_) tell();
}

HttpBodyStream::Piece HttpBodyStream::take() {
  const std::scoped_lock lock(mutex_);
  told_ = false;
  return {std::exchange(waiting_, {}), ended_};
}

bool HttpBodyStream::is_overflown() const {
  const std::scoped_lock lock(mutex_);
  return overflown_;
}

void HttpBodyStream::abandon() {
  const std::scoped_lock lock(mutex_);
  over_ = true;
  wake_ = nullptr;
  waiting_ = std::string();
}

std::shared_ptr<HttpBodyStream> reading_end_of(const std::shared_ptr<HttpBodyStream>& stream) {
  return {stream.get(), [stream](HttpBodyStream* of) { of->abandon(); }};
}

}  // namespace seawall
