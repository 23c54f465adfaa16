#pragma once

#include <string>
#include <string_view>

namespace seawall {

/// A copy of a body with the bytes behind it that JsonObjectReader needs; zeroed at its end, since bodies may
/// hold passwords. Threads: one. Lifetime: the view ends with it. Cost: one copy.
class PaddedBody {
 public:
  explicit PaddedBody(std::string_view body);
  PaddedBody(const PaddedBody&) = delete;
  PaddedBody& operator=(const PaddedBody&) = delete;
  ~PaddedBody();

  [[nodiscard]] std::string_view text() const { return copy_; }

 private:
  std::string copy_;
};

}  // namespace seawall
