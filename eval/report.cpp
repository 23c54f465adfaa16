#include "report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "statistics.h"
#include "words.h"

namespace seawall::eval {
namespace {

/// Percentage points that a run may fall under the baseline's figures: one picture of a small set may change
/// sides.
double slack_points(int trials) { return std::max(4.0, 150.0 / std::max(1, trials)); }

std::string recalls(const std::array<int, kRadii.size()>& hits, int trials) {
  std::string text;
  for (const int count : hits) {
    if (!text.empty()) text += '/';
    text += format("%.0f", percent(count, trials));
  }
  return text;
}

std::string interval(int hits, int trials) {
  const Interval bounds = wilson_interval(hits, trials);
  return format("%.0f-%.0f", 100 * bounds.low, 100 * bounds.high);
}

std::string false_cell(const FalseResult& result, std::size_t profile) {
  std::string text;
  for (const int count : result.pairs_matched[profile]) {
    if (!text.empty()) text += " / ";
    text += count == 0 ? "0" : format("%d", count);
  }
  return text;
}

nlohmann::json profiles_json(const Counts& counts) {
  nlohmann::json json;
  for (std::size_t p = 0; p < kProfiles.size(); ++p) {
    json[std::string(name_of(kProfiles[p]))] = counts[p];
  }
  return json;
}

nlohmann::json recall_json(const EditResult& result) {
  nlohmann::json line = {
      {"kind", "recall"},        {"edit", result.edit->name}, {"group", result.edit->group},
      {"trials", result.trials}, {"radii", kRadii},           {"hits", profiles_json(result.hits)}};
  for (std::size_t p = 0; p < kProfiles.size(); ++p) {
    nlohmann::json bounds = nlohmann::json::array();
    for (const int hits : result.hits[p]) {
      const Interval wilson = wilson_interval(hits, result.trials);
      bounds.push_back({wilson.low, wilson.high});
    }
    line["wilson95"][std::string(name_of(kProfiles[p]))] = bounds;
  }
  return line;
}

}  // namespace

std::string to_markdown(const Evaluation& evaluation) {
  std::string text;
  const auto row = [&](const std::string& name, const std::string& a, const std::string& b,
                       const std::string& c, const std::string& d) {
    text += format("| %-24s | %-11s | %-11s | %-11s | %-10s |\n", name.c_str(), a.c_str(), b.c_str(),
                   c.c_str(), d.c_str());
  };
  row("edit", "plain", "default", "thorough", "95 % at 31");
  row("---", "---", "---", "---", "---");
  for (const EditResult& result : evaluation.edits) {
    row(std::string(result.edit->name), recalls(result.hits[0], result.trials),
        recalls(result.hits[1], result.trials), recalls(result.hits[2], result.trials),
        interval(result.hits[2][0], result.trials));
  }
  if (evaluation.unrelated.empty()) return text;
  text += "\n| unrelated pictures | pictures (listable) | pairs | plain | default | thorough |\n";
  text += "|---|---|---|---|---|---|\n";
  for (const FalseResult& result : evaluation.unrelated) {
    text += format("| %s | %d (%d) | %lld | %s | %s | %s |\n", result.family.c_str(), result.pictures,
                   result.usable, static_cast<long long>(result.pairs), false_cell(result, 0).c_str(),
                   false_cell(result, 1).c_str(), false_cell(result, 2).c_str());
  }
  return text;
}

std::string to_ndjson(const Evaluation& evaluation) {
  std::string text;
  for (const EditResult& result : evaluation.edits) text += recall_json(result).dump() + "\n";
  for (const FalseResult& result : evaluation.unrelated) {
    const nlohmann::json line = {{"kind", "false_matches"},
                                 {"family", result.family},
                                 {"pictures", result.pictures},
                                 {"usable", result.usable},
                                 {"pairs", result.pairs},
                                 {"radii", kRadii},
                                 {"pairs_matched", profiles_json(result.pairs_matched)}};
    text += line.dump() + "\n";
  }
  return text;
}

std::string to_svg(const Evaluation& evaluation) {
  constexpr int kRow = 18;
  constexpr int kLeft = 190;
  constexpr int kWidth = 420;
  constexpr std::array kFills = {"#b8bcc4", "#6ea8d8", "#1f5f99"};
  const int height = 60 + kRow * static_cast<int>(evaluation.edits.size());
  std::string svg = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
      "font-size=\"11\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
      kLeft + kWidth + 50, height);
  constexpr std::array kNames = {"plain PDQ", "default profile", "thorough profile"};
  for (std::size_t p = 0; p < kNames.size(); ++p) {
    const int x = kLeft + 130 * static_cast<int>(p);
    svg += format(
        "<rect x=\"%d\" y=\"12\" width=\"10\" height=\"10\" fill=\"%s\"/><text x=\"%d\" y=\"21\">%s</text>\n",
        x, kFills[p], x + 15, kNames[p]);
  }
  int y = 38;
  for (const EditResult& result : evaluation.edits) {
    svg += format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", kLeft - 8, y + 10,
                  std::string(result.edit->name).c_str());
    for (std::size_t p = 0; p < kFills.size(); ++p) {
      const double width = percent(result.hits[p][0], result.trials) / 100 * kWidth;
      svg += format("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"4\" fill=\"%s\"/>\n", kLeft,
                    y + 4 * static_cast<int>(p), width, kFills[p]);
    }
    svg += format("<text x=\"%d\" y=\"%d\">%.0f</text>\n", kLeft + kWidth + 6, y + 10,
                  percent(result.hits[2][0], result.trials));
    y += kRow;
  }
  svg += format("<text x=\"%d\" y=\"%d\">recall at distance 31, percent (right: thorough)</text>\n</svg>\n",
                kLeft, height - 8);
  return svg;
}

