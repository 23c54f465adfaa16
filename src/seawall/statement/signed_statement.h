#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/crypto/signing.h"
#include "seawall/json/json.h"
#include "seawall/model/list_ids.h"
#include "seawall/statement/person_key.h"
#include "seawall/statement/person_role.h"

namespace seawall {

/// Who is to sign a statement, and as what. The list stands in the body, so a signature covers both.
struct StatementSigner {
  std::string by;
  PersonRole role = PersonRole::kApplicant;
  friend bool operator==(const StatementSigner&, const StatementSigner&) = default;
};

struct StatementSignature {
  StatementSigner signer;
  PersonKeyId key{};
  Signature signature{};
  friend bool operator==(const StatementSignature&, const StatementSignature&) = default;
};

inline constexpr std::size_t kStatementBytesMax = 64 * 1024;
inline constexpr std::size_t kStatementSignersMax = 8;

/// Something that several people sign: a body (JSON) and a plain list of signatures, so that an overseer sees
/// who signed. Its text is one line of canonical JSON: an object with the members "body" ("at", "kind",
/// "signers" and what the kind has) and "signatures" ("by", "key", "role", "sig"); docs/orders.md shows one.
/// What is signed: "seawall/" kind "/v1\n" and the canonical body.
/// Guarantees: no statement without kind, time and 1..8 signers, each named once; each signature is of one of
/// them and stands in their order. Whether it is *good* is for Roster::check_signatures().
/// Threads: const functions, any.
class SignedStatement {
 public:
  /// Adds "at", "kind" and "signers" to `members` (an object without those). Nobody has signed yet.
  /// Errors: kInvalidInput, kLimitExceeded.
  static Result<SignedStatement> make(std::string_view kind, Time at, std::vector<StatementSigner> signers,
                                      Json members);
  /// Reads what to_text() writes, with or without its line end. Errors: kInvalidInput, kLimitExceeded (64
  /// KiB).
  static Result<SignedStatement> from_text(std::string_view text);

  [[nodiscard]] std::string to_text() const;  ///< With a line end.

  [[nodiscard]] const std::string& kind() const { return kind_; }
  [[nodiscard]] Time at() const { return at_; }
  [[nodiscard]] const Json& body() const { return body_; }
  [[nodiscard]] const std::vector<StatementSigner>& signers() const { return signers_; }
  [[nodiscard]] const std::vector<StatementSignature>& signatures() const { return signatures_; }
  /// The signer who is named in that role; nullptr: nobody, or several.
  [[nodiscard]] const StatementSigner* only_signer(PersonRole role) const;
  /// Whether everybody who is to sign has.
  [[nodiscard]] bool is_complete() const { return signatures_.size() == signers_.size(); }
  [[nodiscard]] std::vector<StatementSigner> missing() const;

  /// What each person signs.
  [[nodiscard]] std::string signed_bytes() const;
  /// SHA-256 of signed_bytes(): names the statement whoever has signed it by now.
  [[nodiscard]] Sha256 id() const;

  /// Adds the signature of the key's owner. Errors: kInvalidInput (not to sign this), kConflict (has signed
  /// already).
  Result<void> sign(const PersonKey& key);
  /// Adds the signatures of `other` that this has not. Errors: kConflict (another statement).
  Result<void> join(const SignedStatement& other);

 private:
  SignedStatement() = default;
  Result<void> read_body();
  Result<void> add(StatementSignature signature);

  std::string kind_;
  Time at_{};
  Json body_;
  std::string canonical_body_;
  std::vector<StatementSigner> signers_;
  std::vector<StatementSignature> signatures_;
};

}  // namespace seawall
