#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/cli/command.h"

namespace seawall::cli {

/// Which command the words begin with, and the words after it.
struct CommandChoice {
  const CommandSpec* command = nullptr;
  std::span<const std::string> rest;
};

/// Finds the command named by the first one or two words. Errors: kInvalidInput with what was meant ("did you
/// mean ...?").
Result<CommandChoice> choose_command(std::span<const CommandSpec* const> commands,
                                     std::span<const std::string> words);

/// Reads `words` by `command`'s spec. Errors: kInvalidInput, one sentence that names the word at fault and
/// the nearest thing that exists.
Result<Arguments> parse_arguments(const CommandSpec& command, std::span<const std::string> words);

/// The first candidate that `word` begins, else the nearest (edit distance at most a third of its length, at
/// least 1), or "".
[[nodiscard]] std::string_view nearest_of(std::string_view word,
                                          std::span<const std::string_view> candidates);

}  // namespace seawall::cli
