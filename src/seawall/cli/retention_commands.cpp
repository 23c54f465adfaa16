#include "seawall/cli/retention_commands.h"

#include <algorithm>
#include <array>

#include "seawall/cli/lists_session.h"
#include "seawall/cli/retention_against.h"
#include "seawall/oversight_register/oversight_register.h"
#include "seawall/retention/destruction.h"
#include "seawall/store_sql/log_records.h"

namespace seawall::cli {
namespace {

struct OpenRetention {
  SystemClock clock;
  std::unique_ptr<LogRecordStore> records;
  std::unique_ptr<LogRecordRetention> retention;
};

Result<std::unique_ptr<OpenRetention>> open_retention(const Arguments& arguments) {
  auto open = std::make_unique<OpenRetention>();
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY([[maybe_unused]] const auto store, open_named_store(url));
  SEAWALL_TRY(open->records, open_log_records(url));
  open->retention = std::make_unique<LogRecordRetention>(*open->records, open->clock);
  return open;
}

std::string kinds_of(const Duty& duty) {
  std::string text;
  for (std::size_t kind = 0; kind < kRetainedKinds; ++kind) {
    if ((duty.kinds >> kind & 1U) == 0) continue;
    text.append(text.empty() ? "" : " ").append(name_of(static_cast<RetainedKind>(kind)));
  }
  return text;
}

std::string party(DutyForce force, std::string_view only) {
  return only.empty() ? std::string(name_of(force)) : std::string(only);
}

Json rule_json(const ConflictRule& rule) {
  return {{"rule", rule.name},
          {"winner", party(rule.winner, rule.winner_duty)},
          {"does", rule.effect == RuleEffect::kStrikes ? "strikes" : "puts-off"},
          {"loser", party(rule.loser, rule.loser_duty)},
          {"words", rule.words}};
}

void explain_json(Console& console) {
  for (const Duty& duty : all_duties()) {
    console.print(to_line(Json{{"duty", duty.name},
                               {"force", name_of(duty.force)},
                               {"starts", name_of(duty.starts)},
                               {"kinds", kinds_of(duty)},
                               {"words", duty.words},
                               {"source", duty.source}}) +
                  "\n");
  }
  for (const ConflictRule& rule : all_conflict_rules()) console.print(to_line(rule_json(rule)) + "\n");
}

Result<Outcome> run_explain(const Arguments&, Console& console) {
  if (console.json()) {
    explain_json(console);
    return Outcome{};
  }
  console.print("Duties. Each is a clock that an event starts.\n");
  for (const Duty& duty : all_duties()) {
    console.print("\n" + std::string(duty.name) + " (" + std::string(name_of(duty.force)) + ")\n  " +
                  std::string(duty.words) + "\n  starts: " + std::string(name_of(duty.starts)) +
                  "\n  of: " + kinds_of(duty) + "\n  source: " + std::string(duty.source) + "\n");
  }
  console.print("\nRules, where duties disagree.\n\n");
  for (const ConflictRule& rule : all_conflict_rules()) {
    console.print(std::string(rule.name) + ": " + party(rule.winner, rule.winner_duty) +
                  (rule.effect == RuleEffect::kStrikes ? " strikes " : " puts off ") +
                  party(rule.loser, rule.loser_duty) + "\n  " + std::string(rule.words) + "\n");
  }
  console.print(
      "\nOf several that keep, the latest end counts; of several that erase, the earliest. Where nothing "
      "says "
      "when to\nerase, it goes once the last keeping ends; where nothing says anything, it stays and "
      "somebody "
      "must decide.\n");
  return Outcome{};
}

/// Five years, as duty papers-limit asks.
Time limit_before(Time now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  return std::chrono::sys_days(date - std::chrono::years(5)) - std::chrono::days(1);
}

/// Gives how many errors, recommendations and draws of --overseer went; none while a hold is on them.
Result<std::uint64_t> destroy_in_register(const Arguments& arguments, OpenRetention& open) {
  const auto folder = arguments.text("--overseer");
  if (!folder) return 0;
  SEAWALL_TRY(const auto book, OversightRegister::open(*folder, open.clock));
  std::uint64_t all = 0;
  for (;;) {
    SEAWALL_TRY(const auto holds, open.retention->holds());
    const bool held = std::ranges::any_of(
        holds, [](const StoreHold& one) { return one.on == "all" || one.on == "overseer"; });
    if (held) return all;
    SEAWALL_TRY(const std::uint64_t some, book->destroy_before(limit_before(open.clock.now())));
    if (some == 0) return all;
    all += some;
  }
}

Result<Outcome> run_run(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto open, open_retention(arguments));
  SEAWALL_CHECK(check_against_log(arguments, console, *open->retention));
  std::size_t all = 0;
  while (!console.stopping()) {
    SEAWALL_TRY(const std::size_t some, open->retention->step());
    if (some == 0) break;
    all += some;
  }
  SEAWALL_TRY(const std::size_t stopped, open->retention->stopped());
  SEAWALL_TRY(const std::uint64_t of_register, destroy_in_register(arguments, *open));
  if (console.json()) {
    console.print(to_line(Json{{"destroyed", all}, {"stopped", stopped}, {"of_register", of_register}}) +
                  "\n");
  } else {
    if (of_register > 0) console.note(std::to_string(of_register) + " cases of the register destroyed");
    console.note(std::to_string(all) + " records destroyed");
    if (stopped > 0)
      console.note(std::to_string(stopped) + " destructions are told and not done: a hold is on them");
  }
  return Outcome{};
}

Result<Outcome> run_check(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto open, open_retention(arguments));
  SEAWALL_CHECK(check_against_log(arguments, console, *open->retention));
  SEAWALL_TRY(const DestructionCheck check, open->retention->check());
  if (console.json()) {
    Json json{{"destructions", check.destructions},
              {"records", check.records},
              {"stopped", check.stopped},
              {"faults", Json::array()}};
    for (const DestructionFault& one : check.faults)
      json["faults"].push_back({{"destruction", one.number}, {"what", one.what}});
    console.print(to_line(json) + "\n");
  } else {
    console.print(std::to_string(check.destructions) + " destructions of " + std::to_string(check.records) +
                  " records" + (check.faults.empty() ? ": all as they were told\n" : "\n"));
    for (const DestructionFault& one : check.faults)
      console.print(
          (one.number == 0 ? std::string("  the store") : "  destruction " + std::to_string(one.number)) +
          ": " + one.what + "\n");
    if (check.stopped > 0)
      console.note(std::to_string(check.stopped) + " destructions are not done: a hold is on them");
  }
  if (check.faults.empty()) return Outcome{};
  return fail(Code::kCorrupt, std::to_string(check.faults.size()) + " things are not as they were told");
}

