#include "clip_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../statistics.h"
#include "../words.h"

namespace seawall::eval {
namespace {

/// The rules of the recall table, in its order.
constexpr std::array kShown = {ClipRule::kPlain, ClipRule::kDefault, ClipRule::kThorough,
                               ClipRule::kLarge, ClipRule::kVpdq,    ClipRule::kVpdqAny};
constexpr std::array kCompared = {ClipRule::kPlain, ClipRule::kDefault, ClipRule::kThorough,
                                  ClipRule::kLarge};

std::size_t at(ClipRule rule) { return static_cast<std::size_t>(rule); }

/// The value that `part` of `values` do not pass; 0 of none.
double quantile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const double place = part * static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::lround(place))];
}

std::vector<double> column(const std::vector<TimeError>& errors, double TimeError::*member) {
  std::vector<double> values;
  for (const TimeError& error : errors) values.push_back(error.*member);
  return values;
}

std::string median_and_worst(const std::vector<TimeError>& errors, double TimeError::*member) {
  return format("%.2f / %.2f", quantile(column(errors, member), 0.5), quantile(column(errors, member), 0.95));
}

int wrong_in_edits(const ClipEvaluation& evaluation, ClipRule rule) {
  int sum = 0;
  for (const ClipEditResult& edit : evaluation.edits) sum += edit.wrong[at(rule)];
  return sum;
}

std::string recall_table(const ClipEvaluation& evaluation) {
  std::string text =
      "| edit | plain | default | thorough | 95 % | large list | vPDQ, 80 % | vPDQ, 1 frame | found of it | "
      "query s | clip s | "
      "alignment s |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const ClipEditResult& edit : evaluation.edits) {
    const Interval bounds = wilson_interval(edit.found[at(ClipRule::kThorough)], edit.trials);
    const auto cell = [&](ClipRule rule) { return percent(edit.found[at(rule)], edit.trials); };
    text += format("| %s | %.0f | %.0f | %.0f | %.0f-%.0f | %.0f | %.0f | %.0f | %.0f %% ",
                   std::string(edit.edit->name).c_str(), cell(ClipRule::kPlain), cell(ClipRule::kDefault),
                   cell(ClipRule::kThorough), 100 * bounds.low, 100 * bounds.high, cell(ClipRule::kLarge),
                   cell(ClipRule::kVpdq), cell(ClipRule::kVpdqAny),
                   edit.seconds_shown > 0 ? 100 * edit.seconds_found / edit.seconds_shown : 0.0);
    text += "| " + median_and_worst(edit.errors, &TimeError::query_seconds) + " | " +
            median_and_worst(edit.errors, &TimeError::reference_seconds) + " | " +
            median_and_worst(edit.errors, &TimeError::alignment_seconds) + " |\n";
  }
  return text;
}

std::string false_row(const std::string& name, const std::string& videos, const RuleCounts& wrong) {
  std::string text = "| " + name + " | " + videos;
  for (const ClipRule rule : kShown) text += " | " + std::to_string(wrong[at(rule)]);
  return text + " | " + std::to_string(wrong[at(ClipRule::kNoBenign)]) + " |\n";
}

std::string false_table(const ClipEvaluation& evaluation) {
  std::string text =
      "\n| unlisted videos | how many | plain | default | thorough | large list | vPDQ, 80 % | vPDQ, 1 frame "
      "| thorough, no "
      "benign list |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const UnrelatedResult& result : evaluation.unrelated)
    text += false_row(result.family, format("%d (%.0f s)", result.videos, result.seconds), result.wrong);
  RuleCounts wrong{};
  int trials = 0;
  for (const ClipEditResult& edit : evaluation.edits) {
    trials += edit.trials;
    for (std::size_t r = 0; r < kClipRules; ++r) wrong[r] += edit.wrong[r];
  }
  return text + false_row("the edited clips, of other listed ones", std::to_string(trials), wrong);
}

nlohmann::json counts_json(const RuleCounts& counts) {
  nlohmann::json json;
  for (std::size_t r = 0; r < kClipRules; ++r) json[std::string(kClipRuleNames[r])] = counts[r];
  return json;
}

nlohmann::json edit_json(const ClipEditResult& edit) {
  nlohmann::json line = {{"kind", "clip_recall"},
                         {"edit", edit.edit->name},
                         {"group", edit.edit->group},
                         {"trials", edit.trials},
                         {"found", counts_json(edit.found)},
                         {"false_clips", counts_json(edit.wrong)},
                         {"seconds_shown", edit.seconds_shown},
                         {"seconds_found", edit.seconds_found},
                         {"missed", edit.missed}};
  for (std::size_t r = 0; r < kClipRules; ++r) {
    const Interval bounds = wilson_interval(edit.found[r], edit.trials);
    line["wilson95"][std::string(kClipRuleNames[r])] = {bounds.low, bounds.high};
  }
  const auto add = [&](const char* name, double TimeError::*member) {
    const std::vector<double> values = column(edit.errors, member);
    line[name] = {{"median", quantile(values, 0.5)}, {"p95", quantile(values, 0.95)}};
  };
  add("query_error_s", &TimeError::query_seconds);
  add("clip_error_s", &TimeError::reference_seconds);
  add("alignment_error_s", &TimeError::alignment_seconds);
  return line;
}

}  // namespace

