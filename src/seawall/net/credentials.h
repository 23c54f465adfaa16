#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/net/secret.h"

namespace seawall {

/// The secrets that one remote asks for, by name: "user" and "password", "access_token", ...
/// Threads: read-only after it is made. Cost: a linear look-up among at most kFieldsMax.
class Credentials {
 public:
  static constexpr std::size_t kFieldsMax = 16;

  /// The secret of that name. Errors: kInvalidInput says which name is missing.
  [[nodiscard]] Result<std::shared_ptr<const Secret>> get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  void set(std::string name, Secret value);
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

 private:
  [[nodiscard]] std::shared_ptr<const Secret> find(std::string_view name) const;

  std::vector<std::pair<std::string, std::shared_ptr<const Secret>>> fields_;
};

/// Reads lines of "name = value". Blank lines and lines that begin with '#' are passed over; a value keeps
/// everything after the '=' but the blanks around it. `names`: those allowed.
/// Errors: kInvalidInput names the line, never its text; kLimitExceeded.
Result<Credentials> credentials_from_text(std::string_view text, std::span<const std::string_view> names);

/// As above, from a file that only its owner (the user who runs this, or root) may read: mode 0600, 0400.
/// Errors: also kNotFound, and kInvalidInput with the chmod to type.
Result<Credentials> credentials_from_file(const std::string& path, std::span<const std::string_view> names);

/// From the environment: `user` under prefix "NCMEC" is the variable NCMEC_USER. Those not set are missing.
/// Errors: kInvalidInput (a prefix that is not [A-Z][A-Z0-9_]*, or none of the variables is set).
/// Threads: as getenv().
Result<Credentials> credentials_from_environment(std::string_view prefix,
                                                 std::span<const std::string_view> names);

}  // namespace seawall
