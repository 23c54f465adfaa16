#include "seawall/doctor/finding.h"

#include <array>

namespace seawall {

std::string_view name_of(Health health) {
  static constexpr std::array<std::string_view, 3> kNames{"ok", "warn", "fail"};
  return kNames[static_cast<std::size_t>(health)];
}

Finding good(std::string_view check, std::string text) {
  return {std::string(check), Health::kOk, std::move(text)};
}

Finding warn(std::string_view check, std::string text, std::string todo) {
  return {std::string(check), Health::kWarn, std::move(text), std::move(todo)};
}

Finding bad(std::string_view check, const Error& error, std::string todo) {
  return {std::string(check), Health::kFail, error.message, std::move(todo), error.code};
}

}  // namespace seawall