std::string to_baseline(const Evaluation& evaluation) {
  nlohmann::json json;
  for (const EditResult& result : evaluation.edits) {
    for (std::size_t p = 0; p < kProfiles.size(); ++p) {
      nlohmann::json floors = nlohmann::json::array();
      for (const int hits : result.hits[p]) {
        floors.push_back(
            std::max(0.0, std::floor(percent(hits, result.trials) - slack_points(result.trials))));
      }
      json["recall_percent_at_least"][std::string(result.edit->name)][std::string(name_of(kProfiles[p]))] =
          floors;
    }
  }
  for (const FalseResult& result : evaluation.unrelated) {
    Counts ceilings = result.pairs_matched;
    for (auto& of_profile : ceilings) {
      // None more at 31; the wider radii, which no single picture is judged by, get some room.
      for (std::size_t r = 1; r < kRadii.size(); ++r) of_profile[r] += of_profile[r] / 2 + 2;
    }
    json["pairs_matched_at_most"][result.family] = profiles_json(ceilings);
  }
  return json.dump() + "\n";
}

std::string shortfalls(const Evaluation& evaluation, const std::filesystem::path& baseline) {
  std::ifstream file(baseline);
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded() || !json.contains("recall_percent_at_least"))
    return "the baseline cannot be read\n";
  std::string text;
  for (const EditResult& result : evaluation.edits) {
    const auto& floors =
        json["recall_percent_at_least"].value(std::string(result.edit->name), nlohmann::json());
    if (floors.is_null()) text += std::string(result.edit->name) + ": not in the baseline\n";
    for (std::size_t p = 0; !floors.is_null() && p < kProfiles.size(); ++p) {
      for (std::size_t r = 0; r < kRadii.size(); ++r) {
        const double least = floors[std::string(name_of(kProfiles[p]))][r].get<double>();
        const double measured = percent(result.hits[p][r], result.trials);
        if (measured >= least) continue;
        text += format("%s, %s, radius %d: %.1f %%, at least %.1f wanted\n",
                       std::string(result.edit->name).c_str(), std::string(name_of(kProfiles[p])).c_str(),
                       kRadii[r], measured, least);
      }
    }
  }
  for (const FalseResult& result : evaluation.unrelated) {
    const auto& ceilings = json["pairs_matched_at_most"].value(result.family, nlohmann::json());
    if (ceilings.is_null()) text += result.family + ": not in the baseline\n";
    for (std::size_t p = 0; !ceilings.is_null() && p < kProfiles.size(); ++p) {
      for (std::size_t r = 0; r < kRadii.size(); ++r) {
        const int most = ceilings[std::string(name_of(kProfiles[p]))][r].get<int>();
        if (result.pairs_matched[p][r] <= most) continue;
        text +=
            format("%s, %s, radius %d: %d false matches, at most %d wanted\n", result.family.c_str(),
                   std::string(name_of(kProfiles[p])).c_str(), kRadii[r], result.pairs_matched[p][r], most);
      }
    }
  }
  return text;
}

}  // namespace seawall::eval
