#include <array>
#include <chrono>
#include <mutex>
#include <thread>

#include "seawall/audit/audit_keys.h"
#include "seawall/base/system_clock.h"
#include "seawall/cli/order_session.h"
#include "seawall/cli/vault_commands.h"
#include "seawall/cli/vault_paging.h"
#include "seawall/cli/vault_root_key.h"
#include "seawall/http/server.h"
#include "seawall/key_service/key_server.h"
#include "seawall/service/hardening.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};  // For signals and alarms.
constexpr std::chrono::milliseconds kDrain{5'000};
constexpr std::chrono::seconds kTidyEvery{1};
constexpr std::string_view kUnix = "unix:";

/// Alarms on their way to the console's thread. Names of people stay in the vault.
class AlarmLines {
 public:
  void add(const VaultAlarm& alarm) {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= kMax) return;
    lines_.push_back(
        "ALARM: " + std::string(name_of(alarm.kind)) +
        (alarm.detail.empty() || alarm.kind == VaultAlarm::Kind::kCanary ? "" : " " + alarm.detail) +
        "; tell " + std::to_string(alarm.told.size()) + " custodians, who are named by: seawall keys status");
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  static constexpr std::size_t kMax = 1'000;
  std::mutex mutex_;  ///< Guards lines_.
  std::vector<std::string> lines_;
};

/// What the vault does by the clock. A trouble is told once.
class Chores {
 public:
  void look(KeyVault& vault, Console& console) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kTidyEvery;
    const auto done = vault.tidy();
    const std::string trouble = done ? "" : "chores: " + done.error().message;
    if (trouble != told_ && !trouble.empty()) console.note(trouble);
    told_ = trouble;
  }

 private:
  std::chrono::steady_clock::time_point next_{};
  std::string told_;
};

Result<std::optional<Sha256>> roster_from(const Arguments& arguments) {
  const auto text = arguments.text("--roster");
  if (!text) return std::optional<Sha256>();
  SEAWALL_TRY(const Sha256 id, roster_id_from(*text));
  return std::optional(id);
}

Result<TrustedLog> log_from(const Arguments& arguments) {
  std::optional<std::size_t> quorum;
  if (const auto number = arguments.integer("--quorum")) quorum = static_cast<std::size_t>(*number);
  SEAWALL_TRY(AuditKeys keys, audit_keys_from(arguments.all("--log"), arguments.all("--witness"),
                                              arguments.text("--origin"), quorum));
  TrustedLog log;
  log.keys = std::move(keys.log);
  log.witnesses = std::move(keys.witnesses);
  log.origin = std::move(keys.origin);
  log.quorum = keys.quorum;
  SEAWALL_CHECK(check_trusted_log(log));
  return log;
}

Result<HttpServerOptions> server_options(const Arguments& arguments) {
  HttpServerOptions options;
  for (const std::string& address : arguments.all("--listen")) {
    if (!address.starts_with(kUnix))
      return fail(Code::kInvalidInput, "a key service listens on a Unix socket: --listen unix:PATH");
    options.listen.push_back({address, {}});
  }
  options.threads = 1;
  options.connections_max = 256;
  return options;
}

Result<Outcome> run_serve(const Arguments& arguments, Console& console) {
  for (const char* option : {"--log", "--listen"}) {
    if (arguments.all(option).empty()) return usage_failure(console, std::string(option) + " is needed");
  }
  for (const std::string& missing : keep_memory_private()) console.note(missing);
  const SystemClock clock;
  AlarmLines alarms;
  SEAWALL_TRY(VaultPaging paging, VaultPaging::from(arguments));
  SEAWALL_TRY(const RootKeys roots, root_keys_from(arguments));
  SEAWALL_TRY(TrustedLog log, log_from(arguments));
  SEAWALL_TRY(const HttpServerOptions options, server_options(arguments));
  SEAWALL_TRY(const auto roster, roster_from(arguments));
  if (!roster)
    console.note("without --roster the first roster that is handed in is believed, whoever made it");
  SEAWALL_TRY(const auto vault, KeyVault::open({.folder = arguments.positionals()[0],
                                                .root = *roots.root,
                                                .clock = clock,
                                                .log = std::move(log),
                                                .on_alarm = [&](const VaultAlarm& one) { alarms.add(one); },
                                                .roster = roster,
                                                .next_root = roots.next.get(),
                                                .keeps_pages = paging.is_wanted()}));
  SEAWALL_CHECK(paging.begin(*vault, clock));
  KeyServer handler(*vault);
  SEAWALL_TRY(const auto server, HttpServer::start(options, handler, clock));
  for (const std::string& address : server->addresses()) console.note("listening on " + address);
  Chores chores;
  while (!console.stopping()) {
    std::this_thread::sleep_for(kLookEvery);
    for (const std::string& line : alarms.take()) console.note(line);
    chores.look(*vault, console);
  }
  (void)server->drain(kDrain);
  for (const std::string& line : alarms.take()) console.note(line);
  return Outcome{.ended_as_asked = true};
}

