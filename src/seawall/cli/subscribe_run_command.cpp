#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "seawall/base/codes.h"
#include "seawall/cli/subscribe_commands.h"
#include "seawall/cli/subscribe_session.h"
#include "seawall/subscription/folder.h"
#include "seawall/subscription/runner.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};  // For signals.
constexpr std::size_t kProgressColumns = 79;

/// How far each run has come, told from their threads.
class ProgressBoard {
 public:
  void set(const std::string& name, const RunProgress& progress) {
    const std::lock_guard lock(mutex_);
    runs_[name] = progress;
  }
  void remove(const std::string& name) {
    const std::lock_guard lock(mutex_);
    runs_.erase(name);
  }
  /// One line of ASCII.
  [[nodiscard]] std::string line() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, run] : runs_) {
      out.append(out.empty() ? "" : "; ").append(name).append(": ");
      out += run.imported != 0
                 ? std::to_string(run.imported) + " records imported"
                 : std::to_string(run.pages) + " pages, " + std::to_string(run.records) + " records";
    }
    return out.substr(0, kProgressColumns);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, RunProgress> runs_;
};

/// `seawall subscribe run`, from its arguments to its exit code.
class Run {
 public:
  Run(const Arguments& arguments, Console& console)
      : console_(console),
        dry_(arguments.flag("--dry-run")),
        once_(arguments.flag("--once") || dry_),
        now_(arguments.flag("--now") || dry_),
        at_once_(static_cast<std::size_t>(*arguments.integer("--jobs"))) {}

  Result<Outcome> operator()(const Arguments& arguments);

 private:
  void add_all(SubscriptionRunner& runner);
  FollowOutcome work(FollowedList& list, const std::stop_token& stop);
  void say_what_is_followed(const SubscriptionRunner& runner);
  void tell(const SubscriptionRunner::Ended& ended);
  void tell_failure(const std::string& name, const Error& error, const FollowOutcome& outcome);
  void tell_report(const std::string& name, const RunReport& report, const FollowOutcome& outcome);
  [[nodiscard]] const SubscriptionSettings& settings_of(const std::string& name) const;

  Console& console_;
  bool dry_;
  bool once_;
  bool now_;
  std::size_t at_once_;
  std::unique_ptr<SubscribeSession> session_;
  std::vector<std::unique_ptr<FollowedList>> lists_;
  ProgressBoard board_;
  std::optional<Code> failed_;
};

FollowOutcome Run::work(FollowedList& list, const std::stop_token& stop) {
  const std::string& name = list.settings().name;
  const auto progress = [this, &name](const RunProgress& run) { board_.set(name, run); };
  if (!dry_) return list.run(stop, progress);
  auto report = list.rehearse(stop, progress);
  const bool stopped = !report && stop.stop_requested();
  return {std::move(report), {}, stopped};
}

void Run::add_all(SubscriptionRunner& runner) {
  const Time now = session_->clock().now();
  for (const auto& list : lists_) {
    const auto state = read_subscription_folder(list->folder());
    const bool known = state && *state && !now_;
    const Time due = known ? due_at((*state)->health, now) : now;
    runner.add(list->settings().name, due,
               [this, &list = *list](const std::stop_token& stop) { return work(list, stop); });
  }
}

void Run::say_what_is_followed(const SubscriptionRunner& runner) {
  const auto next = runner.next_at();
  if (console_.json() || !next) return;
  const bool due = *next <= session_->clock().now();
  if (once_ && due) return;
  std::string line = once_ ? std::string("nothing is due")
                           : "following " + std::to_string(lists_.size()) +
                                 (lists_.size() == 1 ? " list" : " lists") + ", until Ctrl-C or SIGTERM";
  if (!due) line += "; the next is due at " + time_text(*next);
  if (once_) line += "; --now asks all the same";
  console_.note(line);
}

const SubscriptionSettings& Run::settings_of(const std::string& name) const {
  return (*std::ranges::find_if(lists_, [&](const auto& list) { return list->settings().name == name; }))
      ->settings();
}

