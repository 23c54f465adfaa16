#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "seawall/cli/progress.h"

namespace seawall::cli {

/// Progress of a command over FILE|DIR|- arguments, as `scan` shows it: a bar on a terminal, else nothing.
/// Guarantees: standard output is untouched; nothing is counted when nothing is shown.
/// Threads: the console's; one of its own walks ahead to count files and bytes, and ends with this object.
class FilesProgress {
 public:
  FilesProgress(Console& console, std::vector<std::string> arguments);
  FilesProgress(const FilesProgress&) = delete;
  FilesProgress& operator=(const FilesProgress&) = delete;
  ~FilesProgress();

  /// Takes the bar off the screen. Call before other text is printed.
  void clear() { display_.clear(); }
  /// Notes that one more file is done, `bytes` long, and draws.
  void file_done(std::uint64_t bytes, bool matched, bool failed);

 private:
  void count_ahead(std::vector<std::string> arguments);

  ProgressDisplay display_;
  ProgressState state_;
  const std::chrono::steady_clock::time_point began_;
  std::atomic<std::uint64_t> files_total_{0};
  std::atomic<std::uint64_t> bytes_total_{0};
  std::atomic<bool> total_known_{false};
  std::atomic<bool> stopping_{false};
  std::thread counter_;
};

}  // namespace seawall::cli
