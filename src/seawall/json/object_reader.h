#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"

namespace seawall {

/// One member of an object, or one element of an array.
struct JsonMember {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  std::string_view key;   ///< Unescaped; empty for elements.
  std::string_view text;  ///< kString: unescaped. Others: their JSON, spaces removed.
};

/// Reads one JSON object a call, for NDJSON (simdjson). UTF-8 is checked; at most 64 levels deep.
/// Threads: one object, one thread. Cost: about 1 ns a byte, no allocation once warm.
class JsonObjectReader {
 public:
  /// Bytes that must be readable after the text.
  static constexpr std::size_t kPaddingBytes = 64;

  JsonObjectReader();
  ~JsonObjectReader();
  JsonObjectReader(JsonObjectReader&&) noexcept;

  /// Calls `visit` for each member in order; views live until the next call. `line` holds one object and
  /// white space, followed in memory by kPaddingBytes of anything. Errors: kInvalidInput (not JSON, not an
  /// object, not UTF-8), kLimitExceeded (too deep), those of `visit`.
  Result<void> read(std::string_view line, FunctionRef<Result<void>(const JsonMember&)> visit);

  /// Inside `visit` only: the elements of the array, or the members of the object, that the member or element
  /// now visited is. They may be used again inside their own `visit`, to any depth. Errors: kInvalidInput (it
  /// is no array, no object), those of `visit`.
  Result<void> elements(FunctionRef<Result<void>(const JsonMember&)> visit);
  Result<void> members(FunctionRef<Result<void>(const JsonMember&)> visit);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
