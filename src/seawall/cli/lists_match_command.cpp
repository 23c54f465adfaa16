#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>

#include "seawall/base/unique_fd.h"
#include "seawall/cli/follow_command.h"
#include "seawall/cli/following.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/order_gate.h"
#include "seawall/json/text.h"
#include "seawall/signal_file/signal_reader.h"
#include "seawall/watch/observing_matcher.h"

namespace seawall::cli {
namespace {

/// Rows that are observed together, and answered with the lists as they are then.
constexpr std::size_t kBlockRows = 256;

Json match_json(const ListMatch& match, const std::string& id) {
  Json json;
  json["entry"] = to_text(match.entry);
  json["match"] = to_text(match.entry) + "@" + id;  // For lists decide.
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
    for (const ListMatch& match : verdict.matches) json["matches"].push_back(match_json(match, record.id));
    json["reasons"] = verdict.reasons;
    json["list_version"] = verdict.list_version;
    console.print(to_line(json) + "\n");
    return;
  }
  if (verdict.matches.empty()) return;
  console.print(std::string(name_of(verdict.action)) + "  " + shown_text(record.id) + "\n");
  for (const std::string& reason : verdict.reasons) console.print("  " + shown_text(reason) + "\n");
}

/// What the options add to a follower; null where they do not.
struct Watching {
  std::unique_ptr<ObservationLog> log;
  std::unique_ptr<Recorder> recorder;
  StoreRecords records;
  std::unique_ptr<AlertService> alerts;
  std::unique_ptr<FloodWatch> flood;
};

Result<void> open_log(const Arguments& arguments, const std::string& url, const Clock& clock,
                      Watching& watching) {
  const auto folder = arguments.text("--observe");
  if (!folder) return {};
  RecorderOptions options;
  options.tenant = *arguments.text("--tenant");
  options.place = arguments.text("--place").value_or("");
  if (!is_utf8(options.tenant) || !is_utf8(options.place) ||
      options.place.size() > Observation::kPlaceBytesMax) {
    return fail(Code::kInvalidInput, "--tenant and --place are UTF-8, a place of at most 128 bytes");
  }
  SEAWALL_CHECK(mark_where_under_orders(url, *folder));
  SEAWALL_TRY(watching.log, ObservationLog::open(*folder, clock));
  if (const auto days = arguments.integer("--keep-days")) {
    SEAWALL_CHECK(watching.log->set_retention(options.tenant, std::chrono::hours(24 * *days)));
  }
  watching.recorder = std::make_unique<Recorder>(*watching.log, clock, std::move(options));
  return {};
}

Result<void> open_flood(const Arguments& arguments, Following& following, Watching& watching) {
  const auto folder = arguments.text("--flood");
  if (!folder) return {};
  SEAWALL_TRY(watching.records, open_store_records(following.url));
  watching.alerts = std::make_unique<AlertService>(*following.store, *watching.records.requests,
                                                   *watching.records.alerts, following.clock);
  SEAWALL_TRY(watching.flood, FloodWatch::open(*folder, *watching.alerts, following.clock));
  return {};
}

/// Appends one line to the file that --tell names, in one write.
Result<void> tell(const std::string& path, const std::string& line) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600));
  if (file.get() < 0 || ::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return fail(Code::kUnavailable, "cannot tell of it in " + path + "; see: seawall lists alerts");
  }
  return {};
}

void print_flood(Console& console, const Arguments& arguments, EntryId entry, const FloodTrip& trip) {
  const FloodCounts& counts = trip.counts;
  console.note("entry " + to_text(entry) +
               (trip.held_back ? " is held back" : " floods, and so many are held back that it is not") +
               ": it matched " + std::to_string(counts.matches) + " times, " + std::to_string(counts.limit) +
               " is too many; decide with: seawall lists alerts");
  const auto path = arguments.text("--tell");
  if (!path) return;
  Json json;
  json["what"] = trip.held_back ? "held_back" : "told";
  json["entry"] = to_text(entry);
  json["matches"] = counts.matches;
  json["limit"] = counts.limit;
  json["within_ms"] = counts.within.count();
  json["time"] = time_text(SystemClock().now());
  if (const auto told = tell(*path, to_line(json) + "\n"); !told) console.error(told.error());
}

/// Collects rows and answers them, at the latest when there are kBlockRows.
class Answerer {
 public:
  Answerer(ObservingMatcher& matcher, const ObservingMatcher::Calls& calls, Console& console)
      : matcher_(matcher), calls_(calls), console_(console) {}

  void add(SignalRecord record) {
    block_.push_back(std::move(record));
    if (block_.size() == kBlockRows) answer();
  }
  void answer() {
    if (block_.empty() || !result_) return;
    result_ = matcher_.answer(block_, calls_);
    block_.clear();
  }
  /// Whoever waits for answers before writing more rows gets them now.
  void answer_now() {
    answer();
    console_.flush();
  }
  [[nodiscard]] const Result<void>& result() const { return result_; }

 private:
  ObservingMatcher& matcher_;
  const ObservingMatcher::Calls& calls_;
  Console& console_;
  std::vector<SignalRecord> block_;
  Result<void> result_;
};

/// Has the rows so far answered before it waits for more bytes.
class IdleSource final : public ByteSource {
 public:
  explicit IdleSource(InputFile& file) : file_(file) {}
  Result<std::size_t> read(std::span<char> out) override {
    pollfd ready{file_.fd(), POLLIN, 0};
    if (answerer != nullptr && ::poll(&ready, 1, 0) == 0) answerer->answer_now();
    return file_.source().read(out);
  }
  Answerer* answerer = nullptr;

