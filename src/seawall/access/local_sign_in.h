#pragma once

#include <memory>

#include "seawall/access/hash_gate.h"
#include "seawall/access/master_key.h"
#include "seawall/access/sign_in.h"
#include "seawall/access/throttle.h"
#include "seawall/base/clock.h"

namespace seawall {

struct LocalSignInLimits {
  TryLimit account_and_network{5, 60};  ///< Wrong tries of one account from one network (/24, /48).
  TryLimit network{50, 60};             ///< Of all accounts from one network.
  TryLimit account{30, 60};        ///< Of one account from all networks where it did not sign in of late.
  TryLimit codes{10, 3600};        ///< Wrong codes of one account after the right password, from anywhere.
  std::size_t places = 64 * 1024;  ///< Names counted in each table: 1 MiB each.
};

/// Accounts with a password and, where it is set, a second factor.
/// Guarantees: a wrong account, password or code get the same answer after the same work (one hash; of a
/// fixed one where there is no such account); a code works once; who guesses is slowed down, and cannot lock
/// the rightful user out for longer than LocalSignInLimits says, on a network where that user signed in
/// before. Threads: any; blocks for a hash. Lifetime: all that is passed outlives this. Cost: that of a hash.
/// Source: RFC 6238 section 5.2 (a code is accepted once), docs/access.md.
class LocalSignIn final : public SignIn {
 public:
  /// `master` null: there is none, and codes of authenticators are answered with kNoAccessKey (recovery codes
  /// work all the same). Errors: kUnavailable, kInvalidInput.
  static Result<std::unique_ptr<LocalSignIn>> make(AccessStore& store, HashGate& hashes, const Clock& clock,
                                                   const MasterKey* master,
                                                   const LocalSignInLimits& limits = {});
  Result<Admission<AccessAccount>> sign_in(const SignInTry& tried) override;

 private:
  /// What a try is counted by.
  struct Names {
    std::string account_key;
    std::string network;
    std::string both;
    bool known = false;  ///< The account signed in from there of late.
  };
  struct Tables {
    Throttle both;
    Throttle network;
    Throttle account;
    Throttle codes;
    Throttle seen;  ///< One "try" in 30 days: whoever signed in has used it, and so is known.
  };
  LocalSignIn(AccessStore& store, HashGate& hashes, const Clock& clock, const MasterKey* master,
              Tables tables, std::string decoy);

  [[nodiscard]] Names names_of(const SignInTry& tried);
  std::optional<std::uint32_t> count(const Names& names);
  void uncount(const Names& names);
  Result<bool> code_is_right(const AccessAccount& account, std::string_view code);
  Result<Admission<AccessAccount>> ask_for_code(const Names& names, AccessAccount account,
                                                std::string_view code);
  Result<void> upgrade(AccessAccount& account, std::string_view password);

  AccessStore& store_;
  HashGate& hashes_;
  const Clock& clock_;
  const MasterKey* const master_;  ///< Null: there is none.
  Tables tables_;
  const std::string decoy_;  ///< Costs what others cost.
};

}  // namespace seawall
