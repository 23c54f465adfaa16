#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// One file of the console, ready to be sent.
struct ConsoleFile {
  std::string content_type;
  std::string digest;  ///< SHA-256 of `plain`, 64 hex digits.
  std::shared_ptr<const std::string> plain;
  std::shared_ptr<const std::string> gzip;  ///< RFC 1952; null where it would not be smaller.
  bool immutable = false;                   ///< Its name has a digest of its content: it never changes.
};

/// All files of the web console (web/dist), in memory.
/// Guarantees: what is asked for is looked up in a table, never in a file system; a name is one to eight
/// segments of [A-Za-z0-9._-], none of which begins with a dot. Threads: read-only after it is made. Cost:
/// the files, and once more those that gzip makes smaller; find() is one look-up.
class ConsoleFiles {
 public:
  static constexpr std::size_t kFilesMax = 2'000;
  static constexpr std::size_t kFileBytesMax = 16U << 20;
  static constexpr std::size_t kBytesMax = 64U << 20;

  ConsoleFiles() = default;
  /// Those that the build put into this program; empty where it had none.
  static ConsoleFiles built_in();
  /// Reads a folder, whole and once: what changes in it later is not seen. Blocks. Errors: kInvalidInput (no
  /// index.html, a symbolic link or what is no file, a name that is none, too many or too large), kNotFound,
  /// kUnavailable; each names the file.
  static Result<ConsoleFiles> from_folder(const std::filesystem::path& folder);

  /// Null: there is none. `name`: "index.html", "assets/app-3f9c2a7d.js"; untrusted.
  [[nodiscard]] const ConsoleFile* find(std::string_view name) const;
  [[nodiscard]] bool empty() const { return by_name_.empty(); }
  /// Adds a file, or puts it in the place of one. Errors: kInvalidInput, kLimitExceeded.
  Result<void> add(std::string name, std::string bytes);

 private:
  std::map<std::string, ConsoleFile, std::less<>> by_name_;
  std::size_t bytes_ = 0;
};

/// `bytes` as one member of RFC 1952, at the highest level; empty: no memory was left.
[[nodiscard]] std::string gzipped(std::string_view bytes);

}  // namespace seawall
