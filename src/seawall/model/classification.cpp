#include "seawall/model/classification.h"

#include <algorithm>
#include <span>

namespace seawall {
namespace {

constexpr std::string_view kNcmecValues[] = {"A1", "A2", "B1", "B2"};
constexpr std::string_view kUkValues[] = {"A", "B", "C"};
constexpr std::string_view kInterpolValues[] = {"baseline", "not-baseline"};
constexpr std::string_view kIccamValues[] = {"baseline", "nationally-illegal", "not-illegal"};

/// Empty: any text.
std::span<const std::string_view> values_of(ClassificationScheme scheme) {
  switch (scheme) {
    case ClassificationScheme::kNcmec:
      return kNcmecValues;
    case ClassificationScheme::kUk:
      return kUkValues;
    case ClassificationScheme::kInterpol:
      return kInterpolValues;
    case ClassificationScheme::kIccam:
      return kIccamValues;
    case ClassificationScheme::kGifct:
    case ClassificationScheme::kOther:
      break;
  }
  return {};
}

}  // namespace

std::string_view name_of(ClassificationScheme scheme) {
  switch (scheme) {
    case ClassificationScheme::kNcmec:
      return "ncmec";
    case ClassificationScheme::kUk:
      return "uk";
    case ClassificationScheme::kInterpol:
      return "interpol";
    case ClassificationScheme::kIccam:
      return "iccam";
    case ClassificationScheme::kGifct:
      return "gifct";
    case ClassificationScheme::kOther:
      break;
  }
  return "other";
}

Result<ClassificationScheme> classification_scheme_from_text(std::string_view text) {
  for (const ClassificationScheme scheme : kClassificationSchemes) {
    if (name_of(scheme) == text) return scheme;
  }
  return fail(Code::kInvalidInput, "a classification scheme is ncmec, uk, interpol, iccam, gifct or other");
}

Result<void> check_classification(const Classification& classification) {
  const auto& [scheme, value] = classification;
  if (value.empty() || value.size() > Classification::kValueBytesMax) {
    return fail(Code::kInvalidInput, "a classification is 1 to " +
                                         std::to_string(Classification::kValueBytesMax) + " bytes of text");
  }
  const auto allowed = values_of(scheme);
  if (allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return {};
  std::string message = "a classification under " + std::string(name_of(scheme)) + " is one of";
  for (const std::string_view one : allowed) message.append(" ").append(one);
  return fail(Code::kInvalidInput, std::move(message));
}

}  // namespace seawall
