#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/cli/console.h"

namespace seawall::cli {

/// What a value is: decides checking, completion and the word in --help.
enum class ValueKind : std::uint8_t { kFlag, kText, kInteger, kChoice, kFile, kDirectory, kPath };

/// One option of one command: a row that drives parsing, --help, the man page and completion.
struct OptionSpec {
  std::string_view name;        ///< With its dashes: "--radius".
  std::string_view value = {};  ///< The word for its value, "N"; empty for a flag.
  std::string_view help;        ///< One phrase, no full stop.
  ValueKind kind = ValueKind::kFlag;
  std::string_view choices = {};  ///< For kChoice: separated by one space.
  std::int64_t minimum = 0;       ///< For kInteger, both inclusive.
  std::int64_t maximum = 0;
  std::string_view default_value = {};  ///< Shown in help and returned by Arguments when not given.
  bool repeatable = false;
};

/// The arguments without dashes, in order; only the last may repeat.
struct PositionalSpec {
  std::string_view name;  ///< "FILE"
  std::string_view help;
  ValueKind kind = ValueKind::kText;
  bool required = true;
  bool repeatable = false;
  std::string_view choices = {};  ///< If not empty: the only values taken, separated by one space.
};

/// One command line that --help shows, and what it does.
struct Example {
  std::string_view line;
  std::string_view meaning;
};

class Arguments;

/// How a command that did its work ended. An Error instead means that it could not.
struct Outcome {
  bool matched = false;            ///< Something was found: exit code 1, even if inputs failed too.
  std::uint64_t input_errors = 0;  ///< Inputs that could not be read, decoded or parsed: exit code 3.
  bool bad_usage = false;          ///< As usage_failure() returns it: exit code 2.
  /// A part of the work failed and was told of: the exit code of this code.
  std::optional<Code> failed = {};
  /// A service that ran until it was told to end, and has ended well: exit code 0 in spite of the signal.
  bool ended_as_asked = false;
};

/// One command: a row of the command table (cli/commands.h). Everything a person or a completion script
/// learns about the command comes from here.
struct CommandSpec {
  std::string_view name;  ///< "hash", or with its group: "bank create".
  std::string_view summary;
  std::string_view description;  ///< Paragraphs, separated by an empty line; wrapped when shown.
  std::span<const PositionalSpec> positionals;
  std::span<const OptionSpec> options;
  std::span<const Example> examples;
  /// Does the work. Blocks. Must look at console.stopping() at least every 100 ms.
  Result<Outcome> (*run)(const Arguments& arguments, Console& console);
};

/// What was typed, checked against a CommandSpec. Asking for a name that the spec lacks is a programming
/// error.
class Arguments {
 public:
  explicit Arguments(const CommandSpec& command) : command_(&command) {}

  [[nodiscard]] bool flag(std::string_view option) const;
  /// The last value given, or the default when there is one.
  [[nodiscard]] std::optional<std::string> text(std::string_view option) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view option) const;
  /// Every value given, in order.
  [[nodiscard]] std::vector<std::string> all(std::string_view option) const;
  /// Every positional argument, in order.
  [[nodiscard]] const std::vector<std::string>& positionals() const { return positionals_; }

  void set(std::string_view option, std::vector<std::string> values);
  void set_positionals(std::vector<std::string> values) { positionals_ = std::move(values); }

 private:
  const CommandSpec* command_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> positionals_;
};

/// For what only the command itself can tell to be wrong on its command line: says `message` on standard
/// error. Return what it returns.
[[nodiscard]] Outcome usage_failure(Console& console, std::string_view message);

/// `--json`, which every command that prints results has.
inline constexpr OptionSpec kJsonOption{.name = "--json", .help = "print one JSON object a line (NDJSON)"};
/// For commands that decode several files at a time.
inline constexpr OptionSpec kFileJobsOption{.name = "--jobs",
                                            .value = "N",
                                            .help = "files at once (default: one a core)",
                                            .kind = ValueKind::kInteger,
                                            .minimum = 1,
                                            .maximum = 256};

}  // namespace seawall::cli
