#include "seawall/key_vault/key_ask.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::string_view kUnwrap = "key-unwrap";
constexpr std::string_view kExport = "key-export";
constexpr std::size_t kNonceHexBytes = 32;

tl::unexpected<Error> wrong(std::string what) { return fail(Code::kInvalidInput, std::move(what)); }

/// Gives the nonce.
std::string take_frame(Members& members) {
  for (const char* name : {"at", "kind", "signers"}) members.take_rest(name);
  const std::string nonce = members.text("nonce", kNonceHexBytes);
  std::array<std::byte, kNonceHexBytes / 2> ignored{};
  if (!from_hex(nonce, ignored) || to_hex(ignored) != nonce)
    members.refuse("member nonce is not 32 hex digits");
  return nonce;
}

std::string text_of(const HpkePublicKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

HpkePublicKey reply_to_from(Members& members) {
  HpkePublicKey key{};
  const auto bytes = from_base64(members.text("reply-to", 2 * key.size()));
  if (!bytes || bytes->size() != key.size()) {
    members.refuse("member reply-to is no X25519 key, for which the answer would be sealed");
  } else {
    std::ranges::copy(std::as_bytes(std::span(*bytes)), key.begin());
  }
  return key;
}

Json json_of(const std::vector<WantedKey>& records) {
  Json all = Json::array();
  for (const WantedKey& one : records)
    all.push_back({{"record", one.record}, {"version", one.version}, {"wrapped", to_base64(one.wrapped)}});
  return all;
}

Result<WantedKey> wanted_key_from(const Json& json) {
  Members members(json);
  WantedKey wanted{.record = members.text("record", kKeyNameBytesMax),
                   .version = members.number("version", 1, static_cast<std::uint64_t>(kCanonicalIntegerMax)),
                   .wrapped = {}};
  const auto wrapped = from_base64(members.text("wrapped", 2 * kWrappedKeyBytes));
  if (!wrapped || wrapped->size() != kWrappedKeyBytes) members.refuse("member wrapped is no sealed key");
  SEAWALL_CHECK(members.done("a record"));
  wanted.wrapped = *wrapped;
  return wanted;
}

Result<std::vector<WantedKey>> wanted_keys_from(const Json& array) {
  std::vector<WantedKey> all;
  std::set<std::string> names;
  for (const Json& one : array) {
    SEAWALL_TRY(WantedKey wanted, wanted_key_from(one));
    if (!names.insert(wanted.record).second) return wrong("a record is named twice");
    all.push_back(std::move(wanted));
  }
  return all;
}

bool is_export(const SignedStatement& statement) { return statement.kind() == kExport; }

/// One who works; with an export, an approver as well.
Result<void> check_signers(const SignedStatement& statement) {
  const auto& signers = statement.signers();
  if (!is_export(statement) && signers.size() == 1) return {};
  if (is_export(statement) && signers.size() == 2 && signers[1].role == PersonRole::kApprover) return {};
  return wrong("one person asks for one record's key; an export is signed by who works and by an approver");
}

OrderAction action_of(Members& members, bool exports) {
  const auto action = order_action_named(members.text("action", 64));
  if (action && (*action == OrderAction::kExport) == exports) return *action;
  members.refuse("member action is none that this asks for");
  return OrderAction::kExport;
}

KeyUse frame_of_use(Members& members, const SignedStatement& statement) {
  KeyUse use;
  use.person = statement.signers().front().by;
  use.order = members.text("order", 64);
  use.action = action_of(members, is_export(statement));
  use.tenant = members.text("tenant", kKeyNameBytesMax);
  use.case_id = members.text("case", kKeyNameBytesMax);
  use.purpose = members.text("purpose", kKeyPurposeBytesMax);
  use.reply_to = reply_to_from(members);
  if (is_export(statement)) use.recipient = members.text("recipient", kKeyPurposeBytesMax);
  for (const char* name : {"selector", "from", "until"}) {
    if (members.has(name))
      members.refuse(
          "a vault opens only what the order names, and is asked without selector and time: apply for an "
          "order "
          "with the records' ids, or with the selector case:<id>");
  }
  return use;
}

Result<void> check_names(const KeyUse& use) {
  for (const WantedKey& one : use.records) {
    SEAWALL_CHECK(check_record_name({use.tenant, use.case_id, one.record, one.version}));
  }
  return {};
}

struct OfficeRow {
  std::string_view kind;
  std::size_t signers;
};
constexpr std::array<OfficeRow, 12> kOffices{{{"key-rotate", 2},
                                              {"key-destroy", 2},
                                              {"key-policy", 2},
                                              {"key-canary", 2},
                                              {"key-canary-end", 2},
                                              {"key-freeze", 1},
                                              {"key-unfreeze", 2},
                                              {"key-restore", 2},
                                              {"key-tenant", 2},
                                              {"key-tenant-end", 2},
                                              {"key-backup", 1},
                                              {"key-reroot", 2}}};
const OfficeRow& row_of(KeyOffice::What what) { return kOffices[static_cast<std::size_t>(what)]; }

bool may_sign(const StatementSigner& signer, const KeyOffice& office) {
  if (signer.by == office.person) return false;
  return signer.role == PersonRole::kCustodian ||
         (office.what == KeyOffice::What::kDestroy && signer.role == PersonRole::kOfficer);
}

Result<void> check_office_signers(const SignedStatement& statement, const KeyOffice& office) {
  const auto& signers = statement.signers();
  if (signers.size() != signers_of(office.what))
    return wrong("as many people as this needs did not sign: " + std::to_string(signers_of(office.what)));
  if (!std::ranges::all_of(signers, [&](const auto& one) { return may_sign(one, office); }))
    return wrong("somebody is to sign it who may not: custodians do, and nobody for themselves");
  return {};
}

Json members_of(const KeyOffice& office) {
  using What = KeyOffice::What;
  Json json = {{"grounds", office.grounds}};
  const auto put = [&json](const char* name, const std::string& value) {
    if (!value.empty()) json[name] = value;
  };
  put("tenant", office.tenant);
  put("case", office.case_id);
  put("record", office.record);
  put("guards", office.guards);
  put("person", office.person);
  put("backup", office.backup);
  put("root", office.root);
  if (office.what == What::kPolicy) json["limits"] = to_json(office.limits);
  if (office.what == What::kBackup) json["page"] = office.page;
  return json;
}

void read_office(Members& members, KeyOffice& office) {
  using What = KeyOffice::What;
  const bool canary = office.what == What::kCanary || office.what == What::kDropCanary;
  const bool tenant = office.what == What::kTenant || office.what == What::kDropTenant;
  if (canary || tenant || office.what == What::kRotate || office.what == What::kDestroy)
    office.tenant = members.text("tenant", kKeyNameBytesMax);
  if (office.what == What::kDestroy) office.case_id = members.text("case", kKeyNameBytesMax);
  if (canary) office.record = members.text("record", kKeyNameBytesMax);
  if (office.what == What::kCanary) office.guards = members.text("guards", kKeyPurposeBytesMax);
  if (office.what == What::kFreeze || office.what == What::kUnfreeze)
    office.person = members.text("person", kPersonNameBytesMax);
  if (office.what == What::kRestore) office.backup = members.text("backup", 64);
  if (office.what == What::kBackup) office.page = members.number("page", 1, kBackupPagesMax);
  if (office.what == What::kReroot) office.root = members.text("root", RootKey::kNameBytesMax);
}

}  // namespace

