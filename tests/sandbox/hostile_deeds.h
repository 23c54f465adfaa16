#pragma once

#include <cstdint>

namespace seawall::test {

/// What the hostile worker does when a file starts with this byte. No picture format starts below 0x20 but
/// JPEG XL's container and AVIF (0), which the tests here do not use.
enum class Deed : std::uint8_t {
  kCrash,
  kAbort,
  kExit,
  kHang,
  kSleep,
  kSpin,
  kAllocate,
  kRecurse,
  kOpen,
  kSocket,
  kFork,
  kExec,
  kKillParent,
  kExecutableMemory,
  kShrinkMemory,
  kKillItself,
  kLieOffset,
  kLieSize,
  kLieStride,
  kLieCode,
  kLieJob,
  kShortPacket,
  kFloodPackets,
  kCount_
};

}  // namespace seawall::test
