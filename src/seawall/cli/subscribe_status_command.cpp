#include <algorithm>
#include <array>
#include <filesystem>

#include "seawall/cli/subscribe_commands.h"
#include "seawall/cli/subscribe_session.h"
#include "seawall/subscription/folder.h"

namespace seawall::cli {
namespace {

/// One subscription with what its folder says.
struct Stand {
  const SubscriptionSettings& settings;
  SubscriptionState state;
  FeedGrade grade;
  Time now;
};

std::string_view word_of(const Stand& stand) {
  return stand.settings.enabled ? name_of(stand.grade) : "resting";
}

void set_time(Json& json, const char* name, const std::optional<Time>& time) {
  if (time) {
    json[name] = time_text(*time);
  } else {
    json[name] = nullptr;
  }
}

Json stand_json(const Stand& stand) {
  const SubscriptionHealth& health = stand.state.health;
  Json json;
  json["subscription"] = stand.settings.name;
  json["kind"] = stand.settings.kind;
  json["bank"] = stand.settings.tenant + "/" + stand.settings.bank;
  json["health"] = word_of(stand);
  set_time(json, "last_attempt", health.last_attempt);
  set_time(json, "last_success", health.last_success);
  json["last_error"] = health.last_error.empty() ? Json(nullptr) : Json(health.last_error);
  json["failures"] = health.consecutive_failures;
  json["backing_off"] = health.consecutive_failures != 0;
  set_time(json, "next_at", health.last_attempt ? std::optional(health.next_at) : std::nullopt);
  set_time(json, "checkpoint_at", health.moved_at);
  if (health.moved_at) {
    json["checkpoint_age_s"] =
        std::chrono::duration_cast<std::chrono::seconds>(stand.now - *health.moved_at).count();
  }
  set_time(json, "newest", health.newest);
  json["pages"] = health.pages;
  json["pages_kept"] = stand.state.page_count;
  json["records"] = health.records;
  json["left_aside"] = health.left_aside;
  json["releases"] = health.releases;
  json["added"] = health.added;
  json["updated"] = health.updated;
  json["withdrawn"] = health.withdrawn;
  json["quarantined"] = health.quarantined;
  json["refused"] = health.refused;
  json["conflicts"] = health.conflicts;
  return json;
}

std::string ago(Time now, Time then) { return time_text(then) + " (" + age_text(now - then) + " ago)"; }

std::string next_text(const Stand& stand) {
  const SubscriptionHealth& health = stand.state.health;
  if (!stand.settings.enabled) return "it rests: enabled = false";
  if (!health.last_attempt || health.next_at <= stand.now) return "due now";
  std::string text = health.consecutive_failures == 0 ? "next at " : "backing off, asked again at ";
  return text + time_text(health.next_at) + " (in " + age_text(health.next_at - stand.now) + ")";
}

void print_stand(Console& console, const Stand& stand) {
  const SubscriptionHealth& health = stand.state.health;
  const bool failing = stand.grade == FeedGrade::kFailing;
  const std::string_view colour = failing ? console.red() : console.plain();
  std::string out = std::string(console.bold()) + stand.settings.name + std::string(console.plain()) + "  " +
                    std::string(colour) + std::string(word_of(stand)) + std::string(console.plain()) + "  " +
                    stand.settings.tenant + "/" + stand.settings.bank + "\n";
  out += "  last success " + (health.last_success ? ago(stand.now, *health.last_success) : "never") + "; " +
         next_text(stand) + "\n";
  if (!health.last_error.empty()) {
    out += "  last error: " + shown_text(health.last_error) + " (" +
           std::to_string(health.consecutive_failures) + " in a row)\n";
  }
  if (health.pages != 0) {
    out += "  " + std::to_string(health.pages) + " pages, " + std::to_string(health.records) +
           " records: " + std::to_string(health.added) + " added, " + std::to_string(health.updated) +
           " changed, " + std::to_string(health.withdrawn) + " withdrawn, " + std::to_string(health.refused) +
           " refused, " + std::to_string(health.quarantined) + " quarantined, in " +
           std::to_string(health.releases) + " releases\n";
  }
  if (health.moved_at) out += "  checkpoint of " + ago(stand.now, *health.moved_at);
  if (stand.state.page_count != 0) {
    out += "; " + std::to_string(stand.state.page_count) + " pages kept that are not in the lists yet";
  }
  if (health.moved_at) out += "\n";
  console.print(out);
}

Result<Outcome> run_status(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ChosenSubscriptions chosen, subscriptions_from(arguments));
  const SystemClock clock;
  Outcome outcome;
  for (const SubscriptionSettings& settings : chosen.subscriptions) {
    auto state = read_subscription_folder(std::filesystem::path(chosen.folder) / settings.name);
    if (!state) return tl::unexpected(std::move(state).error().within(settings.name));
    Stand stand{settings, std::move(*state).value_or(SubscriptionState{}), FeedGrade::kNew, clock.now()};
    stand.grade = grade_of(stand.state.health, settings.interval, stand.now);
    if (settings.enabled && stand.grade == FeedGrade::kFailing) outcome.failed = Code::kUnavailable;
    if (console.json()) {
      console.print(to_line(stand_json(stand)) + "\n");
    } else {
      print_stand(console, stand);
    }
  }
  return outcome;
}

constexpr std::array kOptions{kSettingsOption, kOnlyOption, kJsonOption};
constexpr std::array kExamples{
    Example{"seawall subscribe status --settings subscriptions.toml", "Every list that is followed."},
    Example{"seawall subscribe status --settings subscriptions.toml --json | jq 'select(.health != \"ok\")'",
            "What a monitor should look at."}};

}  // namespace

const CommandSpec& subscribe_status_command() {
  static constexpr CommandSpec kCommand{
      .name = "subscribe status",
      .summary = "show how each list that is followed is doing",
      .description =
          "Reads what each subscription notes in its folder, also while another process runs it; asks "
          "nobody. "
          "Health: ok; late (the last pull did not come to its end, or there was none for twice its "
          "interval); "
          "failing (three pulls in a row, or an error that waiting does not mend, such as credentials that "
          "are "
          "not accepted); new (never asked); resting. Exit code 4: something is failing.\n\n"
          "The checkpoint is how far the remote list was read; its age counts from when it last moved, or "
          "was "
          "found to be the newest.",
      .positionals = {},
      .options = kOptions,
      .examples = kExamples,
      .run = run_status};
  return kCommand;
}

}  // namespace seawall::cli
