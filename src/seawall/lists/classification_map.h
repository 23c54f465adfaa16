#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/model/classification.h"

namespace seawall {

/// Schemes that others ask for; kOther is never a target.
inline constexpr std::array kMappedSchemes = {ClassificationScheme::kNcmec, ClassificationScheme::kUk,
                                              ClassificationScheme::kInterpol, ClassificationScheme::kIccam,
                                              ClassificationScheme::kGifct};

/// What a stored decision says under another body's scheme.
struct MappedClassification {
  ClassificationScheme scheme = ClassificationScheme::kOther;
  std::optional<std::string> value;  ///< None: the decision does not say; nothing is guessed.
  bool exact = false;                ///< The value says all of the decision and nothing more.
  std::string lost;                  ///< In words, what is lost or why there is no value; empty when exact.
  friend bool operator==(const MappedClassification&, const MappedClassification&) = default;
};

/// The decision under scheme `to`. Total: any classification, even one check_classification() would refuse,
/// has an answer. Never invents: a value is given only where every item with this decision has it under `to`
/// by the two schemes' own words. Pure. docs/classifications.md has the whole table.
[[nodiscard]] MappedClassification map_classification(const Classification& from, ClassificationScheme to);

/// The table of docs/classifications.md, as Markdown: one row for each closed value and target that is
/// another scheme, then the open schemes. A test compares the page with it.
[[nodiscard]] std::string classification_table();

}  // namespace seawall
