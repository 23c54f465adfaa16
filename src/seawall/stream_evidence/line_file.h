#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// A file of lines that is only ever appended to; readable by its owner alone. Threads: one.
class LineFile {
 public:
  /// Makes it where it is not there. Errors: kUnavailable.
  static Result<LineFile> open(const std::filesystem::path& path);
  /// `line` and a line end, in one write. `durable`: on the disk when this returns. Errors: kUnavailable (the
  /// disk is full, ...).
  Result<void> append(std::string_view line, bool durable);

 private:
  explicit LineFile(UniqueFd file) : file_(std::move(file)) {}
  UniqueFd file_;
};

/// Signals of live streams, in a file an hour ("signals-2026-11-22T15.ndjson"), of which those older than
/// `keep` go when a further one begins. Signals only: no picture, no address. Threads: one.
class SignalWindows {
 public:
  /// Makes the folder where it is not there. `keep`: 1 hour to 10 years. Errors: kInvalidInput, kUnavailable.
  static Result<SignalWindows> open(std::filesystem::path folder, std::chrono::hours keep);
  /// Errors: kUnavailable.
  Result<void> append(std::string_view line, Time now);

 private:
  SignalWindows(std::filesystem::path folder, std::chrono::hours keep)
      : folder_(std::move(folder)), keep_(keep) {}
  void forget_before(Time time) const;

  std::filesystem::path folder_;
  std::chrono::hours keep_;
  std::string hour_;  // Of the file.
  std::optional<LineFile> file_;
};

}  // namespace seawall
