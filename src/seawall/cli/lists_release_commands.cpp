#include <array>

#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1000;

bool is_open(const Release& release) {
  return release.state == ReleaseState::kProposed || release.state == ReleaseState::kStaged;
}

/// Imports that have not come to their end; how many.
Result<std::uint64_t> print_loads(Console& console, StoreView& view) {
  std::uint64_t shown = 0;
  for (ReleaseId after{};;) {
    SEAWALL_TRY(const auto page, view.open_releases(after, kPage));
    for (const Release& release : page) {
      if (release.state != ReleaseState::kLoading) continue;
      SEAWALL_TRY(const std::string bank, bank_name(view, release.bank));
      print_release(console, release, std::nullopt, bank);
      const std::string id = std::to_string(static_cast<std::uint32_t>(release.id));
      if (!console.json()) {
        console.note("release " + id +
                     " is loading or was cut off: go on with seawall lists import ... --resume " + id +
                     ", or take it away with seawall lists reject " + id);
      }
      ++shown;
    }
    if (page.size() < kPage) return shown;
    after = page.back().id;
  }
}

Result<Outcome> run_releases(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  const bool all = arguments.flag("--all");
  SEAWALL_TRY(std::uint64_t shown, print_loads(console, *view));
  ReleaseId after{0};
  for (;;) {
    SEAWALL_TRY(const auto page, view->releases(after, kPage));
    if (page.empty() || console.stopping()) break;
    after = page.back().id;
    for (const Release& release : page) {
      if (!all && !is_open(release)) continue;
      SEAWALL_CHECK(print_sealed(console, session->service(), *view, release));
      ++shown;
    }
  }
  if (shown == 0 && !console.json())
    console.note(all ? "no releases yet" : "nothing waits; --all shows the past");
  return Outcome{};
}

Json pending_json(const PendingChange& change) {
  Json json;
  json["entry"] = to_text(change.entry);
  json["change"] = change.content ? "update" : "withdraw";
  return json;
}

Json refusal_json(const Refusal& refusal) {
  Json json;
  json["key"] = refusal.key;
  json["reason"] = refusal.reason;
  json["detail"] = refusal.detail;
  json["quarantined"] = refusal.quarantined;
  return json;
}

void print_object(Console& console, const Json& json) {
  if (console.json()) {
    console.print(to_line(json) + "\n");
    return;
  }
  std::string line = " ";
  for (const auto& [name, value] : json.items()) {
    line += " " + name + " " + (value.is_string() ? value.get<std::string>() : to_line(value));
  }
  console.print(shown_text(line) + "\n");
}

Result<void> print_pending(Console& console, StoreView& view, ReleaseId release) {
  EntryId after{0};
  for (;;) {
    SEAWALL_TRY(const auto page, view.pending(release, after, kPage));
    for (const PendingChange& change : page) print_object(console, pending_json(change));
    if (page.empty() || console.stopping()) return {};
    after = page.back().entry;
  }
}

Result<void> print_refusals(Console& console, StoreView& view, ReleaseId release) {
  for (std::uint64_t offset = 0;; offset += kPage) {
    SEAWALL_TRY(const auto page, view.refusals(release, offset, kPage));
    for (const Refusal& refusal : page) print_object(console, refusal_json(refusal));
    if (page.size() < kPage || console.stopping()) return {};
  }
}

Result<void> print_added(Console& console, StoreView& view, ReleaseId release) {
  EntryId after{0};
  for (;;) {
    SEAWALL_TRY(const auto page, view.entries_of_release(release, after, kPage));
    for (const Entry& entry : page) {
      if (console.json()) {
        console.print(to_line(entry_json(entry)) + "\n");
      } else {
        console.print(shown_text("  " + to_text(entry.id) + "  " + std::string(name_of(entry.state)) + "  " +
                                 entry.key) +
                      "\n");
      }
    }
    if (page.empty() || console.stopping()) return {};
    after = page.back().id;
  }
}

Result<Outcome> run_show(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ReleaseId id, release_from(arguments.positionals()[0]));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const auto release, view->release(id));
  if (!release)
    return fail(Code::kNotFound, "there is no such release; seawall lists releases --all shows them");
  SEAWALL_CHECK(print_sealed(console, session->service(), *view, *release));
  if (arguments.flag("--added")) SEAWALL_CHECK(print_added(console, *view, id));
  if (arguments.flag("--pending")) SEAWALL_CHECK(print_pending(console, *view, id));
  if (arguments.flag("--refused")) SEAWALL_CHECK(print_refusals(console, *view, id));
  return Outcome{};
}

using Move = ListResult<Release> (ListService::*)(ReleaseId, const Actor&);

Result<Outcome> move_in(ListsSession& session, ReleaseId id, const Actor& by, Console& console, Move move) {
  SEAWALL_TRY(const Release release, (session.service().*move)(id, by));
  SEAWALL_TRY(const auto view, session.store().view());
  SEAWALL_CHECK(print_sealed(console, session.service(), *view, release));
  return Outcome{};
}

