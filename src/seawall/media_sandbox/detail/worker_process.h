#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"
#include "seawall/media_sandbox/detail/shared_memory.h"
#include "seawall/media_sandbox/detail/wire.h"
#include "seawall/media_sandbox/detail/worker_launch.h"

namespace seawall::media_sandbox {

/// How to start a worker.
struct WorkerRecipe {
  std::string program;
  RegionSizes regions;
  std::uint64_t memory_bytes_max = 0;
  bool wipe = true;
  int start_ms_max = 10'000;
};

/// How a worker ended.
struct WorkerEnd {
  Error error;  ///< kLimitExceeded when it ran out of CPU time, else kDecoderCrashed with the signal's name.
  /// SIGKILL, and not by this class: the system was short of memory, or an operator did it. A worker has no
  /// way to send that signal to others, so the file is guilty at most of having filled the memory.
  bool killed_from_outside = false;
};

/// What became of waiting for a packet.
enum class Wait { kPacket, kTimeout, kHangUp };

/// One worker process, its memory and its channel. The destructor kills and reaps it.
/// Threads: one at a time. start() must run on a thread that outlives the worker, because the system ends a
/// worker when the thread that started it ends.
class WorkerProcess {
 public:
  /// Starts the program and waits until it says that it is confined. kUnavailable with the reason otherwise.
  static Result<std::unique_ptr<WorkerProcess>> start(const WorkerRecipe& recipe);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();

  [[nodiscard]] const SharedMemory& input() const { return input_; }
  [[nodiscard]] const SharedMemory& output() const { return output_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Lowers what the worker may use for the job to come: memory above its start, CPU time from now.
  void limit_job(std::uint64_t memory_bytes_max, int time_ms_max);
  /// False when the worker is gone.
  [[nodiscard]] bool send(std::span<const std::byte> packet) const;
  /// The same, with a copy of the descriptor `file`.
  [[nodiscard]] bool send_with_file(std::span<const std::byte> packet, int file) const;
  /// Waits for one packet until `deadline`. On kPacket, `packet` is cut to its size.
  [[nodiscard]] Wait receive(std::span<std::byte>& packet,
                             std::chrono::steady_clock::time_point deadline) const;

  /// Whether the worker has closed its end, which it does only by ending. Never blocks.
  [[nodiscard]] bool has_hung_up() const;
  /// Kills it if it still runs, reaps it, and says how it ended.
  WorkerEnd kill_and_explain();

 private:
  WorkerProcess() = default;
  Result<void> launch(const WorkerRecipe& recipe, UniqueFd channel_of_worker);
  Result<void> await_hello(int start_ms_max);
  int reap();

  SharedMemory input_;
  SharedMemory output_;
  UniqueFd channel_;
  pid_t pid_ = -1;
  std::uint64_t start_bytes_ = 0;
  std::uint64_t memory_bytes_max_ = 0;
  std::uint64_t memory_bytes_now_ = 0;
  int cpu_seconds_max_ = 0;  ///< Of the job at hand.
};

}  // namespace seawall::media_sandbox
