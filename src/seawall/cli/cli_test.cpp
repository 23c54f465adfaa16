#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>

#include "seawall/base/codes.h"
#include "seawall/cli/command_gates.h"
#include "seawall/cli/commands.h"
#include "seawall/cli/completion.h"
#include "seawall/cli/exit_codes.h"
#include "seawall/cli/help.h"
#include "seawall/cli/parse.h"
#include "seawall/cli/version.h"

namespace seawall::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array kOptions{
    OptionSpec{.name = "--json", .help = "x"},
    OptionSpec{.name = "--radius",
               .value = "N",
               .help = "x",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 256,
               .default_value = "31"},
    OptionSpec{
        .name = "--bank", .value = "DIR", .help = "x", .kind = ValueKind::kDirectory, .repeatable = true},
    OptionSpec{.name = "--action",
               .value = "A",
               .help = "x",
               .kind = ValueKind::kChoice,
               .choices = "block review"}};
constexpr std::array kPositionals{PositionalSpec{.name = "FILE", .help = "x", .repeatable = true}};
constexpr CommandSpec kSpec{.name = "try",
                            .summary = "x",
                            .description = "x",
                            .positionals = kPositionals,
                            .options = kOptions,
                            .examples = {},
                            .run = nullptr};

std::string refusal(const std::vector<std::string>& words) {
  const auto parsed = parse_arguments(kSpec, words);
  return parsed ? "accepted" : parsed.error().message;
}

TEST(Parse, ReadsOptionsAnywhereAndWordsAfterTwoDashesAsArguments) {
  const std::vector<std::string> words{"a",         "--bank", "b1", "--radius=7", "-",
                                       "--bank=b2", "--json", "--", "--x"};
  const auto parsed = parse_arguments(kSpec, words);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_TRUE(parsed->flag("--json"));
  EXPECT_EQ(parsed->integer("--radius"), 7);
  EXPECT_THAT(parsed->all("--bank"), ElementsAre("b1", "b2"));
  EXPECT_THAT(parsed->positionals(), ElementsAre("a", "-", "--x"));
}