Result<Outcome> move_release(const Arguments& arguments, Console& console, Move move) {
  SEAWALL_TRY(const ReleaseId id, release_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  return move_in(*session, id, by, console, move);
}

Result<Outcome> run_stage(const Arguments& arguments, Console& console) {
  return move_release(arguments, console, &ListService::stage);
}
Result<Outcome> run_approve(const Arguments& arguments, Console& console) {
  return move_release(arguments, console, &ListService::approve);
}
Result<Outcome> run_activate(const Arguments& arguments, Console& console) {
  return move_release(arguments, console, &ListService::activate);
}

Result<bool> is_loading(StoreView& view, ReleaseId id) {
  SEAWALL_TRY(const auto found, view.open_releases(ReleaseId{static_cast<std::uint32_t>(id) - 1}, 1));
  return !found.empty() && found.front().id == id && found.front().state == ReleaseState::kLoading;
}

Result<Outcome> run_reject(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ReleaseId id, release_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(auto view, session->store().view());
  SEAWALL_TRY(const bool loading, is_loading(*view, id));
  view.reset();
  if (!loading) return move_in(*session, id, by, console, &ListService::reject);
  SEAWALL_CHECK(session->service().discard(id, by));
  console.note("release " + arguments.positionals()[0] + ", which was never whole, is taken away");
  return Outcome{};
}

Result<Outcome> run_take_back(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ReleaseId id, release_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const ChangeOutcome outcome, session->service().take_back(id, by));
  print_outcome(console, outcome, "taking release " + arguments.positionals()[0] + " back");
  return Outcome{};
}

constexpr std::array kRelease{PositionalSpec{.name = "RELEASE", .help = "its number"}};
constexpr std::array kActOptions{kStoreOption, kWhyOption, kAsOption, kJsonOption};
constexpr std::array kReleasesOptions{
    kStoreOption, OptionSpec{.name = "--all", .help = "those that are active or rejected too"}, kJsonOption};
constexpr std::array kShowOptions{
    kStoreOption, OptionSpec{.name = "--added", .help = "its new entries too"},
    OptionSpec{.name = "--pending", .help = "the updates and withdrawals it waits with"},
    OptionSpec{.name = "--refused", .help = "what the guards refused or quarantined"}, kJsonOption};
constexpr std::array kReleasesExamples{Example{"seawall lists releases", "What waits for somebody."}};
constexpr std::array kShowExamples{Example{"seawall lists show 12 --pending --refused",
                                           "What release 12 would change, and what was refused."}};
constexpr std::array kStageExamples{
    Example{"seawall lists stage 12 --why 'looks right'", "Let its new entries match silently."}};
constexpr std::array kApproveExamples{
    Example{"seawall lists approve 12 --why 'checked with the source'", "Agree as the second person."}};
constexpr std::array kActivateExamples{
    Example{"seawall lists activate 12 --why 'approved'", "Put release 12 in force."}};
constexpr std::array kRejectExamples{
    Example{"seawall lists reject 12 --why 'wrong file'", "Let release 12 come to nothing."}};
constexpr std::array kTakeBackExamples{
    Example{"seawall lists take-back 12 --why 'source withdrew it'", "Withdraw what release 12 added."}};

}  // namespace

const CommandSpec& lists_releases_command() {
  static constexpr CommandSpec kCommand{.name = "lists releases",
                                        .summary = "show the changes of the lists that wait",
                                        .description =
                                            "An import makes a release: what it adds (+), updates (~) and "
                                            "withdraws (-) takes effect as a whole "
                                            "once it is activated.",
                                        .positionals = {},
                                        .options = kReleasesOptions,
                                        .examples = kReleasesExamples,
                                        .run = run_releases};
  return kCommand;
}

const CommandSpec& lists_show_command() {
  static constexpr CommandSpec kCommand{.name = "lists show",
                                        .summary = "show one release and what it would change",
                                        .description = "With --json one object a line, the release first.",
                                        .positionals = kRelease,
                                        .options = kShowOptions,
                                        .examples = kShowExamples,
                                        .run = run_show};
  return kCommand;
}

const CommandSpec& lists_stage_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists stage",
      .summary = "let a release match silently",
      .description = "Matchers count what its new entries meet and enforce none of it.",
      .positionals = kRelease,
      .options = kActOptions,
      .examples = kStageExamples,
      .run = run_stage};
  return kCommand;
}

const CommandSpec& lists_approve_command() {
  static constexpr CommandSpec kCommand{.name = "lists approve",
                                        .summary = "agree to a release as another person",
                                        .description =
                                            "Whoever proposed a release cannot approve it. A release that "
                                            "changes more than 5 % of its bank, and "
                                            "more than 500 entries, needs two approvals.",
                                        .positionals = kRelease,
                                        .options = kActOptions,
                                        .examples = kApproveExamples,
                                        .run = run_approve};
  return kCommand;
}

const CommandSpec& lists_activate_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists activate",
      .summary = "put an approved release in force",
      .description = "Its new entries are enforced, its updates and withdrawals carried out, all at once.",
      .positionals = kRelease,
      .options = kActOptions,
      .examples = kActivateExamples,
      .run = run_activate};
  return kCommand;
}

const CommandSpec& lists_reject_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists reject",
      .summary = "let a release come to nothing",
      .description = "For releases that are not in force; lists take-back is for those that are.",
      .positionals = kRelease,
      .options = kActOptions,
      .examples = kRejectExamples,
      .run = run_reject};
  return kCommand;
}

const CommandSpec& lists_take_back_command() {
  static constexpr CommandSpec kCommand{.name = "lists take-back",
                                        .summary = "withdraw what a release in force has added",
                                        .description =
                                            "Its new entries are withdrawn at once; its updates and "
                                            "withdrawals stay. Where the bank asks for two "
                                            "persons, another one approves it.",
                                        .positionals = kRelease,
                                        .options = kActOptions,
                                        .examples = kTakeBackExamples,
                                        .run = run_take_back};
  return kCommand;
}

}  // namespace seawall::cli
