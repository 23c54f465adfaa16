#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// One table of a configuration file, read option by option; whatever nobody asked for is an error in
/// finish(), so that a misspelt option is never passed over in silence.
/// Guarantees: every error says "<file>:<line>: " and what to write; it never repeats a value.
/// Threads: one. Lifetime: keeps the document it is of.
class TomlTable {
 public:
  static constexpr std::size_t kTextBytesMax = 8 * 1024;

  /// The value of an option; none: it is not there. Errors: kInvalidInput (another type, outside the range).
  Result<std::optional<std::string>> text(std::string_view name);
  /// `least` to `most`, inclusive.
  Result<std::optional<std::int64_t>> number(std::string_view name, std::int64_t least, std::int64_t most);
  Result<std::optional<bool>> boolean(std::string_view name);
  /// `["...", "..."]`, at most `count_max`; empty: it is not there, or has none.
  Result<std::vector<std::string>> texts(std::string_view name, std::size_t count_max);
  /// As above; errors also when it is not there.
  Result<std::string> required_text(std::string_view name);

  /// Errors: kInvalidInput names the first option that nobody asked for, and those that there are.
  Result<void> finish();
  /// Counts an option as asked for.
  void expect(std::string_view name);
  /// An error at an option's line, or at the table's where the option is not there.
  [[nodiscard]] tl::unexpected<Error> wrong(std::string_view name, std::string_view what) const;

 private:
  friend class TomlDocument;
  struct Impl;
  explicit TomlTable(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

/// A TOML file (tomlplusplus). Threads: one. At most kBytesMax and tomlplusplus's own limit on depth.
class TomlDocument {
 public:
  static constexpr std::size_t kBytesMax = 1 << 20;

  /// `name`: what errors call the file. Errors: kInvalidInput with the line, kLimitExceeded.
  static Result<TomlDocument> from_text(std::string_view text, std::string name);
  /// Errors: also kNotFound, kUnavailable.
  static Result<TomlDocument> from_file(const std::string& path);

  /// The tables of `[[name]]`, in order; none: empty. Errors: kInvalidInput when it is anything else.
  Result<std::vector<TomlTable>> tables(std::string_view name);
  /// The table `[name]`; none: it is not there. Errors: as tables().
  Result<std::optional<TomlTable>> table(std::string_view name);
  /// What stands outside of any table.
  TomlTable root();

 private:
  struct Impl;
  friend class TomlTable;
  explicit TomlDocument(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace seawall
