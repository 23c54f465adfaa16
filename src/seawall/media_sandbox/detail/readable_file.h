#pragma once

#include <cstdint>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"

namespace seawall::media_sandbox {

/// A regular file that a worker may be handed.
struct ReadableFile {
  int fd = -1;        ///< Can only be read.
  UniqueFd reopened;  ///< Owns `fd` where the caller's could be written as well.
  std::uint64_t bytes = 0;
};

/// kInvalidInput: not a regular file, empty, or not readable.
[[nodiscard]] Result<ReadableFile> readable_file(int fd);

}  // namespace seawall::media_sandbox
