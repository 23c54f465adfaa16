#include "seawall/cli/witness_run.h"

#include <chrono>
#include <mutex>
#include <thread>

#include "seawall/base/system_clock.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/http/server.h"
#include "seawall/json/json.h"
#include "seawall/witness/alarm_folder.h"
#include "seawall/witness/witness_server.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};  // For signals and alarms.
constexpr std::chrono::milliseconds kDrain{5'000};

/// Alarms on their way from the witness's thread to the console's.
class AlarmWords {
 public:
  void add(const WitnessAlarm& alarm, const std::string& file) {
    const bool split = alarm.kind == WitnessAlarm::Kind::kSplitView;
    std::string words = "ALARM: log " + alarm.origin +
                        (split ? " signed two trees of one size: its view is split"
                               : " signed a tree that was not shown to continue the last one") +
                        "; nothing was signed; ";
    words += file.empty() ? "the proof could not be kept" : "the proof lies in " + file;
    const std::lock_guard lock(mutex_);
    if (words_.size() < kMax) words_.push_back(std::move(words));
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(words_, {});
  }

 private:
  static constexpr std::size_t kMax = 1'000;
  std::mutex mutex_;  ///< Guards words_.
  std::vector<std::string> words_;
};

void say_where(const HttpServer& server, const Witness& witness, Console& console) {
  for (const std::string& address : server.addresses()) {
    if (!console.json()) {
      console.note("listening on " + address + " as " + witness.verifier().vkey());
      continue;
    }
    Json json;
    json["listening"] = address;
    json["vkey"] = witness.verifier().vkey();
    console.print(to_line(json) + "\n");
  }
  console.flush();
}

}  // namespace

Result<Outcome> run_witness(WitnessRun setup, Console& console) {
  const SystemClock clock;
  SEAWALL_TRY(const auto files, durable::posix_file_system(setup.folder, true));
  SEAWALL_TRY(const auto keeper, HeadKeeper::open(*files));
  AlarmWords words;
  AlarmFolder alarms(*files,
                     [&](const WitnessAlarm& alarm, const std::string& file) { words.add(alarm, file); });
  SEAWALL_TRY(const auto witness,
              Witness::make(std::move(setup.key), std::move(setup.logs), *keeper, clock, alarms));
  WitnessServer handler(*witness);
  HttpServerOptions options;
  for (const std::string& address : setup.listen) options.listen.push_back({address, {}});
  options.threads = 1;
  options.connections_max = 1'024;
  SEAWALL_TRY(const auto server, HttpServer::start(options, handler, clock));
  say_where(*server, *witness, console);
  while (!console.stopping()) {
    std::this_thread::sleep_for(kLookEvery);
    for (const std::string& line : words.take()) console.note(line);
  }
  (void)server->drain(kDrain);
  for (const std::string& line : words.take()) console.note(line);
  return Outcome{.ended_as_asked = true};
}

}  // namespace seawall::cli
