#include "seawall/cli/command.h"

#include <cassert>
#include <charconv>

namespace seawall::cli {

bool Arguments::flag(std::string_view option) const { return values_.find(option) != values_.end(); }

std::optional<std::string> Arguments::text(std::string_view option) const {
  if (const auto found = values_.find(option); found != values_.end() && !found->second.empty()) {
    return found->second.back();
  }
  for (const OptionSpec& spec : command_->options) {
    if (spec.name == option && !spec.default_value.empty()) return std::string(spec.default_value);
  }
  return std::nullopt;
}

std::optional<std::int64_t> Arguments::integer(std::string_view option) const {
  const auto value = text(option);
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  const auto read = std::from_chars(value->data(), value->data() + value->size(), number);
  if (read.ec != std::errc()) return std::nullopt;  // A default such as "all cores": no number.
  return number;
}

std::vector<std::string> Arguments::all(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

void Arguments::set(std::string_view option, std::vector<std::string> values) {
  values_.insert_or_assign(std::string(option), std::move(values));
}

Outcome usage_failure(Console& console, std::string_view message) {
  console.note(message);
  return {.bad_usage = true};
}

}  // namespace seawall::cli
