#include <array>
#include <chrono>
#include <thread>

#include "seawall/base/system_clock.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/log_commands.h"
#include "seawall/cli/note_key_file.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/http/server.h"
#include "seawall/json/json.h"
#include "seawall/list_log/list_log.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/orders/order_book.h"
#include "seawall/oversight_register/oversight_register.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/store_sql/access_store.h"
#include "seawall/store_sql/log_records.h"
#include "seawall/tlog_publish/draw_answers.h"
#include "seawall/tlog_publish/http_log_source.h"
#include "seawall/tlog_publish/log_server.h"
#include "seawall/tlog_publish/sequencer.h"
#include "seawall/tlog_publish/source_intake.h"

namespace seawall::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{100};
constexpr milliseconds kAfterTrouble{1'000};
constexpr milliseconds kDrain{2'000};
constexpr std::chrono::seconds kTidyEvery{30};
constexpr std::string_view kLogSource = "log";
constexpr std::string_view kUnix = "unix:";

/// A signer and the way to it: "VKEY=URL", or "VKEY=unix:PATH".
struct SignerLine {
  std::unique_ptr<CurlFetcher> fetcher;
  std::unique_ptr<HeadSigner> signer;
};

Result<SignerLine> signer_from(const std::string& text, const std::string& ca_file) {
  const auto mark = text.find('=');
  if (mark == std::string::npos) {
    return fail(Code::kInvalidInput, "a signer is VKEY=URL, or VKEY=unix:PATH");
  }
  SEAWALL_TRY(auto key, tlog::VerifierKey::parse(text.substr(0, mark)));
  std::string url = text.substr(mark + 1);
  CurlOptions options;
  options.ca_file = ca_file;
  options.in_memory = true;
  if (url.starts_with(kUnix)) {
    options.unix_socket = url.substr(kUnix.size());
    url = "http://localhost";
  }
  while (url.ends_with('/')) url.pop_back();
  SignerLine line;
  SEAWALL_TRY(line.fetcher, CurlFetcher::open(std::move(options)));
  line.signer = std::make_unique<HeadSigner>(HeadSignerPlace{std::move(key), std::move(url)}, *line.fetcher);
  return line;
}

/// Everything that a sequencer needs, in the order in which it is made.
struct LogRun {
  SystemClock clock;
  std::unique_ptr<Store> store;
  std::unique_ptr<AccessStore> access;
  std::unique_ptr<LogRecordStore> records;
  std::unique_ptr<tlog::LogStore> log;
  std::optional<tlog::NoteSigner> key;
  SignerLine signer;
  std::vector<SignerLine> witnesses;
  std::unique_ptr<ListLog> intake;
  std::unique_ptr<OrderBook> orders;
  std::unique_ptr<OversightRegister> overseer;
  std::unique_ptr<DrawAnswers> draws;
  std::unique_ptr<CurlFetcher> vault_fetcher;
  std::unique_ptr<PublishedLog> published;
  RoundDeadline vault_round;  ///< Of all its sources together.
  std::vector<std::unique_ptr<HttpLogSource>> vault;
  std::vector<std::unique_ptr<SourceIntake>> intakes;  ///< Of orders, overseers and vault.
  std::chrono::steady_clock::time_point tidy_next{};
  std::string source_trouble;
  std::unique_ptr<Sequencer> sequencer;
  std::unique_ptr<LogServer> handler;
  std::unique_ptr<HttpServer> server;
};

Result<void> open_signers(const Arguments& arguments, LogRun& run) {
  const std::string ca_file = arguments.text("--ca-file").value_or("");
  SEAWALL_TRY(run.signer, signer_from(*arguments.text("--signer"), ca_file));
  if (run.signer.signer->key().type() != tlog::KeyType::kEd25519) {
    return fail(Code::kInvalidInput, "--signer takes the log's own key, not a witness's");
  }
  for (const std::string& text : arguments.all("--witness")) {
    SEAWALL_TRY(auto line, signer_from(text, ca_file));
    if (line.signer->key().type() != tlog::KeyType::kCosignature) {
      return fail(Code::kInvalidInput,
                  "a witness's key is one that cosigns (seawall log keygen --for witness)");
    }
    run.witnesses.push_back(std::move(line));
  }
  return {};
}

/// The key service's entries, which are shown proofs of what the log holds.
Result<void> open_vault(const Arguments& arguments, LogRun& run, const SequencerOptions& options) {
  const auto address = arguments.text("--vault");
  if (!address) return {};
  CurlOptions curl;
  curl.in_memory = true;
  std::string url = *address;
  if (url.starts_with(kUnix)) {
    curl.unix_socket = url.substr(kUnix.size());
    url = "http://localhost";
  }
  SEAWALL_TRY(run.vault_fetcher, CurlFetcher::open(std::move(curl)));
  LogTrust trust{.origin = options.origin, .log = {run.signer.signer->key()}, .witnesses = {}};
  for (const SignerLine& line : run.witnesses) trust.witnesses.push_back(line.signer->key());
  trust.quorum = options.quorum;
  SEAWALL_TRY(auto files, durable::posix_folder_tree(arguments.positionals()[0], false));
  run.published = std::make_unique<PublishedLog>(std::move(files), std::move(trust));
  for (const char* name : {"vault", "orders"}) {
    run.vault.push_back(
        std::make_unique<HttpLogSource>(url, name, *run.vault_fetcher, *run.published, run.vault_round));
    run.intakes.push_back(std::make_unique<SourceIntake>(std::string("keys-") + name, *run.vault.back(),
                                                         *run.records, run.clock));
  }
  return {};
}

/// The first entry says which log this is.
Result<void> begin_log(LogRun& run, const std::string& origin) {
  SEAWALL_TRY(const std::uint64_t begun, run.records->last_of(kLogSource));
  if (begun > 0) return {};
  Json record;
  record["origin"] = origin;
  SEAWALL_TRY(std::string text, canonical_json(record));
  SEAWALL_TRY(auto made,
              make_log_record(kLogSource, 1, LogKind::kLogStart, run.clock.now(), std::move(text)));
  SEAWALL_TRY([[maybe_unused]] const std::size_t added, run.records->add(std::span(&made, 1)));
  return {};
}

Result<void> open_sequencer(const Arguments& arguments, LogRun& run) {
  SequencerOptions options;
  options.origin = run.signer.signer->key().name();
  if (const auto origin = arguments.text("--origin")) options.origin = *origin;
  options.quorum = static_cast<std::size_t>(*arguments.integer("--quorum"));
  options.heartbeat = std::chrono::seconds(*arguments.integer("--heartbeat"));
  if (options.quorum > run.witnesses.size()) {
    return fail(Code::kInvalidInput, "--quorum asks for more witnesses than --witness names");
  }
  SEAWALL_TRY(auto files, durable::posix_folder_tree(arguments.positionals()[0], true));
  SEAWALL_TRY(run.log, tlog::LogStore::open(std::move(files), options.origin));
  SEAWALL_CHECK(begin_log(run, options.origin));
  Sequencer::Parts parts{
      .log = *run.log,
      .records = *run.records,
      .sequencer_key = *run.key,
      .signer = *run.signer.signer,
      .witnesses = {},
      .clock = run.clock,
      .sources = {std::string(kListsSource), std::string(kAccessSource), std::string(kRequestsSource)}};
  for (const SignerLine& line : run.witnesses) parts.witnesses.push_back(line.signer.get());
  SEAWALL_CHECK(open_vault(arguments, run, options));
  run.draws = std::make_unique<DrawAnswers>(DrawAnswers::Parts{.log = run.log->reader(),
                                                               .origin = options.origin,
                                                               .records = *run.records,
                                                               .key = *run.key,
                                                               .clock = run.clock});
  SEAWALL_TRY(run.sequencer, Sequencer::open(std::move(parts), std::move(options)));
  return {};
}

Result<std::unique_ptr<LogRun>> open_run(const Arguments& arguments) {
  auto run = std::make_unique<LogRun>();
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(run->store, open_named_store(url));
  SEAWALL_TRY(run->access, open_access_store(url));
  SEAWALL_TRY(run->records, open_log_records(url));
  SEAWALL_TRY(run->key, note_key_from_file(*arguments.text("--sequencer-key"), tlog::KeyType::kEd25519));
  run->intake = std::make_unique<ListLog>(*run->store, *run->access, *run->records);
  if (const auto book = arguments.text("--orders")) {
    OrderBookOptions pinned;
    if (const auto id = arguments.text("--roster")) {
      SEAWALL_TRY(pinned.roster, roster_id_from(*id));
    }
    SEAWALL_TRY(run->orders, OrderBook::open(*book, run->clock, pinned));
    run->intakes.push_back(std::make_unique<SourceIntake>("orders", *run->orders, *run->records, run->clock));
  }
  if (const auto book = arguments.text("--overseer")) {
    SEAWALL_TRY(run->overseer, OversightRegister::open(*book, run->clock));
    run->intakes.push_back(std::make_unique<SourceIntake>(std::string(kOverseerSource), *run->overseer,
                                                          *run->records, run->clock));
  }
  SEAWALL_CHECK(open_signers(arguments, *run));
  SEAWALL_CHECK(open_sequencer(arguments, *run));
  run->handler = std::make_unique<LogServer>(run->log->reader(), run->sequencer.get(), run->clock);
  HttpServerOptions options;
  for (const std::string& address : arguments.all("--listen")) options.listen.push_back({address, {}});
  if (options.listen.empty()) return run;
  options.connections_max = 4'096;
  SEAWALL_TRY(run->server, HttpServer::start(options, *run->handler, run->clock));
  return run;
}

Result<void> tidy_orders(LogRun& run) {
  const auto now = std::chrono::steady_clock::now();
  if (now < run.tidy_next) return {};
  SEAWALL_TRY([[maybe_unused]] const std::uint64_t told, run.orders->tidy());
  run.tidy_next = now + kTidyEvery;
  return {};
}

/// Gives how many records of other sources are new. What is wrong with one holds up nothing else.
std::size_t take_sources(LogRun& run) {
  run.source_trouble.clear();
  if (run.orders) {
    if (const auto done = tidy_orders(run); !done) run.source_trouble = "orders: " + done.error().message;
  }
  run.vault_round.begin();
  std::size_t taken = 0;
  for (const auto& intake : run.intakes) {
    const auto more = intake->step();
    if (!more) run.source_trouble = intake->name() + ": " + more.error().message;
    taken += more.value_or(0);
  }
  const auto answered = run.draws->step();
  if (!answered) run.source_trouble = "draws: " + answered.error().message;
  return taken + answered.value_or(0);
}

/// Gives how many records are new.
Result<std::size_t> take_in(LogRun& run) {
  SEAWALL_TRY(const std::size_t taken, run.intake->step());
  return taken + take_sources(run);
}

/// Gives how many entries were appended.
Result<std::size_t> catch_up(LogRun& run) {
  SEAWALL_TRY([[maybe_unused]] const std::size_t taken, take_in(run));
  return run.sequencer->step();
}

void say(Console& console, const LogRun& run, std::size_t appended) {
  const SequencerState state = run.sequencer->state();
  if (!console.json()) {
    console.note(std::to_string(appended) + " entries appended; " + std::to_string(state.published_size) +
                 " published");
    return;
  }
  Json json;
  json["appended"] = appended;
  json["size"] = state.size;
  json["published"] = state.published_size;
  console.print(to_line(json) + "\n");
  console.flush();
}

Result<Outcome> run_once(LogRun& run, Console& console) {
  std::size_t all = 0;
  for (;;) {
    SEAWALL_TRY(const std::size_t taken, take_in(run));
    SEAWALL_TRY(const std::size_t appended, run.sequencer->step());
    all += appended;
    if (taken + appended == 0 || console.stopping()) break;
  }
  say(console, run, all);
  if (run.source_trouble.empty()) return Outcome{};
  return fail(Code::kCorrupt, run.source_trouble);
}

void sleep_while_running(Console& console, milliseconds time) {
  for (milliseconds slept{0}; slept < time && !console.stopping(); slept += kLookEvery) {
    std::this_thread::sleep_for(kLookEvery);
  }
}

Result<Outcome> run_for_ever(LogRun& run, Console& console) {
  if (run.server) {
    for (const std::string& address : run.server->addresses()) console.note("listening on " + address);
  }
  std::string told;
  while (!console.stopping()) {
    const auto appended = catch_up(run);
    const bool broken = run.sequencer->state().broken;
    if (!appended && (broken || appended.error().code == Code::kCorrupt))
      return tl::unexpected(appended.error());
    std::string trouble = appended ? run.sequencer->state().trouble : appended.error().message;
    if (trouble.empty()) trouble = run.source_trouble;
    if (trouble != told && !trouble.empty()) console.note(trouble);
    told = trouble;
    if (appended && *appended > 0) say(console, run, *appended);
    sleep_while_running(console, appended ? kLookEvery : kAfterTrouble);
  }
  if (run.server) (void)run.server->drain(kDrain);
  return Outcome{.ended_as_asked = true};
}

Result<Outcome> run_log(const Arguments& arguments, Console& console) {
  for (const char* needed : {"--sequencer-key", "--signer"}) {
    if (!arguments.text(needed)) return usage_failure(console, std::string(needed) + " is needed");
  }
  SEAWALL_TRY(const auto run, open_run(arguments));
  return arguments.flag("--once") ? run_once(*run, console) : run_for_ever(*run, console);
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "DIR",
                   .help = "the log's folder, which any web server can serve; made when it is not there",
                   .kind = ValueKind::kPath}};
constexpr std::array kOptions{
    kStoreOption,
    OptionSpec{
        .name = "--sequencer-key",
        .value = "FILE",
        .help = "the key by which it asks the signer, of `seawall log keygen --for sequencer` (required)",
        .kind = ValueKind::kFile},
    OptionSpec{.name = "--signer",
               .value = "VKEY=URL",
               .help = "the log's public key and where its signer listens; unix:PATH for a socket (required)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--witness",
               .value = "VKEY=URL",
               .help = "a witness's public key and where it listens",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--quorum",
               .value = "N",
               .help = "witnesses that must have cosigned a head before it is published",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 64,
               .default_value = "0"},
    OptionSpec{.name = "--heartbeat",
               .value = "SECONDS",
               .help = "a head is signed anew after that, though nothing is new",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = 86'400,
               .default_value = "600"},
    OptionSpec{.name = "--origin",
               .value = "TEXT",
               .help = "the log's origin (default: the name of its key)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--orders",
               .value = "DIR",
               .help = "the order book of `seawall orders`, whose every step is logged too",
               .kind = ValueKind::kDirectory},
    OptionSpec{.name = "--roster",
               .value = "ID",
               .help = "with --orders: believe this roster only, as seawall roster show names it",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--overseer",
               .value = "DIR",
               .help = "the register of `seawall oversee`, whose every step is logged too",
               .kind = ValueKind::kDirectory},
    OptionSpec{.name = "--vault",
               .value = "URL",
               .help = "the key service (seawall keys serve), whose every use is logged too; unix:PATH for a "
                       "socket",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--ca-file",
               .value = "FILE",
               .help = "authorities (PEM) trusted besides the system's",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--listen",
               .value = "ADDRESS",
               .help = "serves the log and /metrics there; without it, let a web server serve DIR",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--once", .help = "bring the log up to date, publish, and end"},
    kJsonOption};
constexpr std::array kExamples{Example{
    "seawall log run /var/lib/seawall-log --store sqlite:lists.db --sequencer-key sequencer.key --signer "
    "lists.example/log+5d3c2b1a+AXx...=unix:/run/seawall-signer/socket --witness "
    "w.example/1+0a1b2c3d+BYy...=https://w.example --quorum 1 --listen 127.0.0.1:8094",
    "The log of a list store, with one witness."}};

}  // namespace

const CommandSpec& log_run_command() {
  static constexpr CommandSpec kCommand{
      .name = "log run",
      .summary = "keep the transparency log of a list store: append, sign, have witnessed, publish",
      .description =
          "Writes an entry into the log for every change of the lists, every approval and release, every "
          "step "
          "of a change request, and every change of keys, accounts and roles, about ten times a second. An "
          "entry holds a kind, a time and a salted commitment: nobody learns from it who or what; with the "
          "record and its salt, which stay in the store, everybody can check what was said.\n\nA head is "
          "published once the log's signer, a process of its own (seawall log sign), and as many witnesses "
          "as "
          "--quorum says have signed it. Once a log is kept of a store, those who follow its lists take no "
          "change that is not published: if the log stands still, so do the lists.\n\nOne process a log. "
          "Killed "
          "at any point it goes on where it was: each record becomes one entry.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_log};
  return kCommand;
}

}  // namespace seawall::cli
