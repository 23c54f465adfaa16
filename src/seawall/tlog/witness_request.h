#pragma once

#include <string>
#include <string_view>

#include "seawall/tlog/proofs.h"

namespace seawall::tlog {

/// What a log asks a witness: to cosign a checkpoint that continues the one of `old_size` which the witness
/// cosigned last. C2SP tlog-witness, "add-checkpoint".
struct WitnessRequest {
  std::uint64_t old_size = 0;
  Proof proof;
  std::string checkpoint;  ///< Signed.
  friend bool operator==(const WitnessRequest&, const WitnessRequest&) = default;
};

/// Reads a request's body: "old N", at most 63 hashes, an empty line, a note. Nothing is verified: neither
/// that the note is a checkpoint nor that old_size is not above its size. Errors (HTTP 400): kInvalidInput,
/// kLimitExceeded (more than 2 MiB).
Result<WitnessRequest> parse_witness_request(std::string_view body);
[[nodiscard]] std::string print_witness_request(const WitnessRequest& request);

}  // namespace seawall::tlog
