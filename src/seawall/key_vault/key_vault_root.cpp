#include "seawall/key_vault/detail/root_check.h"
#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"

namespace seawall {

using vault_rows::blob_of;
using vault_rows::count_of;
using vault_rows::text_of;

Result<std::vector<KeyVault::SealedTenant>> KeyVault::sealed_tenants() {
  SEAWALL_TRY(Statement each, database_.prepare("SELECT tenant, epoch, sealed FROM tenants"));
  std::vector<SealedTenant> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.push_back({std::string(each.text(0)), count_of(each.integer(1)), std::string(text_of(each.blob(2)))});
  }
}

/// Seals every tenant's key anew, and what the root key is known by, in the transaction under way: killed
/// before it commits, all is under the old key, afterwards all is under the new one. Gives how many keys it
/// were.
Result<std::uint64_t> KeyVault::reroot(const KeyOffice& office) {
  if (root_->name() == office.root) return fail(Code::kConflict, "it is so already");
  if (next_root_ == nullptr || next_root_->name() != office.root)
    return fail(Code::kConflict, "the key service was not started with this root key as the next one");
  SEAWALL_TRY(const auto tenants, sealed_tenants());
  SEAWALL_TRY(Statement put,
              database_.prepare("UPDATE tenants SET sealed = ?3 WHERE tenant = ?1 AND epoch = ?2"));
  for (const SealedTenant& one : tenants) {
    SEAWALL_TRY(const KeyBytes key, open_tenant_key(*root_, one.sealed, one.tenant, one.epoch));
    SEAWALL_TRY(const std::string anew, seal_tenant_key(*next_root_, key, one.tenant, one.epoch));
    put.bind(1, std::string_view(one.tenant)).bind(2, static_cast<std::int64_t>(one.epoch));
    SEAWALL_CHECK(put.bind(3, blob_of(anew)).run());
  }
  SEAWALL_TRY(const std::string check, vault_rows::seal_root_check(*next_root_));
  SEAWALL_TRY(Statement known, database_.prepare("UPDATE vault SET root_check = ?1"));
  SEAWALL_CHECK(known.bind(1, blob_of(check)).run());
  return std::uint64_t{tenants.size()};
}

}  // namespace seawall
