#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "seawall/report/record.h"

namespace seawall::report_detail {

/// Gathers small pieces of text before they reach a sink. After an error further text is dropped; finish()
/// tells.
class SinkBuffer {
 public:
  explicit SinkBuffer(TextSink sink) : sink_(sink) {}

  SinkBuffer& operator<<(std::string_view text) {
    pending_ += text;
    if (pending_.size() >= kFlushBytes) flush();
    return *this;
  }
  [[nodiscard]] bool ok() const { return state_.has_value(); }
  Result<void> finish() {
    flush();
    return state_;
  }

 private:
  static constexpr std::size_t kFlushBytes = 64 << 10;

  void flush() {
    if (state_ && !pending_.empty()) state_ = sink_(pending_);
    pending_.clear();
  }

  TextSink sink_;
  std::string pending_;
  Result<void> state_;
};

}  // namespace seawall::report_detail
