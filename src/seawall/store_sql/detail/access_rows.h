#pragma once

#include <memory>

#include "seawall/store/access.h"
#include "seawall/store_sql/detail/pool.h"

namespace seawall::store_sql_detail {

/// Waits for the lock that serialises changes of keys and accounts: until the end of the transaction. It is
/// not that of the lists, so that nobody's sign-in waits for an import. SQLite's own write lock serves there.
Result<void> take_access_lock(SqlConnection& connection);
/// Adds the change that the transaction under way makes; gives its version. Under take_access_lock().
Result<std::uint64_t> add_access_change(SqlConnection& connection, AccessDeed deed, std::string_view subject,
                                        const Authorship& by);
Result<std::uint64_t> read_access_version(SqlConnection& connection);
/// A count, or whatever one integer `sql` asks for, with `text` as $1.
Result<std::int64_t> read_integer(SqlConnection& connection, std::string_view sql,
                                  std::string_view text = {});
/// The account with its grants.
Result<std::optional<AccessAccount>> read_account(SqlConnection& connection, std::string_view name_key);

/// Keys, accounts and sessions in SQL. Threads: any.
class AccessRows final : public AccessStore {
 public:
  explicit AccessRows(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

  // access_key_rows.cpp
  Result<std::uint64_t> access_version() override;
  Result<std::vector<AccessChange>> access_changes(std::uint64_t after, std::size_t limit) override;
  Result<std::uint64_t> add_key(const AccessKey& key) override;
  Result<KeyAt> key(std::string_view id) override;
  Result<std::vector<AccessKey>> keys(std::string_view tenant, std::size_t limit) override;
  Result<KeyAt> rotate_key(std::string_view tenant, std::string_view id, const KeySecret& secret,
                           Time old_until, std::optional<Time> expires) override;
  Result<KeyAt> revoke_key(std::string_view tenant, std::string_view id, const Authorship& by) override;
  Result<void> keep_uses(std::span<const KeyUse> uses) override;

  // access_account_rows.cpp
  Result<void> add_account(const AccessAccount& account, bool only_first) override;
  Result<std::optional<AccessAccount>> account(std::string_view name_key) override;
  Result<std::vector<AccessAccount>> accounts(std::string_view after, std::size_t limit) override;
  Result<void> set_grants(std::string_view name_key, std::span<const AccessGrant> before,
                          std::span<const AccessGrant> grants, const Authorship& by) override;
  Result<void> set_active(std::string_view name_key, bool active, const Authorship& by) override;
  Result<void> set_password(std::string_view name_key, std::string_view password,
                            const Authorship& by) override;
  Result<void> set_totp(std::string_view name_key, std::string_view totp, std::span<const Sha256> recoveries,
                        const Authorship& by) override;
  Result<void> replace_password(std::string_view name_key, std::string_view before,
                                std::string_view after) override;
  Result<bool> take_totp_step(std::string_view name_key, std::int64_t step) override;
  Result<bool> take_recovery(std::string_view name_key, const Sha256& digest, Time at) override;

  // access_session_rows.cpp
  Result<void> add_session(const AccessSession& session, const AccessAccount& verified) override;
  Result<std::optional<SessionAt>> session(const Sha256& digest) override;
  Result<void> see_session(const Sha256& digest, Time seen) override;
  Result<void> end_session(const Sha256& digest) override;
  Result<std::uint64_t> end_sessions(std::string_view name_key) override;
  Result<std::uint64_t> drop_sessions(Time seen, Time begun) override;

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace seawall::store_sql_detail
