#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// Under whose scheme a body decided about an entry.
enum class ClassificationScheme : std::uint8_t {
  kNcmec = 1,     ///< "A1", "A2", "B1", "B2".
  kUk = 2,        ///< "A", "B", "C" (Sentencing Council tiers).
  kInterpol = 3,  ///< "baseline", "not-baseline".
  kIccam = 4,     ///< "baseline", "nationally-illegal", "not-illegal".
  kGifct = 5,     ///< Free text: the name of the event or entity.
  kOther = 6,     ///< Free text in a scheme this build does not know; never mapped.
};
inline constexpr std::array kClassificationSchemes = {
    ClassificationScheme::kNcmec, ClassificationScheme::kUk,    ClassificationScheme::kInterpol,
    ClassificationScheme::kIccam, ClassificationScheme::kGifct, ClassificationScheme::kOther};

/// "ncmec", "uk", "interpol", "iccam", "gifct", "other".
[[nodiscard]] std::string_view name_of(ClassificationScheme scheme);
/// Errors: kInvalidInput.
Result<ClassificationScheme> classification_scheme_from_text(std::string_view text);

/// The one decision an entry stores, as the body that made it wrote it. Mapped to other schemes only when it
/// is shown or exported, by `lists`, with the loss stated.
struct Classification {
  static constexpr std::size_t kValueBytesMax = 200;

  ClassificationScheme scheme = ClassificationScheme::kOther;
  std::string value;
  friend bool operator==(const Classification&, const Classification&) = default;
};

/// Checks the value against its scheme. Errors: kInvalidInput names the values allowed.
Result<void> check_classification(const Classification& classification);

}  // namespace seawall
