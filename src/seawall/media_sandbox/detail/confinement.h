#pragma once

#include <cstdint>

#include "seawall/base/result.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SEAWALL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SEAWALL_SANITIZED 1
#endif
#endif
#ifndef SEAWALL_SANITIZED
#define SEAWALL_SANITIZED 0
#endif

/// What a worker gives up before it sees its first file. See docs/media.md.
namespace seawall::media_sandbox {

/// Under a sanitizer the address space is not limited and the few calls that its runtime makes are allowed.
inline constexpr bool kSanitized = SEAWALL_SANITIZED != 0;

/// Dies with the process `parent_pid`, cannot be traced, dumps no core, gains no privileges, writes no files,
/// holds no descriptor from `descriptors` on. kUnavailable when the parent is already gone.
Result<void> renounce_privileges(int parent_pid, int descriptors);

/// Address space that this process occupies now.
[[nodiscard]] Result<std::uint64_t> address_space_bytes();
/// Allows `bytes` of address space and `descriptors` open files and not one more, for good.
Result<void> limit_resources(std::uint64_t bytes, int descriptors);

/// From here on any system call that is not on the list kills this process with SIGSYS. The list holds no way
/// to open, connect, execute, signal another process, or start one; threads of this one are possible because
/// libde265 and dav1d start some. Messages may pass only on `channel_fd`. `file_fd`, unless -1: descriptors
/// may come with messages, and that number may be read at given offsets, and closed; and whoever tries to
/// open a file by name is told that there is none, instead of being killed.
Result<void> forbid_system_calls(int channel_fd, int file_fd = -1);

}  // namespace seawall::media_sandbox
