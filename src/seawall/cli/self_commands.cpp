#include "seawall/cli/self_commands.h"

#include <array>

#include "seawall/cli/commands.h"
#include "seawall/cli/completion.h"
#include "seawall/cli/help.h"

namespace seawall::cli {
namespace {

Result<Outcome> run_completion(const Arguments& arguments, Console& console) {
  const std::string& shell = arguments.positionals()[0];
  if (shell == "bash") console.print(bash_completion(all_commands()));
  if (shell == "zsh") console.print(zsh_completion(all_commands()));
  if (shell == "fish") console.print(fish_completion(all_commands()));
  return Outcome{};
}

Result<Outcome> run_man(const Arguments& /*arguments*/, Console& console) {
  console.print(man_page(all_commands()));
  return Outcome{};
}

constexpr std::array kShell{
    PositionalSpec{.name = "SHELL", .help = "bash, zsh or fish", .choices = "bash zsh fish"}};
constexpr std::array kCompletionExamples{
    Example{"source <(seawall completion bash)", "Completion in this bash session."},
    Example{"seawall completion fish > ~/.config/fish/completions/seawall.fish", "In every fish session."}};
constexpr std::array kManExamples{Example{"seawall man | man -l -", "Read the manual."}};

}  // namespace

const CommandSpec& completion_command() {
  static constexpr CommandSpec kCommand{
      .name = "completion",
      .summary = "print a completion script for bash, zsh or fish",
      .description = "Prints a script that lets the shell complete commands, options and values.",
      .positionals = kShell,
      .options = {},
      .examples = kCompletionExamples,
      .run = run_completion};
  return kCommand;
}

const CommandSpec& man_command() {
  static constexpr CommandSpec kCommand{
      .name = "man",
      .summary = "print the manual page",
      .description = "Prints the manual page (troff), the same as seawall(1).",
      .positionals = {},
      .options = {},
      .examples = kManExamples,
      .run = run_man};
  return kCommand;
}

}  // namespace seawall::cli