std::string to_markdown(const ClipEvaluation& evaluation) {
  return recall_table(evaluation) + false_table(evaluation) +
         format("\n%d listed clips, %.0f s: %zu hashes as they are, %zu by the thorough profile. %.0f s.\n",
                evaluation.listed, evaluation.listed_seconds, evaluation.plain_hashes,
                evaluation.listed_hashes, evaluation.wall_seconds);
}

std::string to_ndjson(const ClipEvaluation& evaluation) {
  std::string text;
  for (const ClipEditResult& edit : evaluation.edits) text += edit_json(edit).dump() + "\n";
  for (const UnrelatedResult& result : evaluation.unrelated) {
    const nlohmann::json line = {{"kind", "clip_false_matches"},
                                 {"family", result.family},
                                 {"videos", result.videos},
                                 {"seconds", result.seconds},
                                 {"false_clips", counts_json(result.wrong)}};
    text += line.dump() + "\n";
  }
  const nlohmann::json line = {{"kind", "clip_set"},
                               {"listed", evaluation.listed},
                               {"listed_seconds", evaluation.listed_seconds},
                               {"plain_hashes", evaluation.plain_hashes},
                               {"thorough_hashes", evaluation.listed_hashes},
                               {"wall_seconds", evaluation.wall_seconds}};
  return text + line.dump() + "\n";
}

std::string to_svg(const ClipEvaluation& evaluation) {
  struct Bar {
    ClipRule rule;
    const char* fill;
    const char* name;
  };
  constexpr std::array kBars = {Bar{ClipRule::kVpdq, "#b8bcc4", "vPDQ (80 %)"},
                                Bar{ClipRule::kDefault, "#6ea8d8", "default profile"},
                                Bar{ClipRule::kThorough, "#1f5f99", "thorough profile"}};
  constexpr int kRow = 18;
  constexpr int kLeft = 210;
  constexpr int kWidth = 420;
  const int height = 60 + kRow * static_cast<int>(evaluation.edits.size());
  std::string svg = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
      "font-size=\"11\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
      kLeft + kWidth + 50, height);
  int x = kLeft;
  for (const Bar& bar : kBars) {
    svg += format(
        "<rect x=\"%d\" y=\"12\" width=\"10\" height=\"10\" fill=\"%s\"/>"
        "<text x=\"%d\" y=\"21\">%s</text>\n",
        x, bar.fill, x + 15, bar.name);
    x += 130;
  }
  int y = 38;
  for (const ClipEditResult& edit : evaluation.edits) {
    svg += format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", kLeft - 8, y + 10,
                  std::string(edit.edit->name).c_str());
    for (std::size_t i = 0; i < kBars.size(); ++i) {
      const double width = percent(edit.found[at(kBars[i].rule)], edit.trials) / 100 * kWidth;
      svg += format("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"4\" fill=\"%s\"/>\n", kLeft,
                    y + 4 * static_cast<int>(i), width, kBars[i].fill);
    }
    svg += format("<text x=\"%d\" y=\"%d\">%.0f</text>\n", kLeft + kWidth + 6, y + 10,
                  percent(edit.found[at(ClipRule::kThorough)], edit.trials));
    y += kRow;
  }
  return svg +
         format("<text x=\"%d\" y=\"%d\">listed clips found, percent (right: thorough)</text>\n</svg>\n",
                kLeft, height - 8);
}

std::string to_baseline(const ClipEvaluation& evaluation) {
  nlohmann::json json;
  for (const ClipEditResult& edit : evaluation.edits) {
    for (const ClipRule rule : kCompared)
      json["found_at_least"][std::string(edit.edit->name)][std::string(kClipRuleNames[at(rule)])] =
          std::max(0, edit.found[at(rule)] - (edit.found[at(rule)] == edit.trials ? 0 : 1));
  }
  for (const ClipRule rule : kCompared) {
    int wrong = wrong_in_edits(evaluation, rule);
    for (const UnrelatedResult& result : evaluation.unrelated) wrong += result.wrong[at(rule)];
    json["false_clips_at_most"][std::string(kClipRuleNames[at(rule)])] = wrong;
  }
  return json.dump() + "\n";
}

std::string shortfalls(const ClipEvaluation& evaluation, const std::filesystem::path& baseline) {
  std::ifstream file(baseline);
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded() || !json.contains("found_at_least")) return "the baseline cannot be read\n";
  std::string text;
  for (const ClipEditResult& edit : evaluation.edits) {
    const auto floors = json["found_at_least"].value(std::string(edit.edit->name), nlohmann::json());
    if (floors.is_null()) text += std::string(edit.edit->name) + ": not in the baseline\n";
    for (const ClipRule rule : kCompared) {
      const std::string name(kClipRuleNames[at(rule)]);
      if (floors.is_null() || edit.found[at(rule)] >= floors.value(name, 0)) continue;
      text +=
          format("%s, %s: %d of %d clips found, at least %d wanted\n", std::string(edit.edit->name).c_str(),
                 name.c_str(), edit.found[at(rule)], edit.trials, floors.value(name, 0));
    }
  }
  for (const ClipRule rule : kCompared) {
    const std::string name(kClipRuleNames[at(rule)]);
    int wrong = wrong_in_edits(evaluation, rule);
    for (const UnrelatedResult& result : evaluation.unrelated) wrong += result.wrong[at(rule)];
    const int most = json["false_clips_at_most"].value(name, 0);
    if (wrong > most) text += format("%s: %d false clips, at most %d wanted\n", name.c_str(), wrong, most);
  }
  return text;
}

}  // namespace seawall::eval