Result<Outcome> run_init(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(RootKeyChoice choice, RootKeyChoice::from(arguments));
  const std::string& folder = arguments.positionals()[0];
  SEAWALL_TRY(const auto root, choice.make());
  const SystemClock clock;
  SEAWALL_CHECK(KeyVault::create(folder, *root, clock, {}));
  console.note("made an empty vault; say who is who next: seawall roster init ... --book " + folder +
               "/orders");
  return Outcome{};
}

constexpr std::array kFolder{
    PositionalSpec{.name = "DIR", .help = "the vault's folder", .kind = ValueKind::kPath}};
constexpr std::array kInitOptions{kRootKeyOption,  kPkcs11Option,  kTokenOption,
                                  kTokenKeyOption, kPinFileOption, kJsonOption};
constexpr std::array kServeOptions{
    kRootKeyOption,
    kPkcs11Option,
    kTokenOption,
    kTokenKeyOption,
    kPinFileOption,
    kNextRootKeyOption,
    kNextPkcs11Option,
    kNextTokenOption,
    kNextTokenKeyOption,
    kNextPinFileOption,
    OptionSpec{.name = "--log",
               .value = "VKEY",
               .help = "the public key of the log that is believed (required)",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--origin",
               .value = "TEXT",
               .help = "the log's origin (default: the name of its key)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--witness",
               .value = "VKEY",
               .help = "the public key of a witness of that log",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--quorum",
               .value = "N",
               .help = "how many of the witnesses must have seen what is shown (default: all)",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 64},
    OptionSpec{.name = "--roster",
               .value = "ID",
               .help = "believe this roster only, as `seawall roster show` names it",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--listen",
               .value = "unix:PATH",
               .help = "the socket; its folder decides who can reach it (required)",
               .kind = ValueKind::kText,
               .repeatable = true},
    kPageOption,
    kPageSecretOption,
    kPageNetworkOption,
    kPageCaOption,
    kJsonOption};
constexpr std::array kInitExamples{
    Example{"seawall keys vault-init /var/lib/seawall-keys --root-key /etc/seawall-keys/root.key",
            "Once, as the key service's own account."},
    Example{"seawall keys vault-init /var/lib/seawall-keys --pkcs11 /usr/lib/softhsm/libsofthsm2.so --token "
            "seawall --key root --pin-file /etc/seawall-keys/pin",
            "The root key is made in a token, and never leaves it."}};
constexpr std::array kServeExamples{
    Example{"seawall keys serve /var/lib/seawall-keys --root-key /etc/seawall-keys/root.key --log "
            "lists.example/log+5d3c2b1a+AXx... --witness w.example/1+0a1b2c3d+BAx... --quorum 1 --listen "
            "unix:/run/seawall-keys/socket",
            "As that account, beside the server."}};

}  // namespace

const CommandSpec& keys_vault_init_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys vault-init",
      .summary = "make an empty vault for the keys of records",
      .description =
          "Makes the folder of a key service, and a new root key: in a file of its own, or in a token that "
          "speaks "
          "PKCS #11, which it cannot leave. Run it as the account "
          "that will run `seawall keys serve`, which nobody of the server can become. Both must survive: a "
          "vault without its root key opens nothing.\n\nThen hold the ceremony that says who is who: "
          "`seawall "
          "roster init --book DIR/orders`. A vault's limits begin at 20 keys a person and hour, 60 a day, 5 "
          "cases a day, 100 an hour for everybody; two custodians can change them.",
      .positionals = kFolder,
      .options = kInitOptions,
      .examples = kInitExamples,
      .run = run_init};
  return kCommand;
}

const CommandSpec& keys_serve_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys serve",
      .summary = "be the key service: a process of its own that gives keys only for signed orders",
      .description =
          "Holds the keys of records. It makes a key for whoever asks, and opens one only for a person who "
          "signs for it, under an order that it checks itself: signatures, scope, time, number, and a proof "
          "that the public log holds the order. It keeps limits by person, case and hour that no server can "
          "change, and gives nothing while its own uses do not reach the log.\n\nWhoever takes over the "
          "server "
          "beside it has neither its folder nor its root key, so run it as another account. What looks like "
          "theft is told on standard error (ALARM), kept, and counted in /metrics; with --page somebody is "
          "called.",
      .positionals = kFolder,
      .options = kServeOptions,
      .examples = kServeExamples,
      .run = run_serve};
  return kCommand;
}

}  // namespace seawall::cli
