#include <algorithm>
#include <array>
#include <thread>

#include "seawall/base/system_clock.h"
#include "seawall/cli/benign_banks.h"
#include "seawall/cli/listed_clips.h"
#include "seawall/cli/open_banks.h"
#include "seawall/cli/stream_commands.h"
#include "seawall/cli/stream_outside.h"
#include "seawall/cli/stream_teller.h"
#include "seawall/cli/stream_words.h"
#include "seawall/media_sandbox/sandboxed_video_decoder.h"
#include "seawall/stream_families/stream_families.h"
#include "seawall/stream_watch/stream_hub.h"

namespace seawall::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{100};  // For Ctrl-C.
constexpr milliseconds kProgressEvery{500};
constexpr milliseconds kRefreshEvery{5'000};
/// A piece holds few seconds of one stream: what a decoder may need for it.
constexpr std::uint64_t kPieceBytesMax = 16ULL << 20;

/// All that a watch is made of, in the order in which it must go.
struct Watching {
  SystemClock clock;
  std::unique_ptr<ListedClips> clips;
  std::unique_ptr<SandboxedVideoDecoder> decoder;
  std::unique_ptr<WatchMailbox> mailbox;
  std::unique_ptr<StreamFamilies> families;
  std::unique_ptr<StreamWatch> watch;
  std::unique_ptr<StreamHub> hub;
  std::unique_ptr<StreamOutside> outside;
};

Result<WatchOptions> watch_options(const Arguments& arguments) {
  WatchOptions options;
  SEAWALL_TRY(options.eye.hashes.profile, variant_profile_from_text(*arguments.text("--variants")));
  const auto cores = static_cast<std::int64_t>(std::max(1U, std::thread::hardware_concurrency()));
  options.threads = static_cast<int>(arguments.integer("--jobs").value_or(std::min<std::int64_t>(cores, 64)));
  return options;
}

Result<std::unique_ptr<Watching>> open_watching(const Arguments& arguments, Console& console) {
  auto parts = std::make_unique<Watching>();
  SEAWALL_TRY(const WatchOptions options, watch_options(arguments));
  SEAWALL_TRY(Reach reach, stream_reach(arguments));
  SEAWALL_TRY(parts->clips, ListedClips::open(arguments, console));
  if (parts->clips->index().clips() == 0) {
    return fail(Code::kNotFound, "no bank lists a video; list one with: seawall bank add BANK VIDEO");
  }
  VideoSandboxOptions sandbox;
  sandbox.workers_max = options.threads;
  sandbox.limits_max = options.eye.limits;
  sandbox.parts_bytes_max = kPieceBytesMax;
  SEAWALL_TRY(parts->decoder, SandboxedVideoDecoder::create(sandbox));
  StreamFamiliesOptions families{.reach = std::move(reach),
                                 .ca_file = arguments.text("--ca-file").value_or("")};
  SEAWALL_TRY(parts->families, StreamFamilies::open(parts->clock, std::move(families)));
  parts->mailbox = std::make_unique<WatchMailbox>(arguments.text("--signals").has_value());
  parts->watch = std::make_unique<StreamWatch>(*parts->decoder, parts->clips->index(), parts->clock,
                                               *parts->mailbox, options);
  const HubOptions hub{.again = arguments.flag("--again")};
  SEAWALL_TRY(parts->hub, StreamHub::open(*parts->watch, parts->clock, parts->families->rows(), hub));
  SEAWALL_TRY(parts->outside, StreamOutside::open(arguments, *parts->hub, *parts->watch, parts->clock));
  return parts;
}

Result<StreamTeller::Files> open_files(const Arguments& arguments) {
  StreamTeller::Files files;
  if (const auto path = arguments.text("--evidence")) {
    SEAWALL_TRY(files.evidence, LineFile::open(*path));
  }
  if (const auto folder = arguments.text("--signals")) {
    const std::chrono::hours keep(*arguments.integer("--keep-hours"));
    SEAWALL_TRY(files.signals, SignalWindows::open(*folder, keep));
  }
  return files;
}

/// What is to be done now and then.
class Chores {
 public:
  Chores(Watching& parts, Console& console) : parts_(parts), console_(console) {}

  void look() {
    const Time now = parts_.clock.now();
    if (now >= progress_at_ || now + kProgressEvery < progress_at_) {
      progress_at_ = now + kProgressEvery;
      if (console_.err_is_terminal())
        console_.progress(watch_progress(parts_.watch->states(), parts_.watch->counts()));
    }
    if (now < refresh_at_ && refresh_at_ <= now + kRefreshEvery) return;
    refresh_at_ = now + kRefreshEvery;
    const auto changed = parts_.clips->refresh();
    if (!changed) return console_.error(changed.error());
    if (*changed) console_.note(std::to_string(parts_.clips->index().clips()) + " videos are listed now");
  }

 private:
  Watching& parts_;
  Console& console_;
  Time progress_at_{};
  Time refresh_at_{};
};

/// Whether all that was to come has come and was looked at.
bool is_done(Watching& parts, const std::optional<Time>& end) {
  if (end && parts.clock.now() >= *end) return true;
  return !parts.outside->listens() && parts.hub->followed() == 0 && parts.watch->wait_idle(milliseconds(0));
}

/// Watches until the end. What could not be written down (a full disk) is told once for each reason, ends
/// nothing, and is what this returns.
Result<void> tell_until_done(Watching& parts, StreamTeller& teller, Console& console,
                             const std::optional<Time>& end) {
  Chores chores(parts, console);
  Result<void> trouble;
  while (!console.stopping()) {
    const bool done = is_done(parts, end);
    auto letter = parts.mailbox->next(done ? milliseconds(0) : kLookEvery);
    if (letter) {
      Result<void> told = teller.tell(*letter);
      if (!told && (trouble || trouble.error().message != told.error().message)) {
        console.error(told.error());
        trouble = std::move(told);
      }
    }
    if (!letter && done) break;
    if (!letter) console.flush();
    chores.look();
  }
  return trouble;
}

Result<Outcome> run_stream_watch(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(std::vector<NamedStream> streams, named_streams(arguments, console));
  if (streams.empty() && arguments.all("--listen").empty())
    return usage_failure(console,
                         "name a stream, a file of streams with --streams FILE, or --listen ADDRESS");
  SEAWALL_TRY(StreamTeller::Files files, open_files(arguments));
  SEAWALL_TRY(const auto parts, open_watching(arguments, console));
  StreamTeller teller(console, *parts->clips, std::move(files));
  teller.set_on_alert([&](const WatchAlert& alert, const std::string& evidence) {
    parts->outside->on_alert(alert, evidence);
  });
  for (const std::string& address : parts->outside->addresses()) console.note("listening on " + address);
  for (NamedStream& stream : streams) {
    SEAWALL_TRY([[maybe_unused]] const WatchId id,
                parts->hub->attach(std::move(stream.name), std::move(stream.settings)));
  }
  std::optional<Time> end;
  if (const auto seconds = arguments.integer("--for"))
    end = parts->clock.now() + std::chrono::seconds(*seconds);
  const auto told = tell_until_done(*parts, teller, console, end);
  parts->mailbox->close();  // Nobody takes what is told from now on.
  const std::uint64_t undelivered = parts->outside->finish(console);
  parts->outside.reset();
  parts->hub.reset();
  console.progress("");
  print_watch_summary(console, parts->watch->states(), parts->watch->counts());
  Outcome outcome;
  outcome.matched = teller.alerts() > 0;
  outcome.input_errors = teller.troubled() + undelivered;
  outcome.ended_as_asked = true;
  if (!told) outcome.failed = told.error().code;
  return outcome;
}

constexpr std::array kPositionals{PositionalSpec{
    .name = "STREAM",
    .help = "https:// or http:// (HLS, DASH), rtmp://, rtsp://, srt://; NAME=https://... to call it so",
    .required = false,
    .repeatable = true}};
constexpr std::array kOptions{
    kBankOption,
    kBenignOption,
    OptionSpec{.name = "--streams",
               .value = "FILE",
               .help = "streams, a line each: NAME URL [key=HEX]; keeps them out of the process list",
               .kind = ValueKind::kFile,
               .repeatable = true},
    OptionSpec{.name = "--evidence",
               .value = "FILE",
               .help = "append the record of each match to FILE, before it is told",
               .kind = ValueKind::kPath},
    OptionSpec{.name = "--signals",
               .value = "DIR",
               .help = "keep the hashes of what is looked at, a file an hour",
               .kind = ValueKind::kPath},
    OptionSpec{.name = "--keep-hours",
               .value = "N",
               .help = "how long --signals keeps them",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = 87'600,
               .default_value = "24"},
    OptionSpec{.name = "--again", .help = "begin anew with streams that are over, until Ctrl-C"},
    OptionSpec{.name = "--for",
               .value = "SECONDS",
               .help = "end after so long",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = 31'536'000},
    OptionSpec{.name = "--allow-network",
               .value = "CIDR",
               .help = "a network of your own where streams may be: 10.0.0.0/8, 127.0.0.1/32",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--refuse-network",
               .value = "CIDR",
               .help = "a network that is never connected to",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--listen",
               .value = "ADDRESS",
               .help = "take calls of media servers (POST /hooks/...), give GET /metrics and /streams",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--tap",
               .value = "URL",
               .help = "where a stream that is published is played: rtmp://127.0.0.1/{app}/{name}",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--token-file",
               .value = "FILE",
               .help = "a line \"token = ...\" that such calls must bring as ?token=",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--cut-off",
               .value = "URL",
               .help = "send each match there as a signed webhook, to end the stream",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--cut-off-secret",
               .value = "FILE",
               .help = "a line \"secret = whsec_...\" to sign it with",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--cut-off-tier",
               .value = "TIER",
               .help = "the weakest match that is sent",
               .kind = ValueKind::kChoice,
               .choices = "single-frame two-aligned three-aligned",
               .default_value = "three-aligned"},
    OptionSpec{.name = "--fetch-keys", .help = "ask for the keys of encrypted HLS where the playlist says"},
    OptionSpec{.name = "--ca-file",
               .value = "FILE",
               .help = "authorities trusted besides the system's own (PEM)",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--variants",
               .value = "PROFILE",
               .help = "how each picture is looked at",
               .kind = ValueKind::kChoice,
               .choices = "none default thorough",
               .default_value = "default"},
    OptionSpec{.name = "--jobs",
               .value = "N",
               .help = "pieces of streams at once (default: one a core)",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = 64},
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall stream watch --bank known/ lobby=https://live.example/lobby.m3u8",
            "One HLS stream, until it is over or Ctrl-C."},
    Example{"seawall stream watch --bank known/ --streams streams.txt --evidence matches.ndjson --again",
            "Many, for ever, with a record of each match."},
    Example{"seawall stream watch --bank known/ --allow-network 127.0.0.1/32 rtmp://127.0.0.1/live/cam1",
            "A stream of this machine's own RTMP server."},
    Example{"seawall stream watch --bank known/ --allow-network 127.0.0.1/32 --listen 127.0.0.1:8090",
            "Every stream that an RTMP server here tells of by on_publish."}};

}  // namespace

const CommandSpec& stream_watch_command() {
  static constexpr CommandSpec kCommand{
      .name = "stream watch",
      .summary = "watch live streams for the videos of a bank",
      .description =
          "Follows live streams (HLS, DASH, RTMP, RTSP, SRT) and tells when one shows a part of a listed "
          "video, "
          "within "
          "a key picture or a segment of its being shown. Key pictures are looked at; after one that is near "
          "a listed video, or where they are rare, more. Nothing of the streams is kept but, where asked "
          "for, "
          "hashes.\n\n"
          "Whatever breaks is tried again, with back-off, for an hour (for ever with --again). Under "
          "overload "
          "pictures of all streams are looked at less often, alike, and that is told. Changes of the banks "
          "count within seconds. No address is ever printed or kept: give streams names.\n\n"
          "Only addresses of the public internet are connected to, unless --allow-network names others. Exit "
          "code 1: something matched; 3: nothing did, and a stream was given up or could not be looked at.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_stream_watch};
  return kCommand;
}

}  // namespace seawall::cli
