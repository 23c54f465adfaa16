#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "seawall/cli/command.h"
#include "seawall/cli/console.h"
#include "seawall/sightings/sighting.h"

namespace seawall::cli {

/// The log of observations that a command works on.
inline constexpr PositionalSpec kObservationsFolder{
    .name = "DIR", .help = "the folder of the log of observations", .kind = ValueKind::kDirectory};

/// One line: an earlier sighting of an entry. `number`: of a finding that keeps it.
void print_sighting(Console& console, const Sighting& sighting, std::optional<std::uint64_t> number);

/// What a search could not look at, as notes.
void note_report(Console& console, const RetroReport& report);

/// Progress on a terminal, and the look at Ctrl-C that a search needs.
class SearchProgress {
 public:
  explicit SearchProgress(Console& console) : console_(console) {}
  /// After each block of observations.
  void show(std::uint64_t done, std::uint64_t total);
  void clear() { console_.progress(""); }
  /// Ends the search when the program shall stop. Called from show() and from visits.
  void look() {
    if (console_.stopping()) stop_.request_stop();
  }
  [[nodiscard]] RetroOptions options() const {
    RetroOptions options;
    options.cancel = stop_.get_token();
    return options;
  }

 private:
  Console& console_;
  std::stop_source stop_;
};

}  // namespace seawall::cli
