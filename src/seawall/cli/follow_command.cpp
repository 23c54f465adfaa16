#include "seawall/cli/follow_command.h"

#include <array>
#include <chrono>

#include "seawall/base/hex.h"
#include "seawall/cli/following.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/order_gate.h"
#include "seawall/cli/sighting_lines.h"
#include "seawall/sightings/retro_follower.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};  // For Ctrl-C.
constexpr std::size_t kFindingsAtOnce = 1'000;

void print_version(Console& console, const ListFollower& follower) {
  const ListVersion version = follower.proof();
  const FollowSizes sizes = follower.sizes();
  if (console.json()) {
    Json json;
    json["version"] = version.number;
    json["chain"] = to_hex(version.chain);
    json["pdq"] = sizes.pdq;
    json["md5"] = sizes.md5;
    json["sha1"] = sizes.sha1;
    json["sha256"] = sizes.sha256;
    console.print(to_line(json) + "\n");
  } else {
    console.print("list version " + std::to_string(version.number) + "  chain " +
                  to_hex(version.chain).substr(0, 16) + "...  " + std::to_string(sizes.pdq) +
                  " PDQ hashes, " + std::to_string(sizes.md5 + sizes.sha1 + sizes.sha256) + " digests\n");
  }
  console.flush();
}

/// Prints what waits, then takes it away: whoever is killed in between prints it again, under its number.
Result<void> tell_findings(RetroFollower& retro, Console& console, Outcome& outcome) {
  while (!console.stopping()) {
    SEAWALL_TRY(const auto findings, retro.waiting(kFindingsAtOnce));
    if (findings.empty()) return {};
    for (const RetroFinding& one : findings) {
      Sighting sighting = one.sighting;
      sighting.tenant = one.tenant;
      sighting.place = one.place;
      print_sighting(console, sighting, one.number);
    }
    console.flush();
    if (console.out_closed()) return {};
    outcome.matched = true;
    SEAWALL_CHECK(retro.told(findings.back().number));
  }
  return {};
}

/// Looks for what came in force, until nothing is left or the program shall stop.
Result<void> look_back(RetroFollower& retro, Console& console, Outcome& outcome) {
  SEAWALL_CHECK(tell_findings(retro, console, outcome));
  while (!console.stopping()) {
    SearchProgress progress(console);
    SEAWALL_TRY(const RetroFollowStep step,
                retro.step(progress.options(),
                           [&](std::uint64_t done, std::uint64_t total) { progress.show(done, total); }));
    progress.clear();
    note_report(console, step.report);
    if (step.not_kept != 0) {
      console.note(std::to_string(step.not_kept) +
                   " findings of entries with more than 100,000 are not told; look with: seawall retro-match "
                   "--entry");
    }
    SEAWALL_CHECK(tell_findings(retro, console, outcome));
    if (step.up_to_date) return {};
  }
  return {};
}

Result<Outcome> run_follow(const Arguments& arguments, Console& console) {
  const auto folder = arguments.text("--retro");
  const auto observations = arguments.text("--observe");
  if (folder.has_value() != observations.has_value()) {
    return usage_failure(console, "--observe DIR and --retro DIR come together");
  }
  SEAWALL_TRY(const auto following, open_following(arguments, arguments.positionals()[0]));
  std::unique_ptr<RetroFollower> retro;
  if (folder) {
    SEAWALL_CHECK(refuse_under_orders(following->url, "look with seawall retro-match --since N --order ID"));
    SEAWALL_TRY(const auto mark, order_mark_of(*observations));
    if (mark)
      return fail(Code::kInvalidInput, "these observations are under orders: look with seawall retro-match");
    SEAWALL_TRY(retro, RetroFollower::open(*folder, *observations, *following->store, following->clock));
  }
  ListFollower& follower = *following->follower;
  Outcome outcome;
  SEAWALL_TRY(const bool whole, bring_up_to_date(follower, console));
  if (whole) print_version(console, follower);
  if (retro) SEAWALL_CHECK(look_back(*retro, console, outcome));
  while (!console.stopping() && !arguments.flag("--once")) {
    SEAWALL_TRY(const FollowStep step, follower.step(kLookEvery));
    if (step.items == 0) continue;
    print_version(console, follower);
    if (retro) SEAWALL_CHECK(look_back(*retro, console, outcome));
  }
  return outcome;
}

constexpr std::array kPositionals{kFollowerFolder};
constexpr std::array kOptions{
    kStoreOption, OptionSpec{.name = "--once", .help = "end when up to date"},
    OptionSpec{.name = "--observe",
               .value = "DIR",
               .help = "a log of observations that matchers write, to look back in",
               .kind = ValueKind::kDirectory},
    OptionSpec{.name = "--retro",
               .value = "DIR",
               .help = "look for past sightings of whatever comes in force; keeps its place in DIR",
               .kind = ValueKind::kPath},
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall lists follow /var/lib/seawall/index", "Keep an index up to date, until Ctrl-C."},
    Example{"seawall lists follow index/ --observe seen/ --retro retro/ --json",
            "And tell where new entries were seen before."}};

}  // namespace

const CommandSpec& lists_follow_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists follow",
      .summary = "keep a matcher's indexes at the newest list version",
      .description =
          "Follows the store's changes as they happen and prints each version with its chain. After a "
          "restart it goes on where it was; it checks the chain and every release's digest on the way.\n\n"
          "With --retro each entry that comes in force from then on is looked for in the log of --observe, "
          "which a matcher may be writing. Each finding has a number. Killed at any point, it goes on "
          "without "
          "leaving anything out; what had been printed and not yet ticked off is printed again under the "
          "same "
          "number. Exit code 1: something was found.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_follow};
  return kCommand;
}

}  // namespace seawall::cli
