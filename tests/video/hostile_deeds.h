#pragma once

#include <cstdint>

namespace seawall::test {

/// What the hostile video worker does when its source starts with this byte.
enum class VideoDeed : std::uint8_t {
  kHonest,  ///< Two frames.
  kCrash,
  kSpin,
  kAllocate,
  kSocket,
  kFork,
  kSignalParent,
  kWriteFile,  ///< To the file that it was handed.
  kMapFileWritable,
  kReadChannel,  ///< As if it were the file.
  kOpen,         ///< Answers kInvalidInput with what the system said.
  kLieOffset,
  kLieTime,
  kLieIndex,
  kLieEnd,
  kLieJob,
  kShortPacket,
  kCount_
};

}  // namespace seawall::test
