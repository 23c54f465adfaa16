#pragma once

#include <string>
#include <string_view>

#include "seawall/cli/command.h"
#include "seawall/net/secret.h"

namespace seawall::cli {

inline constexpr OptionSpec kPasswordFileOption{
    .name = "--password-file",
    .value = "FILE",
    .help =
        "read the password from the first line of this file, \"-\" for standard input (default: ask on "
        "the terminal)",
    .kind = ValueKind::kFile};

// A line that is asked for has at most this many bytes.
inline constexpr std::size_t kAskedBytesMax = 4096;

/// Whether people can be asked: standard input is a terminal.
[[nodiscard]] bool can_ask(const Console& console);
/// Asks on standard error, and reads one line of standard input, a terminal or not. Waits until it is there;
/// looks at console.stopping(). Errors: kInvalidInput (the input ended, or the line is too long),
/// kUnavailable (it was told to stop).
Result<std::string> ask(Console& console, std::string_view question);
/// The first line of a file that is its owner's alone (a pipe need not be); "-" is standard input.
/// Errors: kNotFound, kInvalidInput (open to others, too long). Never with what stands in it.
Result<Secret> secret_from_file(const std::string& path, Console& console);
/// A new password: from --password-file, else asked twice on the terminal, without echo. A file must be its
/// owner's alone; a pipe need not. Errors: kInvalidInput also where there is no terminal, the two differ, the
/// file is open to others, or it holds control characters; kNotFound. Never with the password.
Result<Secret> new_password_from(const Arguments& arguments, Console& console);

/// A password that exists: from --password-file, else asked once on the terminal with `question`, without
/// echo. Errors: as new_password_from().
Result<Secret> password_from(const Arguments& arguments, Console& console, std::string_view question);

}  // namespace seawall::cli
