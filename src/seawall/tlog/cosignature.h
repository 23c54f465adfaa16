#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/crypto/signing.h"

namespace seawall::tlog {

/// What stands in a cosignature of type 0x04: when it was made, and the signature. C2SP tlog-cosignature.
struct Cosignature {
  std::uint64_t time_s = 0;  ///< Seconds since 1970, at most 2^63 - 1.
  Signature signature{};
  friend bool operator==(const Cosignature&, const Cosignature&) = default;
};

/// Eight bytes of time, highest first, and 64 of signature. Errors: kInvalidInput.
Result<Cosignature> parse_cosignature(std::string_view bytes);
[[nodiscard]] std::string print_cosignature(const Cosignature& cosignature);

/// What is signed: "cosignature/v1\ntime <time_s>\n" and the checkpoint's text.
[[nodiscard]] std::string cosigned_message(std::string_view checkpoint_text, std::uint64_t time_s);

/// The bytes of a cosignature by `key`. Errors: kInvalidInput if the text is no checkpoint or the time too
/// large; kUnavailable.
Result<std::string> cosign(std::string_view checkpoint_text, std::uint64_t time_s, const SigningKey& key);

}  // namespace seawall::tlog
