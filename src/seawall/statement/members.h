#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/json/json.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// Reads an object's members one by one and strictly: the first thing that is wrong is kept and told by
/// done(), and so is a member that nobody asked for. Values read after a fault are empty. Lifetime: the
/// object's. Threads: one.
class Members {
 public:
  explicit Members(const Json& object);

  [[nodiscard]] bool has(std::string_view name) const;
  /// 1..bytes_max bytes.
  std::string text(std::string_view name, std::size_t bytes_max);
  std::uint64_t number(std::string_view name, std::uint64_t min, std::uint64_t max);
  /// Whole seconds, as second_text() writes them.
  Time time(std::string_view name);
  /// 0..count_max texts of 1..bytes_max bytes each, sorted and each once.
  std::vector<std::string> texts(std::string_view name, std::size_t count_max, std::size_t bytes_max);
  /// An object or array of it, to be read by the caller; null where there is none.
  const Json& object(std::string_view name);
  const Json& array(std::string_view name, std::size_t count_max);

  std::optional<std::string> optional_text(std::string_view name, std::size_t bytes_max);
  std::optional<std::uint64_t> optional_number(std::string_view name, std::uint64_t min, std::uint64_t max);
  std::optional<Time> optional_time(std::string_view name);

  /// A member that somebody else reads: any value.
  void take_rest(const std::string& name) { seen_.insert(name); }
  /// Keeps `what` as what is wrong, unless something was before.
  void refuse(std::string what);
  /// Errors: kInvalidInput, one sentence that begins with `where`; never with a value.
  Result<void> done(std::string_view where);

 private:
  const Json* take(std::string_view name);

  const Json& object_;
  std::set<std::string, std::less<>> seen_;
  std::string wrong_;
};

/// "2026-11-22T23:00:00Z": what is below a second is dropped.
[[nodiscard]] std::string second_text(Time time);
/// Reads that one form. Errors: kInvalidInput.
Result<Time> time_of_seconds(std::string_view text);

}  // namespace seawall
