#include "seawall/witness/alarm_folder.h"

#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"

namespace seawall {

std::string_view name_of(WitnessAlarm::Kind kind) {
  return kind == WitnessAlarm::Kind::kSplitView ? "split-view" : "inconsistent";
}

/// The same proof twice is one file: its name is a digest of what it holds.
Result<std::string> AlarmFolder::keep(const WitnessAlarm& alarm) {
  const std::string text = "seawall witness alarm: " + std::string(name_of(alarm.kind)) + "\n\n" +
                           "--- newest checkpoint signed here\n" + alarm.kept + "--- refused request\n" +
                           alarm.refused;
  const std::string name = "alarm-" + to_hex(sha256_of(text)).substr(0, 32) + ".txt";
  const std::lock_guard lock(mutex_);
  SEAWALL_TRY(const auto known, files_.list());
  if (std::ranges::find(known, name) != known.end()) return name;
  const auto alarms =
      std::ranges::count_if(known, [](const std::string& one) { return one.starts_with("alarm-"); });
  if (static_cast<std::size_t>(alarms) >= kFilesMax) {
    return fail(Code::kLimitExceeded, "there are a thousand alarms already");
  }
  SEAWALL_CHECK(durable::replace_file(files_, "next-alarm", name, std::as_bytes(std::span(text))));
  return name;
}

void AlarmFolder::on_alarm(const WitnessAlarm& alarm) { tell_(alarm, keep(alarm).value_or("")); }

}  // namespace seawall
