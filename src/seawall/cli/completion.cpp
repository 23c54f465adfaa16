#include "seawall/cli/completion.h"

#include <algorithm>
#include <vector>

namespace seawall::cli {
namespace {

struct Group {
  std::string_view name;                    ///< First word of its commands.
  const CommandSpec* itself = nullptr;      ///< The command of that one word, if there is one.
  std::vector<const CommandSpec*> members;  ///< The commands of two words.
  [[nodiscard]] std::string_view summary() const {
    return itself != nullptr ? itself->summary : std::string_view("commands on a list");
  }
  [[nodiscard]] std::string member_words() const {
    std::string words;
    for (const CommandSpec* member : members) {
      words.append(member->name.substr(member->name.find(' ') + 1)).append(" ");
    }
    return words;
  }
};

std::vector<Group> groups_of(std::span<const CommandSpec* const> commands) {
  std::vector<Group> groups;
  for (const CommandSpec* command : commands) {
    const std::string_view first = command->name.substr(0, command->name.find(' '));
    auto found = std::ranges::find(groups, first, &Group::name);
    if (found == groups.end()) found = groups.insert(groups.end(), Group{first, nullptr, {}});
    if (command->name == first) {
      found->itself = command;
    } else {
      found->members.push_back(command);
    }
  }
  return groups;
}

std::string_view last_word(std::string_view name) { return name.substr(name.rfind(' ') + 1); }

// Inside single quotes, for any of the three shells.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string option_names(const CommandSpec& command) {
  std::string names;
  for (const OptionSpec& option : command.options) names.append(option.name).append(" ");
  return names + "--help";
}

// The kind of the positionals: the first that names files decides.
ValueKind positional_kind(const CommandSpec& command) {
  for (const PositionalSpec& positional : command.positionals) {
    if (positional.kind != ValueKind::kText) return positional.kind;
  }
  return ValueKind::kText;
}

std::string_view bash_action(ValueKind kind) {
  switch (kind) {
    case ValueKind::kFile:
    case ValueKind::kPath:
      return "_seawall_files";
    case ValueKind::kDirectory:
      return "_seawall_folders";
    default:
      return "COMPREPLY=()";
  }
}

std::string bash_choice_words(std::string_view choices) {
  return "COMPREPLY=($(compgen -W '" + std::string(choices) + "' -- \"$word\"))";
}

std::string_view first_choices(const CommandSpec& command) {
  return command.positionals.empty() ? std::string_view() : command.positionals[0].choices;
}

void append_bash_command(std::string& out, const CommandSpec& command) {
  out.append("    ").append(quoted(command.name)).append(")\n      case $previous in\n");
  for (const OptionSpec& option : command.options) {
    if (option.kind == ValueKind::kFlag) continue;
    out.append("        ").append(option.name).append(") ");
    out += option.kind == ValueKind::kChoice ? bash_choice_words(option.choices)
                                             : std::string(bash_action(option.kind));
    out += "; return ;;\n";
  }
  out += "      esac\n      case $word in\n        -*) ";
  out += bash_choice_words(option_names(command)) + " ;;\n        *) ";
  out += first_choices(command).empty() ? std::string(bash_action(positional_kind(command)))
                                        : bash_choice_words(first_choices(command));
  out += " ;;\n      esac ;;\n";
}

std::string_view zsh_action(ValueKind kind) {
  switch (kind) {
    case ValueKind::kFile:
    case ValueKind::kPath:
      return "_files";
    case ValueKind::kDirectory:
      return "_files -/";
    default:
      return " ";
  }
}

// In an _arguments spec, brackets and colons end a part.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_option(const OptionSpec& option) {
  std::string spec = option.repeatable ? "*" : "";
  spec += std::string(option.name) + "[" + zsh_text(option.help) + "]";
  if (option.kind == ValueKind::kFlag) return quoted(spec);
  spec += ":" + zsh_text(option.value) + ":";
  if (option.kind == ValueKind::kChoice) {
    spec += "(" + zsh_text(option.choices) + ")";
  } else {
    spec += zsh_action(option.kind);
  }
  return quoted(spec);
}

void append_zsh_command(std::string& out, const CommandSpec& command) {
  out.append("    ").append(quoted(command.name)).append(")\n      _arguments -s");
  for (const OptionSpec& option : command.options) out += " \\\n        " + zsh_option(option);
  out += " \\\n        '--help[show help]'";
  for (const PositionalSpec& positional : command.positionals) {
    std::string spec = positional.repeatable ? "*:" : positional.required ? ":" : "::";
    spec += zsh_text(positional.name) + ":";
    spec += positional.choices.empty() ? std::string(zsh_action(positional.kind))
                                       : "(" + std::string(positional.choices) + ")";
    out += " \\\n        " + quoted(spec);
  }
  out += " ;;\n";
}

