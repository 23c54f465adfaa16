#include <array>
#include <cerrno>

#include "seawall/cli/input_file.h"
#include "seawall/cli/oversee_commands.h"
#include "seawall/cli/oversee_register.h"
#include "seawall/statement/members.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1'000;

Result<WorkingDays> holidays_from(const Arguments& arguments) {
  const auto path = arguments.text("--holidays");
  if (!path) return WorkingDays();
  const UniqueFd fd = open_input(*path);
  if (!fd) return tl::unexpected(path_error(*path, errno));
  std::vector<std::byte> bytes;
  SEAWALL_CHECK(read_whole(fd.get(), *path, WorkingDays::kTextBytesMax, bytes));
  auto days = WorkingDays::from_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!days) return fail(days.error().code, *path + ": " + days.error().message);
  return days;
}

Result<Outcome> run_record(const Arguments& arguments, Console& console) {
  NewError error;
  SEAWALL_TRY(const std::string kind, needed_option(arguments, "--kind"));
  error.reportable = kind == "reportable";
  error.serious = arguments.flag("--serious");
  SEAWALL_TRY(error.what, needed_option(arguments, "--what"));
  error.concerns = arguments.text("--concerns").value_or("");
  SEAWALL_TRY(const WorkingDays days, holidays_from(arguments));
  SEAWALL_TRY(const auto session, RegisterSession::open_to_write(arguments));
  error.discovered = session->clock.now();
  if (const auto text = arguments.text("--discovered")) {
    SEAWALL_TRY(error.discovered, time_from(*text));
  }
  SEAWALL_TRY(const std::int64_t number, session->book->record_error(error, days, session->by));
  print_step(console, "error", number, "recorded");
  if (error.reportable)
    console.note("its report is due " +
                 second_text(days.end_of_day_after(error.discovered, OversightRegister::kReportDays)));
  return Outcome{};
}

Result<Outcome> run_report(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::int64_t number, register_number(arguments));
  SEAWALL_TRY(const auto session, RegisterSession::open_to_write(arguments));
  SEAWALL_CHECK(session->book->report_error(number, session->by));
  print_step(console, "error", number, "reported");
  return Outcome{};
}

Result<Outcome> run_tell(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::int64_t number, register_number(arguments));
  SEAWALL_TRY(const auto session, RegisterSession::open_to_write(arguments));
  const bool told = !arguments.flag("--not-yet");
  SEAWALL_CHECK(session->book->tell_concerned(number, told, session->by));
  print_step(console, "error", number, told ? "concerned-told" : "concerned-not-told");
  return Outcome{};
}

Json error_json(const ErrorCase& one, bool overdue) {
  return {{"number", one.number},
          {"kind", one.error.reportable ? "reportable" : "recordable"},
          {"serious", one.error.serious},
          {"what", one.error.what},
          {"concerns", one.error.concerns},
          {"discovered", second_text(one.error.discovered)},
          {"due", time_or_null(one.due)},
          {"reported", time_or_null(one.reported)},
          {"told", time_or_null(one.told)},
          {"untold_why", one.untold_why},
          {"overdue", overdue}};
}

std::string error_text(const ErrorCase& one, bool overdue) {
  std::string text = std::to_string(one.number) + "  " + (one.error.reportable ? "reportable" : "recordable");
  if (one.error.serious) text += one.told ? "  serious, told" : "  serious, not told yet";
  text += "  discovered " + second_text(one.error.discovered);
  if (one.reported) text += "  reported " + second_text(*one.reported);
  if (one.due && !one.reported) text += "  due " + second_text(*one.due);
  if (overdue) text += "  OVERDUE";
  return text + "  " + one.error.what;
}

Result<Outcome> run_list(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, RegisterSession::open(arguments));
  const Time now = session->clock.now();
  Outcome outcome;
  for (std::int64_t last = 0; !console.stopping();) {
    SEAWALL_TRY(const auto page, session->book->errors(last, kPage));
    for (const ErrorCase& one : page) {
      const bool overdue = one.is_overdue(now);
      outcome.matched = outcome.matched || overdue;
      if (arguments.flag("--overdue") && !overdue) continue;
      console.print(
          (console.json() ? to_line(error_json(one, overdue)) : shown_text(error_text(one, overdue))) + "\n");
    }
    if (page.size() < kPage) break;
    last = page.back().number;
  }
  return outcome;
}

