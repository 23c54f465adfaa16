#include "seawall/cli/program.h"

#include <algorithm>
#include <csignal>
#include <cstring>

#include "seawall/base/codes.h"
#include "seawall/cli/commands.h"
#include "seawall/cli/exit_codes.h"
#include "seawall/cli/help.h"
#include "seawall/cli/parse.h"
#include "seawall/json/text.h"

namespace seawall::cli {
namespace {

constexpr int kSignalExitBase = 128;

bool is_group(std::string_view word) {
  const std::string prefix = std::string(word) + " ";
  return std::ranges::any_of(all_commands(),
                             [&](const CommandSpec* c) { return c->name.starts_with(prefix); });
}

bool asks_for_help(std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (word == "--") return false;
    if (word == "--help" || word == "-h") return true;
  }
  return false;
}

int usage_failure(Console& console, const Error& error) {
  console.note(error.message);
  return kExitUsage;
}

int failure(Console& console, const Error& error) {
  if (console.json()) {
    std::string line = R"({"error":{"code":)";
    append_json_string(line, meaning_of(error.code).name);
    line += R"(,"message":)";
    append_json_string(line, error.message);
    console.print(line + "}}\n");
  }
  console.error(error);
  return meaning_of(error.code).exit_code;
}

int finish(Console& console, int exit_code, bool ended_as_asked = false) {
  console.flush();
  const int number = stop_signal();
  if (number != 0 && !ended_as_asked) return kSignalExitBase + number;
  if (console.out_errno() != 0) {
    console.error(
        {Code::kUnavailable, std::string("standard output: ") + std::strerror(console.out_errno())});
    return meaning_of(Code::kUnavailable).exit_code;
  }
  return console.out_closed() ? kSignalExitBase + SIGPIPE : exit_code;
}

int run_command(std::span<const std::string> words, Console::Streams streams) {
  Console plain(streams, false);
  auto choice = choose_command(all_commands(), words);
  if (!choice) {
    if (is_group(words[0]) && asks_for_help(words.subspan(1))) {
      plain.print(group_help(all_commands(), words[0]));
      return finish(plain, kExitNothingFound);
    }
    return usage_failure(plain, choice.error());
  }
  if (asks_for_help(choice->rest)) {
    plain.print(command_help(*choice->command));
    return finish(plain, kExitNothingFound);
  }
  auto arguments = parse_arguments(*choice->command, choice->rest);
  if (!arguments) return usage_failure(plain, arguments.error());
  Console console(streams, arguments->flag("--json"));
  auto outcome = choice->command->run(*arguments, console);
  if (!outcome) return finish(console, failure(console, outcome.error()));
  return finish(console, exit_code_of(*outcome), outcome->ended_as_asked);
}

}  // namespace

int run_program(const std::vector<std::string>& words, Console::Streams streams) {
  Console console(streams, false);
  if (words.empty()) {
    console.print_error(program_help(all_commands()));
    return kExitUsage;
  }
  const std::string& first = words[0];
  if (first == "--help" || first == "-h" || (first == "help" && words.size() == 1)) {
    console.print(program_help(all_commands()));
    return finish(console, kExitNothingFound);
  }
  if (first == "--version" || first == "-V") {
    console.print(version_line());
    return finish(console, kExitNothingFound);
  }
  if (first == "help") {
    std::vector<std::string> rest(words.begin() + 1, words.end());
    rest.emplace_back("--help");
    return run_command(rest, streams);
  }
  return run_command(words, streams);
}

}  // namespace seawall::cli
