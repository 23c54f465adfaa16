#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/crypto/hpke.h"
#include "seawall/key_vault/key_wraps.h"
#include "seawall/statement/person_key.h"

namespace seawall {

// What a vault gives is sealed for the person who asks, so that nobody between them reads it.

/// The key that opens the answer to the demand of that nonce. It is made of the person's own key each time,
/// by a deterministic signature (RFC 8032) over "seawall/reply-key/v1\n" and the nonce that is never shown:
/// nothing has to be kept until the answer comes. Errors: kUnavailable.
Result<HpkeKey> reply_key_of(const PersonKey& key, std::string_view nonce);

/// The keys in one text, for `to` alone and for the statement of that id (hex). Errors: those of hpke_seal().
Result<std::string> seal_answer(const HpkePublicKey& to, std::string_view statement,
                                std::span<const KeyBytes> keys);
/// Errors: kCorrupt (for another key or statement, or changed).
Result<std::vector<KeyBytes>> open_answer(const HpkeKey& key, std::string_view statement,
                                          std::string_view sealed);

}  // namespace seawall
