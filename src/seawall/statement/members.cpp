#include "seawall/statement/members.h"

#include <algorithm>
#include <functional>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

const Json kNull;

std::string sentence(std::string_view name, std::string_view rest) {
  return "member " + std::string(name) + " " + std::string(rest);
}

}  // namespace

Members::Members(const Json& object) : object_(object) {
  if (!object.is_object()) refuse("it is no object");
}

bool Members::has(std::string_view name) const { return object_.is_object() && object_.contains(name); }

const Json* Members::take(std::string_view name) {
  if (!has(name)) {
    refuse(sentence(name, "is missing"));
    return nullptr;
  }
  seen_.emplace(name);
  return &object_.at(std::string(name));
}

std::string Members::text(std::string_view name, std::size_t bytes_max) {
  const Json* value = take(name);
  if (value == nullptr) return {};
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    if (!text.empty() && text.size() <= bytes_max) return text;
  }
  refuse(sentence(name, "is no text of 1 to " + std::to_string(bytes_max) + " bytes"));
  return {};
}

std::uint64_t Members::number(std::string_view name, std::uint64_t min, std::uint64_t max) {
  const Json* value = take(name);
  if (value == nullptr) return min;
  // What was read is unsigned; what a program made may be an int.
  if (value->is_number_unsigned() || (value->is_number_integer() && value->get<std::int64_t>() >= 0)) {
    const auto number = value->get<std::uint64_t>();
    if (number >= min && number <= max) return number;
  }
  refuse(sentence(name, "is no whole number from " + std::to_string(min) + " to " + std::to_string(max)));
  return min;
}

Time Members::time(std::string_view name) {
  const std::string written = text(name, 32);
  const auto time = time_of_seconds(written);
  if (!time) refuse(sentence(name, "is no time such as 2026-11-22T23:00:00Z"));
  return time.value_or(Time{});
}

std::vector<std::string> Members::texts(std::string_view name, std::size_t count_max, std::size_t bytes_max) {
  std::vector<std::string> all;
  for (const Json& element : array(name, count_max)) {
    const bool fits = element.is_string() && !element.get_ref<const std::string&>().empty() &&
                      element.get_ref<const std::string&>().size() <= bytes_max;
    if (!fits)
      refuse(sentence(name, "holds what is no text of 1 to " + std::to_string(bytes_max) + " bytes"));
    all.push_back(fits ? element.get<std::string>() : std::string());
  }
  if (std::ranges::adjacent_find(all, std::greater_equal<>{}) != all.end()) {
    refuse(sentence(name, "is not sorted, or holds a text twice"));
  }
  return all;
}

const Json& Members::object(std::string_view name) {
  const Json* value = take(name);
  if (value != nullptr && value->is_object()) return *value;
  refuse(sentence(name, "is no object"));
  return kNull;
}

const Json& Members::array(std::string_view name, std::size_t count_max) {
  const Json* value = take(name);
  if (value != nullptr && value->is_array() && value->size() <= count_max) return *value;
  refuse(sentence(name, "is no array of at most " + std::to_string(count_max)));
  return kNull;
}

std::optional<std::string> Members::optional_text(std::string_view name, std::size_t bytes_max) {
  return has(name) ? std::optional(text(name, bytes_max)) : std::nullopt;
}
std::optional<std::uint64_t> Members::optional_number(std::string_view name, std::uint64_t min,
                                                      std::uint64_t max) {
  return has(name) ? std::optional(number(name, min, max)) : std::nullopt;
}
std::optional<Time> Members::optional_time(std::string_view name) {
  return has(name) ? std::optional(time(name)) : std::nullopt;
}

void Members::refuse(std::string what) {
  if (wrong_.empty()) wrong_ = std::move(what);
}

Result<void> Members::done(std::string_view where) {
  if (wrong_.empty() && object_.size() != seen_.size()) wrong_ = "it holds a member that it should not have";
  if (wrong_.empty()) return {};
  return fail(Code::kInvalidInput, std::string(where) + ": " + wrong_);
}

std::string second_text(Time time) { return to_text(Time(std::chrono::floor<std::chrono::seconds>(time))); }

Result<Time> time_of_seconds(std::string_view text) {
  SEAWALL_TRY(const Time time, time_from_text(text));
  if (second_text(time) != text) return fail(Code::kInvalidInput, "a time is written 2026-11-22T23:00:00Z");
  return time;
}

}  // namespace seawall