void append_fish_command(std::string& out, const Group& group, const CommandSpec& command) {
  std::string condition = "__fish_seen_subcommand_from " + std::string(group.name);
  if (&command != group.itself) {
    condition += "; and __fish_seen_subcommand_from " + std::string(last_word(command.name));
  } else if (!group.members.empty()) {
    condition += "; and not __fish_seen_subcommand_from " + group.member_words();
  }
  const std::string start = "complete -c seawall -n " + quoted(condition);
  for (const OptionSpec& option : command.options) {
    out += start + " -l " + std::string(option.name.substr(2)) + " -d " + quoted(option.help);
    if (option.kind == ValueKind::kChoice) out += " -x -a " + quoted(option.choices);
    if (option.kind == ValueKind::kText || option.kind == ValueKind::kInteger) out += " -x";
    if (option.kind == ValueKind::kFile || option.kind == ValueKind::kPath) out += " -r -F";
    if (option.kind == ValueKind::kDirectory) out += " -x -a '(__fish_complete_directories)'";
    out += "\n";
  }
  out += start + " -l help -d 'show help'\n";
  if (!first_choices(command).empty()) out += start + " -x -a " + quoted(first_choices(command)) + "\n";
  const ValueKind kind = positional_kind(command);
  if (kind == ValueKind::kFile || kind == ValueKind::kPath) out += start + " -F\n";
  if (kind == ValueKind::kDirectory) out += start + " -x -a '(__fish_complete_directories)'\n";
}

constexpr std::string_view kBashStart = R"(# bash completion for seawall; made by: seawall completion bash
_seawall_files() { local IFS=$'\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); }
_seawall_folders() {
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -d -- "$word"))
}
_seawall() {
  local IFS=$' \t\n'
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
)";

constexpr std::string_view kZshStart = R"(#compdef seawall
# zsh completion for seawall; made by: seawall completion zsh
_seawall() {
  local command
)";

}  // namespace

std::string bash_completion(std::span<const CommandSpec* const> commands) {
  std::string out(kBashStart);
  std::string first_words;
  std::string nested;
  for (const Group& group : groups_of(commands)) {
    first_words.append(group.name).append(" ");
    if (group.members.empty()) continue;
    nested.append("  if [[ $command == ").append(group.name).append(" ]]; then\n");
    nested += "    if ((COMP_CWORD == 2)) && [[ $word != -* ]]; then\n";
    nested += "      " + bash_choice_words(group.member_words());
    nested +=
        group.itself == nullptr ? "\n      return\n    fi\n" : "\n      [[ $COMPREPLY ]] && return\n    fi\n";
    nested += "    case ${COMP_WORDS[2]} in\n";
    for (const CommandSpec* member : group.members) {
      nested.append("      ")
          .append(last_word(member->name))
          .append(") command=")
          .append(quoted(member->name));
      nested += " ;;\n";
    }
    nested += "    esac\n  fi\n";
  }
  out += "  if ((COMP_CWORD == 1)); then " + bash_choice_words(first_words + "help --help --version") +
         "; return; fi\n";
  out += nested + "  case $command in\n";
  for (const CommandSpec* command : commands) append_bash_command(out, *command);
  return out + "  esac\n}\ncomplete -F _seawall seawall\n";
}

std::string zsh_completion(std::span<const CommandSpec* const> commands) {
  std::string out(kZshStart);
  out += "  if ((CURRENT == 2)); then\n    local -a commands=(";
  std::string nested;
  for (const Group& group : groups_of(commands)) {
    out += "\n      " + quoted(std::string(group.name) + ":" + std::string(group.summary()));
    if (group.members.empty()) continue;
    nested.append("  if [[ $words[2] == ").append(group.name).append(" ]]; then\n");
    nested += "    if ((CURRENT == 3)) && [[ $words[3] != -* ]]; then\n      local -a members=(";
    for (const CommandSpec* member : group.members) {
      nested +=
          "\n        " + quoted(std::string(last_word(member->name)) + ":" + std::string(member->summary));
    }
    nested += ")\n      _describe command members\n";
    nested += group.itself == nullptr ? "      return\n    fi\n" : "    fi\n";
    nested += "    case $words[3] in\n";
    for (const CommandSpec* member : group.members) {
      nested.append("      ")
          .append(last_word(member->name))
          .append(") command=")
          .append(quoted(member->name));
      nested += "; shift words; ((CURRENT--)) ;;\n";
    }
    nested += "    esac\n  fi\n";
  }
  out += ")\n    _describe command commands\n    return\n  fi\n  command=$words[2]\n" + nested;
  out += "  shift words; ((CURRENT--))\n  case $command in\n";
  for (const CommandSpec* command : commands) append_zsh_command(out, *command);
  return out +
         "  esac\n}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then _seawall \"$@\"; else compdef "
         "_seawall seawall; fi\n";
}

std::string fish_completion(std::span<const CommandSpec* const> commands) {
  std::string out =
      "# fish completion for seawall; made by: seawall completion fish\ncomplete -c seawall -f\n";
  for (const Group& group : groups_of(commands)) {
    out += "complete -c seawall -n __fish_use_subcommand -a " + std::string(group.name) + " -d " +
           quoted(group.summary()) + "\n";
    if (group.itself != nullptr) append_fish_command(out, group, *group.itself);
    for (const CommandSpec* member : group.members) {
      out += "complete -c seawall -n " +
             quoted("__fish_seen_subcommand_from " + std::string(group.name) +
                    "; and not __fish_seen_subcommand_from " + group.member_words()) +
             " -a " + std::string(last_word(member->name)) + " -d " + quoted(member->summary) + "\n";
      append_fish_command(out, group, *member);
    }
  }
  return out;
}

}  // namespace seawall::cli
