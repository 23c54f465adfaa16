#include <array>

#include "seawall/base/hex.h"
#include "seawall/cli/audit_session.h"
#include "seawall/cli/oversee_commands.h"
#include "seawall/cli/oversee_register.h"
#include "seawall/overseer/draw.h"

namespace seawall::cli {
namespace {

NewDraw new_draw(const DrawFrame& frame, DrawTelling telling) {
  return {.frame = to_hex(draw_frame_hash(frame)),
          .record = std::move(telling.record),
          .salt = telling.salt,
          .due = {}};
}

Result<Outcome> enter_frame(const Arguments& arguments, Console& console, const DrawFrame& frame) {
  SEAWALL_TRY(const auto session, RegisterSession::open_to_write(arguments));
  NewDraw draw = new_draw(frame, telling_of(frame));
  draw.due = session->clock.now() + std::chrono::days(*arguments.integer("--within"));
  SEAWALL_TRY(const std::int64_t number, session->book->enter_draw(draw, session->by));
  print_step(console, "draw", number, "entered");
  return Outcome{};
}

Result<Outcome> enter_draw(const Arguments& arguments, Console& console, const Draw& draw) {
  SEAWALL_TRY(const auto session, RegisterSession::open_to_write(arguments));
  SEAWALL_TRY(const std::int64_t number,
              session->book->end_draw(new_draw(draw.frame, telling_of(draw)), session->by));
  print_step(console, "draw", number, "drawn");
  return Outcome{};
}

Result<Outcome> run_enter(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string text, text_of_file(arguments.positionals()[0], kDrawBytesMax, console));
  if (const auto frame = draw_frame_from_text(text)) return enter_frame(arguments, console, *frame);
  SEAWALL_TRY(const Draw draw, draw_from_text(text));
  return enter_draw(arguments, console, draw);
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "FILE", .help = "a frame, or later its draw", .kind = ValueKind::kFile}};
constexpr std::array kOptions =
    joined(std::array{OptionSpec{.name = "--within",
                                 .value = "DAYS",
                                 .help = "by when what is drawn must be in the log, too",
                                 .kind = ValueKind::kInteger,
                                 .minimum = 1,
                                 .maximum = 3'650,
                                 .default_value = "30"}},
           kRegisterWriteOptions);
constexpr std::array kExamples{
    Example{"seawall oversee draw-enter frame.json --book register --why 'the sample of November'",
            "From then on the draw is fixed, and nobody knows it."},
    Example{"seawall oversee draw-enter draw.json --book register --why 'drawn'",
            "What was drawn, so that it is not overdue."}};

}  // namespace

const CommandSpec& oversee_draw_enter_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee draw-enter",
      .summary = "put the frame of a draw into the log, and later what was drawn",
      .description =
          "By way of the register, as an entry of kind draw that commits to the file. Once the log holds a "
          "frame, seawall log run answers it: the answer goes into the draw's seed, and nobody could know it "
          "before. The frame's entry says by when what was drawn must be there as well; if it is not, "
          "seawall "
          "audit verify tells everybody.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_enter};
  return kCommand;
}

}  // namespace seawall::cli
