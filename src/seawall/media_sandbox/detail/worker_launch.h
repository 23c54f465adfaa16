#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"

namespace seawall::media_sandbox {

/// The descriptors of a worker: 0..2 are /dev/null.
inline constexpr int kChannelFd = 3;
inline constexpr int kInputFd = 4;
inline constexpr int kOutputFd = 5;
inline constexpr int kDescriptorsOfWorker = 6;
/// Where the file of a job arrives in a worker for videos: the lowest number that is free.
inline constexpr int kFileFd = kDescriptorsOfWorker;

/// What a worker is told on its command line.
struct LaunchFacts {
  int parent_pid = 0;
  std::uint64_t memory_bytes_max = 0;  ///< Hard limit above what it occupies at start.
  bool wipe = true;                    ///< Zero the pixels after each file.
};

/// The arguments after the program's name.
[[nodiscard]] std::array<std::string, 4> arguments_of(const LaunchFacts& facts);
/// Nothing unless `argv` is exactly what arguments_of() makes.
[[nodiscard]] std::optional<LaunchFacts> parse_launch(int argc, const char* const* argv);

/// The whole of a worker program: renounces its privileges and serves until its pool goes. Gives the exit
/// status: 0 when the pool is gone, 1 when it could not serve, 2 with `what_it_is` on standard error when it
/// was not started by a pool.
int run_worker(int argc, char** argv, const char* what_it_is,
               FunctionRef<Result<void>(const LaunchFacts&)> serve);

}  // namespace seawall::media_sandbox
