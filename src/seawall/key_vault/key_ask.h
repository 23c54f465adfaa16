#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/crypto/hpke.h"
#include "seawall/key_vault/key_limits.h"
#include "seawall/key_vault/key_wraps.h"
#include "seawall/orders/order_use.h"
#include "seawall/statement/signed_statement.h"

namespace seawall {

/// One record whose key is wanted.
struct WantedKey {
  std::string record;
  std::uint64_t version = 1;
  std::string wrapped;  ///< 60 bytes, as the vault gave it when the key was made.
};

/// What a person asks for in a statement of kind "key-unwrap" (one record, one person) or "key-export"
/// (several of one case, two people: who works, and an approver).
struct KeyUse {
  std::string person;  ///< Who works.
  std::string order;
  OrderAction action = OrderAction::kEvidenceOpen;
  std::string tenant;
  std::string case_id;
  std::string purpose;    ///< 1..500 bytes, in the person's words.
  std::string recipient;  ///< Of an export: who gets the copy; else empty.
  std::vector<WantedKey> records;
  HpkePublicKey reply_to{};  ///< What the answer is sealed for: reply_key_of() the person and the nonce.
  std::string nonce = {};    ///< 32 hex digits; empty in a draft: a new one is made.
};
/// So that two statements that say the same in one second are two. Errors: kUnavailable.
Result<std::string> new_key_nonce();
inline constexpr std::size_t kExportRecordsMax = 256;
inline constexpr std::size_t kKeyPurposeBytesMax = 500;
inline constexpr std::uint64_t kBackupPagesMax = 1'000'000;

/// The statement of a use, unsigned. `approver`: for an export, empty else. Errors: kInvalidInput.
Result<SignedStatement> draft_key_use(Time at, const KeyUse& use, PersonRole role, std::string_view approver);
/// Reads what draft_key_use() writes. Who signed is in the statement; whether well is not looked at. Errors:
/// kInvalidInput.
Result<KeyUse> key_use_from(const SignedStatement& statement);

/// What custodians do to a vault.
struct KeyOffice {
  enum class What : std::uint8_t {
    kRotate,      ///< A new key for a tenant. Two custodians.
    kDestroy,     ///< Erases a case's key. Two people, each a custodian or an officer.
    kPolicy,      ///< New limits. Two custodians.
    kCanary,      ///< Marks a record that nobody has to touch. Two custodians.
    kDropCanary,  ///< Two custodians.
    kFreeze,      ///< Stops a person. One custodian, for a day; for good once a second says the same.
    kUnfreeze,    ///< Two custodians who are not the person.
    kRestore,     ///< Takes case keys from a backup. Two custodians.
    kTenant,      ///< Makes a tenant known: keys are made for known tenants only. Two custodians.
    kDropTenant,  ///< Erases a tenant's every key, for good. Two custodians.
    kBackup,      ///< Gives a page of a backup. One custodian.
    kReroot,      ///< Puts another root key in the place of the vault's. Two custodians.
  };
  What what = What::kRotate;
  std::string tenant = {};   ///< kRotate, kDestroy, kCanary, kDropCanary, kTenant, kDropTenant.
  std::string case_id = {};  ///< kDestroy.
  std::string record = {};   ///< kCanary, kDropCanary.
  std::string guards = {};   ///< kCanary: what it is laid in, such as "backup 3" or a custodian's name.
  std::string person = {};   ///< kFreeze, kUnfreeze.
  std::string backup = {};   ///< kRestore: the backup's SHA-256 in hex.
  std::string root = {};     ///< kReroot: RootKey::name() of the new one.
  std::uint64_t page = 1;    ///< kBackup: from 1 on.
  VaultLimits limits = {};   ///< kPolicy.
  std::string grounds;       ///< 1..500 bytes.
};
[[nodiscard]] std::string_view name_of(KeyOffice::What what);  ///< "key-rotate": the statement's kind.
[[nodiscard]] std::optional<KeyOffice::What> key_office_named(std::string_view kind);
/// How many people sign it.
[[nodiscard]] std::size_t signers_of(KeyOffice::What what);

Result<SignedStatement> draft_key_office(Time at, const KeyOffice& office,
                                         std::vector<StatementSigner> signers);
/// Reads what draft_key_office() writes; the right number of people in the right roles. Errors:
/// kInvalidInput.
Result<KeyOffice> key_office_from(const SignedStatement& statement);

}  // namespace seawall
