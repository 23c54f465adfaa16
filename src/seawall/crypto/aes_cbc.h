#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

using AesBlock = std::array<std::byte, 16>;

/// Undoes AES-128-CBC with PKCS #7 padding (NIST SP 800-38A, RFC 5652 section 6.3): how HLS encrypts whole
/// segments. There is no check of who encrypted it: a wrong key shows only in a padding that is none, which 1
/// of 256 wrong ones hides. Errors: kInvalidInput (no whole blocks, a padding that is none); kLimitExceeded
/// above 1 GiB; kUnavailable. Threads: any.
Result<std::vector<std::byte>> aes128_cbc_decrypted(const AesBlock& key, const AesBlock& iv,
                                                    std::span<const std::byte> sealed);

}  // namespace seawall
