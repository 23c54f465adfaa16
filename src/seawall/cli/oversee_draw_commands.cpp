#include <array>

#include "seawall/base/hex.h"
#include "seawall/cli/audit_session.h"
#include "seawall/cli/log_kind_words.h"
#include "seawall/cli/option_tables.h"
#include "seawall/cli/oversee_commands.h"
#include "seawall/cli/secret_file.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/overseer/draw.h"

namespace seawall::cli {
namespace {

constexpr std::int64_t kLeafMax = (std::int64_t{1} << 53) - 1;
constexpr std::size_t kSecretFileBytesMax = 256;

/// Feeds a draw while the log is verified.
class Drawing final : public AuditTeller {
 public:
  Drawing(Console& console, DrawFacts facts) : AuditTeller(console, ""), facts_(std::move(facts)) {}

  Result<void> on_finding(const Finding& /*finding*/) override { return {}; }
  Result<void> on_entry(std::uint64_t /*index*/, std::string_view text,
                        const Result<LogEntry>& entry) override {
    return facts_.add(text, entry ? &*entry : nullptr);
  }
  [[nodiscard]] const DrawFacts& facts() const { return facts_; }

 private:
  DrawFacts facts_;
};

/// What a log that verifies says to a draw, and the log's state.
struct ReadLog {
  DrawFacts facts;
  AuditState state;
};

Result<ReadLog> read_log(const Arguments& arguments, Console& console, const AuditKeys& keys,
                         DrawFacts facts) {
  SEAWALL_TRY(const auto place,
              AuditPlace::open(arguments.positionals()[0], arguments.text("--ca-file").value_or("")));
  Drawing drawing(console, std::move(facts));
  const SystemClock clock;
  LogAudit audit({.files = place->files(), .keys = keys, .clock = clock, .watcher = drawing}, {});
  auto state = audit.run({});
  console.progress("");
  if (!state) return tl::unexpected(state.error());
  return ReadLog{.facts = drawing.facts(), .state = std::move(*state)};
}

Result<void> same_log(const DrawFrame& frame, const AuditKeys& keys) {
  if (frame.origin == keys.origin) return {};
  return fail(Code::kInvalidInput, "the frame is of another log than the key");
}

std::string secret_path(const std::string& frame_path) { return frame_path + ".secret"; }

Result<Sha256> new_secret(const std::string& frame_path) {
  Sha256 secret{};
  SEAWALL_CHECK(fill_with_random_bytes(secret));
  SEAWALL_CHECK(write_new_secret_file(secret_path(frame_path), to_hex(secret) + "\n",
                                      "a frame that was handed over must not change: name another file"));
  return secret;
}

Result<Sha256> kept_secret(const std::string& frame_path, const Console& console) {
  SEAWALL_TRY(std::string text, text_of_file(secret_path(frame_path), kSecretFileBytesMax, console));
  if (text.ends_with('\n')) text.pop_back();
  Sha256 secret{};
  SEAWALL_CHECK(from_hex(text, secret));
  return secret;
}

Result<DrawFrame> frame_of(const Arguments& arguments, const ReadLog& log, const AuditKeys& keys) {
  const auto number = [&](std::string_view option) {
    return static_cast<std::uint64_t>(*arguments.integer(option));
  };
  DrawFrame frame{.origin = keys.origin,
                  .head = log.state.checked,
                  .kind = *log_kind_named(*arguments.text("--kind")),
                  .from = number("--from"),
                  .to = log.state.checked.size,
                  .count = log.facts.leaves().size(),
                  .wanted = number("--wanted")};
  if (const auto to = arguments.integer("--to")) frame.to = static_cast<std::uint64_t>(*to);
  if (frame.to > frame.head.size || frame.from >= frame.to)
    return fail(Code::kInvalidInput,
                "the log has " + std::to_string(frame.head.size) + " entries: --from and --to must be in it");
  if (frame.count < frame.wanted)
    return fail(Code::kInvalidInput,
                "there are only " + std::to_string(frame.count) + " such entries: draw fewer of them");
  return frame;
}

void tell_frame(Console& console, const DrawFrame& frame) {
  const std::string hash = to_hex(draw_frame_hash(frame));
  if (console.json()) {
    console.print(
        to_line(Json{
            {"frame", hash}, {"count", frame.count}, {"wanted", frame.wanted}, {"size", frame.head.size}}) +
        "\n");
    return;
  }
  console.print("frame: " + hash + "\n" + std::to_string(frame.wanted) + " of " +
                std::to_string(frame.count) + " will be drawn, of the log's first " +
                std::to_string(frame.head.size) + " entries\n");
  console.note(
      "have it put into the log now (seawall oversee draw-enter), and show nobody the file that ends in "
      ".secret");
}

Result<Outcome> run_frame(const Arguments& arguments, Console& console) {
  if (arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  if (!arguments.text("--kind")) return usage_failure(console, "--kind is needed");
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  DrawFacts::Wish wish{.kind = *log_kind_named(*arguments.text("--kind")),
                       .from = static_cast<std::uint64_t>(*arguments.integer("--from"))};
  if (const auto to = arguments.integer("--to")) wish.to = static_cast<std::uint64_t>(*to);
  SEAWALL_TRY(const ReadLog log, read_log(arguments, console, keys, DrawFacts(wish)));
  SEAWALL_TRY(DrawFrame frame, frame_of(arguments, log, keys));
  const std::string& path = arguments.positionals()[1];
  SEAWALL_TRY(const Sha256 secret, new_secret(path));
  frame.secret_hash = draw_secret_hash(secret);
  SEAWALL_CHECK(write_kept_file(path, to_text(frame)));
  tell_frame(console, frame);
  return Outcome{};
}

void tell_draw(Console& console, const Draw& draw, const DrawFacts& facts) {
  if (console.json()) {
    console.print(to_line(Json{{"frame", to_hex(draw_frame_hash(draw.frame))},
                               {"seed", to_hex(draw_seed(draw.frame, draw.secret, draw.answer))},
                               {"size", draw.frame.head.size},
                               {"entered", draw.entered},
                               {"answered", facts.answer()->leaf},
                               {"told", facts.result() ? Json(facts.result()->leaf) : Json()},
                               {"frames", facts.frames()},
                               {"undrawn", facts.undrawn()},
                               {"kind", name_of(draw.frame.kind)},
                               {"count", draw.frame.count},
                               {"drawn", draw.drawn}}) +
                  "\n");
    return;
  }
  console.print("frame: " + to_hex(draw_frame_hash(draw.frame)) + ", of the first " +
                std::to_string(draw.frame.head.size) + " entries\nentered: leaf " +
                std::to_string(draw.entered) + ", answered: leaf " + std::to_string(facts.answer()->leaf) +
                ", told: " +
                (facts.result() ? "leaf " + std::to_string(facts.result()->leaf) : std::string("not yet")) +
                "\nframes in the log: " + std::to_string(facts.frames()) +
                ", of which nothing was drawn yet: " + std::to_string(facts.undrawn()) + "\n");
  for (const std::uint64_t leaf : draw.drawn)
    console.print(std::string(name_of(draw.frame.kind)) + "  leaf " + std::to_string(leaf) + "\n");
}

Result<Outcome> run_make(const Arguments& arguments, Console& console) {
  if (arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  const std::string& path = arguments.positionals()[1];
  SEAWALL_TRY(const std::string text, text_of_file(path, kDrawBytesMax, console));
  SEAWALL_TRY(const DrawFrame frame, draw_frame_from_text(text));
  SEAWALL_CHECK(same_log(frame, keys));
  SEAWALL_TRY(const Sha256 secret, kept_secret(path, console));
  SEAWALL_TRY(const ReadLog log, read_log(arguments, console, keys, DrawFacts(frame)));
  SEAWALL_TRY(const Draw draw, make_draw(frame, secret, log.facts));
  SEAWALL_CHECK(write_kept_file(arguments.positionals()[2], to_text(draw)));
  tell_draw(console, draw, log.facts);
  return Outcome{};
}

Result<Outcome> run_verify(const Arguments& arguments, Console& console) {
  if (arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  SEAWALL_TRY(const std::string text, text_of_file(arguments.positionals()[1], kDrawBytesMax, console));
  SEAWALL_TRY(const Draw draw, draw_from_text(text));
  SEAWALL_CHECK(same_log(draw.frame, keys));
  SEAWALL_TRY(const ReadLog log, read_log(arguments, console, keys, DrawFacts(draw.frame)));
  SEAWALL_CHECK(check_draw(draw, log.facts));
  tell_draw(console, draw, log.facts);
  if (!console.json()) console.note("verified: the log makes this draw");
  return Outcome{};
}

constexpr PositionalSpec kFrameFile{
    .name = "FRAME", .help = "the frame's file; beside it FRAME.secret", .kind = ValueKind::kFile};
constexpr PositionalSpec kDrawFile{.name = "DRAW", .help = "the draw's file", .kind = ValueKind::kFile};
constexpr std::array kFramePositionals{kAuditPlace, kFrameFile};
constexpr std::array kMakePositionals{kAuditPlace, kFrameFile, kDrawFile};
constexpr std::array kVerifyPositionals{kAuditPlace, kDrawFile};
constexpr std::array kLogOptions = joined(kAuditReadOptions, std::array{kJsonOption});
constexpr std::array kDrawnFromOptions{
    OptionSpec{.name = "--kind",
               .value = "KIND",
               .help = "of which entries is drawn (required)",
               .kind = ValueKind::kChoice,
               .choices = kLogKindWords},
    OptionSpec{.name = "--from",
               .value = "LEAF",
               .help = "the first leaf that counts",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = kLeafMax,
               .default_value = "0"},
    OptionSpec{.name = "--to",
               .value = "LEAF",
               .help = "the first leaf that no longer counts (default: the log's end)",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = kLeafMax},
    OptionSpec{.name = "--wanted",
               .value = "N",
               .help = "how many are drawn",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = DrawFrame::kWantedMax,
               .default_value = "10"}};
constexpr std::array kFrameOptions = joined(kDrawnFromOptions, kLogOptions);
constexpr std::array kFrameExamples{
    Example{"seawall oversee draw-frame https://log.example --log VKEY --kind order --wanted 5 frame.json",
            "Five of all orders so far."}};
constexpr std::array kMakeExamples{
    Example{"seawall oversee draw-make https://log.example --log VKEY frame.json draw.json",
            "Draw, once the log holds the frame and its keeper's answer."}};
constexpr std::array kVerifyExamples{
    Example{"seawall oversee draw-verify https://log.example --log VKEY --witness VKEY draw.json",
            "Make somebody's draw again from the log."}};

}  // namespace

const CommandSpec& oversee_draw_frame_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee draw-frame",
      .summary = "state what is drawn from, before anybody can know what will be drawn",
      .description =
          "Verifies the log and writes down which entries are drawn from, and how many. A secret of yours "
          "goes "
          "in as well: it is kept in FRAME.secret, and only its hash is in the frame. Have the frame put "
          "into "
          "the log (seawall oversee draw-enter): what decides the draw comes after it. A frame is never "
          "written over.",
      .positionals = kFramePositionals,
      .options = kFrameOptions,
      .examples = kFrameExamples,
      .run = run_frame};
  return kCommand;
}

const CommandSpec& oversee_draw_make_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee draw-make",
      .summary = "draw entries of the log at random, as a frame says",
      .description =
          "Verifies the log, makes the seed of the frame, of the secret and of what the keeper of the log "
          "answered once the log held the frame, and draws. The draw's file holds the secret, so that "
          "anybody "
          "can make it again. Ends with 4 until the log holds both. Put the draw into the log, too (seawall "
          "oversee draw-enter), or it will be overdue there.",
      .positionals = kMakePositionals,
      .options = kLogOptions,
      .examples = kMakeExamples,
      .run = run_make};
  return kCommand;
}

const CommandSpec& oversee_draw_verify_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee draw-verify",
      .summary = "check from the log that a draw was left to chance",
      .description =
          "Verifies the log and makes the draw again from it: ends with 0 if it is the same, with 5 if not. "
          "Tells how many frames of draws the log holds and of how many nothing was drawn: whoever throws "
          "draws away until one suits them is seen there.",
      .positionals = kVerifyPositionals,
      .options = kLogOptions,
      .examples = kVerifyExamples,
      .run = run_verify};
  return kCommand;
}

}  // namespace seawall::cli
