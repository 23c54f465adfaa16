#include "seawall/cli/help.h"

#include <algorithm>

#include "seawall/cli/exit_codes.h"
#include "seawall/cli/version.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kWidth = 96;

// Appends `text` wrapped at kWidth, each line after `indent` spaces; the first line continues at `column`.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t column) {
  bool at_start = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!at_start && column + 1 + word.size() > kWidth) {
      out.append(1, '\n').append(indent, ' ');
      column = indent;
      at_start = true;
    }
    if (!at_start) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at_start = false;
  }
  out += '\n';
}

void append_row(std::string& out, std::string_view left, std::size_t left_width, std::string_view right) {
  out.append("  ").append(left);
  const std::size_t indent = left_width + 4;
  if (left.size() > left_width) {
    out.append(1, '\n').append(indent, ' ');
  } else {
    out.append(indent - 2 - left.size(), ' ');
  }
  append_wrapped(out, right, indent, indent);
}

void append_paragraphs(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    append_wrapped(out, text.substr(0, end), 0, 0);
    text.remove_prefix(std::min(end + 2, text.size()));
    if (!text.empty()) out += '\n';
  }
}

std::string option_name(const OptionSpec& option) {
  std::string name(option.name);
  if (!option.value.empty()) name.append(" ").append(option.value);
  return name;
}

std::string option_text(const OptionSpec& option) {
  std::string text(option.help);
  if (option.kind == ValueKind::kChoice) {
    std::string choices(option.choices);
    std::replace(choices.begin(), choices.end(), ' ', '|');
    text.append(": ").append(choices);
  }
  if (!option.default_value.empty()) text.append(" (default ").append(option.default_value).append(")");
  if (option.repeatable) text += "; may be given several times";
  return text;
}

void append_exit_codes(std::string& out) {
  out += "\nExit codes:\n";
  for (const ExitCodeMeaning& row : kExitCodes) {
    append_row(out, std::to_string(row.exit_code), 3, row.meaning);
  }
}

void append_examples(std::string& out, const CommandSpec& command) {
  if (command.examples.empty()) return;
  out += "\nExamples:\n";
  for (const Example& example : command.examples) {
    out.append("  ").append(example.line).append("\n      ");
    append_wrapped(out, example.meaning, 6, 6);
  }
}

// troff: a leading dot or quote, and backslashes, would be commands.
std::string troff(std::string_view text) {
  std::string out;
  if (!text.empty() && (text[0] == '.' || text[0] == '\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '|') {
      out += "|\\:";  // Long choices may be cut there.
    } else {
      out += c;
    }
  }
  return out;
}

void append_man_command(std::string& out, const CommandSpec& command) {
  out.append(".SS ").append(troff(usage_line(command))).append("\n");
  std::string_view text = command.description;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    out.append(troff(text.substr(0, end))).append("\n.PP\n");
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  for (const PositionalSpec& positional : command.positionals) {
    out.append(".TP\n.I ").append(troff(positional.name)).append("\n");
    out.append(troff(positional.help)).append("\n");
  }
  for (const OptionSpec& option : command.options) {
    out.append(".TP\n.B ").append(troff(option_name(option))).append("\n");
    out.append(troff(option_text(option))).append("\n");
  }
  for (const Example& example : command.examples) {
    out.append(".PP\n").append(troff(example.meaning)).append("\n.PP\n.RS\n.nf\n");
    out.append(troff(example.line)).append("\n.fi\n.RE\n");
  }
}

}  // namespace

std::string version_line() { return "seawall " + std::string(kVersion) + "\n"; }

std::string usage_line(const CommandSpec& command) {
  std::string line = "seawall " + std::string(command.name);
  if (!command.options.empty()) line += " [OPTION...]";
  for (const PositionalSpec& positional : command.positionals) {
    line += positional.required ? " " : " [";
    line += positional.name;
    if (positional.repeatable) line += "...";
    if (!positional.required) line += "]";
  }
  return line;
}

std::string command_help(const CommandSpec& command) {
  std::string out = "usage: " + usage_line(command) + "\n\n";
  append_paragraphs(out, command.description);
  if (!command.positionals.empty()) {
    out += "\nArguments:\n";
    for (const PositionalSpec& positional : command.positionals) {
      append_row(out, positional.name, 10, positional.help);
    }
  }
  out += "\nOptions:\n";
  for (const OptionSpec& option : command.options) {
    append_row(out, option_name(option), 24, option_text(option));
  }
  append_row(out, "--help", 24, "show this");
  append_examples(out, command);
  append_exit_codes(out);
  return out;
}

std::string group_help(std::span<const CommandSpec* const> commands, std::string_view group) {
  std::string out = "usage: seawall " + std::string(group) + " COMMAND ...\n\nCommands:\n";
  for (const CommandSpec* command : commands) {
    if (command->name.substr(0, command->name.find(' ')) != group) continue;
    append_row(out, command->name, 16, command->summary);
  }
  return out + "\nseawall " + std::string(group) + " COMMAND --help says more.\n";
}

std::string program_help(std::span<const CommandSpec* const> commands) {
  std::string out = "usage: seawall COMMAND [OPTION...] [ARGUMENT...]\n\n";
  append_paragraphs(
      out,
      "Seawall fingerprints pictures and matches the fingerprints against lists (\"banks\"). It keeps "
      "no picture and decodes each one in a sandboxed process.");
  out += "\nCommands:\n";
  for (const CommandSpec* command : commands) append_row(out, command->name, 16, command->summary);
  out +=
      "\nA first session:\n"
      "  seawall hash photos/                        fingerprint every picture of a folder\n"
      "  seawall bank create known.bank              make a bank, a list in a folder\n"
      "  seawall bank add known.bank photos/a.jpg    list one picture\n"
      "  seawall match --bank known.bank new.png     is it, or an altered copy, listed?\n"
      "\nEvery command: --help says more, --json prints one JSON object a line, -- ends the options.\n"
      "  --version               print the version\n";
  append_exit_codes(out);
  return out;
}

std::string man_page(std::span<const CommandSpec* const> commands) {
  std::string out = ".\\\" Made by \"seawall man\": edit the command table instead.\n";
  out.append(".TH SEAWALL 1 \"\" \"seawall ").append(kVersion).append("\" \"User Commands\"\n");
  out += ".SH NAME\nseawall \\- fingerprint pictures and match them against lists\n";
  out += ".SH SYNOPSIS\n.B seawall\nCOMMAND [OPTION...] [ARGUMENT...]\n.SH DESCRIPTION\n";
  out +=
      "Seawall fingerprints pictures and matches the fingerprints against lists (banks). It keeps no picture "
      "and "
      "decodes each one in a sandboxed process.\n.SH COMMANDS\n";
  for (const CommandSpec* command : commands) append_man_command(out, *command);
  out += ".SH EXIT STATUS\n";
  for (const ExitCodeMeaning& row : kExitCodes) {
    out.append(".TP\n.B ").append(std::to_string(row.exit_code)).append("\n").append(troff(row.meaning));
    out += "\n";
  }
  out += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nif set and not empty, no colours\n";
  out += ".TP\n.B SEAWALL_STORE\nthe list store, where \\-\\-store does not name it\n";
  out += ".TP\n.B SEAWALL_ACCESS_KEY\nthe access key itself, where \\-\\-access\\-key names no file\n";
  return out;
}

}  // namespace seawall::cli
