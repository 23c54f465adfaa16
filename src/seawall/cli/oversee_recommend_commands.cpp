#include <array>

#include "seawall/cli/oversee_commands.h"
#include "seawall/cli/oversee_register.h"
#include "seawall/statement/members.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1'000;

Result<RecommendationGrade> grade_of(const Arguments& arguments) {
  SEAWALL_TRY(const std::string name, needed_option(arguments, "--grade"));
  return *recommendation_grade_named(name);
}

Result<Outcome> run_recommend(const Arguments& arguments, Console& console) {
  NewRecommendation made;
  SEAWALL_TRY(made.grade, grade_of(arguments));
  SEAWALL_TRY(made.what, needed_option(arguments, "--what"));
  SEAWALL_TRY(made.to, needed_option(arguments, "--to"));
  SEAWALL_TRY(const std::string when, needed_option(arguments, "--by"));
  SEAWALL_TRY(made.by, time_from(when));
  SEAWALL_TRY(const auto session, RegisterSession::open_to_write(arguments));
  SEAWALL_TRY(const std::int64_t number, session->book->recommend(made, session->by));
  print_step(console, "recommendation", number, "made");
  return Outcome{};
}

Result<Outcome> run_answer(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::int64_t number, register_number(arguments));
  SEAWALL_TRY(const std::string state, needed_option(arguments, "--state"));
  SEAWALL_TRY(const auto session, RegisterSession::open_to_write(arguments));
  SEAWALL_CHECK(session->book->answer(number, *recommendation_state_named(state), session->by));
  print_step(console, "recommendation", number, state);
  return Outcome{};
}

Result<Outcome> run_regrade(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::int64_t number, register_number(arguments));
  SEAWALL_TRY(const RecommendationGrade grade, grade_of(arguments));
  SEAWALL_TRY(const auto session, RegisterSession::open_to_write(arguments));
  SEAWALL_CHECK(session->book->regrade(number, grade, session->by));
  print_step(console, "recommendation", number, name_of(grade));
  return Outcome{};
}

Json recommendation_json(const Recommendation& one, bool overdue) {
  return {{"number", one.number},        {"grade", name_of(one.made.grade)},
          {"state", name_of(one.state)}, {"what", one.made.what},
          {"to", one.made.to},           {"by", second_text(one.made.by)},
          {"answer", one.answer},        {"overdue", overdue}};
}

std::string recommendation_text(const Recommendation& one, bool overdue) {
  std::string text = std::to_string(one.number) + "  " + std::string(name_of(one.made.grade)) + "  " +
                     std::string(name_of(one.state)) + "  by " + second_text(one.made.by);
  if (overdue) text += "  OVERDUE";
  return text + "  to " + one.made.to + ": " + one.made.what;
}

Result<Outcome> run_list(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, RegisterSession::open(arguments));
  const Time now = session->clock.now();
  Outcome outcome;
  for (std::int64_t last = 0; !console.stopping();) {
    SEAWALL_TRY(const auto page, session->book->recommendations(last, kPage));
    for (const Recommendation& one : page) {
      const bool overdue = one.is_overdue(now);
      outcome.matched = outcome.matched || overdue;
      if (arguments.flag("--open") && one.is_closed()) continue;
      console.print((console.json() ? to_line(recommendation_json(one, overdue))
                                    : shown_text(recommendation_text(one, overdue))) +
                    "\n");
    }
    if (page.size() < kPage) break;
    last = page.back().number;
  }
  return outcome;
}

constexpr std::array kNumber{
    PositionalSpec{.name = "NUMBER", .help = "of the recommendation, as the list shows it"}};
constexpr OptionSpec kGradeOption{.name = "--grade",
                                  .value = "GRADE",
                                  .help = "how grave: red before amber before green",
                                  .kind = ValueKind::kChoice,
                                  .choices = "red amber green"};
constexpr std::array kMadeOptions{
    kGradeOption,
    OptionSpec{.name = "--what", .value = "TEXT", .help = "what is recommended", .kind = ValueKind::kText},
    OptionSpec{.name = "--to", .value = "OFFICE", .help = "who is to do it", .kind = ValueKind::kText},
    OptionSpec{.name = "--by",
               .value = "TIME",
               .help = "by when, as 2027-01-31 or 2027-01-31T12:00:00Z",
               .kind = ValueKind::kText}};
constexpr std::array kRecommendOptions = joined(kMadeOptions, kRegisterWriteOptions);
constexpr std::array kAnswerOptions =
    joined(std::array{OptionSpec{.name = "--state",
                                 .value = "STATE",
                                 .help = "what it comes to; done and not-accepted close it",
                                 .kind = ValueKind::kChoice,
                                 .choices = "answered done not-accepted"}},
           kRegisterWriteOptions);
constexpr std::array kRegradeOptions = joined(std::array{kGradeOption}, kRegisterWriteOptions);
constexpr std::array kListOptions = joined(
    std::array{OptionSpec{.name = "--open", .help = "only those that are not closed"}}, kRegisterReadOptions);
constexpr std::array kRecommendExamples{Example{
    "seawall oversee recommend --book register --grade red --what 'two people for each export' --to 'list "
    "desk' --by 2027-01-31 --why 'inspection of November'",
    "Prints its number."}};
constexpr std::array kAnswerExamples{
    Example{"seawall oversee answer 3 --state done --book register --why 'in force since Monday'",
            "It was done."},
    Example{"seawall oversee answer 3 --state not-accepted --book register --why 'the law asks for one'",
            "The grounds are in --why."}};
constexpr std::array kRegradeExamples{
    Example{"seawall oversee regrade 3 --grade amber --book register --why 'half of it is done'",
            "The day by which it is to be done stays."}};
constexpr std::array kListExamples{
    Example{"seawall oversee recommendations --open --book register", "What is still to be done."}};

}  // namespace

const CommandSpec& oversee_recommend_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee recommend",
      .summary = "put a recommendation of overseers into their register",
      .description =
          "Graded red, amber or green, to an office, by a day. The words stay in the register; the log gets "
          "an entry of kind recommendation that says only when, and by when it is due.",
      .positionals = {},
      .options = kRecommendOptions,
      .examples = kRecommendExamples,
      .run = run_recommend};
  return kCommand;
}

const CommandSpec& oversee_answer_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee answer",
      .summary = "say what became of a recommendation: answered, done, or not accepted",
      .description =
          "Each step is an entry of the log that refers to the first one. Only done and not-accepted, with "
          "its grounds in --why, end what is due.",
      .positionals = kNumber,
      .options = kAnswerOptions,
      .examples = kAnswerExamples,
      .run = run_answer};
  return kCommand;
}

const CommandSpec& oversee_regrade_command() {
  static constexpr CommandSpec kCommand{.name = "oversee regrade",
                                        .summary = "grade a recommendation anew",
                                        .description = "An entry of the log, too.",
                                        .positionals = kNumber,
                                        .options = kRegradeOptions,
                                        .examples = kRegradeExamples,
                                        .run = run_regrade};
  return kCommand;
}

const CommandSpec& oversee_recommendations_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee recommendations",
      .summary = "list the recommendations of the register, and what is overdue",
      .description = "One line a recommendation, by number. The exit code is 1 where one is overdue.",
      .positionals = {},
      .options = kListOptions,
      .examples = kListExamples,
      .run = run_list};
  return kCommand;
}

}  // namespace seawall::cli
