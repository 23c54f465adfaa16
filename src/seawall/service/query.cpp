#include "seawall/service/query.h"

#include <algorithm>
#include <charconv>

#include "seawall/json/text.h"

namespace seawall {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = digit(text[i + 1]);
      const int low = digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (out.find('\0') != std::string::npos || !is_utf8(out)) return std::nullopt;
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

std::string place(std::string_view name) { return "?" + std::string(name); }

}  // namespace

Query::Read<Query> Query::of(std::string_view target) {
  Query query;
  const auto mark = target.find('?');
  auto rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    if (query.parameters_.size() == kParametersMax) {
      return refuse(ProblemKind::kInvalidInput, "at most 128 parameters may stand in the address");
    }
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals));
    auto value = decoded(equals == pair.size() ? std::string_view{} : pair.substr(equals + 1));
    if (!name || !value) {
      return refuse(ProblemKind::kInvalidInput, "the address's parameters must be percent-encoded UTF-8");
    }
    query.parameters_.push_back({*std::move(name), *std::move(value)});
  }
  return query;
}

Query::Read<std::optional<std::string_view>> Query::only(std::string_view name) {
  std::optional<std::string_view> found;
  for (Parameter& parameter : parameters_) {
    if (parameter.name != name) continue;
    if (found) return refuse_at(place(name), "it may stand there once");
    parameter.used = true;
    found = parameter.value;
  }
  return found;
}

Query::Read<std::optional<std::string>> Query::text(std::string_view name, std::size_t bytes_max) {
  auto value = only(name);
  if (!value) return tl::unexpected(std::move(value).error());
  if (!*value) return std::nullopt;
  if ((*value)->empty() || (*value)->size() > bytes_max) {
    return refuse_at(place(name), "1 to " + std::to_string(bytes_max) + " bytes of text are needed");
  }
  return std::string(**value);
}

Query::Read<std::optional<std::string>> Query::any_text(std::string_view name) {
  auto value = only(name);
  if (!value) return tl::unexpected(std::move(value).error());
  if (!*value) return std::nullopt;
  return std::string(**value);
}

Query::Read<std::optional<std::int64_t>> Query::number(std::string_view name, std::int64_t least,
                                                       std::int64_t most) {
  auto value = only(name);
  if (!value) return tl::unexpected(std::move(value).error());
  if (!*value) return std::nullopt;
  const std::string_view text = **value;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
    return refuse_at(place(name), "a whole number from " + std::to_string(least) + " to " +
                                      std::to_string(most) + " is needed");
  }
  return number;
}

Query::Read<std::optional<bool>> Query::flag(std::string_view name) {
  auto value = only(name);
  if (!value) return tl::unexpected(std::move(value).error());
  if (!*value) return std::nullopt;
  if (**value != "true" && **value != "false") return refuse_at(place(name), "true or false is needed");
  return **value == "true";
}

Query::Read<std::vector<std::string>> Query::all(std::string_view name, std::size_t count_max,
                                                 std::size_t bytes_max) {
  std::vector<std::string> values;
  for (Parameter& parameter : parameters_) {
    if (parameter.name != name) continue;
    parameter.used = true;
    if (values.size() == count_max) {
      return refuse_at(place(name), "at most " + std::to_string(count_max) + " are taken");
    }
    if (parameter.value.empty() || parameter.value.size() > bytes_max) {
      return refuse_at(place(name), "1 to " + std::to_string(bytes_max) + " bytes of text are needed");
    }
    values.push_back(parameter.value);
  }
  return values;
}

Query::Read<void> Query::finish() const {
  for (const Parameter& parameter : parameters_) {
    if (parameter.used) continue;
    // A name is the caller's own text: shown only where it can be one.
    if (is_name(parameter.name)) return refuse_at(place(parameter.name), "there is no such parameter here");
    return refuse(ProblemKind::kInvalidInput, "a parameter in the address is none of this path's");
  }
  return {};
}

}  // namespace seawall
