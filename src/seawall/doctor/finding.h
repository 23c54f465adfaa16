#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

enum class Health : std::uint8_t { kOk, kWarn, kFail };
/// "ok", "warn", "fail".
[[nodiscard]] std::string_view name_of(Health health);

/// What one check of an installation found. Never with a secret.
struct Finding {
  std::string check;  ///< "store", "certificate", ...; a word of the program.
  Health health = Health::kOk;
  std::string text;                 ///< What is so.
  std::string todo = {};            ///< What to do; empty where nothing is.
  Code code = Code::kInvalidInput;  ///< With kFail: whose exit code it has.
};
using Findings = std::vector<Finding>;

[[nodiscard]] Finding good(std::string_view check, std::string text);
[[nodiscard]] Finding warn(std::string_view check, std::string text, std::string todo);
/// The error's text says what to do.
[[nodiscard]] Finding bad(std::string_view check, const Error& error, std::string todo = {});

}  // namespace seawall