Result<Outcome> run_hold(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor actor, actor_from(arguments));
  SEAWALL_TRY(const auto open, open_retention(arguments));
  const std::string& ref = arguments.positionals()[0];
  SEAWALL_CHECK(open->retention->hold(ref, *arguments.text("--on"), actor.who, actor.why));
  console.note("held until it is lifted: seawall retention lift");
  return Outcome{};
}

Result<Outcome> run_lift(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor actor, actor_from(arguments));
  SEAWALL_TRY(const auto open, open_retention(arguments));
  SEAWALL_TRY(const bool lifted, open->retention->lift(arguments.positionals()[0], actor.who, actor.why));
  console.note(lifted ? "lifted" : "asked for: it stands until another person lifts it, too");
  return Outcome{};
}

Result<Outcome> run_holds(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto open, open_retention(arguments));
  SEAWALL_TRY(const auto holds, open->retention->holds());
  for (const StoreHold& one : holds) {
    if (console.json()) {
      console.print(
          to_line(Json{{"ref", one.ref},
                       {"on", one.on},
                       {"since", time_text(one.at)},
                       {"lift_asked_by", one.lift_asked_by.empty() ? Json() : Json(one.lift_asked_by)}}) +
          "\n");
    } else {
      const std::string asked =
          one.lift_asked_by.empty() ? "" : "  " + one.lift_asked_by + " asks to lift it";
      console.print(shown_text(one.ref + "  on " + one.on + "  since " + time_text(one.at) + asked) + "\n");
    }
  }
  if (holds.empty() && !console.json()) console.note("no hold stands");
  return Outcome{};
}

constexpr std::array kJsonOnly{kJsonOption};
constexpr std::array kStoreOnly{kStoreOption, kJsonOption};
constexpr std::array kRef{
    PositionalSpec{.name = "REF", .help = "which hold, such as a court's number; it is not in the log"}};
constexpr std::array kCheckOptions =
    joined(std::array{kStoreOption}, kRetentionAgainstOptions, std::array{kJsonOption});
constexpr std::array kRunOptions = joined(
    std::array{kStoreOption, OptionSpec{.name = "--overseer",
                                        .value = "DIR",
                                        .help = "also what is closed and due in the overseers' register",
                                        .kind = ValueKind::kDirectory}},
    kRetentionAgainstOptions, std::array{kJsonOption});
