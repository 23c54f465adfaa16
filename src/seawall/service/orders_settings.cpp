#include "seawall/service/orders_settings.h"

#include "seawall/audit/audit_keys.h"
#include "seawall/orders/order_book.h"

namespace seawall {
namespace {

constexpr std::size_t kKeysMax = 64;

/// The keys, with the line of the first option that is wrong.
Result<AuditKeys> keys_from(TomlTable& table) {
  SEAWALL_TRY(const auto log, table.texts("log_keys", kKeysMax));
  SEAWALL_TRY(const auto witnesses, table.texts("witness_keys", kKeysMax));
  SEAWALL_TRY(auto origin, table.text("origin"));
  SEAWALL_TRY(const auto number, table.number("quorum", 0, kKeysMax));
  const auto quorum = number ? std::optional<std::size_t>(static_cast<std::size_t>(*number)) : std::nullopt;
  const auto of_log = audit_keys_from(log, {}, origin, {});
  if (!of_log) return table.wrong("log_keys", of_log.error().message);
  const auto of_all = audit_keys_from(log, witnesses, origin, {});
  if (!of_all) return table.wrong("witness_keys", of_all.error().message);
  auto keys = audit_keys_from(log, witnesses, std::move(origin), quorum);
  if (!keys) return table.wrong("quorum", keys.error().message);
  return keys;
}

Result<std::optional<Sha256>> roster_from(TomlTable& table) {
  SEAWALL_TRY(const auto text, table.text("roster"));
  if (!text) return std::nullopt;
  const auto id = roster_id_from(*text);
  if (!id) return table.wrong("roster", id.error().message);
  return *id;
}

}  // namespace

Result<OrdersSettings> orders_settings_from(TomlTable& table) {
  OrdersSettings out;
  SEAWALL_TRY(const auto book, table.text("book"));
  SEAWALL_TRY(const auto log, table.text("log"));
  if (!book) return table.wrong("book", "name the folder of the order book");
  if (!log) return table.wrong("log", "name the folder of the transparency log");
  out.book = *book;
  out.log = *log;
  SEAWALL_TRY(out.roster, roster_from(table));
  SEAWALL_TRY(AuditKeys keys, keys_from(table));
  out.trust = {std::move(keys.origin), std::move(keys.log), std::move(keys.witnesses), keys.quorum};
  SEAWALL_CHECK(table.finish());
  return out;
}

}  // namespace seawall
