#include "seawall/cli/parse.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace seawall::cli {
namespace {

// Levenshtein with adjacent swaps counted as one; both words are short.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                             cost[i - 1][j - 1] + static_cast<std::size_t>(a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view nearest = nearest_of(word, candidates);
  return nearest.empty() ? std::string() : ", did you mean \"" + std::string(nearest) + "\"?";
}

tl::unexpected<Error> usage_error(std::string message) {
  return fail(Code::kInvalidInput, std::move(message));
}

std::string see_help(const CommandSpec& command) {
  return " (try: seawall " + std::string(command.name) + " --help)";
}

bool is_choice(std::string_view value, std::string_view choices) {
  const std::string padded = " " + std::string(choices) + " ";
  return value.find(' ') == std::string_view::npos &&
         padded.find(" " + std::string(value) + " ") != std::string::npos;
}

Result<void> check_value(const OptionSpec& option, const std::string& value) {
  if (option.kind == ValueKind::kInteger) {
    std::int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end || number < option.minimum || number > option.maximum) {
      return usage_error(std::string(option.name) + " takes a whole number from " +
                         std::to_string(option.minimum) + " to " + std::to_string(option.maximum) +
                         ", not \"" + value + "\"");
    }
  }
  if (option.kind == ValueKind::kChoice && !is_choice(value, option.choices)) {
    return usage_error(std::string(option.name) + " takes one of: " + std::string(option.choices) +
                       "; not \"" + value + "\"");
  }
  return {};
}

Result<void> check_positionals(const CommandSpec& command, const std::vector<std::string>& given) {
  std::size_t required = 0;
  bool endless = false;
  for (const PositionalSpec& positional : command.positionals) {
    if (positional.required) ++required;
    endless = endless || positional.repeatable;
  }
  if (given.size() < required) {
    return usage_error("\"seawall " + std::string(command.name) + "\" needs " +
                       std::string(command.positionals[given.size()].name) + see_help(command));
  }
  if (!endless && given.size() > command.positionals.size()) {
    return usage_error("\"" + given[command.positionals.size()] + "\" is one argument too many" +
                       see_help(command));
  }
  for (std::size_t i = 0; i < given.size() && i < command.positionals.size(); ++i) {
    const PositionalSpec& positional = command.positionals[i];
    if (!positional.choices.empty() && !is_choice(given[i], positional.choices)) {
      return usage_error(std::string(positional.name) + " is one of: " + std::string(positional.choices) +
                         "; not \"" + given[i] + "\"");
    }
  }
  return {};
}

tl::unexpected<Error> unknown_option(const CommandSpec& command, const std::string& word) {
  std::vector<std::string_view> names{"--help"};
  for (const OptionSpec& option : command.options) names.push_back(option.name);
  const std::string name = word.substr(0, word.find('='));
  return usage_error("\"seawall " + std::string(command.name) + "\" has no option " + name +
                     suggestion(name, names) + see_help(command));
}

const OptionSpec* find_option(const CommandSpec& command, std::string_view name) {
  for (const OptionSpec& option : command.options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

// The words split by the spec, values not yet checked.
struct SplitWords {
  std::map<std::string_view, std::vector<std::string>> values;
  std::vector<std::string> positionals;
};

// Reads the option at words[at]; returns how many words it took.
Result<std::size_t> split_option(const CommandSpec& command, std::span<const std::string> words,
                                 std::size_t at, SplitWords& split) {
  const std::string& word = words[at];
  const std::size_t equals = word.find('=');
  const OptionSpec* option = find_option(command, word.substr(0, equals));
  if (option == nullptr) return unknown_option(command, word);
  std::vector<std::string>& values = split.values[option->name];
  if (option->kind == ValueKind::kFlag) {
    if (equals == std::string::npos) return 1;
    return usage_error(std::string(option->name) + " takes no value" + see_help(command));
  }
  if (!values.empty() && !option->repeatable) {
    return usage_error(std::string(option->name) + " is given more than once" + see_help(command));
  }
  if (equals != std::string::npos) {
    values.push_back(word.substr(equals + 1));
    return 1;
  }
  if (at + 1 == words.size()) {
    return usage_error(std::string(option->name) + " needs a value: " + std::string(option->name) + " " +
                       std::string(option->value) + see_help(command));
  }
  values.push_back(words[at + 1]);
  return 2;
}

// Written here rather than taken from CLI11: docs/decisions/0005-command-line-parser.md.
Result<SplitWords> split_words(const CommandSpec& command, std::span<const std::string> words) {
  SplitWords split;
  std::size_t at = 0;
  while (at < words.size()) {
    const std::string& word = words[at];
    if (word == "--") {
      split.positionals.insert(split.positionals.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                               words.end());
      break;
    }
    if (word.size() < 2 || word[0] != '-') {
      split.positionals.push_back(word);
      ++at;
      continue;
    }
    SEAWALL_TRY(const std::size_t taken, split_option(command, words, at, split));
    at += taken;
  }
  return split;
}

}  // namespace

std::string_view nearest_of(std::string_view word, std::span<const std::string_view> candidates) {
  for (const std::string_view candidate : candidates) {
    if (word.size() >= 2 && candidate.starts_with(word)) return candidate;
  }
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word.substr(0, 64), candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

Result<CommandChoice> choose_command(std::span<const CommandSpec* const> commands,
                                     std::span<const std::string> words) {
  const std::string first = words.empty() ? "" : words[0];
  const std::string two = words.size() < 2 ? first : first + " " + words[1];
  std::vector<std::string_view> groups;
  std::vector<std::string_view> in_group;
  for (const CommandSpec* command : commands) {
    if (command->name == two && two != first) return CommandChoice{command, words.subspan(2)};
    const std::size_t space = command->name.find(' ');
    groups.push_back(command->name.substr(0, space));
    if (command->name.substr(0, space) == first) in_group.push_back(command->name);
  }
  for (const CommandSpec* command : commands) {
    if (command->name == first) return CommandChoice{command, words.subspan(1)};
  }
  if (!in_group.empty()) {
    if (words.size() > 1) {
      return usage_error("no command \"" + two + "\"" + suggestion(two, in_group) + ". Try: seawall " +
                         first + " --help");
    }
    return usage_error("\"" + first + "\" needs a command after it (try: seawall " + first + " --help)");
  }
  return usage_error("no command \"" + first + "\"" + suggestion(first, groups) + " (try: seawall --help)");
}

Result<Arguments> parse_arguments(const CommandSpec& command, std::span<const std::string> words) {
  SEAWALL_TRY(SplitWords split, split_words(command, words));
  Arguments arguments(command);
  for (auto& [name, values] : split.values) {
    for (const std::string& value : values) SEAWALL_CHECK(check_value(*find_option(command, name), value));
    arguments.set(name, std::move(values));
  }
  SEAWALL_CHECK(check_positionals(command, split.positionals));
  arguments.set_positionals(std::move(split.positionals));
  return arguments;
}

}  // namespace seawall::cli
