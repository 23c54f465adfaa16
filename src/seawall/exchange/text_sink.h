#pragma once

#include <string>
#include <string_view>

#include "seawall/exchange/exchange_format.h"

namespace seawall {

/// Keeps all that is written. Threads: one.
class TextSink final : public ByteSink {
 public:
  Result<void> write(std::string_view bytes) override {
    text.append(bytes);
    return {};
  }
  std::string text;
};

}  // namespace seawall
