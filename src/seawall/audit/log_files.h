#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/net/back_off.h"
#include "seawall/net/fetcher.h"

namespace seawall {

/// A file of a log, by its C2SP path, and the longest that it may be.
struct LogFileWish {
  std::string path;  ///< "checkpoint", "tile/0/000.p/12"
  std::uint64_t bytes_max = 0;
};

/// Port: the files of a log that somebody else keeps. Nothing that it gives is trusted. Threads: one.
class LogFiles {
 public:
  virtual ~LogFiles() = default;
  /// The bytes of each, in order; none where there is no such file. Blocks. Errors: kCorrupt (longer than it
  /// may be), kUnavailable (it could not be read now), kInvalidInput (refused: reading again cannot help).
  virtual Result<std::vector<std::optional<std::string>>> read(std::span<const LogFileWish> wishes) = 0;
};

/// A log in a folder: a mirror, or the place where it is kept.
class FolderLogFiles final : public LogFiles {
 public:
  explicit FolderLogFiles(std::shared_ptr<durable::FileSystem> files) : files_(std::move(files)) {}
  Result<std::vector<std::optional<std::string>>> read(std::span<const LogFileWish> wishes) override;

 private:
  Result<std::optional<std::string>> read_one(const LogFileWish& wish);
  std::shared_ptr<durable::FileSystem> files_;
};

/// How a web server is asked.
struct HttpLogOptions {
  std::string url;  ///< Where "/checkpoint" is below; http or https.
  std::uint32_t tries_max = 5;
  BackOff back_off{std::chrono::milliseconds(250), std::chrono::seconds(10)};
  std::chrono::milliseconds deadline{60'000};  ///< Of one request.
  std::size_t requests_at_once = 8;
};

/// A log on a web server. What does not answer, or answers 408, 429 or 5xx, is asked again with growing
/// waits; a Retry-After is believed up to a minute. Limits: every request has a deadline, every body a size.
/// Lifetime: borrows the fetcher, which several threads use at once.
class HttpLogFiles final : public LogFiles {
 public:
  HttpLogFiles(Fetcher& fetcher, HttpLogOptions options, std::stop_token stop = {});
  Result<std::vector<std::optional<std::string>>> read(std::span<const LogFileWish> wishes) override;

 private:
  struct Answer;
  [[nodiscard]] Result<std::optional<std::string>> read_one(const LogFileWish& wish) const;
  [[nodiscard]] Answer ask(const LogFileWish& wish) const;
  void wait(std::chrono::milliseconds time) const;

  Fetcher& fetcher_;
  HttpLogOptions options_;
  std::stop_token stop_;
};

}  // namespace seawall
