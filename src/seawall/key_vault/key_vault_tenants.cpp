#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"

namespace seawall {
namespace {

using vault_rows::count_of;
using vault_rows::ms_of;

}  // namespace

Result<void> KeyVault::check_tenant(std::string_view tenant) {
  SEAWALL_TRY(Statement find, database_.prepare("SELECT removed FROM known_tenants WHERE tenant = ?1"));
  SEAWALL_TRY(const bool any, find.bind(1, tenant).step());
  if (!any)
    return fail(Code::kNotFound, "this tenant is not known here: two custodians make it so (keys tenant)");
  if (find.is_null(0)) return {};
  return fail(Code::kConflict, "this tenant was removed for good: nothing is added to it");
}

/// Whoever reaches the socket makes keys, so what they can fill is bounded by tenant and hour.
Result<void> KeyVault::count_made(std::string_view tenant, bool new_case, Time now) {
  const std::int64_t hour = ms_of(now) / vault_rows::kHourMs;
  SEAWALL_TRY(Statement read,
              database_.prepare("SELECT keys, cases FROM made WHERE tenant = ?1 AND hour = ?2"));
  SEAWALL_TRY(const bool any, read.bind(1, tenant).bind(2, hour).step());
  const std::uint64_t keys = any ? count_of(read.integer(0)) : 0, cases = any ? count_of(read.integer(1)) : 0;
  read.reset();
  SEAWALL_TRY(const VaultLimits limits, this->limits());
  if (keys >= limits.made_hour || (new_case && cases >= limits.cases_hour))
    return fail(
        Code::kUnavailable,
        "this tenant had as many new keys or cases in this hour as it may: wait for the next, or have "
        "two custodians raise made-hour or cases-hour");
  SEAWALL_TRY(Statement put, database_.prepare("INSERT OR REPLACE INTO made VALUES (?1, ?2, ?3, ?4)"));
  put.bind(1, tenant).bind(2, hour).bind(3, static_cast<std::int64_t>(keys + 1));
  return put.bind(4, static_cast<std::int64_t>(cases + (new_case ? 1 : 0))).run();
}

Result<void> KeyVault::add_tenant(std::string_view tenant, Time now) {
  SEAWALL_CHECK(check_record_name({std::string(tenant), "c", "r", 1}));
  SEAWALL_TRY(const std::int64_t known, number("SELECT count(*) FROM known_tenants"));
  if (count_of(known) >= kTenantsMax)
    return fail(Code::kLimitExceeded, "there are, and were, as many tenants as there may be");
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO known_tenants VALUES (?1, ?2, NULL) ON CONFLICT "
                                               "DO NOTHING"));
  SEAWALL_CHECK(put.bind(1, tenant).bind(2, ms_of(now)).run());
  if (database_.rows_changed() != 0) return {};
  return fail(Code::kConflict, "this tenant is known already, or was removed for good");
}

/// Gives how many records' keys open no more. Its name stays, so that it is never used again.
Result<std::uint64_t> KeyVault::remove_tenant(std::string_view tenant, Time now) {
  SEAWALL_CHECK(check_tenant(tenant));
  SEAWALL_TRY(
      Statement count,
      database_.prepare("SELECT coalesce(sum(records), 0) FROM cases WHERE tenant = ?1 AND wrapped IS "
                        "NOT NULL"));
  SEAWALL_TRY([[maybe_unused]] const bool any, count.bind(1, tenant).step());
  const std::uint64_t records = count_of(count.integer(0));
  count.reset();
  for (const char* sql : {"DELETE FROM cases WHERE tenant = ?1", "DELETE FROM tenants WHERE tenant = ?1",
                          "DELETE FROM canaries WHERE tenant = ?1", "DELETE FROM made WHERE tenant = ?1"}) {
    SEAWALL_TRY(Statement drop, database_.prepare(sql));
    SEAWALL_CHECK(drop.bind(1, tenant).run());
  }
  SEAWALL_TRY(Statement mark, database_.prepare("UPDATE known_tenants SET removed = ?2 WHERE tenant = ?1"));
  SEAWALL_CHECK(mark.bind(1, tenant).bind(2, ms_of(now)).run());
  return records;
}

}  // namespace seawall
