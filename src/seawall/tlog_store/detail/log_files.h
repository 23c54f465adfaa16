#pragma once

#include <string>

#include "seawall/durable_file/file_system.h"
#include "seawall/tlog/checkpoint.h"

namespace seawall::tlog::detail {

inline constexpr const char* kStateFile = "state";
inline constexpr const char* kStateStaging = "state.new";
inline constexpr const char* kCheckpointFile = "checkpoint";
inline constexpr const char* kCheckpointStaging = "checkpoint.new";
inline constexpr const char* kLockFile = "lock";
inline constexpr const char* kTileFolder = "tile";

/// The bytes of file `path`. Errors: kNotFound; kCorrupt if it is longer than any file of a log;
/// kUnavailable.
Result<std::string> read_whole(durable::FileSystem& files, const std::string& path);

/// The head in the state file, which is a checkpoint's text that nobody signed. Errors: kNotFound (no such
/// file), kInvalidInput (another origin), kCorrupt.
Result<TreeHead> read_state(durable::FileSystem& files, const std::string& origin);

}  // namespace seawall::tlog::detail