constexpr std::array kHoldOptions{kStoreOption,
                                  OptionSpec{.name = "--on",
                                             .value = "SOURCE",
                                             .help = "whose records: lists, access, requests, service, ...",
                                             .kind = ValueKind::kText,
                                             .default_value = "all"},
                                  kWhyOption, kAsOption};
constexpr std::array kLiftOptions{kStoreOption, kWhyOption, kAsOption};
constexpr std::array kExplainExamples{
    Example{"seawall retention explain", "Every duty, its source, every rule."}};
constexpr std::array kRunExamples{
    Example{"seawall retention run --store sqlite:lists.db", "Once a day, by a timer."}};
constexpr std::array kCheckExamples{Example{"seawall retention check --store sqlite:lists.db",
                                            "Exit code 5: something is not as it was told."}};
constexpr std::array kHoldExamples{
    Example{"seawall retention hold 'court 7/26' --on access --why 'the court asks for the papers'",
            "Nothing of who may do what is destroyed until it is lifted."}};
constexpr std::array kLiftExamples{Example{
    "seawall retention lift 'court 7/26' --why 'the court has closed the case'", "The clocks go on."}};
constexpr std::array kHoldsExamples{Example{"seawall retention holds --json", "What stands now."}};

}  // namespace

const CommandSpec& retention_explain_command() {
  static constexpr CommandSpec kCommand{
      .name = "retention explain",
      .summary = "show every duty to keep or erase, its source, and the rules between them",
      .description =
          "The two tables by which seawall decides what is kept until when, as the program has them.",
      .positionals = {},
      .options = kJsonOnly,
      .examples = kExplainExamples,
      .run = run_explain};
  return kCommand;
}

const CommandSpec& retention_run_command() {
  static constexpr CommandSpec kCommand{
      .name = "retention run",
      .summary = "destroy what is due of the records that the log's entries stand for",
      .description =
          "Erases salt and record of every entry of the transparency log that is older than 5 years, unless "
          "a "
          "hold is on it, it is not in the log yet, or it promises something that is still due. The entry "
          "itself "
          "stays and says nothing any more.\n\nEach batch is told in the log first (an entry of kind "
          "destruction: "
          "how many, and a commitment to which), and then done. Killed at any point, the next run ends what "
          "was "
          "told, as far as no hold is on it by then. With --against it verifies the log first and destroys "
          "nothing if the store lacks a record, such as that of a hold, that the log holds. Backups hold "
          "what "
          "they held: destroy those that are older, too.",
      .positionals = {},
      .options = kRunOptions,
      .examples = kRunExamples,
      .run = run_run};
  return kCommand;
}

const CommandSpec& retention_check_command() {
  static constexpr CommandSpec kCommand{
      .name = "retention check",
      .summary = "check that what was told as destroyed is gone, and that it was what was told",
      .description =
          "Holds every destruction that was told against the store, and the store against itself: no record "
          "of "
          "a hold or destruction may be missing, changed, or erased untold. With --against it holds the "
          "store "
          "against the log as well, which alone shows that the last records were taken away. Exit code 5: "
          "something is not as told.",
      .positionals = {},
      .options = kCheckOptions,
      .examples = kCheckExamples,
      .run = run_check};
  return kCommand;
}

const CommandSpec& retention_hold_command() {
  static constexpr CommandSpec kCommand{
      .name = "retention hold",
      .summary = "let nothing of a source be destroyed until the hold is lifted",
      .description =
          "For a court, an authority or an order that asks for it. The hold is an entry of the log (kind "
          "retention), and stands until it is lifted by its REF.",
      .positionals = kRef,
      .options = kHoldOptions,
      .examples = kHoldExamples,
      .run = run_hold};
  return kCommand;
}

const CommandSpec& retention_lift_command() {
  static constexpr CommandSpec kCommand{.name = "retention lift",
                                        .summary = "lift a hold; it takes two people",
                                        .description =
                                            "The first person asks, another one lifts it with the same "
                                            "words; each is an entry of the log. Other "
                                            "holds stand as they are.",
                                        .positionals = kRef,
                                        .options = kLiftOptions,
                                        .examples = kLiftExamples,
                                        .run = run_lift};
  return kCommand;
}

const CommandSpec& retention_holds_command() {
  static constexpr CommandSpec kCommand{.name = "retention holds",
                                        .summary = "list the holds that stand",
                                        .description = "One line a hold.",
                                        .positionals = {},
                                        .options = kStoreOnly,
                                        .examples = kHoldsExamples,
                                        .run = run_holds};
  return kCommand;
}

}  // namespace seawall::cli
