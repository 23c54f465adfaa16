#include "seawall/witness/alarm_folder.h"

#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"

namespace seawall {

std::string_view name_of(WitnessAlarm::Kind kind) {
  return kind == WitnessAlarm::Kind::kSplitView ? "split-view" : "inconsistent";
}

/// The same two heads are one file, whatever proof came with them.
Result<AlarmFolder::Kept> AlarmFolder::keep(const WitnessAlarm& alarm) {
  const std::string kind = "alarm-" + std::string(name_of(alarm.kind)) + "-";
  const std::string name = kind + to_hex(sha256_of(alarm.about)).substr(0, 32) + ".txt";
  const std::string text = "seawall witness alarm: " + std::string(name_of(alarm.kind)) +
                           "\n\n--- newest checkpoint signed here\n" + alarm.kept + "--- refused request\n" +
                           alarm.refused;
  const std::lock_guard lock(mutex_);
  SEAWALL_TRY(const auto known, files_.list());
  if (std::ranges::find(known, name) != known.end()) return Kept{name, false};
  const auto alarms =
      std::ranges::count_if(known, [&](const std::string& one) { return one.starts_with(kind); });
  if (static_cast<std::size_t>(alarms) >= kFilesMax) {
    return fail(Code::kLimitExceeded, "there are 500 alarms of this kind already");
  }
  SEAWALL_CHECK(durable::replace_file(files_, "next-alarm", name, std::as_bytes(std::span(text))));
  return Kept{name, true};
}

bool AlarmFolder::on_alarm(const WitnessAlarm& alarm) {
  const auto kept = keep(alarm);
  if (kept && !kept->is_new) return false;
  tell_(alarm, kept ? kept->file : std::string());
  return true;
}

}  // namespace seawall
