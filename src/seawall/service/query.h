#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/service/call.h"

namespace seawall {

/// The parameters of an address, read one by one; whatever nobody asked for is refused by finish(), so that a
/// misspelt one is never passed over. `+` is a blank, as forms send it. Faults name the parameter, never its
/// value. Threads: one.
class Query {
 public:
  static constexpr std::size_t kParametersMax = 128;
  static constexpr std::size_t kValueBytesMax = 8 * 1024;

  template <class T>
  using Read = tl::expected<T, CallProblem>;

  /// `target`: of the request, from '/' on. Errors: kInvalidInput (not percent-encoded UTF-8, too many).
  static Read<Query> of(std::string_view target);

  /// 1 to `bytes_max` bytes. Errors everywhere: kInvalidInput; also when it stands there twice.
  Read<std::optional<std::string>> text(std::string_view name, std::size_t bytes_max);
  /// Any length up to kValueBytesMax, 0 too.
  Read<std::optional<std::string>> any_text(std::string_view name);
  Read<std::optional<std::int64_t>> number(std::string_view name, std::int64_t least, std::int64_t most);
  /// "true" or "false".
  Read<std::optional<bool>> flag(std::string_view name);
  /// All of that name, each 1 to `bytes_max` bytes.
  Read<std::vector<std::string>> all(std::string_view name, std::size_t count_max, std::size_t bytes_max);
  /// Errors: kInvalidInput names the first one that nobody asked for, if it is a name.
  Read<void> finish() const;

 private:
  struct Parameter {
    std::string name;
    std::string value;
    bool used = false;
  };
  Read<std::optional<std::string_view>> only(std::string_view name);

  std::vector<Parameter> parameters_;
};

}  // namespace seawall
