#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/access/hash_gate.h"
#include "seawall/access/master_key.h"
#include "seawall/access/totp.h"
#include "seawall/base/clock.h"
#include "seawall/lists/two_person.h"
#include "seawall/net/secret.h"
#include "seawall/store/access.h"

namespace seawall {

/// A second factor that is not in force yet. Shown once, to the person whose it is.
struct SecondFactor {
  std::array<std::byte, kTotpSecretBytes> secret{};
  Secret address;                        ///< "otpauth://...", for the authenticator's picture.
  std::vector<Secret> recovery_codes{};  ///< Ten, each good once: "abcd-efgh-ijkl-mnop".
  SecondFactor() = default;
  SecondFactor(SecondFactor&&) noexcept = default;
  SecondFactor& operator=(SecondFactor&&) = delete;
  ~SecondFactor() { wipe_bytes(secret.data(), secret.size()); }
};

// How what belongs to the second factor is kept; shared with LocalSignIn.
/// The sealed secret, bound to its account.
Result<std::string> seal_totp(const MasterKey& master, std::string_view name_key,
                              std::span<const std::byte, kTotpSecretBytes> secret);
Result<std::array<std::byte, kTotpSecretBytes>> open_totp(const MasterKey& master, std::string_view name_key,
                                                          std::string_view sealed);
/// Of a recovery code as somebody types it: blanks, '-' and case do not count. 80 random bits need no slow
/// hash.
[[nodiscard]] Sha256 recovery_digest(std::string_view code);

/// People's accounts for local sign-in. Whether the actor may is authorise()'s and the command line's to say.
/// Guarantees: what is acknowledged is durable; what takes something away ends the account's sessions, and
/// roles are looked up anew for each request. Threads: any. Lifetime: all that is passed outlives this.
/// Errors everywhere: those of AccessStore; kInvalidInput from check_actor().
class AccountService {
 public:
  static constexpr std::size_t kPasswordCharsMin = 12;
  static constexpr int kTriesMax = 16;

  AccountService(AccessStore& store, HashGate& hashes, const Clock& clock, const MasterKey& master)
      : store_(store), hashes_(hashes), clock_(clock), master_(&master) {}
  /// Without the master key: set_second_factor() is kInvalidInput, all else is the same.
  AccountService(AccessStore& store, HashGate& hashes, const Clock& clock)
      : store_(store), hashes_(hashes), clock_(clock), master_(nullptr) {}

  /// The first account of a store, an administrator of `tenant`; for the command line on the machine itself.
  /// Errors: kConflict if there is any.
  Result<void> bootstrap(std::string_view name, const Secret& password, std::string_view tenant,
                         std::string_view why);
  /// Errors: kInvalidInput (name, password, grants: see check_grants()), kConflict (the name is taken),
  /// kUnavailable (too many hash passwords).
  Result<void> create(std::string_view name, const Secret& password, std::span<const AccessGrant> grants,
                      const Actor& actor);
  /// These roles and no others in `tenant`; none there any more where `roles` is empty. What others do to the
  /// account at the same time is never lost. Errors: kInvalidInput (check_grants()), kConflict (it changed
  /// kTriesMax times meanwhile), kLimitExceeded (tenants), kNotFound, as of all that follow.
  Result<void> set_roles(std::string_view name, std::string_view tenant, RoleSet roles, const Actor& actor);
  Result<void> set_active(std::string_view name, bool active, const Actor& actor);
  Result<void> set_password(std::string_view name, const Secret& password, const Actor& actor);

  /// A new second factor, kept nowhere. Errors: kUnavailable.
  Result<SecondFactor> new_second_factor(std::string_view name) const;
  /// Puts it in force, once `code` shows that an authenticator has it. Errors: kInvalidInput (a wrong code).
  Result<void> set_second_factor(std::string_view name, const SecondFactor& factor, std::string_view code,
                                 const Actor& actor);
  Result<void> remove_second_factor(std::string_view name, const Actor& actor);

 private:
  Result<std::string> hash(std::string_view name, const Secret& password);
  Result<void> set_roles_once(std::string_view name_key, const AccessGrant& wanted, const Authorship& by);
  Result<void> add(std::string_view name, const Secret& password, std::span<const AccessGrant> grants,
                   const Actor& actor, bool only_first);
  [[nodiscard]] Authorship now_by(const Actor& actor) const;

  AccessStore& store_;
  HashGate& hashes_;
  const Clock& clock_;
  const MasterKey* const master_;  ///< Null: there is none.
};

/// An overseer reads everything and changes nothing: the role goes together with viewer alone, over all
/// tenants of an account. No roles at all are allowed: such an account can do nothing. Errors: kInvalidInput.
Result<void> check_grants(std::span<const AccessGrant> grants);

}  // namespace seawall