 private:
  InputFile& file_;
};

Result<void> answer_rows(SignalReader& reader, Answerer& answerer, Outcome& outcome, Console& console) {
  while (!console.stopping() && answerer.result()) {
    SignalRecord record;
    const auto any = reader.next(record);
    if (!any) {
      if (any.error().code == Code::kUnavailable) return tl::unexpected(any.error());
      console.error(any.error());
      ++outcome.input_errors;
      continue;
    }
    if (!*any) break;
    answerer.add(std::move(record));
  }
  answerer.answer();
  return answerer.result();
}

Result<Outcome> match_records(SignalReader& reader, IdleSource& source, ObservingMatcher& matcher,
                              const Arguments& arguments, Console& console) {
  Outcome outcome;
  const auto answered = [&](const SignalRecord& record, const ListVerdict& verdict) {
    outcome.matched = outcome.matched || verdict.action != BankAction::kAllow;
    print_verdict(console, record, verdict);
  };
  const auto problem = [&](const Error& error) { console.error(error); };
  const auto flooded = [&](EntryId entry, const FloodTrip& trip) {
    print_flood(console, arguments, entry, trip);
  };
  const auto stopping = [&] { return console.stopping(); };
  const ObservingMatcher::Calls calls{answered, problem, flooded, stopping};
  Answerer answerer(matcher, calls, console);
  source.answerer = &answerer;
  const auto done = answer_rows(reader, answerer, outcome, console);
  source.answerer = nullptr;
  SEAWALL_CHECK(done);
  SEAWALL_CHECK(matcher.finish());
  outcome.input_errors += matcher.not_observed();
  return outcome;
}

std::string_view misused(const Arguments& arguments) {
  const bool observes = arguments.text("--observe").has_value();
  if (!observes && (arguments.text("--place") || arguments.integer("--keep-days"))) {
    return "--place and --keep-days are of observations: name their log with --observe DIR";
  }
  if (!arguments.text("--flood") && arguments.text("--tell")) {
    return "--tell is of floods: name where they are counted with --flood DIR";
  }
  return {};
}

Result<Outcome> run_match(const Arguments& arguments, Console& console) {
  if (const auto wrong = misused(arguments); !wrong.empty()) return usage_failure(console, wrong);
  const std::string& path = arguments.positionals()[1];
  SEAWALL_TRY(InputFile file, InputFile::open(path, console));
  IdleSource source(file);
  auto reader = SignalReader::open(source);
  if (!reader) return tl::unexpected(std::move(reader).error().within(path));
  SEAWALL_TRY(const auto following, open_following(arguments, arguments.positionals()[0]));
  Watching watching;
  SEAWALL_CHECK(open_log(arguments, following->url, following->clock, watching));
  SEAWALL_CHECK(open_flood(arguments, *following, watching));
  SEAWALL_TRY(const bool whole, bring_up_to_date(*following->follower, console));
  if (!whole) return Outcome{};
  ObservingMatcher matcher(*following->follower, watching.recorder.get(), watching.flood.get());
  auto outcome = match_records(*reader, source, matcher, arguments, console);
  if (!outcome) return tl::unexpected(std::move(outcome).error().within(path));
  return outcome;
}

constexpr std::array kPositionals{
    kFollowerFolder,
    PositionalSpec{
        .name = "SIGNALS", .help = "CSV or NDJSON; - is standard input", .kind = ValueKind::kFile}};
constexpr std::array kOptions{
    kStoreOption,
    OptionSpec{.name = "--observe",
               .value = "DIR",
               .help = "keep what is asked about in this log of observations, made when it is not there",
               .kind = ValueKind::kPath},
    OptionSpec{.name = "--tenant",
               .value = "NAME",
               .help = "whose observations these are",
               .kind = ValueKind::kText,
               .default_value = "default"},
    OptionSpec{.name = "--place",
               .value = "REF",
               .help = "the place of all rows (default: each row's id)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--keep-days",
               .value = "N",
               .help = "set how long this tenant's observations are kept; 0: for ever",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 36'500},
    OptionSpec{
        .name = "--flood",
        .value = "DIR",
        .help = "count each entry's matches there, and quarantine one that suddenly matches far too often",
        .kind = ValueKind::kPath},
    OptionSpec{.name = "--tell",
               .value = "FILE",
               .help = "append one line of JSON to FILE for each entry that a flood has quarantined",
               .kind = ValueKind::kPath},
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall hash --json photos/ | seawall lists match index/ - --json",
            "What the lists say of a folder."},
    Example{"seawall lists match index/ uploads.csv --observe seen/ --tenant forum --keep-days 90",
            "The same, kept for entries that arrive later."},
    Example{"seawall lists match index/ - --flood flood/ --tell /var/log/seawall-alerts.ndjson",
            "Hold entries back that suddenly match far too often."}};

}  // namespace

const CommandSpec& lists_match_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists match",
      .summary = "ask the lists about signals",
      .description =
          "Brings the folder up to date, then answers each row: the verdict (block, review or allow), every "
          "entry within its radius with its distance, and why. Staged and quarantined entries are shown and "
          "enforce nothing; a match of a harmless bank overrules. Exit code 1: something is to be blocked or "
          "reviewed.\n\nRows are answered 256 at a time, or as soon as no more stand ready, each time with "
          "the newest lists. "
          "With --observe a row's signals, place and time are durable before it is answered, whatever it "
          "meets: seawall retro-match then finds them for entries that come later. With --flood the account "
          "\"flood-breaker\" quarantines entries, and seawall lists alerts tells of them.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_match};
  return kCommand;
}

}  // namespace seawall::cli
