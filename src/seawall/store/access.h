#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// What a key may be used for: a closed list, that of docs/openapi.yaml. The numbers are bits in stores.
enum class Scope : std::uint32_t {
  kMatch = 1,
  kFeedback = 2,
  kEntriesRead = 4,
  kBanksRead = 8,
  kListsWrite = 16,
  kObservationsRead = 32,
  kStatus = 64,
  kMetrics = 128,
  kStreamsRead = 256,
  kStreamsWrite = 512,
};
/// What a person is there for: a closed list, that of docs/openapi.yaml. The numbers are bits in stores.
enum class Role : std::uint32_t {
  kViewer = 1,
  kReviewer = 2,
  kListManager = 4,
  kAdministrator = 8,
  kOverseer = 16,
};
/// "match", "entries:read", ...; "viewer", "list_manager", ...
[[nodiscard]] std::string_view name_of(Scope scope);
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Scope> scope_named(std::string_view name);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);
/// All there are, in the order of their bits.
[[nodiscard]] std::span<const Scope> all_scopes();
[[nodiscard]] std::span<const Role> all_roles();

/// A set of scopes or of roles. Cost: one word.
template <class Enum>
class BitSet {
 public:
  constexpr BitSet() = default;
  constexpr BitSet(std::initializer_list<Enum> members) {
    for (const Enum member : members) add(member);
  }
  static constexpr BitSet from_bits(std::uint32_t bits) {
    BitSet set;
    set.bits_ = bits;
    return set;
  }
  constexpr void add(Enum member) { bits_ |= static_cast<std::uint32_t>(member); }
  [[nodiscard]] constexpr bool has(Enum member) const {
    return (bits_ & static_cast<std::uint32_t>(member)) != 0;
  }
  [[nodiscard]] constexpr bool meets(BitSet other) const { return (bits_ & other.bits_) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(BitSet, BitSet) = default;

 private:
  std::uint32_t bits_ = 0;
};
using ScopeSet = BitSet<Scope>;
using RoleSet = BitSet<Role>;

/// So many items in so many seconds.
struct KeyRate {
  std::uint32_t items = 0;  ///< 1 to 10,000,000.
  std::uint32_t per_s = 0;  ///< 1 to 86,400.
  friend bool operator==(const KeyRate&, const KeyRate&) = default;
};

/// One secret of a key: its SHA-256 only.
struct KeySecret {
  std::uint32_t serial = 0;  ///< From 1, in the order they were made.
  Sha256 digest{};
  Authorship made;
  std::optional<Time> until;  ///< Not valid at or after; none: as long as the key is.
  friend bool operator==(const KeySecret&, const KeySecret&) = default;
};

/// A program's key, as it is kept.
struct AccessKey {
  static constexpr std::size_t kBanksMax = 64;
  static constexpr std::size_t kNetworksMax = 64;

  std::string id;        ///< Public: 16 characters of a-z and 2-7.
  std::string tenant;    ///< 0 to 200 bytes; as in ListBank.
  std::string name;      ///< The account of what it does: Authorship::who.
  std::string name_key;  ///< `name` as names are compared (account_key()).
  ScopeSet scopes;
  std::vector<std::string> banks;     ///< Only these; empty: all of the tenant.
  std::vector<std::string> networks;  ///< Only from these, as "192.0.2.0/24"; empty: from anywhere.
  std::optional<Sha256> certificate;  ///< Only with this client certificate (SHA-256 of its DER form).
  std::optional<KeyRate> rate;
  Time expires{};
  Authorship created;
  std::optional<Authorship> revoked;
  std::optional<Time> last_used;   ///< At most a minute behind, and lost back to the last write in a crash.
  std::vector<KeySecret> secrets;  ///< The newest two, newest first.
  friend bool operator==(const AccessKey&, const AccessKey&) = default;
};

/// What an account may do in one tenant.
struct AccessGrant {
  std::string tenant;
  RoleSet roles;  ///< Never empty.
  friend bool operator==(const AccessGrant&, const AccessGrant&) = default;
};

/// A person's account for local sign-in, as it is kept.
struct AccessAccount {
  static constexpr std::size_t kGrantsMax = 64;

  std::string name;      ///< Authorship::who.
  std::string name_key;  ///< As of AccessKey. Unique among accounts and keys.
  bool active = true;
  std::string password;          ///< Encoded by argon2id: parameters, salt and hash.
  std::string totp;              ///< The sealed secret of the second factor; empty: has none.
  std::int64_t totp_step = -1;   ///< The last one used.
  std::uint32_t recoveries = 0;  ///< Recovery codes that are left.
  Authorship created;
  std::vector<AccessGrant> grants;  ///< By tenant.
  friend bool operator==(const AccessAccount&, const AccessAccount&) = default;
};

/// A sign-in that goes on: SHA-256 of its token only.
struct AccessSession {
  Sha256 digest{};
  std::string account;  ///< AccessAccount::name_key.
  std::string tenant;
  Time begun{};
  Time seen{};  ///< At most a minute behind.
  friend bool operator==(const AccessSession&, const AccessSession&) = default;
};

/// The numbers lie in stores.
enum class AccessDeed : std::uint8_t {
  kKeyMade = 1,
  kKeyRotated,
  kKeyRevoked,
  kAccountMade,
  kGrantsSet,
  kAccountDisabled,
  kAccountEnabled,
  kPasswordSet,
  kSecondFactorSet,
  kSecondFactorRemoved,
};
/// "key_made", ...
[[nodiscard]] std::string_view name_of(AccessDeed deed);

/// One change of who may do what. They are numbered without gaps, and never taken away.
struct AccessChange {
  std::uint64_t version = 0;  ///< From 1.
  AccessDeed deed{};
  std::string subject;  ///< A key's id, or an account's name.
  Authorship by;
  friend bool operator==(const AccessChange&, const AccessChange&) = default;
};

/// A key as of a version.
struct KeyAt {
  std::optional<AccessKey> key;
  std::uint64_t version = 0;
};
struct SessionAt {
  AccessSession session;
  AccessAccount account;  ///< As it is now.
};
struct KeyUse {
  std::string id;
  Time at{};
};

/// Port: keys, accounts and sessions, beside the lists.
/// Guarantees: every call is one transaction, durable on return; what changes who may do what is one
/// AccessChange, in the order of commits. Secrets come as digests, hashes or sealed, never plain.
/// Threads: any. Blocks on the database. Errors everywhere: kUnavailable, kConflict (a lock), kCorrupt,
/// kLimitExceeded (disk full), kInvalidInput.
class AccessStore {
 public:
  static constexpr std::uint32_t kKeysMax = 10'000;       ///< Of one tenant, revoked ones too.
  static constexpr std::uint32_t kAccountsMax = 100'000;  ///< Of all tenants.
  static constexpr std::uint32_t kSessionsMax = 32;       ///< Of one account; one more ends the oldest.

