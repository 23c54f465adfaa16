#include <sys/stat.h>

#include <array>

#include "seawall/cli/subscribe_commands.h"
#include "seawall/cli/subscribe_session.h"
#include "seawall/subscription/check.h"

namespace seawall::cli {
namespace {

using Finding = SubscriptionFinding;
using Grade = Finding::Grade;

/// Who may write the settings decides whose list is followed.
std::optional<Finding> finding_about_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || (info.st_mode & 022) == 0) return std::nullopt;
  return Finding{"settings", Grade::kWarning,
                 "others can write " + path + ", and so decide which lists are followed",
                 "type: chmod go-w " + path};
}

void print_finding(Console& console, const std::string& name, const Finding& finding) {
  if (console.json()) {
    Json json;
    json["subscription"] = name.empty() ? Json(nullptr) : Json(name);
    json["what"] = finding.what;
    json["result"] = name_of(finding.grade);
    json["message"] = finding.words;
    json["advice"] = finding.advice.empty() ? Json(nullptr) : Json(finding.advice);
    console.print(to_line(json) + "\n");
    return;
  }
  const std::string_view colour = finding.grade == Grade::kGood  ? console.green()
                                  : finding.grade == Grade::kBad ? console.red()
                                                                 : console.bold();
  std::string grade(name_of(finding.grade));
  grade.resize(8, ' ');
  console.print("  " + std::string(colour) + grade + std::string(console.plain()) +
                std::string(finding.what) + ": " + shown_text(finding.words) + "\n");
  if (!finding.advice.empty()) console.print("          what to do: " + shown_text(finding.advice) + "\n");
}

/// A remote alone that does not answer may do so later.
void note_bad(Outcome& outcome, const Finding& finding) {
  if (finding.grade != Grade::kBad) return;
  const bool remote = finding.what == "remote";
  if (!remote || !outcome.failed) outcome.failed = remote ? Code::kUnavailable : Code::kInvalidInput;
}

Result<Outcome> run_check(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ChosenSubscriptions chosen, subscriptions_from(arguments));
  SEAWALL_TRY(const auto session, SubscribeSession::open(arguments, chosen.folder, {"check", ""}));
  if (const auto finding = finding_about_file(chosen.path)) print_finding(console, "", *finding);
  Outcome outcome;
  std::uint64_t good = 0;
  for (const SubscriptionSettings& settings : chosen.subscriptions) {
    if (console.stopping()) return outcome;
    if (!console.json())
      console.print(std::string(console.bold()) + settings.name + std::string(console.plain()) + "\n");
    console.flush();
    console.progress("asking " + settings.name);
    const auto findings = check_subscription(settings, session->context(), {});
    console.progress("");
    bool all_good = true;
    for (const Finding& finding : findings) {
      print_finding(console, settings.name, finding);
      note_bad(outcome, finding);
      all_good = all_good && finding.grade != Grade::kBad;
    }
    good += all_good ? 1 : 0;
  }
  console.flush();
  if (!console.json()) {
    console.note(std::to_string(good) + " of " + std::to_string(chosen.subscriptions.size()) +
                 " can be followed; nothing was imported");
  }
  return outcome;
}

constexpr std::array kOptions{kSettingsOption, kStoreOption, kOnlyOption, kJsonOption};
constexpr std::array kExamples{Example{"seawall subscribe check --settings subscriptions.toml",
                                       "Before the first run, and when it fails."}};

}  // namespace

const CommandSpec& subscribe_check_command() {
  static constexpr CommandSpec kCommand{
      .name = "subscribe check",
      .summary = "look whether subscriptions would work, and import nothing",
      .description =
          "Reads the settings; looks for the bank, the format, the public key and the secrets, and whether "
          "others could read those; then asks each remote once, for at most 1 MiB and 30 seconds. Says what "
          "to "
          "do about whatever is not as it should be. Nothing is imported and no folder is made.\n\n"
          "Exit code 3: something here must be put right. 4: only a remote did not answer as it should.",
      .positionals = {},
      .options = kOptions,
      .examples = kExamples,
      .run = run_check};
  return kCommand;
}

}  // namespace seawall::cli
