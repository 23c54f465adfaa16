#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/access/key_gate.h"
#include "seawall/access/master_key.h"
#include "seawall/base/clock.h"
#include "seawall/lists/two_person.h"
#include "seawall/net/secret.h"
#include "seawall/store/access.h"

namespace seawall {

/// What a new key shall be.
struct NewKey {
  std::string tenant;
  std::string name;  ///< An account's name; no other key of the tenant and no account has it.
  ScopeSet scopes;
  Time expires{};                          ///< At most KeyService::kLifeMax from now.
  std::vector<std::string> banks = {};     ///< Only these; empty: all of the tenant.
  std::vector<std::string> networks = {};  ///< Only from these, in CIDR notation; empty: from anywhere.
  std::optional<Sha256> certificate = {};
  std::optional<KeyRate> rate = {};
};

/// A key with the secrets that are shown this once.
struct KeyWithSecrets {
  AccessKey key;
  Secret secret;          ///< "swk_..."
  Secret webhook_secret;  ///< "whsec_..."
};

enum class KeyState : std::uint8_t { kActive = 1, kRotating, kExpired, kRevoked };
/// "active", "rotating", "expired", "revoked".
[[nodiscard]] std::string_view name_of(KeyState state);
[[nodiscard]] KeyState state_of(const AccessKey& key, Time now);

/// Makes, rotates and revokes keys. Whether the actor may is authorise()'s to say.
/// Guarantees: what is acknowledged is durable, and holds in the gate of this process.
/// Threads: any. Lifetime: all that is passed outlives this. Errors everywhere: those of AccessStore.
class KeyService {
 public:
  static constexpr std::chrono::days kLifeMax{400};
  static constexpr std::chrono::seconds kOverlapMax{std::chrono::days{30}};

  KeyService(AccessStore& store, KeyGate& gate, const Clock& clock, const MasterKey& master)
      : store_(store), gate_(gate), clock_(clock), master_(master) {}

  /// Errors: kInvalidInput (says what), kConflict (the name), kLimitExceeded.
  Result<KeyWithSecrets> create(const NewKey& wanted, const Actor& actor);
  /// A second secret; the one before works on for `overlap` (0 to kOverlapMax), a third one ends at once.
  /// `expires`: also a new end of the key; an expired key needs one. Errors: kInvalidInput, kNotFound,
  /// kConflict (revoked).
  Result<KeyWithSecrets> rotate(std::string_view tenant, std::string_view id, std::chrono::seconds overlap,
                                std::optional<Time> expires, const Actor& actor);
  /// Errors: kNotFound, kConflict (revoked already).
  Result<AccessKey> revoke(std::string_view tenant, std::string_view id, const Actor& actor);
  /// Of a tenant, by name, revoked ones too: at most AccessStore::kKeysMax.
  Result<std::vector<AccessKey>> list(std::string_view tenant);
  /// What webhooks of this key are signed with now: one for each of its secrets that is in force, newest
  /// first. Made of the master key, so that no database holds them.
  [[nodiscard]] std::vector<Secret> webhook_secrets(const AccessKey& key) const;

 private:
  [[nodiscard]] Secret webhook_secret(std::string_view id, std::uint32_t serial) const;
  Result<void> check_expiry(Time expires) const;

  AccessStore& store_;
  KeyGate& gate_;
  const Clock& clock_;
  const MasterKey& master_;
};

}  // namespace seawall
