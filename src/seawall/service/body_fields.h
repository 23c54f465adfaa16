#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/model/list_ids.h"
#include "seawall/net/secret.h"
#include "seawall/service/call.h"

namespace seawall {

/// The members of a JSON object that was sent, read one by one; whatever nobody asked for is refused by
/// finish(), so that a misspelt one is never passed over. Faults name the member ("/rate/items"), never its
/// value. Texts are UTF-8. Threads: one.
class BodyFields {
 public:
  template <class T>
  using Read = tl::expected<T, CallProblem>;

  /// Errors everywhere: kInvalidInput.
  static Read<BodyFields> of(std::string_view text, std::size_t bytes_max);
  ~BodyFields();
  BodyFields(BodyFields&& other) noexcept;

  /// `least` to `most` bytes.
  Read<std::optional<std::string>> text(std::string_view name, std::size_t least, std::size_t most);
  /// The same, which must be there.
  Read<std::string> required_text(std::string_view name, std::size_t least, std::size_t most);
  /// 1 to `most` bytes, which must be there. The member itself is zeroed.
  Read<Secret> required_secret(std::string_view name, std::size_t most);
  Read<std::optional<std::int64_t>> number(std::string_view name, std::int64_t least, std::int64_t most);
  Read<std::optional<Time>> time(std::string_view name);
  /// 1 to `count_max` different texts, each 1 to `bytes_max` bytes.
  Read<std::optional<std::vector<std::string>>> texts(std::string_view name, std::size_t count_max,
                                                      std::size_t bytes_max);
  Read<std::optional<BodyFields>> object(std::string_view name);
  Read<void> finish() const;
  /// A fault of a member: what is needed there.
  [[nodiscard]] tl::unexpected<CallProblem> wrong(std::string_view name, std::string what) const;

 private:
  struct Impl;
  explicit BodyFields(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
