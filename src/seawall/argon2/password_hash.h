#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// What one hash of a password costs. One lane, so one thread.
struct Argon2Cost {
  std::uint32_t memory_kib = 64 * 1024;
  std::uint32_t passes = 3;
  friend bool operator==(const Argon2Cost&, const Argon2Cost&) = default;
};

// Argon2id, version 1.3 (RFC 9106), in the encoded form "$argon2id$v=19$m=...,t=...,p=1$salt$hash".
// Threads: any; each call takes Argon2Cost::memory_kib for as long as it runs, so callers bound how many run
// at once. No call checks its password's strength. Source: libargon2.

inline constexpr std::size_t kArgon2SaltBytes = 16;
inline constexpr std::size_t kArgon2PasswordBytesMax = 1024;
inline constexpr std::uint32_t kArgon2MemoryKibMax = 1024 * 1024;
inline constexpr std::uint32_t kArgon2PassesMax = 64;

/// `salt`: random, at least 8 bytes. Errors: kInvalidInput (a password of more than 1024 bytes, a cost beyond
/// the limits above), kUnavailable (no memory).
Result<std::string> argon2id_hash(std::string_view password, std::span<const std::byte> salt,
                                  const Argon2Cost& cost);
/// What looks like a hash of that cost, which no password has: to find that out takes as long as with a real
/// one, to make it takes nothing. Errors: as above.
Result<std::string> argon2id_decoy(std::span<const std::byte> salt, const Argon2Cost& cost);
/// Compares in constant time. Errors: kCorrupt (`encoded` is none, or costs more than the limits above: what
/// lies in a database shall not exhaust memory), kUnavailable.
Result<bool> argon2id_verifies(std::string_view encoded, std::string_view password);
/// The cost that `encoded` was made with. Errors: kCorrupt.
Result<Argon2Cost> argon2id_cost_of(std::string_view encoded);

/// A key made of a passphrase; its bytes are zeroed at its end.
struct Argon2Key {
  std::array<std::byte, 32> bytes{};
  Argon2Key() = default;
  Argon2Key(const Argon2Key&) = delete;
  Argon2Key& operator=(const Argon2Key&) = delete;
  ~Argon2Key();
};
/// Makes `key` of `password`: the hash itself, to seal things with. `salt`, cost and errors as
/// argon2id_hash().
Result<void> argon2id_derive(std::string_view password, std::span<const std::byte> salt,
                             const Argon2Cost& cost, Argon2Key& key);

}  // namespace seawall
