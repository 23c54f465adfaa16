#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

using vault_rows::blob_of;
using vault_rows::count_of;
using vault_rows::ms_of;
using vault_rows::text_of;

constexpr std::size_t kBackupLineBytesMax = 4096;

/// "key-restore" is for a vault that lost cases; a case that was destroyed never comes back.
tl::unexpected<Error> no_backup() {
  return fail(Code::kInvalidInput, "this is no backup of a key vault, or it was changed");
}

}  // namespace

Result<void> KeyVault::count_copy(Time now) {
  SEAWALL_TRY(const std::int64_t before, number("SELECT count(*) FROM copied WHERE at > " +
                                                std::to_string(ms_of(now) - vault_rows::kHourMs)));
  if (count_of(before) >= kCopiesHourMax)
    return fail(Code::kUnavailable, "as many backups and restores were made in this hour as may: wait");
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO copied (at) VALUES (?1)"));
  return put.bind(1, ms_of(now)).run();
}

/// Cases' keys, wrapped by their tenants' keys, which are not in it: without the vault it opens nothing, and
/// after a destruction or rotation not even with it. Lines of canonical JSON. Gives how many.
Result<std::uint64_t> KeyVault::back_up(std::uint64_t page, std::string& out) {
  SEAWALL_TRY(Statement each, database_.prepare("SELECT tenant, case_id, epoch, wrapped, records FROM cases "
                                                "WHERE wrapped IS NOT NULL ORDER BY tenant, case_id LIMIT ?1 "
                                                "OFFSET ?2"));
  each.bind(1, std::int64_t{kBackupCasesMax});
  each.bind(2, static_cast<std::int64_t>((page - 1) * kBackupCasesMax));
  for (std::uint64_t cases = 0;; ++cases) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return cases;
    const Json one = {{"case", each.text(1)},
                      {"epoch", count_of(each.integer(2))},
                      {"records", count_of(each.integer(4))},
                      {"tenant", each.text(0)},
                      {"wrapped", to_base64(text_of(each.blob(3)))}};
    SEAWALL_TRY(const std::string line, canonical_json(one));
    out.append(line).append("\n");
  }
}

/// Gives how many cases came back.
Result<std::uint64_t> KeyVault::restore(std::string_view backup, std::string_view digest) {
  if (to_hex(sha256_of(backup)) != digest) return no_backup();
  std::uint64_t restored = 0;
  while (!backup.empty()) {
    const std::size_t end = backup.find('\n');
    if (end == std::string_view::npos) return no_backup();
    SEAWALL_TRY(const bool anew, restore_one(backup.substr(0, end)));
    restored += anew ? 1U : 0U;
    backup.remove_prefix(end + 1);
  }
  return restored;
}

/// False: the case is here, or was destroyed, or its tenant's key of then is no more.
Result<bool> KeyVault::restore_one(std::string_view line) {
  SEAWALL_TRY(const Json json, read_canonical_json(line, kBackupLineBytesMax));
  Members members(json);
  const std::string case_id = members.text("case", kKeyNameBytesMax);
  const std::string tenant = members.text("tenant", kKeyNameBytesMax);
  const std::uint64_t epoch = members.number("epoch", 1, kOrderRecordsMax);
  const std::uint64_t records = members.number("records", 0, kRecordsOfCaseMax);
  const auto wrapped = from_base64(members.text("wrapped", 2 * kWrappedKeyBytes));
  if (!wrapped || !members.done("a case")) return no_backup();
  SEAWALL_CHECK(check_record_name({tenant, case_id, "r", 1}));
  const auto above = tenant_key(tenant, epoch);
  if (!above || !open_case_key(*above, *wrapped, tenant, case_id, epoch)) return false;
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO cases VALUES (?1, ?2, ?3, ?4, ?5, NULL) ON "
                                               "CONFLICT DO NOTHING"));
  put.bind(1, std::string_view(tenant)).bind(2, std::string_view(case_id));
  put.bind(3, static_cast<std::int64_t>(epoch)).bind(4, blob_of(*wrapped));
  SEAWALL_CHECK(put.bind(5, static_cast<std::int64_t>(records)).run());
  return database_.rows_changed() != 0;
}

}  // namespace seawall
