#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/cli/console.h"
#include "seawall/walk/directory_walker.h"

namespace seawall::cli {

/// The most that is read of one media file.
inline constexpr std::uint64_t kMediaBytesMax = 256ULL << 20;

/// One file that a command was asked to look at, not yet read.
struct MediaFile {
  std::string path;                       ///< As typed, or below the folder that was typed.
  std::optional<WalkedFile> walked = {};  ///< Met in a folder rather than named.
  bool is_stdin = false;
  std::optional<Error> error = {};  ///< It cannot be reached.

  /// Met in a folder: a file there that is no picture is no error.
  [[nodiscard]] bool from_folder() const { return walked.has_value(); }
};

/// Turns FILE|DIR|- arguments into files, folders walked depth first in byte order. Bounded memory.
/// Threads: one.
class MediaFiles {
 public:
  explicit MediaFiles(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}
  /// The next file; empty at the end.
  std::optional<MediaFile> next();

 private:
  std::optional<MediaFile> next_in_folder();

  std::vector<std::string> arguments_;
  std::size_t at_ = 0;
  std::string folder_;
  std::unique_ptr<DirectoryWalker> walker_;
};

/// Whether a decoder refused `bytes` because they are no picture at all, rather than a broken one.
[[nodiscard]] inline bool is_no_picture(const Error& error, const std::vector<std::byte>& bytes) {
  return error.code == Code::kUnsupported || bytes.empty();
}

/// The error for a file that was named and is neither picture nor video, in words of both.
[[nodiscard]] Error no_media(Error error);

/// Whether a decoder's error is about the decoder itself: none could be started, so the other files need not
/// be tried. A command then ends with this error (exit code 4).
[[nodiscard]] inline bool is_no_decoder(const Error& error) { return error.code == Code::kUnavailable; }

/// The bytes of the file, read once. Blocks. Threads: any. Errors: kNotFound, kInvalidInput, kLimitExceeded,
/// kUnavailable.
Result<void> read_media(const MediaFile& file, int stdin_fd, std::vector<std::byte>& bytes);

}  // namespace seawall::cli
