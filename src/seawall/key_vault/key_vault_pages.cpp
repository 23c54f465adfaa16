#include <algorithm>
#include <array>

#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"

namespace seawall {

using vault_rows::count_of;
using vault_rows::ms_of;

/// In the transaction under way: what is told of is paged, and what is not, is not.
Result<void> KeyVault::page(std::string_view kind, std::string_view detail, Time now) {
  if (!keeps_pages_) return {};
  SEAWALL_TRY(const std::int64_t waiting, number("SELECT count(*) FROM pages"));
  if (count_of(waiting) >= kPagesMax) {
    ++counts_.pages_lost;
    return {};
  }
  std::array<std::byte, 16> id{};
  SEAWALL_CHECK(fill_with_random_bytes(id));
  const std::string id_text = to_hex(id);
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO pages (id, at, kind, detail, tries, due) VALUES "
                                               "(?1, ?2, ?3, ?4, 0, ?2)"));
  return put.bind(1, std::string_view(id_text)).bind(2, ms_of(now)).bind(3, kind).bind(4, detail).run();
}

Result<std::optional<VaultPage>> KeyVault::due_page() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, vault_time());
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM pages WHERE at < ?1"));
  SEAWALL_CHECK(drop.bind(1, ms_of(now - kPagedFor)).run());
  counts_.pages_lost += count_of(database_.rows_changed());
  SEAWALL_TRY(Statement read, database_.prepare("SELECT number, id, at, kind, detail, tries FROM pages WHERE "
                                                "due <= ?1 ORDER BY number LIMIT 1"));
  SEAWALL_TRY(const bool any, read.bind(1, ms_of(now)).step());
  if (!any) return std::optional<VaultPage>();
  return std::optional(VaultPage{.number = read.integer(0),
                                 .id = std::string(read.text(1)),
                                 .at = vault_rows::time_of(read.integer(2)),
                                 .kind = std::string(read.text(3)),
                                 .detail = std::string(read.text(4)),
                                 .tries = static_cast<std::uint32_t>(read.integer(5))});
}

Result<void> KeyVault::settle_page(std::int64_t number, std::optional<std::chrono::milliseconds> after) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, vault_time());
  SEAWALL_TRY(Statement change,
              database_.prepare(after ? "UPDATE pages SET tries = tries + 1, due = ?2 WHERE number = ?1"
                                      : "DELETE FROM pages WHERE number = ?1"));
  change.bind(1, number);
  if (after) change.bind(2, ms_of(now + *after));
  SEAWALL_CHECK(change.run());
  if (database_.rows_changed() == 0) return fail(Code::kNotFound, "no page of that number waits");
  ++(after ? counts_.pages_failed : counts_.pages_sent);
  return {};
}

Result<VaultPages> KeyVault::pages() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const Time now, vault_time());
  SEAWALL_TRY(Statement read, database_.prepare("SELECT count(*), coalesce(min(at), ?1) FROM pages"));
  SEAWALL_TRY([[maybe_unused]] const bool any, read.bind(1, ms_of(now)).step());
  const auto waits = std::max<std::int64_t>(0, ms_of(now) - read.integer(1));
  return VaultPages{.waiting = count_of(read.integer(0)), .oldest_s = count_of(waits / 1000)};
}

}  // namespace seawall
