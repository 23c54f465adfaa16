#include "seawall/cli/sighting_lines.h"

#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall::cli {

void print_sighting(Console& console, const Sighting& sighting, std::optional<std::uint64_t> number) {
  if (console.json()) {
    Json json;
    if (number) json["finding"] = *number;
    json["entry"] = to_text(sighting.entry);
    json["bank"] = static_cast<std::uint32_t>(sighting.bank);
    json["source"] = static_cast<std::uint32_t>(sighting.source);
    json["state"] = name_of(sighting.state);
    json["list_version"] = sighting.list_version;
    json["signal"] = name_of(sighting.type);
    json["distance"] = sighting.distance_bits;
    json["radius"] = sighting.radius_bits;
    json["tenant"] = path_to_utf8(sighting.tenant);
    json["place"] = path_to_utf8(sighting.place);
    json["time"] = to_text(sighting.time);
    console.print(to_line(json) + "\n");
    return;
  }
  std::string line = to_text(sighting.time) + "  entry " + to_text(sighting.entry) + "  ";
  line.append(name_of(sighting.type));
  if (sighting.type == SignalType::kPdq) line += " at " + std::to_string(sighting.distance_bits);
  line.append("  ").append(sighting.tenant).append("  ").append(sighting.place);
  console.print(shown_text(line) + "\n");
}

void note_report(Console& console, const RetroReport& report) {
  if (report.low_quality != 0) {
    console.note(std::to_string(report.low_quality) + " pairs within the radius left out: low quality");
  }
  if (report.unreadable_rows != 0) {
    console.note(std::to_string(report.unreadable_rows) +
                 " observations could not be read; look with: seawall observations check");
  }
}

void SearchProgress::show(std::uint64_t done, std::uint64_t total) {
  look();
  console_.progress("looked at " + std::to_string(done) + " of " + std::to_string(total) + " observations");
}

}  // namespace seawall::cli
