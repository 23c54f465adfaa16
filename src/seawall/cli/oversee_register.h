#pragma once

#include <memory>
#include <string>

#include "seawall/base/system_clock.h"
#include "seawall/cli/lists_session.h"
#include "seawall/oversight_register/oversight_register.h"

namespace seawall::cli {

inline constexpr OptionSpec kRegisterOption{
    .name = "--book",
    .value = "DIR",
    .help = "the folder of the overseers' register (default: $SEAWALL_OVERSEER_BOOK)",
    .kind = ValueKind::kPath};

/// Who works with which register. Threads: one.
struct RegisterSession {
  SystemClock clock;
  std::unique_ptr<OversightRegister> book;

  /// By --book or $SEAWALL_OVERSEER_BOOK; the folder is made where it is not there. Errors: kInvalidInput
  /// without either.
  static Result<std::unique_ptr<RegisterSession>> open(const Arguments& arguments);
};

/// By --as and --why. Errors: those of actor_from().
Result<RegisterActor> register_actor(const Arguments& arguments);
/// The first positional. Errors: kInvalidInput.
Result<std::int64_t> register_number(const Arguments& arguments);
/// An option that must be given. Errors: kInvalidInput.
Result<std::string> needed_option(const Arguments& arguments, std::string_view option);
/// With --json {"number": N, "step": STEP}, else a line for people.
void print_step(Console& console, std::string_view of, std::int64_t number, std::string_view step);
[[nodiscard]] Json time_or_null(std::optional<Time> time);

}  // namespace seawall::cli