constexpr std::array kNumber{PositionalSpec{.name = "NUMBER", .help = "of the error, as the list shows it"}};
constexpr std::array kErrorOptions{
    OptionSpec{.name = "--kind",
               .value = "KIND",
               .help = "recordable: caught before data was acquired; reportable: after",
               .kind = ValueKind::kChoice,
               .choices = "recordable reportable"},
    OptionSpec{.name = "--what",
               .value = "TEXT",
               .help = "what happened; names are not needed",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--concerns",
               .value = "TEXT",
               .help = "the order or the entry of the log: o-0123456789abcdef, 'leaf 790'",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--serious", .help = "those concerned are to be told"},
    OptionSpec{.name = "--discovered",
               .value = "TIME",
               .help = "when, as 2026-11-22T23:00:00Z (default: now)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--holidays",
               .value = "FILE",
               .help = "days that are no working days, one date a line (default: weekends only)",
               .kind = ValueKind::kFile}};
constexpr std::array kRecordOptions = joined(kErrorOptions, kRegisterWriteOptions);
constexpr std::array kTellOptions =
    joined(std::array{OptionSpec{.name = "--not-yet", .help = "they are not told yet, and --why says why"}},
           kRegisterWriteOptions);
constexpr std::array kListOptions =
    joined(std::array{OptionSpec{.name = "--overdue", .help = "only those whose report is overdue"}},
           kRegisterReadOptions);
constexpr std::array kRecordExamples{Example{
    "seawall oversee record-error --book register --kind reportable --serious --what 'two records of another "
    "case were read' --concerns o-0123456789abcdef --holidays holidays.txt --why 'found in the weekly "
    "review'",
    "Its report is due 10 working days after today."}};
constexpr std::array kReportExamples{
    Example{"seawall oversee report-error 12 --book register --why 'letter 7/26 to the board'",
            "An entry of the log that closes the first one."}};
constexpr std::array kTellExamples{
    Example{"seawall oversee tell-concerned 12 --book register --why 'by letter, today'", "They were told."},
    Example{"seawall oversee tell-concerned 12 --not-yet --book register --why 'an inquiry would be spoilt'",
            "Not yet, and why."}};
constexpr std::array kListExamples{
    Example{"seawall oversee errors --overdue --book register || mail -s 'overdue' board@example.org",
            "Exit code 1: a report is overdue."}};

}  // namespace

const CommandSpec& oversee_record_error_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee record-error",
      .summary = "put an error into the overseers' register",
      .description =
          "Prints its number. The words stay in the register; the log gets an entry of kind error that says "
          "only when, and by when a report is due: the end (UTC) of the 10th working day after the day of "
          "discovery. A recordable error is kept and not reported one by one.",
      .positionals = {},
      .options = kRecordOptions,
      .examples = kRecordExamples,
      .run = run_record};
  return kCommand;
}

const CommandSpec& oversee_report_error_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee report-error",
      .summary = "say that a reportable error was reported to the overseers",
      .description = "Once. The log's entry of it refers to the one of the error and ends what was due.",
      .positionals = kNumber,
      .options = kRegisterWriteOptions,
      .examples = kReportExamples,
      .run = run_report};
  return kCommand;
}

const CommandSpec& oversee_tell_concerned_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee tell-concerned",
      .summary = "say that those concerned by a serious error were told, or why not yet",
      .description = "An entry of the log, too. It does not stand for the report.",
      .positionals = kNumber,
      .options = kTellOptions,
      .examples = kTellExamples,
      .run = run_tell};
  return kCommand;
}

const CommandSpec& oversee_errors_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee errors",
      .summary = "list the errors of the register, and what is overdue",
      .description = "One line an error, by number. The exit code is 1 where a report is overdue.",
      .positionals = {},
      .options = kListOptions,
      .examples = kListExamples,
      .run = run_list};
  return kCommand;
}

}  // namespace seawall::cli
