#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "seawall/model/list_ids.h"

namespace seawall {

// Codes of a second factor: RFC 4226 (HOTP) and RFC 6238 (TOTP) with SHA-1, 30 seconds and six digits, which
// is what every authenticator reads. Threads: any.

inline constexpr std::int64_t kTotpStepSeconds = 30;
inline constexpr std::size_t kTotpSecretBytes = 20;

/// `digits` 6 to 8, with leading zeros. Source: RFC 4226 section 5.3.
[[nodiscard]] std::string hotp_code(std::span<const std::byte> secret, std::uint64_t counter, int digits = 6);
/// Steps since 1970; 0 for what lies before.
[[nodiscard]] std::int64_t totp_step_of(Time time);
/// The step, among that of `now` and the one on either side, whose code this is: the newest. Whether the step
/// was used before is the caller's to see to. Takes as long whichever it is.
[[nodiscard]] std::optional<std::int64_t> totp_step_of_code(std::span<const std::byte> secret,
                                                            std::string_view code, Time now);
/// What an authenticator reads from a picture: "otpauth://totp/Seawall:ann?secret=...". Holds the secret.
[[nodiscard]] std::string totp_address(std::span<const std::byte> secret, std::string_view account);

}  // namespace seawall
