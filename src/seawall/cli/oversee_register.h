#pragma once

#include <array>
#include <memory>
#include <string>

#include "seawall/base/system_clock.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/option_tables.h"
#include "seawall/oversight_register/oversight_register.h"

namespace seawall::cli {

inline constexpr OptionSpec kRegisterOption{
    .name = "--book",
    .value = "DIR",
    .help = "the folder of the overseers' register (default: $SEAWALL_OVERSEER_BOOK)",
    .kind = ValueKind::kPath};

inline constexpr OptionSpec kRosterBookOption{
    .name = "--orders",
    .value = "DIR",
    .help = "the order book whose roster says who is an overseer (default: $SEAWALL_ORDER_BOOK)",
    .kind = ValueKind::kDirectory};
/// Of every command that writes into the register; the first of which is beside the command's own.
inline constexpr std::array kRegisterReadOptions{kRegisterOption, kJsonOption};
inline constexpr std::array kRegisterWriteOptions{kRegisterOption, kRosterBookOption, kWhyOption, kAsOption,
                                                  kJsonOption};

/// Who works with which register. Threads: one.
struct RegisterSession {
  SystemClock clock;
  std::unique_ptr<OversightRegister> book;
  RegisterActor by;  ///< Of one that writes.

  /// By --book or $SEAWALL_OVERSEER_BOOK; the folder is made where it is not there. Errors: kInvalidInput
  /// without either.
  static Result<std::unique_ptr<RegisterSession>> open(const Arguments& arguments);
  /// The same for who writes: by --as and --why, and whom the roster of --orders or $SEAWALL_ORDER_BOOK has
  /// as an overseer. Errors: also those of actor_from(), OversightRegister::admit().
  static Result<std::unique_ptr<RegisterSession>> open_to_write(const Arguments& arguments);
};

/// The first positional. Errors: kInvalidInput.
Result<std::int64_t> register_number(const Arguments& arguments);
/// An option that must be given. Errors: kInvalidInput.
Result<std::string> needed_option(const Arguments& arguments, std::string_view option);
/// With --json {"number": N, "step": STEP}, else a line for people.
void print_step(Console& console, std::string_view of, std::int64_t number, std::string_view step);
[[nodiscard]] Json time_or_null(std::optional<Time> time);

}  // namespace seawall::cli
