#include "seawall/access/account_service.h"

#include <algorithm>

#include "seawall/access/detail/base32.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/crypto/sealing.h"
#include "seawall/crypto/sha256.h"

namespace seawall {
namespace {

constexpr std::size_t kRecoveryCodes = 10;
constexpr std::size_t kRecoveryBytes = 10;
constexpr std::size_t kRecoveryGroup = 4;
constexpr RoleSet kChanging = {Role::kReviewer, Role::kListManager, Role::kAdministrator};

std::string totp_context(std::string_view name_key) { return "totp of " + std::string(name_key); }

Result<Secret> new_recovery_code() {
  std::array<std::byte, kRecoveryBytes> bytes;
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  std::string plain = access_detail::to_base32(bytes);
  std::string code;
  code.reserve(32);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i > 0 && i % kRecoveryGroup == 0) code.push_back('-');
    code.push_back(plain[i]);
  }
  Secret secret(code);
  wipe_bytes(plain.data(), plain.size());
  wipe_bytes(code.data(), code.size());
  return secret;
}

}  // namespace

Result<void> check_grants(std::span<const AccessGrant> grants) {
  RoleSet all;
  std::uint32_t known = 0;
  for (const Role role : all_roles()) known |= static_cast<std::uint32_t>(role);
  for (const AccessGrant& grant : grants) {
    if (grant.roles.empty() || (grant.roles.bits() & ~known) != 0) {
      return fail(Code::kInvalidInput,
                  "a role is one of viewer, reviewer, list_manager, administrator, overseer");
    }
    all = RoleSet::from_bits(all.bits() | grant.roles.bits());
  }
  if (!all.has(Role::kOverseer) || !all.meets(kChanging)) return {};
  return fail(Code::kInvalidInput,
              "an overseer changes nothing: take the other roles away, or use two accounts");
}

Sha256 recovery_digest(std::string_view code) {
  std::string plain = account_key(code);  // Lower case without blanks.
  std::erase(plain, '-');
  return sha256_of(plain);
}

Result<std::string> seal_totp(const MasterKey& master, std::string_view name_key,
                              std::span<const std::byte, kTotpSecretBytes> secret) {
  Sha256 bytes = master.derive("second factors");
  const SealingKey key(bytes);
  wipe_bytes(bytes.data(), bytes.size());
  return key.seal({reinterpret_cast<const char*>(secret.data()), secret.size()}, totp_context(name_key));
}

Result<std::array<std::byte, kTotpSecretBytes>> open_totp(const MasterKey& master, std::string_view name_key,
                                                          std::string_view sealed) {
  Sha256 bytes = master.derive("second factors");
  const SealingKey key(bytes);
  wipe_bytes(bytes.data(), bytes.size());
  SEAWALL_TRY(std::string opened, key.open(sealed, totp_context(name_key)));
  std::array<std::byte, kTotpSecretBytes> secret{};
  const bool fits = opened.size() == secret.size();
  if (fits) std::ranges::copy(std::as_bytes(std::span(opened)), secret.begin());
  wipe_bytes(opened.data(), opened.size());
  if (!fits) return fail(Code::kCorrupt, "a second factor is not as Seawall stores it: set it anew");
  return secret;
}

Authorship AccountService::now_by(const Actor& actor) const { return {actor.who, actor.why, clock_.now()}; }

Result<std::string> AccountService::hash(std::string_view name, const Secret& password) {
  const std::string_view text = password.reveal();
  if (text.size() < kPasswordCharsMin || text.size() > kArgon2PasswordBytesMax) {
    return fail(Code::kInvalidInput, "a password has 12 to 1024 characters");
  }
  if (account_key(text).find(account_key(name)) != std::string::npos && name.size() >= kRecoveryGroup) {
    return fail(Code::kInvalidInput, "a password does not hold the account's name");
  }
  SEAWALL_TRY(auto encoded, hashes_.hash(text));
  if (!encoded) return fail(Code::kUnavailable, "too many passwords are hashed at once: try again");
  return *std::move(encoded);
}

Result<void> AccountService::add(std::string_view name, const Secret& password,
                                 std::span<const AccessGrant> grants, const Actor& actor, bool only_first) {
  SEAWALL_CHECK(check_actor(actor));
  SEAWALL_CHECK(check_actor({std::string(name), actor.why}));
  SEAWALL_CHECK(check_grants(grants));
  AccessAccount account;
  account.name = name;
  account.name_key = account_key(name);
  SEAWALL_TRY(account.password, hash(name, password));
  account.grants.assign(grants.begin(), grants.end());
  account.created = now_by(actor);
  return store_.add_account(account, only_first);
}