  virtual ~AccessStore() = default;

  /// The number of the last change. Cost: one look-up at the end of an index.
  virtual Result<std::uint64_t> access_version() = 0;
  /// Those after `after`, ascending; `limit` 1..10,000.
  virtual Result<std::vector<AccessChange>> access_changes(std::uint64_t after, std::size_t limit) = 0;

  /// Keeps `key` with its one secret. Gives the version. Errors: kConflict (its id is taken, or its name by a
  /// key of the tenant or by an account), kLimitExceeded at kKeysMax.
  virtual Result<std::uint64_t> add_key(const AccessKey& key) = 0;
  virtual Result<KeyAt> key(std::string_view id) = 0;
  /// By name_key; `limit` 1..10,000.
  virtual Result<std::vector<AccessKey>> keys(std::string_view tenant, std::size_t limit) = 0;
  /// A new secret (`secret.serial` is given by the store, and returned in the key). The one before it ends at
  /// `old_until`, any older one at `secret.made.when`, if they would not end earlier.
  /// Errors: kNotFound (in this tenant), kConflict (revoked), kLimitExceeded (10,000 secrets of one key).
  virtual Result<KeyAt> rotate_key(std::string_view tenant, std::string_view id, const KeySecret& secret,
                                   Time old_until, std::optional<Time> expires) = 0;
  /// Errors: kNotFound (in this tenant), kConflict (revoked already).
  virtual Result<KeyAt> revoke_key(std::string_view tenant, std::string_view id, const Authorship& by) = 0;
  /// Moves last_used forward, never back; unknown ids are passed over. Not a change.
  virtual Result<void> keep_uses(std::span<const KeyUse> uses) = 0;

  /// `only_first`: kConflict if there is any account. Errors: kConflict (the name is taken by an account or a
  /// key), kLimitExceeded at kAccountsMax.
  virtual Result<void> add_account(const AccessAccount& account, bool only_first) = 0;
  virtual Result<std::optional<AccessAccount>> account(std::string_view name_key) = 0;
  /// By name_key, after `after`; `limit` 1..10,000.
  virtual Result<std::vector<AccessAccount>> accounts(std::string_view after, std::size_t limit) = 0;
  /// All grants anew, if they still are `before`, as account() gave them; else kConflict, so that of two
  /// changes at once none is lost. Error: kNotFound, as of the next four.
  virtual Result<void> set_grants(std::string_view name_key, std::span<const AccessGrant> before,
                                  std::span<const AccessGrant> grants, const Authorship& by) = 0;
  /// Disabling ends its sessions.
  virtual Result<void> set_active(std::string_view name_key, bool active, const Authorship& by) = 0;
  /// Ends its sessions.
  virtual Result<void> set_password(std::string_view name_key, std::string_view password,
                                    const Authorship& by) = 0;
  /// `totp` empty takes the second factor away. All recovery codes anew. Ends its sessions.
  virtual Result<void> set_totp(std::string_view name_key, std::string_view totp,
                                std::span<const Sha256> recoveries, const Authorship& by) = 0;
  /// The same password, encoded anew: nothing unless it is still `before`. Not a change.
  virtual Result<void> replace_password(std::string_view name_key, std::string_view before,
                                        std::string_view after) = 0;
  /// True for the first of all callers with this step or a later one: each step is used at most once.
  virtual Result<bool> take_totp_step(std::string_view name_key, std::int64_t step) = 0;
  /// True for the first of all callers with this code, if it is the account's.
  virtual Result<bool> take_recovery(std::string_view name_key, const Sha256& digest, Time at) = 0;

  /// For an account whose password and second factor are still those of `verified`: kConflict if they changed
  /// meanwhile, or it was disabled. Error: kNotFound.
  virtual Result<void> add_session(const AccessSession& session, const AccessAccount& verified) = 0;
  virtual Result<std::optional<SessionAt>> session(const Sha256& digest) = 0;
  /// Moves `seen` forward; nothing if there is no such session.
  virtual Result<void> see_session(const Sha256& digest, Time seen) = 0;
  virtual Result<void> end_session(const Sha256& digest) = 0;
  /// Gives how many there were.
  virtual Result<std::uint64_t> end_sessions(std::string_view name_key) = 0;
  /// Drops those last seen before `seen`, or begun before `begun`. Gives how many.
  virtual Result<std::uint64_t> drop_sessions(Time seen, Time begun) = 0;
};

}  // namespace seawall