void Run::tell_failure(const std::string& name, const Error& error, const FollowOutcome& outcome) {
  // One that waiting does not mend is what the exit code must say.
  if (!failed_ || *failed_ == Code::kUnavailable) failed_ = error.code;
  if (console_.json()) {
    Json json;
    json["subscription"] = name;
    json["ok"] = false;
    json["dry_run"] = dry_;
    json["error"]["code"] = meaning_of(error.code).name;
    json["error"]["message"] = error.message;
    if (!dry_) {
      json["failures"] = outcome.health.consecutive_failures;
      json["next_at"] = time_text(outcome.health.next_at);
    }
    console_.print(to_line(json) + "\n");
    return;
  }
  const std::string when = dry_ ? "" : "; asked again at " + time_text(outcome.health.next_at);
  console_.note(name + ": " + error.message + when);
}

void add_counts(Json& json, const SinkReport& changes) {
  json["added"] = changes.added;
  json["updated"] = changes.updated;
  json["withdrawn"] = changes.withdrawn;
  json["unchanged"] = changes.unchanged;
  json["quarantined"] = changes.quarantined;
  json["refused"] = changes.refused;
  json["conflicts"] = changes.conflicts;
  json["reasons"] = changes.reasons;
  json["conflicting_keys"] = changes.conflicting_keys;
}

/// "+20 ~1 -2, 1 refused".
std::string counts_text(const SinkReport& changes) {
  std::string text = "+" + std::to_string(changes.added) + " ~" + std::to_string(changes.updated) + " -" +
                     std::to_string(changes.withdrawn) + ", " + std::to_string(changes.unchanged) +
                     " unchanged";
  if (changes.quarantined != 0) text += ", " + std::to_string(changes.quarantined) + " quarantined";
  if (changes.refused != 0) text += ", " + std::to_string(changes.refused) + " refused";
  if (changes.conflicts != 0)
    text += ", " + std::to_string(changes.conflicts) + " in conflict with people here";
  return text;
}

void Run::tell_report(const std::string& name, const RunReport& report, const FollowOutcome& outcome) {
  const std::string_view state = settings_of(name).stage ? "staged" : "proposed";
  if (console_.json()) {
    Json json;
    json["subscription"] = name;
    json["ok"] = true;
    json["dry_run"] = dry_;
    json["pages"] = report.pages;
    json["records"] = report.records;
    json["releases"] = report.releases;
    if (!report.releases.empty()) json["state"] = state;
    add_counts(json, report.changes);
    if (!dry_) json["next_at"] = time_text(outcome.health.next_at);
    console_.print(to_line(json) + "\n");
    return;
  }
  std::string line = time_text(session_->clock().now()) + " " + name + ": ";
  line += report.pages == 0
              ? "nothing new"
              : std::to_string(report.pages) + " pages, " + std::to_string(report.records) + " records";
  if (report.pages != 0 || !report.releases.empty()) line += ": " + counts_text(report.changes);
  for (const std::uint32_t release : report.releases) {
    line += "; release " + std::to_string(release) + " is " + std::string(state);
  }
  if (dry_) line += "; nothing was changed";
  console_.print(shown_text(line) + "\n");
  for (const auto& [reason, count] : report.changes.reasons) {
    console_.print("  " + std::to_string(count) + " " + reason + "\n");
  }
  for (const std::string& key : report.changes.conflicting_keys) {
    console_.print("  in conflict: " + shown_text(key) + "\n");
  }
}

void Run::tell(const SubscriptionRunner::Ended& ended) {
  board_.remove(ended.name);
  console_.progress("");
  const FollowOutcome& outcome = ended.outcome;
  if (outcome.stopped) return;
  if (!outcome.report) {
    tell_failure(ended.name, outcome.report.error(), outcome);
  } else {
    const bool whole = outcome.report->finished;
    if (whole || !outcome.report->releases.empty()) tell_report(ended.name, *outcome.report, outcome);
    if (!whole) tell_failure(ended.name, {Code::kUnavailable, outcome.report->waits_for}, outcome);
  }
  console_.flush();
}

