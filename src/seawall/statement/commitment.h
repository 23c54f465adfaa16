#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"

namespace seawall {

/// 32 random bytes. Without them nobody can find out, by trying, what a commitment stands for.
using CommitmentSalt = std::array<std::byte, 32>;

/// What a log says of a record: SHA256("seawall/" || kind || "/v1" || 0x00 || salt || record). Whoever has
/// salt and record can prove what was said; once both are erased it says nothing. `record`: its canonical
/// JSON; `kind`: without zero bytes, so that no two kinds share an input.
[[nodiscard]] Sha256 commitment_of(std::string_view kind, const CommitmentSalt& salt,
                                   std::string_view record);

/// A new salt. Errors: kUnavailable.
Result<CommitmentSalt> new_commitment_salt();

}  // namespace seawall
