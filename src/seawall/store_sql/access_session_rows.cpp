#include <algorithm>

#include "seawall/store_sql/detail/access_rows.h"

namespace seawall::store_sql_detail {
namespace {

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }
std::int64_t ms_of(Time time) { return number(time.time_since_epoch().count()); }
std::span<const std::byte> bytes_of(const Sha256& digest) { return digest; }

/// Ends the sessions of the account that were seen longest ago, so that there is room for one more.
Result<void> make_room(SqlConnection& connection, std::string_view account) {
  SEAWALL_TRY(
      SqlStatement * drop,
      connection.statement("DELETE FROM access_sessions WHERE account = $1 AND digest NOT IN (SELECT "
                           "digest FROM access_sessions WHERE account = $1 ORDER BY seen DESC, digest "
                           "LIMIT $2)"));
  SEAWALL_CHECK(drop->bind(1, account).bind(2, number(AccessStore::kSessionsMax - 1)).run());
  return {};
}

}  // namespace

Result<void> AccessRows::add_session(const AccessSession& session, const AccessAccount& verified) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_TRY(const auto account, read_account(*loan, session.account));
  if (!account) return fail(Code::kNotFound, "there is no such account");
  if (!account->active || account->password != verified.password || account->totp != verified.totp) {
    return fail(Code::kConflict, "the account changed meanwhile: sign in again");
  }
  SEAWALL_CHECK(make_room(*loan, session.account));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("INSERT INTO access_sessions (digest, account, tenant, begun, seen) "
                              "VALUES ($1, $2, $3, $4, $5)"));
  put->bind(1, bytes_of(session.digest)).bind(2, std::string_view(session.account));
  put->bind(3, std::string_view(session.tenant)).bind(4, ms_of(session.begun));
  SEAWALL_CHECK(put->bind(5, ms_of(session.seen)).run());
  return transaction.commit();
}

Result<std::optional<SessionAt>> AccessRows::session(const Sha256& digest) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT account, tenant, begun, seen FROM access_sessions WHERE digest = $1"));
  SEAWALL_TRY(const bool any, query->bind(1, bytes_of(digest)).step());
  if (!any) {
    query->reset();
    return std::optional<SessionAt>();
  }
  SessionAt at;
  at.session = {digest, std::string(query->text(0)), std::string(query->text(1)),
                Time(std::chrono::milliseconds(query->integer(2))),
                Time(std::chrono::milliseconds(query->integer(3)))};
  query->reset();
  SEAWALL_TRY(auto account, read_account(*loan, at.session.account));
  if (!account) return std::optional<SessionAt>();
  at.account = *std::move(account);
  return std::optional(std::move(at));
}

Result<void> AccessRows::see_session(const Sha256& digest, Time seen) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("UPDATE access_sessions SET seen = $2 WHERE digest = $1 AND seen < $2"));
  SEAWALL_CHECK(put->bind(1, bytes_of(digest)).bind(2, ms_of(seen)).run());
  return transaction.commit();
}

Result<void> AccessRows::end_session(const Sha256& digest) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * drop, loan->statement("DELETE FROM access_sessions WHERE digest = $1"));
  SEAWALL_CHECK(drop->bind(1, bytes_of(digest)).run());
  return transaction.commit();
}

Result<std::uint64_t> AccessRows::end_sessions(std::string_view name_key) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_access_lock(*loan));
  SEAWALL_TRY(SqlStatement * drop, loan->statement("DELETE FROM access_sessions WHERE account = $1"));
  SEAWALL_TRY(const std::int64_t rows, drop->bind(1, name_key).run());
  SEAWALL_CHECK(transaction.commit());
  return static_cast<std::uint64_t>(rows);
}

Result<std::uint64_t> AccessRows::drop_sessions(Time seen, Time begun) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * drop,
              loan->statement("DELETE FROM access_sessions WHERE seen < $1 OR begun < $2"));
  SEAWALL_TRY(const std::int64_t rows, drop->bind(1, ms_of(seen)).bind(2, ms_of(begun)).run());
  SEAWALL_CHECK(transaction.commit());
  return static_cast<std::uint64_t>(rows);
}

}  // namespace seawall::store_sql_detail
