#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/net/url.h"

namespace seawall {

/// A checkpoint's fields, as text: "ncmec?from=0&to=1795302000". Each name once.
class Checkpoint {
 public:
  explicit Checkpoint(std::string_view kind) : kind_(kind) {}

  /// "" gives a checkpoint without fields. Errors: kInvalidInput (of another kind, or damaged).
  static Result<Checkpoint> read(std::string_view kind, std::string_view text);
  [[nodiscard]] std::string text() const { return kind_ + "?" + to_query(fields_); }

  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  /// 0 to 253402300799 (the end of the year 9999 in seconds). Errors: kInvalidInput, when it is there and is
  /// no such number.
  [[nodiscard]] Result<std::optional<std::int64_t>> number(std::string_view name) const;
  Checkpoint& set(std::string_view name, std::string value);
  Checkpoint& set(std::string_view name, std::int64_t value) { return set(name, std::to_string(value)); }

 private:
  std::string kind_;
  QueryPairs fields_;
};

}  // namespace seawall