TEST(Parse, GivesDefaults) {
  const auto parsed = parse_arguments(kSpec, std::vector<std::string>{"a"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->integer("--radius"), 31);
  EXPECT_FALSE(parsed->flag("--json"));
  EXPECT_EQ(parsed->text("--action"), std::nullopt);
}

TEST(Parse, SaysWhatIsWrongAndWhatIsNear) {
  EXPECT_THAT(refusal({"a", "--raduis", "3"}), HasSubstr("did you mean \"--radius\"?"));
  EXPECT_THAT(refusal({"a", "--radius", "300"}), HasSubstr("from 0 to 256, not \"300\""));
  EXPECT_THAT(refusal({"a", "--radius", "-1"}), HasSubstr("from 0 to 256"));
  EXPECT_THAT(refusal({"a", "--radius", "3x"}), HasSubstr("not \"3x\""));
  EXPECT_THAT(refusal({"a", "--radius", "1", "--radius", "2"}), HasSubstr("more than once"));
  EXPECT_THAT(refusal({"a", "--radius"}), HasSubstr("--radius"));
  EXPECT_THAT(refusal({"a", "--action", "destroy"}), HasSubstr("block review"));
  EXPECT_THAT(refusal({}), HasSubstr("needs FILE"));
  EXPECT_THAT(refusal({"a", "-z"}), HasSubstr("no option -z"));
  EXPECT_THAT(refusal({"a", "--json=yes"}), testing::Not(HasSubstr("accepted")));
}

TEST(Parse, KeepsArgumentsThatLookOddAsTheyAre) {
  const auto parsed = parse_arguments(kSpec, std::vector<std::string>{"[a]", "x=y", "", "{b", "a b"});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_THAT(parsed->positionals(), ElementsAre("[a]", "x=y", "", "{b", "a b"));
}

TEST(ChooseCommand, SuggestsTheNearest) {
  const auto choose = [](std::vector<std::string> words) {
    const auto chosen = choose_command(all_commands(), words);
    return chosen ? std::string(chosen->command->name) : chosen.error().message;
  };
  EXPECT_EQ(choose({"man"}), "man");
  EXPECT_THAT(choose({"compeltion"}), HasSubstr("did you mean \"completion\"?"));
  EXPECT_THAT(choose({"zzzzzz"}), testing::Not(HasSubstr("did you mean")));
}

TEST(CommandTable, IsCompleteAndConsistent) {
  std::set<std::string_view> names;
  for (const CommandSpec* command : all_commands()) {
    SCOPED_TRACE(command->name);
    EXPECT_TRUE(names.insert(command->name).second);
    EXPECT_FALSE(command->summary.empty());
    EXPECT_FALSE(command->description.empty());
    EXPECT_FALSE(command->examples.empty());
    EXPECT_NE(command->run, nullptr);
    std::set<std::string_view> options;
    for (const OptionSpec& option : command->options) {
      EXPECT_TRUE(option.name.starts_with("--")) << option.name;
      EXPECT_TRUE(options.insert(option.name).second) << option.name;
      EXPECT_EQ(option.kind == ValueKind::kFlag, option.value.empty()) << option.name;
      EXPECT_EQ(option.kind == ValueKind::kChoice, !option.choices.empty()) << option.name;
    }
    EXPECT_THAT(program_help(all_commands()), HasSubstr(std::string(command->name)));
    std::string in_troff;
    for (const char letter : command->name) in_troff += letter == '-' ? "\\-" : std::string(1, letter);
    EXPECT_NE(man_page(all_commands()).find(in_troff), std::string::npos);
  }
}

TEST(ExitCodes, NameEveryCodeThatAnErrorEndsWith) {
  for (const CodeMeaning& row : kCodeMeanings) {
    EXPECT_TRUE(std::ranges::any_of(kExitCodes, [&](const auto& e) { return e.exit_code == row.exit_code; }))
        << row.name;
  }
}

TEST(ExitCodes, LetAMatchWinOverInputErrors) {
  EXPECT_EQ(exit_code_of({.matched = true, .input_errors = 5}), 1);
  EXPECT_EQ(exit_code_of({.matched = false, .input_errors = 5}), 3);
  EXPECT_EQ(exit_code_of({}), 0);
}

std::string project_file(const std::string& path) {
  std::ifstream file(std::string(SEAWALL_TEST_DATA) + "/../../" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Docs, NameEveryCodeWithItsNumbers) {
  const std::string page = project_file("docs/errors.md");
  for (const CodeMeaning& row : kCodeMeanings) {
    EXPECT_THAT(page,
                HasSubstr("| `" + std::string(row.name) + "` | " + std::to_string(row.exit_code) + " | " +
                          std::to_string(row.http_status) + " | " + std::string(row.advice) + " |"));
  }
}

TEST(Version, IsThatOfTheBuild) {
  EXPECT_THAT(project_file("CMakeLists.txt"), HasSubstr("project(seawall VERSION " + std::string(kVersion)));
}

TEST(CommandGates, StandBeforeEveryCommandThereIs) {
  std::map<std::string_view, CommandGate> rows;
  for (const CommandGateRow& row : command_gates()) {
    EXPECT_TRUE(rows.emplace(row.command, row.gate).second) << row.command << " stands there twice";
  }
  for (const CommandSpec* command : all_commands()) {
    const auto row = rows.find(command->name);
    ASSERT_NE(row, rows.end()) << command->name << ": say in command_gates.cpp whether it needs an order";
    const auto is_order = [](const OptionSpec& option) { return option.name == "--order"; };
    const bool takes_order = std::ranges::any_of(command->options, is_order);
    EXPECT_EQ(takes_order, row->second == CommandGate::kOrder) << command->name;
    rows.erase(row);
  }
  EXPECT_TRUE(rows.empty()) << "there is no command " << rows.begin()->first;
}

}  // namespace
}  // namespace seawall::cli
