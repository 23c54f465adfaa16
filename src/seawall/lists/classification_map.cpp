#include "seawall/lists/classification_map.h"

#include <vector>

namespace seawall {
namespace {

using Scheme = ClassificationScheme;

constexpr std::string_view kAnyText = "*";

/// One step from a value to another scheme. The first row that fits counts.
struct Row {
  Scheme from;
  std::string_view value;  ///< kAnyText: any.
  Scheme to;
  std::string_view mapped;  ///< Empty: no value.
  bool exact;
  std::string_view lost;
};

constexpr std::string_view kTierOne =
    "no value: NCMEC's first tier spans UK A and B, and the decision does not say which; the age group is "
    "lost";
constexpr std::string_view kTierTwo =
    "no value: both stand for a lesser tier, but the two bodies draw the line in their own words; the age "
    "group "
    "is lost";
constexpr std::string_view kNoBaseline =
    "no value: the decision does not say whether the baseline's criteria are met (real child, appears under "
    "13, "
    "severe act)";
constexpr std::string_view kNoAgeGroup = "no value: the decision does not name an age group as NCMEC's do";
constexpr std::string_view kNoUkTier = "no value: the decision does not name one of the UK's tiers";
constexpr std::string_view kNoIccam =
    "no value: the decision does not say whether the baseline is met, nor under which country's law it was "
    "taken";
constexpr std::string_view kNoEvent = "no value: GIFCT's scheme names events and entities, which this is not";
constexpr std::string_view kFromGifct = "no value: an event or entity says nothing in this scheme";
constexpr std::string_view kFromOther = "no value: a scheme that this build does not know is never mapped";

constexpr Row kRows[] = {
    {Scheme::kNcmec, "A1", Scheme::kUk, "", false, kTierOne},
    {Scheme::kNcmec, "B1", Scheme::kUk, "", false, kTierOne},
    {Scheme::kNcmec, "A2", Scheme::kUk, "", false, kTierTwo},
    {Scheme::kNcmec, "B2", Scheme::kUk, "", false, kTierTwo},
    {Scheme::kNcmec, kAnyText, Scheme::kUk, "", false, kNoUkTier},
    {Scheme::kNcmec, kAnyText, Scheme::kInterpol, "", false, kNoBaseline},
    {Scheme::kNcmec, kAnyText, Scheme::kIccam, "", false, kNoIccam},
    {Scheme::kNcmec, kAnyText, Scheme::kGifct, "", false, kNoEvent},

    {Scheme::kUk, kAnyText, Scheme::kNcmec, "", false, kNoAgeGroup},
    {Scheme::kUk, kAnyText, Scheme::kInterpol, "", false, kNoBaseline},
    {Scheme::kUk, kAnyText, Scheme::kIccam, "", false,
     "no value: unlawful in the UK, but whether as baseline or only nationally is not said"},
    {Scheme::kUk, kAnyText, Scheme::kGifct, "", false, kNoEvent},

    {Scheme::kInterpol, "baseline", Scheme::kIccam, "baseline", true, ""},
    {Scheme::kInterpol, "not-baseline", Scheme::kIccam, "", false,
     "no value: below the baseline it may be nationally illegal or not illegal; the decision does not say"},
    {Scheme::kInterpol, kAnyText, Scheme::kIccam, "", false, kNoIccam},
    {Scheme::kInterpol, kAnyText, Scheme::kNcmec, "", false, kNoAgeGroup},
    {Scheme::kInterpol, kAnyText, Scheme::kUk, "", false, kNoUkTier},
    {Scheme::kInterpol, kAnyText, Scheme::kGifct, "", false, kNoEvent},

    {Scheme::kIccam, "baseline", Scheme::kInterpol, "baseline", true, ""},
    {Scheme::kIccam, "nationally-illegal", Scheme::kInterpol, "not-baseline", false,
     "that it is unlawful in the deciding country"},
    {Scheme::kIccam, "not-illegal", Scheme::kInterpol, "not-baseline", false,
     "that it is not unlawful in the deciding country"},
    {Scheme::kIccam, kAnyText, Scheme::kInterpol, "", false, kNoBaseline},
    {Scheme::kIccam, kAnyText, Scheme::kNcmec, "", false, kNoAgeGroup},
    {Scheme::kIccam, kAnyText, Scheme::kUk, "", false, kNoUkTier},
    {Scheme::kIccam, kAnyText, Scheme::kGifct, "", false, kNoEvent},

    {Scheme::kGifct, kAnyText, Scheme::kNcmec, "", false, kFromGifct},
    {Scheme::kGifct, kAnyText, Scheme::kUk, "", false, kFromGifct},
    {Scheme::kGifct, kAnyText, Scheme::kInterpol, "", false, kFromGifct},
    {Scheme::kGifct, kAnyText, Scheme::kIccam, "", false, kFromGifct},
};

std::vector<Classification> closed_values() {
  return {{Scheme::kNcmec, "A1"},
          {Scheme::kNcmec, "A2"},
          {Scheme::kNcmec, "B1"},
          {Scheme::kNcmec, "B2"},
          {Scheme::kUk, "A"},
          {Scheme::kUk, "B"},
          {Scheme::kUk, "C"},
          {Scheme::kInterpol, "baseline"},
          {Scheme::kInterpol, "not-baseline"},
          {Scheme::kIccam, "baseline"},
          {Scheme::kIccam, "nationally-illegal"},
          {Scheme::kIccam, "not-illegal"},
          {Scheme::kGifct, "(any)"},
          {Scheme::kOther, "(any)"}};
}

}  // namespace

MappedClassification map_classification(const Classification& from, ClassificationScheme to) {
  if (from.scheme == to && to != Scheme::kOther) return {to, from.value, true, ""};
  for (const Row& row : kRows) {
    if (row.from != from.scheme || row.to != to) continue;
    if (row.value != kAnyText && row.value != from.value) continue;
    MappedClassification mapped{to, std::nullopt, row.exact, std::string(row.lost)};
    if (!row.mapped.empty()) mapped.value = std::string(row.mapped);
    return mapped;
  }
  return {to, std::nullopt, false, std::string(kFromOther)};
}

std::string classification_table() {
  std::string table = "| stored decision | as | value | exact | what is lost |\n|---|---|---|---|---|\n";
  for (const Classification& from : closed_values()) {
    for (const Scheme to : kMappedSchemes) {
      if (to == from.scheme) continue;
      const MappedClassification mapped = map_classification(from, to);
      table.append("| ").append(name_of(from.scheme)).append(" ").append(from.value);
      table.append(" | ").append(name_of(to));
      table.append(" | ").append(mapped.value.value_or("none"));
      table.append(mapped.exact ? " | yes | " : " | no | ");
      table.append(mapped.lost.empty() ? "nothing" : mapped.lost).append(" |\n");
    }
  }
  return table;
}

}  // namespace seawall
