#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/statement/signed_statement.h"

namespace seawall {

using PersonRoles = std::set<PersonRole>;

/// One person with one key and one set of roles, from when to when. Times are whole seconds.
struct RosterRow {
  PersonPublicKey key;
  PersonRoles roles = {};
  Time from{};
  std::optional<Time> until = {};  ///< Not valid at this time any more; none: valid until a later change.
  [[nodiscard]] bool holds_at(Time at) const { return at >= from && (!until || at < *until); }
};

/// What a change of the roster says.
struct RosterChange {
  enum class What : std::uint8_t { kAdd, kReplaceKey, kSetRoles, kWithdraw };
  What what = What::kAdd;
  std::string person = {};                  ///< Its name.
  std::optional<PersonPublicKey> key = {};  ///< kAdd, kReplaceKey.
  PersonRoles roles = {};                   ///< kAdd, kSetRoles: at least one.
  std::optional<Time> until = {};           ///< kAdd: the end, if it is known; never of a custodian.
};

/// Who is who: people, their public keys and roles, from when to when. It is what a chain of signed
/// statements says (kind "roster"): the first, the ceremony, names two custodians or more and is signed by
/// each of them; each further one changes one person and is signed by two custodians who are not that person.
/// Each names the one before by its digest, so whoever knows the newest knows that nothing before it was
/// changed. Guarantees: there are always two custodians or more; a change never reaches back in time, so what
/// was signed with a key while it was valid stays signed. Threads: const functions, any. Limits: 4,096
/// statements, 64 people in the first.
class Roster {
 public:
  static constexpr std::size_t kStatementsMax = 4096;
  static constexpr std::size_t kFoundersMax = 64;

  /// The statements line by line, oldest first, from the ceremony on. Errors: kInvalidInput (at which line).
  static Result<Roster> from_text(std::string_view text);
  [[nodiscard]] std::string to_text() const;

  /// The ceremony's statement, unsigned: everybody in `people` who is a custodian signs it. Errors:
  /// kInvalidInput.
  static Result<SignedStatement> draft_first(Time at, std::span<const RosterRow> people);
  /// A change's statement, unsigned; `first` and `second` are the custodians who sign it. Errors:
  /// kInvalidInput (it breaks a rule above), kNotFound, kConflict (it is so already).
  Result<SignedStatement> draft(Time at, const RosterChange& change, std::string_view first,
                                std::string_view second) const;

  /// Whether apply() would take it once everybody who is to sign it has. Errors: those of apply().
  [[nodiscard]] Result<void> check_next(const SignedStatement& statement) const;
  /// Takes the next statement. Errors: kInvalidInput (a signature missing or wrong, or a rule above broken),
  /// kConflict (not made for this state: a rollback, a repetition, or two changes at once). The roster is
  /// then as before.
  Result<void> apply(const SignedStatement& statement);

  /// Whether `older` is what this was once: its statements are the first of these. Whoever keeps a roster
  /// takes another only if that continues it.
  [[nodiscard]] bool continues(const Roster& older) const;

  /// Errors: kInvalidInput unless every signature that `statement` has is good at `at`: by somebody of the
  /// roster, with a key and in a role that they had then. One bad signature is enough to refuse. Does not ask
  /// for completeness.
  Result<void> check_signatures(const SignedStatement& statement, Time at) const;

  [[nodiscard]] bool has_role(std::string_view person, PersonRole role, Time at) const;
  /// nullptr: nobody of that name at that time. Valid until the next apply().
  [[nodiscard]] const RosterRow* row_of(std::string_view person, Time at) const;
  [[nodiscard]] std::vector<std::string> people_with(PersonRole role, Time at) const;  ///< Names, sorted.
  /// Every row that ever was, in the order in which they were made.
  [[nodiscard]] const std::vector<RosterRow>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<SignedStatement>& statements() const { return statements_; }
  [[nodiscard]] bool empty() const { return statements_.empty(); }

 private:
  Result<void> apply_first(const SignedStatement& statement);
  Result<void> apply_change(const SignedStatement& statement);
  Result<void> check_change(const RosterChange& change, std::span<const StatementSigner> signers,
                            Time at) const;
  Result<void> carry_out(const RosterChange& change, Time at);
  Result<void> check_key_is_new(const PersonPublicKey& key) const;
  [[nodiscard]] RosterRow* now_of(std::string_view person, Time at);

  std::vector<RosterRow> rows_;
  std::vector<SignedStatement> statements_;
};

/// "approver, reviewer"
[[nodiscard]] std::string to_text(const PersonRoles& roles);

}  // namespace seawall
