#include "seawall/argon2/password_hash.h"

#include <argon2.h>
#include <string.h>

#include <charconv>
#include <vector>

namespace seawall {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kEncodedBytesMax = 512;

bool allowed(const Argon2Cost& cost) {
  return cost.memory_kib >= 8 && cost.memory_kib <= kArgon2MemoryKibMax && cost.passes >= 1 &&
         cost.passes <= kArgon2PassesMax;
}

/// Takes `name` and a number off the front of `text`.
bool take(std::string_view& text, std::string_view name, std::uint32_t& value) {
  if (!text.starts_with(name)) return false;
  text.remove_prefix(name.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

Result<void> check_asked(std::string_view password, const Argon2Cost& cost) {
  if (password.size() > kArgon2PasswordBytesMax) {
    return fail(Code::kInvalidInput, "a password is at most 1024 bytes");
  }
  if (!allowed(cost)) return fail(Code::kInvalidInput, "argon2: 8 to 1048576 KiB of memory, 1 to 64 passes");
  return {};
}

Result<void> check_done(int done) {
  if (done == ARGON2_MEMORY_ALLOCATION_ERROR) return fail(Code::kUnavailable, "argon2: no memory is left");
  if (done != ARGON2_OK) return fail(Code::kInvalidInput, argon2_error_message(done));
  return {};
}

tl::unexpected<Error> corrupt() {
  return fail(Code::kCorrupt, "a stored password is not as Seawall stores it: set it anew");
}

}  // namespace

Result<std::string> argon2id_hash(std::string_view password, std::span<const std::byte> salt,
                                  const Argon2Cost& cost) {
  SEAWALL_CHECK(check_asked(password, cost));
  const std::size_t size = argon2_encodedlen(cost.passes, cost.memory_kib, kLanes,
                                             static_cast<std::uint32_t>(salt.size()), kHashBytes, Argon2_id);
  std::vector<char> encoded(size);
  const int done =
      argon2id_hash_encoded(cost.passes, cost.memory_kib, kLanes, password.data(), password.size(),
                            salt.data(), salt.size(), kHashBytes, encoded.data(), size);
  SEAWALL_CHECK(check_done(done));
  return std::string(encoded.data());
}

Result<std::string> argon2id_decoy(std::span<const std::byte> salt, const Argon2Cost& cost) {
  static constexpr std::string_view kLaneWord = ",p=1";
  if (!allowed(cost)) return fail(Code::kInvalidInput, "argon2: 8 to 1048576 KiB of memory, 1 to 64 passes");
  // Made at the least cost, and said to be of another: none but a collision of 256 bits fits it.
  SEAWALL_TRY(const std::string cheap, argon2id_hash("no account has this password", salt, {8, 1}));
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.passes) +
         cheap.substr(cheap.find(kLaneWord));
}

Result<Argon2Cost> argon2id_cost_of(std::string_view encoded) {
  Argon2Cost cost;
  std::uint32_t lanes = 0;
  std::string_view rest = encoded;
  const bool read = encoded.size() <= kEncodedBytesMax && take(rest, "$argon2id$v=19$m=", cost.memory_kib) &&
                    take(rest, ",t=", cost.passes) && take(rest, ",p=", lanes) && rest.starts_with('$');
  if (!read || lanes != kLanes || !allowed(cost)) return corrupt();
  return cost;
}

Result<bool> argon2id_verifies(std::string_view encoded, std::string_view password) {
  SEAWALL_CHECK(argon2id_cost_of(encoded));
  if (password.size() > kArgon2PasswordBytesMax) return false;
  const std::string ended(encoded);
  const int done = argon2id_verify(ended.c_str(), password.data(), password.size());
  if (done == ARGON2_OK) return true;
  if (done == ARGON2_VERIFY_MISMATCH) return false;
  if (done == ARGON2_MEMORY_ALLOCATION_ERROR) return fail(Code::kUnavailable, "argon2: no memory is left");
  return corrupt();
}

Argon2Key::~Argon2Key() { ::explicit_bzero(bytes.data(), bytes.size()); }

Result<void> argon2id_derive(std::string_view password, std::span<const std::byte> salt,
                             const Argon2Cost& cost, Argon2Key& key) {
  SEAWALL_CHECK(check_asked(password, cost));
  return check_done(argon2id_hash_raw(cost.passes, cost.memory_kib, kLanes, password.data(), password.size(),
                                      salt.data(), salt.size(), key.bytes.data(), key.bytes.size()));
}

}  // namespace seawall
