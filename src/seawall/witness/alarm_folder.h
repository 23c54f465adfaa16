#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "seawall/durable_file/file_system.h"
#include "seawall/witness/witness.h"

namespace seawall {

/// Keeps what proves that a log lies, a file for each two heads: both checkpoints as they were signed, and
/// the request. Limits: kFilesMax files of each kind; more are told of and not kept. Threads: any. Lifetime:
/// borrows the files.
class AlarmFolder final : public AlarmSink {
 public:
  static constexpr std::size_t kFilesMax = 500;
  /// Told of each alarm once, when it is kept: `file` is its name, empty if it could not be kept.
  using Tell = std::function<void(const WitnessAlarm& alarm, const std::string& file)>;

  AlarmFolder(durable::FileSystem& files, Tell tell) : files_(files), tell_(std::move(tell)) {}
  bool on_alarm(const WitnessAlarm& alarm) override;

 private:
  struct Kept {
    std::string file;
    bool is_new = false;
  };
  Result<Kept> keep(const WitnessAlarm& alarm);

  durable::FileSystem& files_;
  Tell tell_;
  std::mutex mutex_;  ///< Guards the files.
};

/// "split-view", "inconsistent".
[[nodiscard]] std::string_view name_of(WitnessAlarm::Kind kind);

}  // namespace seawall
