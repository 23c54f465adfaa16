#include "seawall/cli/follow_command.h"

#include <array>
#include <chrono>

#include "seawall/base/hex.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/lists_session.h"
#include "seawall/feed_store/store_feed.h"
#include "seawall/follow/list_follower.h"
#include "seawall/signal_file/signal_reader.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};  // For Ctrl-C.

/// A follower with all that it borrows.
struct Following {
  std::unique_ptr<Store> store;
  std::unique_ptr<StoreFeed> feed;
  SystemClock clock;
  std::unique_ptr<ListFollower> follower;
};

Result<std::unique_ptr<Following>> open_following(const Arguments& arguments, const std::string& folder) {
  auto following = std::make_unique<Following>();
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(following->store, open_named_store(url));
  following->feed = std::make_unique<StoreFeed>(*following->store);
  SEAWALL_TRY(following->follower,
              ListFollower::open(folder, *following->feed, *following->store, following->clock));
  return following;
}

/// Steps until nothing more is there. False: told to stop.
Result<bool> catch_up(ListFollower& follower, Console& console) {
  while (!console.stopping()) {
    SEAWALL_TRY(const FollowStep step, follower.step(std::chrono::milliseconds(0)));
    if (step.up_to_date) return true;
    console.progress("at list version " + std::to_string(follower.proof().number));
  }
  return false;
}

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

Result<Outcome> run_follow(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto following, open_following(arguments, arguments.positionals()[0]));
  ListFollower& follower = *following->follower;
  auto ready = catch_up(follower, console);
  console.progress("");
  SEAWALL_TRY(const bool whole, ready);
  if (whole) print_version(console, follower);
  while (!console.stopping() && !arguments.flag("--once")) {
    SEAWALL_TRY(const FollowStep step, follower.step(kLookEvery));
    if (step.items != 0) print_version(console, follower);
  }
  return Outcome{};
}

Json match_json(const ListMatch& match) {
  Json json;
  json["entry"] = to_text(match.entry);
  json["distance"] = match.distance_bits;
  json["radius"] = match.radius_bits;
  json["type"] = name_of(match.type);
  json["bank"] = static_cast<std::uint32_t>(match.bank);
  json["source"] = static_cast<std::uint32_t>(match.source);
  json["standing"] = name_of(match.standing);
  json["action"] = name_of(match.action);
  return json;
}

void print_verdict(Console& console, const SignalRecord& record, const ListVerdict& verdict) {
  if (console.json()) {
    Json json;
    json["id"] = record.id;
    json["verdict"] = name_of(verdict.action);
    json["matches"] = Json::array();
    for (const ListMatch& match : verdict.matches) json["matches"].push_back(match_json(match));
    json["reasons"] = verdict.reasons;
    json["list_version"] = verdict.list_version;
    console.print(to_line(json) + "\n");
    return;
  }
  if (verdict.matches.empty()) return;
  console.print(std::string(name_of(verdict.action)) + "  " + shown_text(record.id) + "\n");
  for (const std::string& reason : verdict.reasons) console.print("  " + shown_text(reason) + "\n");
}

ListQuery query_of(const SignalRecord& record, std::vector<PdqHash>& hashes) {
  hashes.clear();
  for (const ListedPdq& pdq : record.pdq) {
    // Of an unknown quality: looked up, as listed ones are.
    hashes.push_back({pdq.bits, pdq.quality == ListedPdq::kQualityUnknown ? kPdqQualityMin : pdq.quality});
  }
  return {.pdq = hashes, .md5 = record.md5, .sha1 = record.sha1, .sha256 = record.sha256, .tenant = {}};
}

Result<Outcome> match_records(SignalReader& reader, const ListFollower& follower, Console& console) {
  Outcome outcome;
  SignalRecord record;
  std::vector<PdqHash> hashes;
  while (!console.stopping()) {
    const auto any = reader.next(record);
    if (!any) {
      if (any.error().code == Code::kUnavailable) return tl::unexpected(any.error());
      console.error(any.error());
      ++outcome.input_errors;
      continue;
    }
    if (!*any) break;
    SEAWALL_TRY(const ListVerdict verdict, follower.match(query_of(record, hashes)));
    outcome.matched = outcome.matched || verdict.action != BankAction::kAllow;
    print_verdict(console, record, verdict);
  }
  return outcome;
}

Result<Outcome> run_match(const Arguments& arguments, Console& console) {
  const std::string& path = arguments.positionals()[1];
  SEAWALL_TRY(InputFile file, InputFile::open(path, console));
  auto reader = SignalReader::open(file.source());
  if (!reader) return tl::unexpected(std::move(reader).error().within(path));
  SEAWALL_TRY(const auto following, open_following(arguments, arguments.positionals()[0]));
  auto ready = catch_up(*following->follower, console);
  console.progress("");
  SEAWALL_TRY(const bool whole, ready);
  if (!whole) return Outcome{};
  auto outcome = match_records(*reader, *following->follower, console);
  if (!outcome) return tl::unexpected(std::move(outcome).error().within(path));
  return outcome;
}

constexpr PositionalSpec kFolder{.name = "DIR",
                                 .help = "where the matcher keeps its indexes; made when it is not there",
                                 .kind = ValueKind::kPath};
constexpr std::array kFollowPositionals{kFolder};
constexpr std::array kMatchPositionals{
    kFolder, PositionalSpec{
                 .name = "SIGNALS", .help = "CSV or NDJSON; - is standard input", .kind = ValueKind::kFile}};
constexpr std::array kFollowOptions{kStoreOption, OptionSpec{.name = "--once", .help = "end when up to date"},
                                    kJsonOption};
constexpr std::array kMatchOptions{kStoreOption, kJsonOption};
constexpr std::array kFollowExamples{
    Example{"seawall lists follow /var/lib/seawall/index", "Keep an index up to date, until Ctrl-C."}};
constexpr std::array kMatchExamples{Example{
    "seawall hash --json photos/ | seawall lists match index/ - --json", "What the lists say of a folder."}};

}  // namespace

const CommandSpec& lists_follow_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists follow",
      .summary = "keep a matcher's indexes at the newest list version",
      .description =
          "Follows the store's changes as they happen and prints each version with its chain. After a "
          "restart it "
          "goes on where it was; it checks the chain and every release's digest on the way.",
      .positionals = kFollowPositionals,
      .options = kFollowOptions,
      .examples = kFollowExamples,
      .run = run_follow};
  return kCommand;
}

const CommandSpec& lists_match_command() {
  static constexpr CommandSpec kCommand{.name = "lists match",
                                        .summary = "ask the lists about signals",
                                        .description =
                                            "Brings the folder up to date, then answers each row: the "
                                            "verdict (block, review or allow), every entry "
                                            "within its radius with its distance, and why. Staged and "
                                            "quarantined entries are shown and enforce "
                                            "nothing; a match of a harmless bank overrules. Exit code 1: "
                                            "something is to be blocked or reviewed.",
                                        .positionals = kMatchPositionals,
                                        .options = kMatchOptions,
                                        .examples = kMatchExamples,
                                        .run = run_match};
  return kCommand;
}

}  // namespace seawall::cli