Result<Outcome> Run::operator()(const Arguments& arguments) {
  SEAWALL_TRY(ChosenSubscriptions chosen, subscriptions_from(arguments));
  SEAWALL_TRY(const std::string who, account_from(arguments));
  const Actor by{who, arguments.text("--why").value_or("")};
  SEAWALL_TRY(session_, SubscribeSession::open(arguments, chosen.folder, by));
  for (SubscriptionSettings& settings : chosen.subscriptions) {
    if (!settings.enabled) continue;
    lists_.push_back(std::make_unique<FollowedList>(std::move(settings), session_->context()));
  }
  if (lists_.empty()) {
    return fail(Code::kInvalidInput,
                "every subscription named rests: take enabled = false out of " + chosen.path);
  }
  SubscriptionRunner runner(session_->clock(), {.at_once = at_once_, .once = once_});
  add_all(runner);
  say_what_is_followed(runner);
  while (!console_.stopping() && !(once_ && runner.idle())) {
    for (const auto& ended : runner.step(kLookEvery)) tell(ended);
    console_.progress(board_.line());
  }
  const bool cut_off = runner.running() != 0;
  runner.request_stop();
  while (runner.running() != 0) {  // Ends at the next page or step, or with the fetch that notices the stop.
    for (const auto& ended : runner.step(kLookEvery)) tell(ended);
  }
  console_.progress("");
  if (once_) return Outcome{.failed = failed_};
  if (!console_.json()) {
    console_.note(cut_off ? "stopped; what was being read goes on from where it was" : "stopped");
  }
  return Outcome{.ended_as_asked = true};
}

Result<Outcome> run_run(const Arguments& arguments, Console& console) {
  return Run(arguments, console)(arguments);
}

constexpr std::array kOptions{
    kSettingsOption,
    kStoreOption,
    kOnlyOption,
    OptionSpec{.name = "--once", .help = "ask each that is due once, then end"},
    OptionSpec{.name = "--now", .help = "ask each at once, also those that are not due or are backing off"},
    OptionSpec{.name = "--dry-run",
               .help = "ask each once and say what would be added, changed, withdrawn; write nothing"},
    OptionSpec{.name = "--jobs",
               .value = "N",
               .help = "subscriptions at work side by side",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = 16,
               .default_value = "4"},
    OptionSpec{.name = "--why",
               .value = "TEXT",
               .help = "the reason in the history (default: subscription NAME)",
               .kind = ValueKind::kText},
    kAsOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall subscribe check --settings subscriptions.toml",
            "First: would it work? Imports nothing."},
    Example{"seawall subscribe run --settings subscriptions.toml --dry-run", "What would change?"},
    Example{"seawall subscribe run --settings subscriptions.toml --once --only ncmec-industry",
            "One pull by hand; then look at the release with: seawall lists releases"},
    Example{"seawall subscribe run --settings /etc/seawall/subscriptions.toml",
            "The service, until SIGTERM."}};

}  // namespace

const CommandSpec& subscribe_run_command() {
  static constexpr CommandSpec kCommand{
      .name = "subscribe run",
      .summary = "follow other bodies' lists on their schedule",
      .description =
          "Asks each list when its time has come, page by page, and proposes what changed as a release of "
          "its "
          "bank, through the same guards as an import. Whether releases are only proposed or also staged, "
          "the "
          "settings say; people put them in force: seawall lists releases, show, approve, activate.\n\n"
          "The settings are a TOML file with one table for each list:\n\n"
          "[[subscription]] name = \"ncmec-industry\" kind = \"ncmec\" bank = \"ncmec\" url = "
          "\"https://...\" credentials_file = \"ncmec.credentials\" (docs/formats/subscriptions-toml.md; "
          "docs/howto/subscriptions.md has one to copy). Secrets stand in files of their own, readable by "
          "their owner alone, or in the environment, never on the command line.\n\n"
          "A remote that fails is asked again later and later, up to an hour; nothing of a page that did not "
          "arrive whole is taken. Ctrl-C or SIGTERM ends it at a safe point, with exit code 0. Whatever ends "
          "it, kill -9 too, the next start goes on from there: nothing is skipped, nothing comes twice. With "
          "--once the exit code says whether all went well: 4, a remote did not answer.",
      .positionals = {},
      .options = kOptions,
      .examples = kExamples,
      .run = run_run};
  return kCommand;
}

}  // namespace seawall::cli
