#pragma once

#include "seawall/access/account_service.h"
#include "seawall/service/call.h"

namespace seawall {

/// /v1/accounts and /v1/access-changes: the people of a tenant, by the rules of `seawall accounts`.
/// Guarantees: an administrator sees and changes what is of their tenant; an account that has roles in other
/// tenants too is disabled and enabled on the machine itself alone; nobody disables themselves or takes their
/// own administrator's role away, so that a tenant does not lose its last by mistake. No answer holds a
/// password, a second factor or a recovery code. Threads: any; blocks for the store. Lifetime: borrows both.
class AccountCalls {
 public:
  AccountCalls(AccountService& accounts, AccessStore& store) : accounts_(accounts), store_(store) {}
  void serve(ServedOperations& operations);

 private:
  CallResult list(const Call& call);
  CallResult create(const Call& call);
  CallResult alter(const Call& call);
  CallResult changes(const Call& call);
  /// Of the caller's tenant.
  tl::expected<AccessAccount, CallProblem> account_in(const Call& call) const;
  CallResult answer(int status, const Call& call, std::string_view name) const;
  Result<bool> is_of(const AccessChange& change, const std::string& tenant) const;

  AccountService& accounts_;
  AccessStore& store_;
};

}  // namespace seawall