Result<void> AccountService::bootstrap(std::string_view name, const Secret& password, std::string_view tenant,
                                       std::string_view why) {
  const AccessGrant grant{std::string(tenant), {Role::kAdministrator}};
  return add(name, password, std::span(&grant, 1), {std::string(name), std::string(why)}, true);
}

Result<void> AccountService::create(std::string_view name, const Secret& password,
                                    std::span<const AccessGrant> grants, const Actor& actor) {
  return add(name, password, grants, actor, false);
}

Result<void> AccountService::set_roles_once(std::string_view name_key, const AccessGrant& wanted,
                                            const Authorship& by) {
  SEAWALL_TRY(const auto account, store_.account(name_key));
  if (!account) return fail(Code::kNotFound, "there is no such account");
  std::vector<AccessGrant> grants = account->grants;
  std::erase_if(grants, [&](const AccessGrant& grant) { return grant.tenant == wanted.tenant; });
  if (!wanted.roles.empty()) grants.push_back(wanted);
  SEAWALL_CHECK(check_grants(grants));
  if (grants.size() > AccessAccount::kGrantsMax) {
    return fail(Code::kLimitExceeded,
                "an account has roles in at most " + std::to_string(AccessAccount::kGrantsMax) + " tenants");
  }
  return store_.set_grants(name_key, account->grants, grants, by);
}

Result<void> AccountService::set_roles(std::string_view name, std::string_view tenant, RoleSet roles,
                                       const Actor& actor) {
  SEAWALL_CHECK(check_actor(actor));
  const std::string name_key = account_key(name);
  Result<void> done;
  for (int i = 0; i < kTriesMax; ++i) {
    done = set_roles_once(name_key, {std::string(tenant), roles}, now_by(actor));
    if (done || done.error().code != Code::kConflict) return done;
  }
  return done;
}

Result<void> AccountService::set_active(std::string_view name, bool active, const Actor& actor) {
  SEAWALL_CHECK(check_actor(actor));
  return store_.set_active(account_key(name), active, now_by(actor));
}

Result<void> AccountService::set_password(std::string_view name, const Secret& password, const Actor& actor) {
  SEAWALL_CHECK(check_actor(actor));
  SEAWALL_TRY(const std::string encoded, hash(name, password));
  return store_.set_password(account_key(name), encoded, now_by(actor));
}

Result<SecondFactor> AccountService::new_second_factor(std::string_view name) const {
  SecondFactor factor;
  SEAWALL_CHECK(fill_with_random_bytes(factor.secret));
  std::string address = totp_address(factor.secret, name);
  factor.address = Secret(address);
  wipe_bytes(address.data(), address.size());
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    SEAWALL_TRY(Secret code, new_recovery_code());
    factor.recovery_codes.push_back(std::move(code));
  }
  return factor;
}

Result<void> AccountService::set_second_factor(std::string_view name, const SecondFactor& factor,
                                               std::string_view code, const Actor& actor) {
  SEAWALL_CHECK(check_actor(actor));
  if (master_ == nullptr) return fail(Code::kInvalidInput, "a second factor needs the access key");
  const auto step = totp_step_of_code(factor.secret, code, clock_.now());
  if (!step) {
    return fail(Code::kInvalidInput,
                "the code is wrong: look at the clock of the authenticator, then try again");
  }
  const std::string name_key = account_key(name);
  SEAWALL_TRY(const std::string sealed, seal_totp(*master_, name_key, factor.secret));
  std::vector<Sha256> digests;
  for (const Secret& recovery : factor.recovery_codes) digests.push_back(recovery_digest(recovery.reveal()));
  SEAWALL_CHECK(store_.set_totp(name_key, sealed, digests, now_by(actor)));
  // The code that was shown for this has been used.
  SEAWALL_CHECK(store_.take_totp_step(name_key, *step));
  return {};
}

Result<void> AccountService::remove_second_factor(std::string_view name, const Actor& actor) {
  SEAWALL_CHECK(check_actor(actor));
  return store_.set_totp(account_key(name), "", {}, now_by(actor));
}

}  // namespace seawall
