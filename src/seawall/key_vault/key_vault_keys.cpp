#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"

namespace seawall {
namespace {

constexpr std::int64_t kRewrapAtOnce = 256;

using vault_rows::blob_of;
using vault_rows::count_of;
using vault_rows::text_of;

}  // namespace

Result<KeyBytes> KeyVault::tenant_key(std::string_view tenant, std::uint64_t epoch) {
  SEAWALL_TRY(Statement read,
              database_.prepare("SELECT sealed FROM tenants WHERE tenant = ?1 AND epoch = ?2"));
  read.bind(1, tenant).bind(2, static_cast<std::int64_t>(epoch));
  SEAWALL_TRY(const bool any, read.step());
  if (!any) return fail(Code::kCorrupt, "a tenant's key is missing");
  return open_tenant_key(*root_, text_of(read.blob(0)), tenant, epoch);
}

Result<std::uint64_t> KeyVault::current_epoch(std::string_view tenant) {
  SEAWALL_TRY(Statement read, database_.prepare("SELECT max(epoch) FROM tenants WHERE tenant = ?1"));
  SEAWALL_TRY([[maybe_unused]] const bool any, read.bind(1, tenant).step());
  return count_of(read.integer(0));
}

Result<std::uint64_t> KeyVault::new_epoch(std::string_view tenant, Time now) {
  SEAWALL_TRY(const std::uint64_t before, current_epoch(tenant));
  SEAWALL_TRY(const KeyBytes key, KeyBytes::make());
  SEAWALL_TRY(const std::string sealed, seal_tenant_key(*root_, key, tenant, before + 1));
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO tenants VALUES (?1, ?2, ?3)"));
  put.bind(1, tenant).bind(2, static_cast<std::int64_t>(before + 1)).bind(3, blob_of(sealed));
  SEAWALL_CHECK(put.run());
  SEAWALL_CHECK(
      tell(LogKind::kKeyChange, now, {{"epoch", before + 1}, {"tenant", tenant}, {"what", "tenant-key"}}));
  return before + 1;
}

Result<std::optional<KeyVault::CaseKey>> KeyVault::case_key(std::string_view tenant,
                                                            std::string_view case_id) {
  using Found = std::optional<CaseKey>;
  SEAWALL_TRY(Statement read, database_.prepare("SELECT epoch, wrapped, records FROM cases WHERE tenant = ?1 "
                                                "AND case_id = ?2 AND wrapped IS NOT NULL"));
  SEAWALL_TRY(const bool any, read.bind(1, tenant).bind(2, case_id).step());
  if (!any) return Found();
  const std::uint64_t epoch = count_of(read.integer(0));
  SEAWALL_TRY(const KeyBytes above, tenant_key(tenant, epoch));
  SEAWALL_TRY(KeyBytes key, open_case_key(above, text_of(read.blob(1)), tenant, case_id, epoch));
  return Found(CaseKey{.key = std::move(key), .records = count_of(read.integer(2))});
}

Result<KeyVault::CaseKey> KeyVault::made_case_key(std::string_view tenant, std::string_view case_id,
                                                  Time now) {
  SEAWALL_TRY(Statement count, database_.prepare("SELECT count(*) FROM cases WHERE tenant = ?1"));
  SEAWALL_TRY([[maybe_unused]] const bool any, count.bind(1, tenant).step());
  if (count_of(count.integer(0)) >= kCasesMax)
    return fail(Code::kLimitExceeded, "this tenant has as many cases as one may have");
  SEAWALL_TRY(std::uint64_t epoch, current_epoch(tenant));
  if (epoch == 0) {
    SEAWALL_TRY(epoch, new_epoch(tenant, now));
  }
  SEAWALL_TRY(const KeyBytes above, tenant_key(tenant, epoch));
  SEAWALL_TRY(KeyBytes key, KeyBytes::make());
  SEAWALL_TRY(const std::string wrapped, seal_case_key(above, key, tenant, case_id, epoch));
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO cases VALUES (?1, ?2, ?3, ?4, 0, NULL)"));
  put.bind(1, tenant).bind(2, case_id).bind(3, static_cast<std::int64_t>(epoch)).bind(4, blob_of(wrapped));
  SEAWALL_CHECK(put.run());
  return CaseKey{.key = std::move(key), .records = 0};
}

Result<NewRecordKey> KeyVault::new_record_key(const RecordName& name) {
  SEAWALL_CHECK(check_record_name(name));
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_CHECK(check_tenant(name.tenant));
  SEAWALL_TRY(Statement gone, database_.prepare("SELECT 1 FROM cases WHERE tenant = ?1 AND case_id = ?2 AND "
                                                "destroyed IS NOT NULL"));
  SEAWALL_TRY(const bool destroyed,
              gone.bind(1, std::string_view(name.tenant)).bind(2, std::string_view(name.case_id)).step());
  if (destroyed) return fail(Code::kConflict, "this case was destroyed: nothing is added to it");
  SEAWALL_TRY(auto found, case_key(name.tenant, name.case_id));
  SEAWALL_CHECK(count_made(name.tenant, !found.has_value(), now));
  if (!found) {
    SEAWALL_TRY(found, made_case_key(name.tenant, name.case_id, now));
  }
  if (found->records >= kRecordsOfCaseMax)
    return fail(Code::kLimitExceeded, "this case has as many records as one may have");
  SEAWALL_TRY(KeyBytes key, KeyBytes::make());
  SEAWALL_TRY(std::string wrapped, seal_record_key(found->key, key, name));
  SEAWALL_TRY(Statement more,
              database_.prepare("UPDATE cases SET records = records + 1 WHERE tenant = ?1 AND "
                                "case_id = ?2"));
  more.bind(1, std::string_view(name.tenant)).bind(2, std::string_view(name.case_id));
  SEAWALL_CHECK(more.run());
  SEAWALL_CHECK(commit(transaction));
  ++counts_.made;
  return NewRecordKey{.key = std::move(key), .wrapped = std::move(wrapped)};
}

/// One durable step of every rotation that is under way: some cases' keys by their tenant's newest key, and
/// in the end the older key erased. Killed between two steps the next open() goes on; each case's key opens
/// at any time, by the epoch that stands with it.
Result<bool> KeyVault::rewrap_some() {
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement old, database_.prepare("SELECT tenant, epoch, (SELECT max(epoch) FROM tenants AS t "
                                               "WHERE t.tenant = tenants.tenant) AS newest FROM tenants "
                                               "WHERE epoch < newest ORDER BY tenant, epoch LIMIT 1"));
  SEAWALL_TRY(const bool any, old.step());
  if (!any) return false;
  const std::string tenant(old.text(0));
  const std::uint64_t from = count_of(old.integer(1)), to = count_of(old.integer(2));
  old.reset();
  SEAWALL_TRY(const KeyBytes before, tenant_key(tenant, from));
  SEAWALL_TRY(const KeyBytes after, tenant_key(tenant, to));
  SEAWALL_TRY(Statement each, database_.prepare("SELECT case_id, wrapped FROM cases WHERE tenant = ?1 AND "
                                                "epoch = ?2 AND wrapped IS NOT NULL LIMIT ?3"));
  each.bind(1, std::string_view(tenant)).bind(2, static_cast<std::int64_t>(from)).bind(3, kRewrapAtOnce);
  std::vector<std::pair<std::string, std::string>> cases;
  for (;;) {
    SEAWALL_TRY(const bool row, each.step());
    if (!row) break;
    cases.emplace_back(each.text(0), text_of(each.blob(1)));
  }
  each.reset();
  SEAWALL_TRY(Statement put, database_.prepare("UPDATE cases SET epoch = ?3, wrapped = ?4 WHERE tenant = ?1 "
                                               "AND case_id = ?2"));
  for (const auto& [case_id, wrapped] : cases) {
    SEAWALL_TRY(const KeyBytes key, open_case_key(before, wrapped, tenant, case_id, from));
    SEAWALL_TRY(const std::string anew, seal_case_key(after, key, tenant, case_id, to));
    put.bind(1, std::string_view(tenant)).bind(2, std::string_view(case_id));
    SEAWALL_CHECK(put.bind(3, static_cast<std::int64_t>(to)).bind(4, blob_of(anew)).run());
  }
  if (cases.size() < static_cast<std::size_t>(kRewrapAtOnce)) {
    SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM tenants WHERE tenant = ?1 AND epoch = ?2"));
    SEAWALL_CHECK(drop.bind(1, std::string_view(tenant)).bind(2, static_cast<std::int64_t>(from)).run());
  }
  SEAWALL_CHECK(transaction.commit());
  return true;
}

}  // namespace seawall