Result<std::string> new_key_nonce() {
  std::array<std::byte, kNonceHexBytes / 2> bytes{};
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  return to_hex(bytes);
}

Result<SignedStatement> draft_key_use(Time at, const KeyUse& use, PersonRole role,
                                      std::string_view approver) {
  SEAWALL_TRY(const std::string nonce, use.nonce.empty() ? new_key_nonce() : Result<std::string>(use.nonce));
  Json members = {{"action", name_of(use.action)},
                  {"case", use.case_id},
                  {"nonce", nonce},
                  {"order", use.order},
                  {"purpose", use.purpose},
                  {"records", json_of(use.records)},
                  {"reply-to", to_base64(text_of(use.reply_to))},
                  {"tenant", use.tenant}};
  if (!use.recipient.empty()) members["recipient"] = use.recipient;
  std::vector<StatementSigner> signers{{use.person, role}};
  const bool exports = use.action == OrderAction::kExport;
  if (exports) signers.push_back({std::string(approver), PersonRole::kApprover});
  SEAWALL_TRY(auto statement,
              SignedStatement::make(exports ? kExport : kUnwrap, at, std::move(signers), std::move(members)));
  SEAWALL_CHECK(key_use_from(statement));
  return statement;
}

Result<KeyUse> key_use_from(const SignedStatement& statement) {
  if (statement.kind() != kUnwrap && !is_export(statement)) return wrong("it does not ask for a key");
  SEAWALL_CHECK(check_signers(statement));
  Members members(statement.body());
  std::string nonce = take_frame(members);
  KeyUse use = frame_of_use(members, statement);
  use.nonce = std::move(nonce);
  const Json& records = members.array("records", is_export(statement) ? kExportRecordsMax : 1);
  SEAWALL_CHECK(members.done("a request for a key"));
  if (records.empty()) return wrong("it names no record");
  SEAWALL_TRY(use.records, wanted_keys_from(records));
  SEAWALL_CHECK(check_names(use));
  return use;
}

std::string_view name_of(KeyOffice::What what) { return row_of(what).kind; }
std::size_t signers_of(KeyOffice::What what) { return row_of(what).signers; }

std::optional<KeyOffice::What> key_office_named(std::string_view kind) {
  const auto* found = std::ranges::find(kOffices, kind, &OfficeRow::kind);
  if (found == kOffices.end()) return std::nullopt;
  return static_cast<KeyOffice::What>(found - kOffices.begin());
}

Result<SignedStatement> draft_key_office(Time at, const KeyOffice& office,
                                         std::vector<StatementSigner> signers) {
  Json members = members_of(office);
  SEAWALL_TRY(members["nonce"], new_key_nonce());
  SEAWALL_TRY(auto statement,
              SignedStatement::make(name_of(office.what), at, std::move(signers), std::move(members)));
  SEAWALL_CHECK(key_office_from(statement));
  return statement;
}

Result<KeyOffice> key_office_from(const SignedStatement& statement) {
  const auto what = key_office_named(statement.kind());
  if (!what) return wrong("it is no statement about this vault");
  KeyOffice office{.what = *what, .grounds = {}};
  Members members(statement.body());
  take_frame(members);
  office.grounds = members.text("grounds", kKeyPurposeBytesMax);
  read_office(members, office);
  const Json& limits = *what == KeyOffice::What::kPolicy ? members.object("limits") : Json();
  SEAWALL_CHECK(members.done("a statement about this vault"));
  if (*what == KeyOffice::What::kPolicy) {
    SEAWALL_TRY(office.limits, vault_limits_from(limits));
  }
  SEAWALL_CHECK(check_office_signers(statement, office));
  return office;
}

}  // namespace seawall
