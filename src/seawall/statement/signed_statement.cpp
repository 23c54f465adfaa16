#include "seawall/statement/signed_statement.h"

#include <algorithm>

#include "seawall/base/base64.h"
#include "seawall/crypto/sha256.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::size_t kKindBytesMax = 64;

/// "order-refusal"
bool is_kind(std::string_view kind) {
  return !kind.empty() && kind.size() <= kKindBytesMax &&
         std::ranges::all_of(kind, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

StatementSigner signer_in(Members& members) {
  StatementSigner signer{.by = members.text("by", kPersonNameBytesMax)};
  const auto role = person_role_named(members.text("role", 32));
  if (!is_person_name(signer.by)) members.refuse("member by is no person's name");
  if (!role) members.refuse("member role is no role");
  signer.role = role.value_or(PersonRole::kApplicant);
  return signer;
}

Result<std::vector<StatementSigner>> signers_from(const Json& array) {
  std::vector<StatementSigner> signers;
  for (const Json& one : array) {
    Members members(one);
    StatementSigner signer = signer_in(members);
    SEAWALL_CHECK(members.done("a statement's signer"));
    const bool twice = std::ranges::find(signers, signer.by, &StatementSigner::by) != signers.end();
    if (twice) return fail(Code::kInvalidInput, "a statement names one person twice among those who sign it");
    signers.push_back(std::move(signer));
  }
  if (signers.empty()) return fail(Code::kInvalidInput, "a statement that nobody is to sign");
  return signers;
}

Result<StatementSignature> signature_from(const Json& json) {
  Members members(json);
  StatementSignature made{.signer = signer_in(members)};
  const auto key = person_key_id_from(members.text("key", 8));
  const std::string text = members.text("sig", 96);
  const auto bytes = from_base64(text);
  if (!key) members.refuse("member key is no key's id");
  if (!bytes || bytes->size() != made.signature.size() || to_base64(*bytes) != text)
    members.refuse("member sig is no signature");
  SEAWALL_CHECK(members.done("a signature"));
  made.key = *key;
  std::ranges::copy(std::as_bytes(std::span(*bytes)), made.signature.begin());
  return made;
}

Json to_json(const StatementSignature& signature) {
  const auto& bytes = signature.signature;
  return {{"by", signature.signer.by},
          {"role", name_of(signature.signer.role)},
          {"key", to_hex_text(signature.key)},
          {"sig", to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()})}};
}

}  // namespace

Result<SignedStatement> SignedStatement::make(std::string_view kind, Time at,
                                              std::vector<StatementSigner> signers, Json members) {
  SignedStatement made;
  made.body_ = std::move(members);
  made.body_["at"] = second_text(at);
  made.body_["kind"] = kind;
  made.body_["signers"] = Json::array();
  for (const StatementSigner& signer : signers)
    made.body_["signers"].push_back({{"by", signer.by}, {"role", name_of(signer.role)}});
  SEAWALL_CHECK(made.read_body());
  return made;
}

Result<void> SignedStatement::read_body() {
  SEAWALL_TRY(canonical_body_, canonical_json(body_));
  // What each signature adds is at most 256 bytes.
  if (canonical_body_.size() + kStatementSignersMax * 256 + 64 > kStatementBytesMax)
    return fail(Code::kLimitExceeded, "a statement of more than 61 KiB");
  Members members(body_);
  at_ = members.time("at");
  kind_ = members.text("kind", kKindBytesMax);
  const Json& signers = members.array("signers", kStatementSignersMax);
  if (!is_kind(kind_)) members.refuse("member kind is no kind of statement");
  for (const auto& [name, value] : body_.items()) members.take_rest(name);
  SEAWALL_CHECK(members.done("a statement"));
  SEAWALL_TRY(signers_, signers_from(signers));
  return {};
}

Result<SignedStatement> SignedStatement::from_text(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  SEAWALL_TRY(const Json json, read_canonical_json(text, kStatementBytesMax));
  Members members(json);
  SignedStatement made;
  made.body_ = members.object("body");
  const Json& signatures = members.array("signatures", kStatementSignersMax);
  SEAWALL_CHECK(members.done("a signed statement"));
  SEAWALL_CHECK(made.read_body());
  for (const Json& one : signatures) {
    SEAWALL_TRY(StatementSignature signature, signature_from(one));
    SEAWALL_CHECK(made.add(std::move(signature)));
  }
  if (made.to_text().substr(0, text.size()) != text)
    return fail(Code::kInvalidInput, "a statement whose signatures do not stand in its signers' order");
  return made;
}

std::string SignedStatement::to_text() const {
  Json signatures = Json::array();
  for (const StatementSignature& signature : signatures_) signatures.push_back(to_json(signature));
  return R"({"body":)" + canonical_body_ + R"(,"signatures":)" + canonical_json(signatures).value_or("[]") +
         "}\n";
}

const StatementSigner* SignedStatement::only_signer(PersonRole role) const {
  const auto found = std::ranges::find(signers_, role, &StatementSigner::role);
  return std::ranges::count(signers_, role, &StatementSigner::role) == 1 ? &*found : nullptr;
}

std::vector<StatementSigner> SignedStatement::missing() const {
  std::vector<StatementSigner> left;
  for (const StatementSigner& signer : signers_) {
    const bool signed_it =
        std::ranges::find(signatures_, signer, &StatementSignature::signer) != signatures_.end();
    if (!signed_it) left.push_back(signer);
  }
  return left;
}

std::string SignedStatement::signed_bytes() const { return "seawall/" + kind_ + "/v1\n" + canonical_body_; }

Sha256 SignedStatement::id() const { return sha256_of(signed_bytes()); }

Result<void> SignedStatement::sign(const PersonKey& key) {
  const auto signer = std::ranges::find(signers_, key.public_key().name, &StatementSigner::by);
  if (signer == signers_.end())
    return fail(Code::kInvalidInput, key.public_key().name + " is not among those who sign this");
  SEAWALL_TRY(const Signature signature, key.sign(signed_bytes()));
  return add({.signer = *signer, .key = id_of(key.public_key()), .signature = signature});
}

Result<void> SignedStatement::join(const SignedStatement& other) {
  if (other.signed_bytes() != signed_bytes())
    return fail(Code::kConflict, "these are two different statements");
  for (const StatementSignature& signature : other.signatures_) {
    const bool has =
        std::ranges::find(signatures_, signature.signer, &StatementSignature::signer) != signatures_.end();
    if (has) continue;
    SEAWALL_CHECK(add(signature));
  }
  return {};
}

Result<void> SignedStatement::add(StatementSignature signature) {
  const auto place = std::ranges::find(signers_, signature.signer);
  if (place == signers_.end())
    return fail(Code::kInvalidInput, "a signature of somebody who is not to sign this, or not in that role");
  if (std::ranges::find(signatures_, signature.signer, &StatementSignature::signer) != signatures_.end())
    return fail(Code::kConflict, signature.signer.by + " has signed this already");
  signatures_.push_back(std::move(signature));
  std::ranges::sort(signatures_, {}, [this](const StatementSignature& one) {
    return std::ranges::find(signers_, one.signer) - signers_.begin();
  });
  return {};
}

}  // namespace seawall
