#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace seawall {

/// The closed list of reasons an operation can fail. Each maps to exactly one HTTP status and one CLI
/// exit code (see docs/errors.md), so adding a value means deciding both.
enum class Code : unsigned char {
  kInvalidInput = 1,  ///< The caller's bytes or arguments are wrong; retrying cannot help.
  kNotFound,          ///< The named thing does not exist.
  kConflict,          ///< The thing changed since the caller read it; read again, then retry.
  kLimitExceeded,     ///< A stated bound (size, rate, depth) was reached.
  kUnavailable,       ///< A dependency did not answer; retrying later may help.
  kCorrupt,           ///< Stored bytes fail their own checks; an operator must look.
  kUnsupported,       ///< The bytes are of a kind that this build does not read.
  kDecoderCrashed,    ///< The sandboxed decoder died on this input; it was replaced.
};

/// Why an operation failed. `message` is one sentence for an operator and never holds media bytes,
/// personal data or secrets.
struct Error {
  Code code;
  std::string message;

  /// The same error with "`where`: " put before the message; used once per layer crossed.
  [[nodiscard]] Error within(std::string_view where) && {
    message.insert(0, ": ").insert(0, where);
    return std::move(*this);
  }
};

/// A `T` or an `Error`. A class rather than an alias because tl::expected 1.0 is not [[nodiscard]]:
/// ignoring a Result must be a compiler warning. Compare `*result` or `.error().code`; comparing two
/// Results does not compile.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// Builds the error arm: `return fail(Code::kNotFound, "no signal set named x");`.
inline tl::unexpected<Error> fail(Code code, std::string message) {
  return tl::unexpected(Error{code, std::move(message)});
}

}  // namespace seawall

// SEAWALL_TRY(auto rows, store.load(id)); binds the value or returns the error to the caller.
// A statement, not an expression: g++ 12 crashes on statement expressions that hold co_await.
#define SEAWALL_TRY(declaration, expression) \
  SEAWALL_TRY_IMPL_(SEAWALL_CONCAT_(seawall_result_, __LINE__), declaration, expression)
#define SEAWALL_CONCAT_(a, b) SEAWALL_CONCAT_IMPL_(a, b)
#define SEAWALL_CONCAT_IMPL_(a, b) a##b
#define SEAWALL_TRY_IMPL_(result, declaration, expression) \
  auto result = (expression);                              \
  if (!result) [[unlikely]]                                \
    return tl::unexpected(std::move(result).error());      \
  declaration = *std::move(result)

// SEAWALL_CHECK(store.save(x)); returns the error of a Result<void> to the caller.
#define SEAWALL_CHECK(expression)                                       \
  do {                                                                  \
    if (auto seawall_check = (expression); !seawall_check) [[unlikely]] \
      return tl::unexpected(std::move(seawall_check).error());          \
  } while (false)
